"""Tells supervisors how the server is: ``/healthz``, ``/readyz``, and measurements at ``/metrics``.

The first two are open, and say no more than which part is amiss. Measurements need the study's key. That a request
comes from this machine is no proof of who asks: behind a reverse proxy on the same machine all requests do.
"""

import asyncio
import hmac
import shutil
import time
from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.media import MediaEndpoint
from crowd.localplatform.metrics import CONTENT_TYPE
from crowd.localplatform.observing import InFlight
from crowd.localplatform.security import page_headers
from crowd.localplatform.store import pauses, progress

#: How long what was found is told again, in seconds: strangers who ask often do not make the store write often.
_FRESH_S = 1.0
#: Longest wait for the store, in seconds.
_PATIENCE_S = 5.0


class Health:
    """The routes of one server."""

    def __init__(self, platform: Marketplace, media: MediaEndpoint, in_flight: InFlight):
        self._platform, self._media, self._in_flight = platform, media, in_flight
        self._found: tuple[float, dict[str, bool]] | None = None
        self._looking = asyncio.Lock()

    def routes(self) -> list[Route]:
        """The three routes."""
        return [
            Route("/healthz", self._alive, methods=["GET"]),
            Route("/readyz", self._ready, methods=["GET"]),
            Route("/metrics", self._measured, methods=["GET"]),
        ]

    async def _alive(self, _: Request) -> Response:
        """The process answers."""
        return PlainTextResponse("ok\n", headers=page_headers())

    async def _ready(self, _: Request) -> Response:
        """Status 200 if participants can work now, else 503 with what is amiss."""
        parts = {"serving": not self._in_flight.stopping} | await self._parts()
        return JSONResponse(parts, 200 if all(parts.values()) else 503, headers=page_headers())

    async def _measured(self, request: Request) -> Response:
        given = request.headers.get("authorization", "").encode("latin-1")
        if not hmac.compare_digest(given, f"Bearer {self._platform.secrets.metrics_key}".encode()):
            raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
        activity = await self._platform.aread(progress.activity)
        page = self._platform.metrics.page(activity)
        return Response(page, media_type=CONTENT_TYPE, headers=page_headers())

    async def _parts(self) -> dict[str, bool]:
        async with self._looking:
            if self._found is None or time.monotonic() - self._found[0] > _FRESH_S:
                store, videos, disk = await asyncio.gather(
                    self._can_store(), _holds(self._has_videos), _holds(self._has_space)
                )
                self._found = time.monotonic(), {"store": store, "videos": videos, "disk": disk}
            return self._found[1]

    async def _can_store(self) -> bool:
        """Whether the store takes a write; the one that the server makes twice a minute anyway."""
        try:
            await asyncio.wait_for(self._platform.atransact(pauses.remember), _PATIENCE_S)
        except Exception:
            return False
        return True

    def _has_videos(self) -> bool:
        return not self._platform.shows_videos or self._media.is_complete()

    def _has_space(self) -> bool:
        return shutil.disk_usage(self._platform.study_dir).free >= self._platform.limits.free_bytes


async def _holds(check: Callable[[], bool]) -> bool:
    """The check's outcome, looked up outside the event loop; False if the system refuses it."""
    try:
        return await asyncio.to_thread(check)
    except OSError:
        return False
