"""The requester API over HTTP: ``POST /`` with ``X-Amz-Target``, JSON 1.1 and a signature."""

import errno
import json
import logging
import secrets as random
from typing import Any, NoReturn

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from crowd.localplatform.addresses import client_of
from crowd.localplatform.errors import ApiError, service_fault, throttled
from crowd.localplatform.marketplace import ConnectionCut, Marketplace, unknown_operation
from crowd.localplatform.model import service_model
from crowd.localplatform.operations import OPERATIONS
from crowd.localplatform.rates import Rates
from crowd.localplatform.signing import verify

_log = logging.getLogger(__name__)
_CONTENT_TYPE = "application/x-amz-json-1.1"


class RequesterApi:
    """The endpoint of one platform."""

    def __init__(self, platform: Marketplace):
        self._platform = platform
        limits = platform.limits
        self._strangers = Rates(limits.strangers_per_s, limits.strangers_burst)

    async def __call__(self, request: Request) -> Response:
        """Answer one call, always with JSON."""
        try:
            return _json(200, await self._answer(request))
        except ApiError as error:
            return _json(error.status, error.body())
        except ConnectionCut:
            return _CutResponse()
        except (HTTPException, ClientDisconnect):
            raise
        except Exception as error:
            if not (isinstance(error, OSError) and error.errno == errno.ENOSPC):  # a full disk is logged already
                _log.exception("%s failed", request.headers.get("x-amz-target"), extra={"brief": "an operation failed"})
            fault = service_fault()
            return _json(fault.status, fault.body())

    async def _answer(self, request: Request) -> dict[str, Any]:
        body = await request.body()
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            verify(request.method, str(request.url), headers, body, self._platform.secrets)
        except ApiError:
            if not self._strangers.allow(client_of(request)):
                raise throttled() from None
            raise
        prefix, _, operation = headers["x-amz-target"].rpartition(".")
        if prefix != service_model()["metadata"]["targetPrefix"] or operation not in OPERATIONS:
            raise unknown_operation()
        in_short = "return=minimal" in headers.get("prefer", "")
        return await self._platform.perform(operation, _parse(body), in_short=in_short)


def _parse(body: bytes) -> Any:
    """The JSON of the body; NaN and infinities are not JSON."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ApiError("SerializationException", "The request body is not JSON") from error


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _json(status: int, body: dict[str, Any]) -> Response:
    return Response(
        json.dumps(body),
        status,
        {"x-amzn-RequestId": random.token_hex(16), "Cache-Control": "no-store"},
        _CONTENT_TYPE,
    )


class _CutResponse(Response):
    """Ends in the middle of a chunked body, so that the server closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
