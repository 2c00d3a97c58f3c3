"""The pages of people whom a recruiter sends: they arrive at ``/join``, and leave to where the recruiter wants them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from crowd.localplatform import visits
from crowd.localplatform.addresses import client_of
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.participation import RefusedError
from crowd.localplatform.rates import Rates
from crowd.localplatform.security import page_headers
from crowd.localplatform.shownpages import ShownPages, home_of, redirect, wants_json
from crowd.localplatform.store import Row
from crowd.localplatform.submissions import read_form
from crowd.recruiters import Departure, Outcome, Visit, VisitError

#: Answers a request.
Endpoint = Callable[[Request], Awaitable[Response]]
#: Most characters of the address by which somebody comes, behind its question mark.
_LONGEST_QUERY = 4096
#: How long a page is shown before the browser leaves it for the recruiter's.
_LEAVES_AFTER_S = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """How a visit ended, and where its person goes."""

    outcome: str
    url: str | None
    code: str | None

    def headers(self, request: Request) -> dict[str, str]:
        """What leads the browser there without a script; nothing in a frame, where that page may not show."""
        if self.url is None or request.headers.get("sec-fetch-dest") == "iframe":
            return {}
        return {"Refresh": f"{_LEAVES_AFTER_S}; url={self.url}"}

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {"outcome": self.outcome, "url": self.url, "code": self.code}


class RecruitPages:
    """``/join``, and below ``/p/{token}`` the end of a visit; `strangers` limits how often one address comes."""

    def __init__(self, platform: Marketplace, shown: ShownPages, strangers: Rates):
        self._platform, self._shown, self._strangers = platform, shown, strangers

    def routes(self, guarded: Callable[[Endpoint], Endpoint]) -> list[Route]:
        """The routes; `guarded` adds the checks of those below a participant's link."""
        return [
            Route("/join", self._join, methods=["GET"]),
            Route("/p/{token}/end", guarded(self._end), methods=["GET"]),
            Route("/p/{token}/leave", guarded(self._leave), methods=["POST"]),
        ]

    def ending(self, visit: Row | None) -> Ending | None:
        """How the visit ended; None while it goes on, and for participants with a link of their own."""
        if visit is None or visit["outcome"] is None:
            return None
        door = self._platform.study_file.door(visit["recruiter"])
        came = Visit(session_id=visit["session_id"], person_id=visit["person_id"])
        leaves = Departure() if door is None else door.departure(Outcome(visit["outcome"]), came)
        return Ending(outcome=visit["outcome"], url=leaves.url, code=leaves.code)

    async def _join(self, request: Request) -> Response:
        """Somebody comes by the address that all have in common; they go on to a page of their own."""
        try:
            if not self._strangers.allow(client_of(request)):
                raise RefusedError("too-fast")
            participant, visit = await self._arrive(request)
        except RefusedError as error:
            return self._shown.refusal(request, error)
        page = f"./p/{participant['token']}"
        if not wants_json(request):
            return redirect(f"{page}/end" if visit["outcome"] else page)
        ending = self.ending(visit)
        return JSONResponse({"url": page, "end": ending and ending.as_json()}, headers=page_headers())

    async def _arrive(self, request: Request) -> tuple[Row, Row]:
        """The participant and their visit.

        Raises:
            RefusedError: no recruiter sends people to this study, or the address does not say who came.
        """
        file = self._platform.study_file
        study, name = file.study(), file.sending_recruiter
        door = file.door(name) if name else None
        if study is None or name is None or door is None:
            raise RefusedError("no-link")
        given = request.query_params.multi_items() if len(request.url.query) <= _LONGEST_QUERY else []
        names = [key for key, _ in given]
        try:
            visit = door.visit({key: value for key, value in given if names.count(key) == 1})
        except VisitError as error:
            raise RefusedError("bad-arrival", str(error)) from error
        return await self._platform.atransact(
            visits.arrive,
            name,
            visit,
            comes_again=door.comes_again,
            num_tasks=study.most_tasks,
            hold_s=self._platform.limits.hold_s,
            patience_s=door.patience_s,
        )

    async def _end(self, request: Request) -> Response:
        """How the participant's visit ended; their other page, while it goes on."""
        participant, visit, done = await self._platform.aread(visits.shown, request.path_params["token"])
        ending = self.ending(visit)
        if ending is None:
            return redirect(home_of(request))
        if wants_json(request):
            return JSONResponse(ending.as_json(), headers=page_headers())
        return self._shown.page(
            request, "end", participant, headers=ending.headers(request), ending=ending, num_done=done
        )

    async def _leave(self, request: Request) -> Response:
        """The participant ends their own visit, as the form's `outcome` says."""
        token = request.path_params["token"]
        fields = dict(await read_form(request, self._platform.limits.form_fields))
        try:
            outcome = Outcome(fields.get("outcome", ""))
        except ValueError:
            raise RefusedError("malformed") from None
        await self._platform.atransact(visits.leave, token, outcome)
        return redirect(f"{home_of(request)}/end")
