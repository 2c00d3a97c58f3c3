"""The requester's live page: how far the study is, and nothing that would let anybody peek at results by method."""

import hashlib
import hmac
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from crowd.localplatform.platform import Platform
from crowd.localplatform.security import page_headers
from crowd.localplatform.store import Transaction, progress
from crowd.localplatform.tally import Tally, tally_of
from crowd.secrets import Secrets
from templates import environment


def requester_path(secrets: Secrets) -> str:
    """The page's secret path; it follows from the study's key, so it survives restarts."""
    key = hmac.new(secrets.secret_access_key.encode(), b"requester page", hashlib.sha256).hexdigest()[:32]
    return f"/requester/{key}"


class RequesterPage:
    """``GET /requester/{key}``: HTML, or JSON for programs."""

    def __init__(self, platform: Platform):
        self._platform = platform
        self._path = requester_path(platform.secrets)
        self._tally: Tally | None = None

    async def __call__(self, request: Request) -> Response:
        """The page as of now."""
        if not hmac.compare_digest(request.url.path.encode(), self._path.encode()):
            raise HTTPException(404)
        values = await self._platform.atransact(self._progress)
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse(values, headers=page_headers())
        html = environment().get_template("requester/progress.html.j2").render(**values)
        return HTMLResponse(html, headers=page_headers())

    def _progress(self, tx: Transaction) -> dict[str, Any]:
        values = progress.summary(tx) | {"videos": None}
        self._tally = tally = self._tally or tally_of(self._platform.study_dir)
        if tally is None:
            return values
        tally.catch_up(tx)
        rows = [
            {"video_id": video, "answers": tally.answered[video], "wanted": wanted}
            for video, wanted in tally.wanted().items()
        ]
        return values | {
            "playback_errors": tally.playback_errors,
            "skipped": tally.skipped,
            "unreadable": tally.unreadable,
            "videos": sorted(rows, key=lambda row: (row["answers"], row["video_id"])),
        }
