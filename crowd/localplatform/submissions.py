"""Reads a submitted form, URL-encoded or multipart, with a limit on its size."""

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from crowd.localplatform.participation import RefusedError


async def read_form(request: Request, most_fields: int) -> list[tuple[str, str]]:
    """The form's text fields in order.

    Raises:
        RefusedError: it is not a form, or has too many fields.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return _urlencoded(await request.body(), most_fields)
    if kind == "multipart/form-data":
        return await _multipart(request, most_fields)
    raise RefusedError("malformed", "the answers are not sent as a form")


def _urlencoded(body: bytes, most_fields: int) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=most_fields
        )
    except ValueError as error:
        raise RefusedError("malformed", "too many fields") from error


async def _multipart(request: Request, most_fields: int) -> list[tuple[str, str]]:
    try:
        async with request.form(max_files=0, max_fields=most_fields) as form:
            return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    except (HTTPException, MultiPartException, UnicodeDecodeError, LookupError, ValueError) as error:
        raise RefusedError("malformed", "the form cannot be read") from error
