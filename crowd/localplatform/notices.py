"""Where recruiters tell the server of visits that are over: ``POST /hooks/NAME``. Each may come twice, and late."""

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crowd.localplatform import visits
from crowd.localplatform.addresses import client_of
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.rates import Rates
from crowd.localplatform.security import page_headers
from crowd.localplatform.store import Transaction, arrivals
from crowd.recruiters import ENDS, Notice, NoticeError, NotifiedDoor

_log = logging.getLogger(__name__)


class NoticeEndpoint:
    """The route of one platform."""

    def __init__(self, platform: Marketplace):
        self._platform = platform
        self._rates = Rates(platform.limits.strangers_per_s, platform.limits.strangers_burst)
        self._complaints = Rates(per_s=1 / 60, burst=1)

    async def __call__(self, request: Request) -> Response:
        """204 once what is told is stored, or where nothing follows from it; the recruiter tries again otherwise."""
        if not self._rates.allow(client_of(request)):
            raise HTTPException(429)
        file, name = self._platform.study_file, request.path_params["recruiter"]
        door = file.door(name) if name == file.sending_recruiter else None
        if not isinstance(door, NotifiedDoor):
            raise HTTPException(404)
        try:
            notice = door.notice(request.headers, await request.body(), now=self._platform.clock())
        except NoticeError as error:
            if self._complaints.allow(name):
                _log.warning("a message to /hooks/%s was refused: %s", name, error)
            raise HTTPException(401) from None
        if notice is not None:
            await self._platform.atransact(_heed, name, notice)
        return Response(status_code=204, headers=page_headers())


def _heed(tx: Transaction, recruiter: str, notice: Notice) -> None:
    """End the visit if that is what is told, that person has come, and nothing later was told of it."""
    visit = arrivals.find(tx, recruiter, notice.session_id)
    if visit is None or not arrivals.is_news(tx, visit["seq"], notice.notice_id, notice.happened_at):
        return
    if notice.state in ENDS and visit["outcome"] is None:
        visits.end(tx, visit, ENDS[notice.state])
