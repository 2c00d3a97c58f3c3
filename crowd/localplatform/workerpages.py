"""The participants' pages: home, preview, accept, work, return, submit, thanks.

All are below ``/p/{token}``, the participant's secret link. They are HTML, or JSON for programs that ask for
``application/json``; addresses in both are relative to the page that holds them.
"""

import urllib.parse
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from crowd.localplatform import participation, qualifying, quizzes
from crowd.localplatform.addresses import client_of, root_of
from crowd.localplatform.answerxml import ASSIGNMENT_FIELD
from crowd.localplatform.fees import format_usd
from crowd.localplatform.foreignpages import ForeignPages, frame_address
from crowd.localplatform.links import Links
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.operations.questions import Question
from crowd.localplatform.participation import RefusedError, Task
from crowd.localplatform.questionform import as_html, parse_form
from crowd.localplatform.rates import Rates
from crowd.localplatform.recruitpages import Endpoint, RecruitPages
from crowd.localplatform.security import (
    FOREIGN_SANDBOX,
    PREVIEW,
    SANDBOX,
    demand_same_site,
    frame_headers,
    page_headers,
    task_key,
)
from crowd.localplatform.shownpages import ShownPages, home_of, redirect, wants_json
from crowd.localplatform.shownquestions import ShownQuestions
from crowd.localplatform.store import Row, offers
from crowd.localplatform.submissions import read_form

#: How often the page of somebody who waits for a place looks whether there is one.
_LOOKS_AGAIN_S = 10

_Handler = Callable[["WorkerPages", Request], Awaitable[Response]]


class WorkerPages:
    """The routes of one platform."""

    def __init__(self, platform: Marketplace, public_url: str | None = None):
        self._platform = platform
        self._public_url = public_url
        limits = platform.limits
        self._rates = Rates(limits.requests_per_s, limits.burst)
        self._strangers = Rates(limits.strangers_per_s, limits.strangers_burst)
        self._links = Links(platform)
        self._questions = ShownQuestions(platform)
        self._shown = ShownPages(platform)
        self._recruit = RecruitPages(platform, self._shown, self._strangers)

    def routes(self) -> list[Route]:
        """The routes below ``/p``, and those for task pages of other programs."""
        table: list[tuple[str, str, _Handler]] = [
            ("GET", "/p/{token}", WorkerPages._home),
            ("GET", "/p/{token}/hits/{hit_id}", WorkerPages._task),
            ("GET", "/p/{token}/frame/{hit_id}", WorkerPages._frame),
            ("GET", "/p/{token}/thanks/{assignment_id}", WorkerPages._thanks),
            ("POST", "/p/{token}/hits/{hit_id}/accept", WorkerPages._accept),
            ("POST", "/p/{token}/assignments/{assignment_id}/return", WorkerPages._return),
            ("POST", "/p/{token}/assignments/{assignment_id}/quiz", WorkerPages._try_quiz),
            ("POST", "/p/{token}/mturk/externalSubmit", WorkerPages._submit),
            ("POST", "/p/{token}/qualifications/{type_id}/request", WorkerPages._request_qualification),
            ("GET", "/p/{token}/qualifications/{type_id}/test", WorkerPages._test),
            ("POST", "/p/{token}/qualifications/{type_id}/test", WorkerPages._take_test),
        ]
        return [
            Route("/", self._without_link, methods=["GET"]),
            *(Route(path, self._guarded(partial(handler, self)), methods=[method]) for method, path, handler in table),
            *self._recruit.routes(self._guarded),
            *ForeignPages(self._platform, self._questions).routes(),
        ]

    def _guarded(self, handler: Endpoint) -> Endpoint:
        """The handler with checks of rate and origin; refusals become pages."""

        async def endpoint(request: Request) -> Response:
            try:
                if request.method == "POST":
                    demand_same_site(request, self._public_url)
                await self._admit(request)
                return await handler(request)
            except RefusedError as error:
                return self._shown.refusal(request, error)

        return endpoint

    async def _admit(self, request: Request) -> None:
        """Count the request for its participant, or for the client's address if nobody has the link."""
        token = request.path_params["token"]
        simulated = await self._links.is_simulated(token)
        if simulated is None:
            raise RefusedError("unknown-link" if self._strangers.allow(client_of(request)) else "too-fast")
        if not simulated and not self._rates.allow(token):
            raise RefusedError("too-fast")

    @property
    def _most_tasks(self) -> int:
        """How many tasks each person does; 0: as many as are open."""
        study = self._platform.study_file.study()
        return study.most_tasks if study else 0

    async def _without_link(self, request: Request) -> Response:
        """The page at the server's root, for people who open its address without a link."""
        return self._shown.refusal(request, RefusedError("no-link"))

    async def _home(self, request: Request) -> Response:
        token = request.path_params["token"]
        home = await self._platform.aread(participation.home, token, self._most_tasks)
        participant, tasks, messages = home.participant, home.tasks, home.messages
        ending = self._recruit.ending(home.visit)
        if wants_json(request):
            return JSONResponse(
                {
                    "worker_id": participant["worker_id"],
                    "simulated": bool(participant["simulated"]),
                    "hits": [self._summary(task, request) for task in tasks],
                    "finished": home.num_finished,
                    "left": home.num_left,
                    "end": ending and ending.as_json(),
                    "messages": [{"subject": row["subject"], "text": row["text"]} for row in messages],
                },
                headers=page_headers(),
            )
        if ending is not None:
            return redirect(f"{home_of(request)}/end")
        mine = [task for task in tasks if task.assignment is not None]
        offered = [task for task in tasks if task.state == "available"]
        shown = [task for task in mine if task.state == "accepted"] + offered
        questions = {task.hit["hit_id"]: await self._questions.of(task.hit["hit_id"]) for task in shown}
        return self._shown.page(
            request,
            "home",
            participant,
            tasks=mine,
            headers={"Refresh": str(_LOOKS_AGAIN_S)} if home.waits else None,
            home=home,
            messages=messages,
            over=home.over,
            offered=offered,
            many=offers.COUNTED,
            questions=questions,
            pay=_pay,
        )

    async def _task(self, request: Request) -> Response:
        token, hit_id = request.path_params["token"], request.path_params["hit_id"]
        participant, task, visit = await self._platform.aread(participation.look, token, hit_id)
        own = task.assignment
        if own is not None and task.state != "accepted":
            return redirect(f"{home_of(request)}/thanks/{own['assignment_id']}")
        question = await self._questions.of(hit_id)
        assignment_id = own["assignment_id"] if own is not None else PREVIEW
        frame_url = self._frame_url(request, participant, hit_id, assignment_id, question)
        if wants_json(request):
            return JSONResponse(self._summary(task, request) | {"frame_url": frame_url}, headers=page_headers())
        if task.ran_out:
            return self._shown.page(request, "late", participant, task=task, question=question)
        foreign = self._questions.is_foreign(question)
        shown: dict[str, Any] = {
            "recruited": visit is not None and visit["outcome"] is None,
            "question": question,
            "frame_url": frame_url,
            "pay": _pay(task, question),
            "foreign": foreign,
            "sandbox": FOREIGN_SANDBOX if foreign else SANDBOX,
        }
        if foreign:
            key = task_key(self._platform.secrets, assignment_id, hit_id)
            shown |= {"submit_to": f"{root_of(request)}tasks/{key}"}
        return self._shown.page(request, "task", participant, opens_windows=foreign, task=task, **shown)

    async def _frame(self, request: Request) -> Response:
        """The HTML of the HIT; the assignment must be the participant's own."""
        token, hit_id = request.path_params["token"], request.path_params["hit_id"]
        assignment_id = request.query_params.get("assignmentId", PREVIEW)
        if assignment_id == PREVIEW:
            await self._platform.aread(participation.look, token, hit_id)
        else:
            row = await self._platform.aread(participation.own_assignment, token, assignment_id)
            if row["hit_id"] != hit_id:
                raise RefusedError("no-such-task")
            if row["state"] in ("Returned", "Abandoned"):
                raise RefusedError("late")
        question = await self._questions.of(hit_id)
        if self._questions.is_foreign(question):
            raise RefusedError("no-such-task")
        # Pages have the videos' paths from the server's root, which a reverse proxy may put below a path.
        html = question.content.replace('"/media/', f'"{root_of(request)}media/')
        if question.kind == "form":
            html = as_html(
                parse_form(question.content),
                title="",
                action=None if assignment_id == PREVIEW else f"{home_of(request)}/mturk/externalSubmit",
                hidden=((ASSIGNMENT_FIELD, assignment_id),),
                speech=self._platform.study_file.values(),
            )
        return HTMLResponse(html, headers=frame_headers())

    async def _accept(self, request: Request) -> Response:
        token, hit_id = request.path_params["token"], request.path_params["hit_id"]
        most = self._platform.limits.open_assignments
        participant, row = await self._platform.atransact(participation.accept, token, hit_id, most, self._most_tasks)
        if not wants_json(request):
            return redirect(f"{home_of(request)}/hits/{hit_id}")
        question = await self._questions.of(hit_id)
        return JSONResponse(
            {
                "assignment_id": row["assignment_id"],
                "frame_url": self._frame_url(request, participant, hit_id, row["assignment_id"], question),
                "deadline": row["deadline"],
            },
            headers=page_headers(),
        )

    async def _return(self, request: Request) -> Response:
        token = request.path_params["token"]
        await self._platform.atransact(participation.give_back, token, request.path_params["assignment_id"])
        return JSONResponse({}, headers=page_headers()) if wants_json(request) else redirect(home_of(request))

    async def _try_quiz(self, request: Request) -> Response:
        """A try of the quiz before a task, or without answers how it stands."""
        token, assignment_id = request.path_params["token"], request.path_params["assignment_id"]
        answers = dict(await read_form(request, self._platform.limits.form_fields)).get("answers", "")
        result = await self._platform.atransact(quizzes.try_quiz, token, assignment_id, answers)
        return JSONResponse(result, headers=page_headers())

    async def _submit(self, request: Request) -> Response:
        token = request.path_params["token"]
        fields = await read_form(request, self._platform.limits.form_fields)
        assignment_id = await self._platform.atransact(quizzes.submit, token, fields)
        return redirect(f"{home_of(request)}/thanks/{assignment_id}")

    async def _thanks(self, request: Request) -> Response:
        token, assignment_id = request.path_params["token"], request.path_params["assignment_id"]
        row, rows, home = await self._platform.aread(participation.finished, token, assignment_id, self._most_tasks)
        ending = self._recruit.ending(home.visit)
        if wants_json(request):
            body = {name: row[name] for name in ("assignment_id", "state", "completion_code", "feedback")}
            return JSONResponse(body | {"end": ending and ending.as_json()}, headers=page_headers())
        following = next((task for task in home.tasks if task.state == "available" and not task.unmet), None)
        bonuses = await self._bonuses(row, rows)
        return self._shown.page(
            request,
            "thanks",
            home.participant,
            framed=True,
            headers=ending.headers(request) if ending else None,
            assignment=row,
            following=following,
            bonuses=bonuses,
            home=home,
            ending=ending,
        )

    async def _bonuses(self, assignment: Row, rows: list[Row]) -> list[dict[str, str]]:
        """The reason and amount of each bonus; the amount is empty if participants were told that they are not paid."""
        paid = bool(rows) and (await self._questions.of(assignment["hit_id"])).pay != ""
        return [{"reason": row["reason"], "amount": f"${format_usd(row['amount'])}" if paid else ""} for row in rows]

    async def _request_qualification(self, request: Request) -> Response:
        token, type_id = request.path_params["token"], request.path_params["type_id"]
        test = await self._platform.atransact(qualifying.request, token, type_id)
        path = home_of(request) if test is None else f"{home_of(request)}/qualifications/{type_id}/test"
        if wants_json(request):
            body = {} if test is None else {"test_url": path, "deadline": test["deadline"]}
            return JSONResponse(body, headers=page_headers())
        return redirect(path)

    async def _test(self, request: Request) -> Response:
        """The page of the qualification test that the participant has begun."""
        token, type_id = request.path_params["token"], request.path_params["type_id"]
        participant, test, name = await self._platform.aread(qualifying.begun_test, token, type_id)
        html = as_html(
            parse_form(test["test"]),
            title=name,
            action=f"{home_of(request)}/qualifications/{type_id}/test",
            simulated=bool(participant["simulated"]),
            speech=self._platform.study_file.values(),
        )
        return HTMLResponse(html, headers=frame_headers())

    async def _take_test(self, request: Request) -> Response:
        token, type_id = request.path_params["token"], request.path_params["type_id"]
        fields = await read_form(request, self._platform.limits.form_fields)
        value = await self._platform.atransact(qualifying.take_test, token, type_id, fields)
        if wants_json(request):
            return JSONResponse({"granted": value}, headers=page_headers())
        return redirect(home_of(request))

    def _frame_url(
        self, request: Request, participant: Row, hit_id: str, assignment_id: str, question: Question
    ) -> str:
        """The address of the HIT's page, with the four parameters of Mechanical Turk's protocol."""
        given = {ASSIGNMENT_FIELD: assignment_id, "hitId": hit_id}
        if assignment_id != PREVIEW:
            given["workerId"] = participant["worker_id"]
        if self._questions.is_foreign(question):
            key = task_key(self._platform.secrets, assignment_id, hit_id)
            site = self._public_url or str(request.base_url).rstrip("/")
            return frame_address(question, key, root_of(request), site, given)
        if assignment_id != PREVIEW:  # relative to the frame, whose path has as many parts as this page's
            given["turkSubmitTo"] = f"../../../p/{participant['token']}"
        return f"{home_of(request)}/frame/{hit_id}?{urllib.parse.urlencode(given)}"

    def _summary(self, task: Task, request: Request) -> dict[str, Any]:
        now, grace_s = self._platform.clock(), self._platform.study_file.grace_s
        return participation.summary(task, home_of(request), now=now, grace_s=grace_s)


def _pay(task: Task, question: Question) -> str:
    """The pay as the HIT's page states it, else the reward; empty for none."""
    if question.pay is not None:
        return question.pay
    return f"${format_usd(task.hit['reward'])}" if task.hit["reward"] else ""
