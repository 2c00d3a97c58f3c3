"""Serves task pages of other programs, takes their submissions from any origin, and serves the files they expect.

Such a page gets a key for its own assignment, never the participant's link. All addresses are below ``/tasks/{key}``,
except ``/mturk/externalSubmit`` at the root: a submission there has no key and is passed to the participant's page
around the task, which sends it.
"""

import hmac
import secrets as random
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urldefrag, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from crowd.localplatform import participation
from crowd.localplatform.addresses import client_of, root_of
from crowd.localplatform.answerxml import ASSIGNMENT_FIELD, Fields
from crowd.localplatform.foreignhtml import FILES, served
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.operations.questions import Question
from crowd.localplatform.participation import RefusedError
from crowd.localplatform.rates import Rates
from crowd.localplatform.refusals import STATUS
from crowd.localplatform.security import PREVIEW, foreign_headers, page_headers, receipt_headers, task_key
from crowd.localplatform.shownquestions import ShownQuestions
from crowd.localplatform.store import assignments
from crowd.localplatform.submissions import read_form
from templates import environment

#: A sandboxed page has no origin, so these files must allow other sites to load them.
_FILE_HEADERS = {
    "Cache-Control": "max-age=300",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}

_Handler = Callable[["ForeignPages", Request], Awaitable[Response]]


class ForeignPages:
    """The routes of one platform."""

    def __init__(self, platform: Marketplace, questions: ShownQuestions):
        self._platform, self._questions = platform, questions
        limits = platform.limits
        self._rates = Rates(limits.requests_per_s, limits.burst)
        self._strangers = Rates(limits.strangers_per_s, limits.strangers_burst)

    def routes(self) -> list[Route]:
        """The routes below ``/tasks``, the submission at the root, and the files."""
        table: list[tuple[str, str, _Handler]] = [
            ("GET", "/tasks/{key}", ForeignPages._page),
            ("GET", "/tasks/{key}/sent", ForeignPages._sent),
            # Some pages submit by opening an address with the answers in its query.
            *((method, "/tasks/{key}/mturk/externalSubmit", ForeignPages._submit) for method in ("GET", "POST")),
            *((method, "/mturk/externalSubmit", ForeignPages._hand_over) for method in ("GET", "POST")),
        ]
        pages = [Route(path, self._guarded(handler), methods=[method]) for method, path, handler in table]
        return [*pages, Route("/assets/foreign/{name}", _file, methods=["GET"])]

    def _guarded(self, handler: _Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                return await handler(self, request)
            except RefusedError as error:
                if "application/json" in request.headers.get("accept", ""):
                    body = {"error": error.reason, "detail": error.detail}
                    return JSONResponse(body, STATUS[error.reason], headers=page_headers())
                return self._receipt(None, STATUS[error.reason], error.reason)

        return endpoint

    def _admit(self, request: Request, assignment_id: str, hit_id: str = "") -> None:
        """Check that the key opens this assignment or preview, and count the request.

        Raises:
            RefusedError: the key is wrong, or there were too many requests with it.
        """
        expected = task_key(self._platform.secrets, assignment_id, hit_id)
        given = request.path_params["key"]
        if not hmac.compare_digest(given.encode(), expected.encode()):
            known = self._strangers.allow(client_of(request))
            raise RefusedError("no-such-task" if known else "too-fast")
        if assignment_id != PREVIEW and not self._rates.allow(given):  # all participants share one key for a preview
            raise RefusedError("too-fast")

    async def _page(self, request: Request) -> Response:
        """The HTML of a HIT with the policy "open"."""
        assignment_id = request.query_params.get(ASSIGNMENT_FIELD, PREVIEW)
        hit_id = request.query_params.get("hitId", "")
        self._admit(request, assignment_id, hit_id)
        if assignment_id != PREVIEW:
            row = await self._platform.aread(participation.in_time, assignment_id)
            hit_id = row["hit_id"]
        question = await self._questions.of(hit_id)
        if question.kind != "html" or not self._questions.is_foreign(question):
            raise RefusedError("no-such-task")
        root = root_of(request)
        html = served(question.content, root=root, submit_to=f"{root}tasks/{request.path_params['key']}")
        return HTMLResponse(html, headers=foreign_headers())

    async def _submit(self, request: Request) -> Response:
        fields = await self._fields(request)
        self._admit(request, participation.named(fields))
        assignment_id = await self._platform.atransact(participation.submit_for, participation.named(fields), fields)
        # Not a redirect to the participant's own pages, whose address holds their secret link.
        query = urlencode({ASSIGNMENT_FIELD: assignment_id})
        return RedirectResponse(
            f"{root_of(request)}tasks/{request.path_params['key']}/sent?{query}", 303, page_headers()
        )

    async def _sent(self, request: Request) -> Response:
        """The page that confirms a submission, also to the page around it."""
        assignment_id = request.query_params.get(ASSIGNMENT_FIELD, "")
        self._admit(request, assignment_id)
        row = await self._platform.aread(participation.in_time, assignment_id)
        if row["state"] not in assignments.LISTED:
            raise RefusedError("no-such-task")
        return self._receipt({"vidgen": "sent"})

    async def _hand_over(self, request: Request) -> Response:
        """Pass answers that came without a key to the participant's page around this one, which may send them."""
        fields = await self._fields(request)
        if "application/json" in request.headers.get("accept", ""):
            raise RefusedError("cross-site")
        if not participation.named(fields):
            raise RefusedError("malformed", "no assignmentId")
        return self._receipt({"vidgen": "submit", "fields": fields}, 202)

    async def _fields(self, request: Request) -> Fields:
        """The submitted fields: those of the form, then those of the query that the form does not have."""
        most = self._platform.limits.form_fields
        sent = await read_form(request, most) if request.method == "POST" else []
        known = {name for name, _ in sent}
        fields = sent + [(name, value) for name, value in request.query_params.multi_items() if name not in known]
        if len(fields) > most:
            raise RefusedError("malformed", "too many fields")
        return fields

    def _receipt(self, message: dict[str, Any] | None, status: int = 200, reason: str = "") -> Response:
        """The page after a submission, which sends `message` to the page around it, or says why it was refused."""
        nonce = random.token_urlsafe(16)
        template = environment().get_template("participant/receipt.html.j2")
        values = self._platform.study_file.values()
        html = template.render(nonce=nonce, message=message, reason=reason, **values)
        return HTMLResponse(html, status, headers=receipt_headers(nonce))


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in FILES:
        raise HTTPException(404)
    text = files("templates").joinpath("foreign", name).read_text(encoding="utf-8")
    return Response(text, media_type="text/javascript", headers=_FILE_HEADERS)


def frame_address(question: Question, key: str, root: str, site: str, given: dict[str, str]) -> str:
    """The address of another program's page, with the four parameters of Mechanical Turk's protocol.

    Args:
        question: the HIT's question.
        key: the secret that opens its page and submits it.
        root: the relative path to the server's root from the page that frames it.
        site: the server's address for pages on other sites; `participant.js` replaces it by the one the browser sees.
        given: `assignmentId`, `hitId`, and `workerId` once the HIT is accepted.
    """
    base, fragment = urldefrag(question.content) if question.kind == "external" else (f"{root}tasks/{key}", "")
    query = urlencode(given)
    if given[ASSIGNMENT_FIELD] != PREVIEW:
        query += f"&turkSubmitTo={quote(f'{site}/tasks/{key}', safe='')}"
    return f"{base}{'&' if '?' in base else '?'}{query}{'#' if fragment else ''}{fragment}"
