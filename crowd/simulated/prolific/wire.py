"""How calls and answers look on the wire: pages of lists in two dialects, and the body of a call."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from crowd.simulated.prolific.errors import ProlificError

#: Items of a page where the call does not say.
PAGE_SIZE = 20
_LARGEST_PAGE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiCall:
    """One call of the API."""

    names: Mapping[str, str]
    """What stands in the path, by name."""
    query: Mapping[str, str]
    body: dict[str, Any]
    url: str
    """The address called, without the query."""

    @property
    def id(self) -> str:
        """The id in the path."""
        return self.names["id"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An answer other than 200 with JSON."""

    status: int
    content: Any = None
    """JSON; None for no body."""
    headers: Mapping[str, str] | None = None


def body_of(raw: bytes) -> dict[str, Any]:
    """The JSON object of a call; empty where there is no body.

    Raises:
        ProlificError: it is something else.
    """
    try:
        body = json.loads(raw or b"{}")
    except ValueError as error:
        raise ProlificError(400, f"JSON parse error: {error}", shape="message") from error
    if not isinstance(body, dict):
        raise ProlificError(400, "A JSON object is required.", shape="message")
    return body


def numbered_page(items: Sequence[Any], call: ApiCall) -> dict[str, Any]:
    """The page that ``page`` and ``page_size`` name.

    Raises:
        ProlificError: there is no such page; a page past the end is an error.
    """
    size, number = _whole(call, "page_size", PAGE_SIZE), _whole(call, "page", 1)
    last = max(1, math.ceil(len(items) / max(1, size)))
    if not 1 <= number <= last or not 1 <= size <= _LARGEST_PAGE:
        raise ProlificError(404, "Not found", shape="text")

    def link(page: int) -> str | None:
        return _address(call, page=page, page_size=size) if 1 <= page <= last else None

    hrefs = {"self": link(number), "next": link(number + 1), "previous": link(number - 1), "last": link(last)}
    return _envelope(items[(number - 1) * size : number * size], len(items), hrefs)


def sliced_page(items: Sequence[Any], call: ApiCall) -> dict[str, Any]:
    """The page that ``limit`` and ``offset`` name.

    Raises:
        ProlificError: it begins past the end.
    """
    limit, offset = _whole(call, "limit", PAGE_SIZE), _whole(call, "offset", 0)
    if not 0 <= offset <= max(0, len(items) - 1) or not 1 <= limit <= _LARGEST_PAGE:
        raise ProlificError(404, "Not found", shape="text")
    last = max(0, math.ceil(len(items) / limit) - 1) * limit

    def link(start: int, there: bool) -> str | None:
        return _address(call, limit=limit, offset=max(0, start)) if there else None

    hrefs = {
        "self": link(offset, True),
        "next": link(offset + limit, offset + limit < len(items)),
        "previous": link(offset - limit, offset > 0),
        "last": link(last, True),
    }
    return _envelope(items[offset : offset + limit], len(items), hrefs)


def _envelope(results: Sequence[Any], count: int, hrefs: Mapping[str, str | None]) -> dict[str, Any]:
    links = {name: {"href": href, "title": name.capitalize()} for name, href in hrefs.items()}
    return {"results": list(results), "_links": links, "meta": {"count": count}}


def _whole(call: ApiCall, name: str, default: int) -> int:
    try:
        return int(call.query.get(name, default))
    except ValueError as error:
        raise ProlificError(400, {name: ["A whole number is required."]}, shape="unwrapped") from error


def _address(call: ApiCall, **page: int) -> str:
    return f"{call.url}?{urlencode({**call.query, **page})}"
