"""Makes participants' pages from templates, in the language of the study, and those that say what was refused."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from crowd.localplatform.addresses import root_of
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.participation import RefusedError
from crowd.localplatform.refusals import STATUS
from crowd.localplatform.security import page_headers
from crowd.localplatform.store import Row
from templates import environment

#: Refusals of somebody who has no page of their own to go back to.
_WITHOUT_HOME = ("no-link", "unknown-link", "revoked", "bad-arrival", "came-before")


class ShownPages:
    """The pages of one platform."""

    def __init__(self, platform: Marketplace):
        self._platform = platform

    def page(
        self,
        request: Request,
        name: str,
        participant: Row | None,
        *,
        status: int = 200,
        framed: bool = False,
        opens_windows: bool = False,
        headers: dict[str, str] | None = None,
        **values: Any,
    ) -> Response:
        """The page of that template; `headers` are added to those of every page (`crowd.localplatform.security`)."""
        template = environment().get_template(f"participant/{name}.html.j2")
        html = template.render(
            participant=participant,
            now=self._platform.clock(),
            root=root_of(request),
            own=home_of(request),
            paid_elsewhere=self._platform.study_file.is_paid_elsewhere,
            **self._platform.study_file.values(),
            **values,
        )
        return HTMLResponse(
            html, status, headers=page_headers(framed=framed, opens_windows=opens_windows) | (headers or {})
        )

    def refusal(self, request: Request, error: RefusedError) -> Response:
        """The page, or the JSON, that says what was refused."""
        status = STATUS[error.reason]
        if wants_json(request):
            return JSONResponse({"error": error.reason, "detail": error.detail}, status, headers=page_headers())
        home = None if error.reason in _WITHOUT_HOME or "token" not in request.path_params else home_of(request)
        return self.page(
            request, "refused", None, status=status, framed=True, reason=error.reason, detail=error.detail, home=home
        )


def home_of(request: Request) -> str:
    """The relative path from the requested page to its participant's home."""
    return f"{root_of(request)}p/{request.path_params.get('token', '')}"


def wants_json(request: Request) -> bool:
    """Whether a program asks."""
    return "application/json" in request.headers.get("accept", "")


def redirect(url: str) -> Response:
    """Lead the browser on to another page, by GET."""
    return RedirectResponse(url, status_code=303, headers=page_headers())
