"""Where recruiters tell the server of visits that are over: ``POST /hooks/NAME``. Each may come twice, and late."""

import logging
from collections import OrderedDict

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crowd.localplatform import visits
from crowd.localplatform.addresses import client_of
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.rates import Rates
from crowd.localplatform.security import page_headers
from crowd.localplatform.store import Transaction, arrivals
from crowd.recruiters import ENDS, Notice, NoticeError, NotifiedDoor, Outcome

_log = logging.getLogger(__name__)
#: So many events and visits are remembered; a recruiter tells an event again within a day.
_REMEMBERED = 10_000


class Novelty:
    """Tells what is new: an event that was not told before, of a visit of which nothing later was told.

    It remembers in one process, until that ends. An event that it does not know again ends no visit twice.
    """

    def __init__(self, keep: int = _REMEMBERED):
        self._keep = keep
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._latest: OrderedDict[str, float] = OrderedDict()

    def is_new(self, notice: Notice) -> bool:
        """Whether there is something to be done."""
        latest = self._latest.get(notice.session_id, notice.happened_at)
        return notice.notice_id not in self._seen and notice.happened_at >= latest

    def remember(self, notice: Notice) -> None:
        """Note that what follows from it is done."""
        self._seen[notice.notice_id] = None
        self._latest[notice.session_id] = max(notice.happened_at, self._latest.get(notice.session_id, 0.0))
        for kept in (self._seen, self._latest):
            if len(kept) > self._keep:
                kept.popitem(last=False)


class NoticeEndpoint:
    """The route of one platform."""

    def __init__(self, platform: Marketplace):
        self._platform = platform
        self._novelty = Novelty()
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
        if notice is not None and self._novelty.is_new(notice):
            if notice.state in ENDS:
                await self._platform.atransact(_end, name, notice.session_id, ENDS[notice.state])
            self._novelty.remember(notice)
        return Response(status_code=204, headers=page_headers())


def _end(tx: Transaction, recruiter: str, session_id: str, outcome: Outcome) -> None:
    """End the visit, if that person has come and it has not ended."""
    visit = arrivals.find(tx, recruiter, session_id)
    if visit is not None and visit["outcome"] is None:
        visits.end(tx, visit, outcome)
