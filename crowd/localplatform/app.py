"""The web application of one platform: requester API, participants' pages, requester's page, media."""

import errno
import logging
import re
import traceback
from importlib.resources import files
from urllib.parse import unquote, urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.media import MediaEndpoint
from crowd.localplatform.requesterpage import RequesterPage
from crowd.localplatform.security import page_headers
from crowd.localplatform.wire import RequesterApi
from crowd.localplatform.workerpages import WorkerPages

_log = logging.getLogger(__name__)
_AMBIGUOUS = "A request has Content-Length or Transfer-Encoding, not both."
#: Parts of paths that let in whoever knows them, by their names in routes, and as they stand in addresses.
_SECRET_PARTS = ("token", "key")
_SECRET_PATH = re.compile(r"(/(?:p|requester|tasks)/)[^/\s\"'?#]+")
_ASSETS = {"participant.css": "text/css", "participant.js": "text/javascript"}


def create_app(platform: Marketplace, public_url: str | None = None) -> ASGIApp:
    """Everything, behind the limit on body sizes; `public_url` is where participants find it, if that is elsewhere."""
    routes = [
        Route("/", RequesterApi(platform).__call__, methods=["POST"]),
        Route(
            "/media/{name}",
            MediaEndpoint(platform.study_dir, platform.secrets.media_key).__call__,
            methods=["GET", "HEAD"],
        ),
        Route("/assets/{name}", _asset),
        Route("/requester/{key}", RequesterPage(platform).__call__, methods=["GET"]),
        *WorkerPages(platform, public_url).routes(),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={HTTPException: _plain, ClientDisconnect: _gone, OSError: _no_space, Exception: _fault},
    )
    app.router.redirect_slashes = False
    return BodyLimit(BelowPath(app, unquote(urlsplit(public_url or "").path)), platform.limits.body_bytes)


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _ASSETS:
        raise HTTPException(404)
    text = files("templates").joinpath("participant", name).read_text(encoding="utf-8")
    return Response(text, media_type=_ASSETS[name], headers=page_headers() | {"Cache-Control": "max-age=300"})


async def _plain(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for it
    return PlainTextResponse(f"{error.detail}\n", error.status_code, headers=page_headers() | dict(error.headers or {}))


async def _gone(_: Request, __: Exception) -> Response:
    """The client left in the middle of its request; nobody reads this."""
    return Response(status_code=400)


async def _no_space(_: Request, error: Exception) -> Response:
    """Where the disk is full nothing is lost: whoever sent something has it still, and is asked to send it again."""
    if not isinstance(error, OSError) or error.errno != errno.ENOSPC:
        raise error
    text = "Nothing can be stored here for the moment. Please try again.\n"
    return PlainTextResponse(text, 503, page_headers() | {"Retry-After": "30"})


async def _fault(request: Request, error: Exception) -> Response:
    """A mistake of ours: told to whoever runs the server, and to nobody else."""
    cause = "".join(traceback.format_exception(error))
    _log.error("%s", _without_secrets(f"{request.method} {request.url.path} failed\n{cause}", request))
    return PlainTextResponse(
        "Something went wrong here. Please try again.\n", 500, page_headers() | {"Connection": "close"}
    )


def _without_secrets(text: str, request: Request) -> str:
    """The text as it may stand in a log: whoever has a link answers as its participant."""
    for name in _SECRET_PARTS:
        if secret := request.path_params.get(name):
            text = text.replace(secret, f"[{name}]")
    return _SECRET_PATH.sub(r"\1[secret]", text)


class BelowPath:
    """Serve below a path as well: some reverse proxies pass on the path under which they show a server, some do not.

    A slash too many, which is what a proxy's `/study` in place of `/study/` leaves, is passed over.
    """

    def __init__(self, app: ASGIApp, path: str):
        self._app, self._path = app, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with its path split where the server begins."""
        if scope["type"] == "http":
            path = f"/{scope['path'].lstrip('/')}"
            below = bool(self._path) and path.startswith(f"{self._path}/")
            scope = {**scope, "path": path, "root_path": self._path if below else ""}
        await self._app(scope, receive, send)


class BodyLimit:
    """Refuse bodies above a size: at once by their declared length, else as soon as they pass it."""

    def __init__(self, app: ASGIApp, limit: int):
        self._app, self._limit = app, limit
        self._text = f"The body is larger than {limit} bytes."

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting."""
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
    """An answer after which the connection ends: what follows on it cannot be told from the body."""
    return PlainTextResponse(f"{text}\n", status, page_headers() | {"Connection": "close"})
