"""Measures and logs every request, and lets the server finish those in flight before it stops."""

import asyncio
import time

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crowd.localplatform.logs import REQUESTS
from crowd.localplatform.metrics import Metrics
from crowd.localplatform.security import page_headers

#: Paths that are answered while the server stops.
HEALTH = frozenset({"/healthz", "/readyz"})
#: What stands for the pattern of a path that the server does not have.
UNKNOWN = "unknown"


class InFlight:
    """The requests that are being answered, and whether new ones are refused because the server stops."""

    def __init__(self) -> None:
        self.stopping = False
        self._number = 0
        self._none = asyncio.Event()

    def begin(self) -> None:
        """Count a request."""
        self._number += 1

    def end(self) -> None:
        """Count its response."""
        self._number -= 1
        if self.stopping and not self._number:
            self._none.set()

    async def drain(self, seconds: float) -> None:
        """Refuse new requests, and wait until those in flight are answered, at most so long."""
        self.stopping = True
        if self._number:
            try:
                await asyncio.wait_for(self._none.wait(), seconds)
            except TimeoutError:  # the client reads too slowly, and asks again
                return


class Observed:
    """The application, with each request measured, logged by the pattern of its path, and counted while in flight."""

    def __init__(self, app: ASGIApp, metrics: Metrics, in_flight: InFlight):
        self._app, self._metrics, self._in_flight = app, metrics, in_flight

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or say that the server stops."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status, is_noted = time.perf_counter(), 0, False

        def note() -> None:
            nonlocal is_noted
            if not is_noted:
                is_noted = True
                self._note(scope, status, time.perf_counter() - begun)

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            elif not message.get("more_body"):  # before the client has the whole response
                note()
            await send(message)

        health = scope["path"].removeprefix(scope.get("root_path", "")) in HEALTH
        refused = self._in_flight.stopping and not health
        self._in_flight.begin()
        try:
            await (_stopping() if refused else self._app)(scope, receive, noted)
        finally:
            self._in_flight.end()
            note()

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = str(getattr(scope.get("route"), "path", UNKNOWN))
        self._metrics.answered(scope["method"], route, status, seconds)
        fields = {"method": scope["method"], "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        REQUESTS.info("request", extra={"fields": fields})


def _stopping() -> Response:
    """Pages send answers again until they are stored, so nothing is lost by being refused."""
    text = "The server is being restarted. Please try again in a moment.\n"
    return PlainTextResponse(text, 503, page_headers() | {"Retry-After": "5", "Connection": "close"})
