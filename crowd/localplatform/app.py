"""The web application of one platform: requester API, participants' pages, requester's page, media."""

import errno
import logging
import traceback
from collections.abc import Set
from importlib.resources import files
from urllib.parse import quote, unquote, urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crowd.localplatform.health import Health
from crowd.localplatform.logs import without_links
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.media import MediaEndpoint
from crowd.localplatform.notices import NoticeEndpoint
from crowd.localplatform.observing import UNKNOWN, InFlight, Observed
from crowd.localplatform.requesterpage import RequesterPage
from crowd.localplatform.security import page_headers
from crowd.localplatform.wire import RequesterApi
from crowd.localplatform.workerpages import WorkerPages

_log = logging.getLogger(__name__)
_AMBIGUOUS = "A request has Content-Length or Transfer-Encoding, not both."
#: The names of secret parts of paths in routes.
_SECRET_PARTS = ("token", "key")
_ASSETS = {"participant.css": "text/css", "participant.js": "text/javascript"}


def create_app(platform: Marketplace, public_url: str | None = None, in_flight: InFlight | None = None) -> ASGIApp:
    """The whole application, with body sizes limited and requests measured.

    Args:
        platform: the study's platform.
        public_url: the address for participants, if another than the one listened on.
        in_flight: counts the requests that are being answered.
    """
    in_flight = in_flight or InFlight()
    media = MediaEndpoint(platform.study_dir, platform.secrets.media_key)
    routes = [
        Route("/", RequesterApi(platform).__call__, methods=["POST"]),
        Route("/media/{name}", media.__call__, methods=["GET", "HEAD"]),
        *Health(platform, media, in_flight).routes(),
        Route("/assets/{name}", _asset),
        Route("/requester/{key}", RequesterPage(platform).__call__, methods=["GET"]),
        *WorkerPages(platform, public_url).routes(),
        Route("/hooks/{recruiter}", NoticeEndpoint(platform).__call__, methods=["POST"]),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={HTTPException: _plain, ClientDisconnect: _gone, OSError: _not_now, Exception: _fault},
    )
    app.router.redirect_slashes = False
    known = {route.path.split("/")[1] for route in routes}
    observed = Observed(BodyLimit(app, platform.limits.body_bytes), platform.metrics, in_flight)
    return BelowPath(observed, unquote(urlsplit(public_url or "").path), known)


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _ASSETS:
        raise HTTPException(404)
    text = files("templates").joinpath("participant", name).read_text(encoding="utf-8")
    return Response(text, media_type=_ASSETS[name], headers=page_headers() | {"Cache-Control": "max-age=300"})


async def _plain(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  the only class that this handler is registered for
    return PlainTextResponse(f"{error.detail}\n", error.status_code, headers=page_headers() | dict(error.headers or {}))


async def _gone(_: Request, __: Exception) -> Response:
    """The client disconnected during its request, so nobody reads this response."""
    return Response(status_code=400)


#: The disk is full, or the database is away.
_FOR_NOW = (errno.ENOSPC, errno.ENOTCONN)


async def _not_now(_: Request, error: Exception) -> Response:
    """The store cannot be used for the moment: nothing was acknowledged, and the client is asked to send it again."""
    if not isinstance(error, OSError) or error.errno not in _FOR_NOW:
        raise error
    text = "Nothing can be stored here for the moment. Please try again.\n"
    return PlainTextResponse(text, 503, page_headers() | {"Retry-After": "30"})


async def _fault(request: Request, error: Exception) -> Response:
    """An unexpected error: its details go to the log, and not to the client."""
    cause = "".join(traceback.format_exception(error))
    text = _without_secrets(f"{request.method} {request.url.path} failed\n{cause}", request)
    route = getattr(request.scope.get("route"), "path", UNKNOWN)
    _log.error("%s", text, extra={"brief": f"{request.method} {route} failed", "error": error})
    return PlainTextResponse(
        "Something went wrong here. Please try again.\n", 500, page_headers() | {"Connection": "close"}
    )


def _without_secrets(text: str, request: Request) -> str:
    """The text for a log, without secret links: anybody who has a link can answer as its participant."""
    for name in _SECRET_PARTS:
        if secret := request.path_params.get(name):
            text = text.replace(secret, f"[{name}]")
    return without_links(text)


class BelowPath:
    """Serve the application at the root and below a path, since some reverse proxies remove their path and some do not.

    Repeated slashes at the start, which a proxy configured with `/study` in place of `/study/` leaves, are ignored.
    `known` holds the first parts of the server's own paths. They tell both cases apart: if the path is `/p`, then
    `/p/TOKEN` is a link whose proxy removed the path, and `/p/p/TOKEN` one whose proxy kept it.
    """

    def __init__(self, app: ASGIApp, path: str, known: Set[str]):
        self._app, self._path, self._known = app, path, known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with `root_path` set to the proxy's path, if the request has it."""
        if scope["type"] == "http":
            path = f"/{scope['path'].lstrip('/')}"
            inside = path.removeprefix(self._path)
            if not inside and scope["method"] == "GET":  # relative links need the slash at the end
                slash = RedirectResponse(f"./{quote(path.rpartition('/')[2])}/", headers=page_headers())
                await slash(scope, receive, send)
                return
            below = inside != path and inside.startswith("/") and inside.split("/")[1] in self._known
            scope = {**scope, "path": path, "root_path": self._path if below else ""}
        await self._app(scope, receive, send)


class BodyLimit:
    """Refuse bodies above a size: at once if the declared length is too large, else when the limit is passed."""

    def __init__(self, app: ASGIApp, limit: int):
        self._app, self._limit = app, limit
        self._text = f"The body is larger than {limit} bytes."

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count the bytes of its body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if b"transfer-encoding" in headers and b"content-length" in headers:
            await _refuse(400, _AMBIGUOUS)(scope, receive, send)
            return
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self._limit:
            await _refuse(413, self._text)(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
                raise HTTPException(413, self._text, {"Connection": "close"})
            return message

        await self._app(scope, counted, send)


def _refuse(status: int, text: str) -> Response:
    """A response that closes the connection, since the unread body could not be told from the next request."""
    return PlainTextResponse(f"{text}\n", status, page_headers() | {"Connection": "close"})
