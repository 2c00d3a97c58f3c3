"""The requester's live page: shows the study's progress, and no results by method."""

import asyncio
import hashlib
import heapq
import hmac
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from crowd.credentials import Secrets
from crowd.localplatform.addresses import root_of
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.people import STATES
from crowd.localplatform.security import page_headers
from crowd.localplatform.store import arrivals, progress
from crowd.localplatform.tally import AnswerTally, tally_of
from templates import environment

#: Most rows of each list on the page: the videos with the fewest answers, and the latest tasks.
MOST_ROWS = 100


def requester_path(secrets: Secrets) -> str:
    """The page's secret path; it is derived from the study's key, so it stays the same after a restart."""
    key = hmac.new(secrets.secret_access_key.encode(), b"requester page", hashlib.sha256).hexdigest()[:32]
    return f"/requester/{key}"


class RequesterPage:
    """``GET /requester/{key}``: HTML, or JSON for programs."""

    def __init__(self, platform: Marketplace):
        self._platform = platform
        self._path = requester_path(platform.secrets)
        self._tally: AnswerTally | None = None
        self._of_people = False
        self._counting = asyncio.Lock()

    async def __call__(self, request: Request) -> Response:
        """The current page."""
        if not hmac.compare_digest(f"/requester/{request.path_params['key']}".encode(), self._path.encode()):
            raise HTTPException(404)
        values = await self._platform.aread(progress.summary)
        values |= await self._answers(people=values["invited"] > values["simulated"])
        values["came_from"] = await self._platform.aread(arrivals.summary)
        values["work"] = await self._platform.aread(progress.latest_work, MOST_ROWS)
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse(values, headers=page_headers())
        html = (
            environment()
            .get_template("requester/progress.html.j2")
            .render(root=root_of(request), states=STATES, most_rows=MOST_ROWS, **values)
        )
        return HTMLResponse(html, headers=page_headers())

    async def _answers(self, *, people: bool) -> dict[str, Any]:
        """Answers per video, counted outside the store's thread, so that submissions do not wait.

        They are counted anew when the first person is invited, since programs' answers do not count from then on.
        """
        async with self._counting:
            if people != self._of_people:
                self._tally, self._of_people = None, people
            self._tally = tally = self._tally or tally_of(self._platform.study_dir)
            if tally is None:
                return {"videos": None}
            while rows := await self._platform.aread(progress.answers, tally.last):
                await asyncio.to_thread(tally.add, rows)
        videos = [
            {"video_id": video, "answers": tally.answered[video], "wanted": wanted}
            for video, wanted in tally.wanted().items()
        ]
        return {
            "playback_errors": tally.playback_errors,
            "skipped": tally.skipped,
            "unreadable": tally.unreadable,
            "videos": heapq.nsmallest(MOST_ROWS, videos, key=lambda row: (row["answers"], row["video_id"])),
            "num_videos": len(videos),
        }
