"""The web application: the API below ``/api/v1/``, and what participants open on Prolific's own site."""

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from crowd.simulated.prolific import participation, signing
from crowd.simulated.prolific.errors import ProlificError
from crowd.simulated.prolific.faults import SlowFaults
from crowd.simulated.prolific.operations import OPERATIONS, Operation
from crowd.simulated.prolific.records import ProlificSubmission
from crowd.simulated.prolific.state import SimulatedProlific
from crowd.simulated.prolific.wire import Answer, ApiCall, body_of

PREFIX = "/api/v1/"
_COOKIE = "submission"
_Endpoint = Callable[[Request], Awaitable[Response]]


def create_app(prolific: SimulatedProlific, faults: SlowFaults) -> ASGIApp:
    """The whole application."""
    routes = [
        Route(f"{PREFIX}{name.partition(' ')[2]}", _api(prolific, faults, name, one), methods=[name.partition(" ")[0]])
        for name, one in OPERATIONS.items()
    ]
    routes += [
        Route("/studies/{study}/take/{participant}", _take(prolific), methods=["GET", "POST"]),
        Route(signing.PATH, _keys(prolific), methods=["GET"]),
        Route("/submissions/complete", _complete(prolific), methods=["GET"]),
        Route("/submissions/return", _return(prolific), methods=["POST"]),
    ]
    routes.sort(key=lambda route: route.path.count("{"))  # names in a path stand for anything, so they come last
    app = Starlette(routes=routes, exception_handlers={404: _unknown, 405: _unknown})
    app.router.redirect_slashes = False
    return _WithoutSlash(app)


def _keys(prolific: SimulatedProlific) -> _Endpoint:
    async def endpoint(request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(signing.keys, prolific))

    return endpoint


class _WithoutSlash:
    """Takes paths with and without a slash at the end: Prolific's own differ, and so do its clients."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self._app(scope, receive, send)


def _api(prolific: SimulatedProlific, faults: SlowFaults, name: str, operation: Operation) -> _Endpoint:
    async def endpoint(request: Request) -> Response:
        raw = await request.body()  # before the delay, since a client that gives up meanwhile has sent it
        fault = faults.strike(name)
        await asyncio.sleep(faults.delays_s.get(name, 0))
        if fault in _BEFORE:
            return _BEFORE[fault]()
        answer = await run_in_threadpool(_carried_out, prolific, operation, request, raw)
        return _AFTER[fault]() if fault in _AFTER else answer

    return endpoint


def _carried_out(prolific: SimulatedProlific, operation: Operation, request: Request, raw: bytes) -> Response:
    try:
        _check_token(prolific, request)
        call = ApiCall(
            names={key: str(value) for key, value in request.path_params.items()},
            query=dict(request.query_params),
            body=body_of(raw),
            url=str(request.url.replace(query="")) + "/",
        )
        with prolific.moving_money() if operation.moves_money else nullcontext():
            if operation.moves_money:
                time.sleep(prolific.oddities.payment_s)
            with prolific.acting():
                found = operation.function(prolific, call)
    except ProlificError as error:
        return JSONResponse(error.body(), error.status)
    return _response(found)


def _check_token(prolific: SimulatedProlific, request: Request) -> None:
    expected = f"Token {prolific.token}".encode()
    if not hmac.compare_digest(request.headers.get("authorization", "").encode(), expected):
        raise ProlificError(401, "Authentication credentials were not provided, or are wrong.")


def _response(found: Any) -> Response:
    if not isinstance(found, Answer):
        return JSONResponse(found)
    if found.content is None:
        return Response(status_code=found.status)
    return JSONResponse(found.content, found.status, dict(found.headers or {}))


class _CutResponse(Response):
    """Ends in the middle of a chunked body, so that the server closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


def _throttled() -> Response:
    return JSONResponse(ProlificError(429, "Too many requests.").body(), 429, {"Retry-After": "1"})


def _gateway_error() -> Response:
    """What a gateway answers, which is no JSON."""
    return PlainTextResponse("upstream connect error or disconnect before headers\n", 500)


_BEFORE: dict[str | None, Callable[[], Response]] = {
    "throttle": _throttled,
    "error-before": _gateway_error,
    "cut-before": _CutResponse,
}
_AFTER: dict[str | None, Callable[[], Response]] = {"error-after": _gateway_error, "cut-after": _CutResponse}


async def _unknown(_: Request, error: Exception) -> Response:
    """The answer to an address or a method that is not there."""
    assert isinstance(error, HTTPException)  # noqa: S101  the only class that this handler is registered for
    return JSONResponse(ProlificError(error.status_code, error.detail, shape="detail").body(), error.status_code)


# Prolific's own site, as far as a study meets it; a cookie holds the submission, as a session does there


def _take(prolific: SimulatedProlific) -> _Endpoint:
    """Take a place and open the study, by GET; take it only, by POST."""

    def act(request: Request) -> Response:
        names = request.path_params
        with prolific.acting():
            submission = participation.reserve(prolific, prolific.study(names["study"]), names["participant"])
            if request.method == "POST":
                answer: Response = JSONResponse({"submission_id": submission.id, "status": submission.status})
            else:
                answer = RedirectResponse(participation.start(prolific, submission), 303)
        answer.set_cookie(_COOKIE, submission.id)
        return answer

    return _page(act)


def _complete(prolific: SimulatedProlific) -> _Endpoint:
    def act(request: Request) -> Response:
        with prolific.acting():
            one = participation.complete(prolific, _own(prolific, request), request.query_params.get("cc"))
        return PlainTextResponse(f"Your submission is {one.status}. This is a simulation of Prolific.\n")

    return _page(act)


def _return(prolific: SimulatedProlific) -> _Endpoint:
    def act(request: Request) -> Response:
        with prolific.acting():
            one = participation.give_back(prolific, _own(prolific, request))
        return PlainTextResponse(f"Your submission is {one.status}. This is a simulation of Prolific.\n")

    return _page(act)


def _own(prolific: SimulatedProlific, request: Request) -> ProlificSubmission:
    return prolific.submission(request.cookies.get(_COOKIE, ""))


def _page(act: Callable[[Request], Response]) -> _Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            return await run_in_threadpool(act, request)
        except ProlificError as error:
            return PlainTextResponse(f"{error.detail}\n", error.status)

    return endpoint
