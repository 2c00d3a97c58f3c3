"""Protects participants' browsers against other sites: security headers, keys, and a check of a POST's origin."""

import hashlib
import hmac
from urllib.parse import SplitResult, urlsplit

from starlette.requests import Request

from crowd.credentials import Secrets
from crowd.localplatform.participation import RefusedError

#: The assignment id that the page of a HIT gets in a preview.
PREVIEW = "ASSIGNMENT_ID_NOT_AVAILABLE"

_COMMON = {
    "X-Content-Type-Options": "nosniff",
    # Links are secrets, so they are sent to this server only. With `no-referrer`, browsers would hide the origin of
    # submitted forms, which is checked.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cache-Control": "no-store",
}

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self' https:; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)

#: A task page contains its own script and style, plays videos from here or from where they were published, and can
#: send data to this server only.
_FRAME_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; font-src data:; "
    "img-src 'self' https: http: data: blob:; media-src 'self' https: http: data: blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)

#: The sandbox of the task page inside the work page: as on Mechanical Turk, it keeps its origin, so that it can keep
#: answers over a reload; it cannot leave its frame. Addresses in the text of consent open in windows of their own.
SANDBOX = "allow-scripts allow-forms allow-same-origin allow-modals allow-popups allow-popups-to-escape-sandbox"

#: The sandbox of a page of another program. Without `allow-same-origin` its origin is unique: it may load and run
#: anything, and cannot read this server's pages. Windows that it opens are not sandboxed, since pages of other sites
#: would not work in a sandbox; this server's pages for other programs have their own.
FOREIGN_SANDBOX = (
    "allow-scripts allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox allow-downloads "
    "allow-pointer-lock"
)


def page_headers(*, framed: bool = False, opens_windows: bool = False) -> dict[str, str]:
    """Headers of the platform's own pages.

    Args:
        framed: the page may be shown inside the work page.
        opens_windows: pages framed in it may open windows that can send messages to them.
    """
    ancestors = "'self'" if framed else "'none'"
    opener = {"Cross-Origin-Opener-Policy": "same-origin-allow-popups"} if opens_windows else {}
    return _COMMON | opener | {"Content-Security-Policy": _PAGE_POLICY.format(ancestors=ancestors)}


def frame_headers() -> dict[str, str]:
    """Headers of the page of a HIT with the policy "strict"."""
    return _COMMON | {"Content-Security-Policy": f"{_FRAME_POLICY}; sandbox {SANDBOX}"}


def foreign_headers() -> dict[str, str]:
    """Headers of the page of a HIT that another program published."""
    return _COMMON | {"Content-Security-Policy": f"frame-ancestors 'self'; sandbox {FOREIGN_SANDBOX}"}


def receipt_headers(nonce: str) -> dict[str, str]:
    """Headers of the response to a submission from a page of another program; any frame may show it."""
    policy = f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; base-uri 'none'"
    return _COMMON | {
        "Content-Security-Policy": f"{policy}; form-action 'none'; frame-ancestors *; sandbox allow-scripts",
        "Cross-Origin-Opener-Policy": "unsafe-none",
    }


def task_key(secrets: Secrets, assignment_id: str, hit_id: str) -> str:
    """The secret that opens and submits the page of one assignment, or opens the preview of one HIT.

    It is derived from the study's key, so it stays the same after a restart.
    """
    of = f"preview {hit_id}" if assignment_id == PREVIEW else f"assignment {assignment_id}"
    return hmac.new(secrets.secret_access_key.encode(), of.encode(), hashlib.sha256).hexdigest()[:40]


def demand_same_site(request: Request, public_url: str | None = None) -> None:
    """Refuse a POST that a browser sends for a page of another site. Programs send none of the headers checked here.

    Browsers say in `Sec-Fetch-Site` where a request comes from, but not to sites without TLS. Without that header the
    page's origin must be an address of this server: the one requested, the one that a reverse proxy says was
    requested, or the one that participants were given. Otherwise the page must be below the same secret link.

    Raises:
        RefusedError: it came from another site.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise RefusedError("cross-site")
        return
    origin = request.headers.get("origin")
    if origin is None:
        return
    hosts = {request.headers.get("host"), request.headers.get("x-forwarded-host"), urlsplit(public_url or "").netloc}
    page = _parts(request.headers.get("referer", ""))
    from_own_page = f"{page.scheme}://{page.netloc}" == origin and f"/p/{request.path_params['token']}" in page.path
    is_public = public_url is not None and _origin(origin) == _origin(public_url)
    if _parts(origin).netloc not in hosts - {"", None} and not is_public and not from_own_page:
        raise RefusedError("cross-site")


def _origin(address: str) -> tuple[str, str, int | None]:
    """Scheme, host in lower-case ASCII, and port (by default the scheme's), as browsers write them."""
    parts = _parts(address)
    try:
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:  # not a valid host name or port
        return parts.scheme, parts.netloc, None
    return parts.scheme, host, port or {"http": 80, "https": 443}.get(parts.scheme)


def _parts(address: str) -> SplitResult:
    """The parts of an address from a request; all empty if it is not an address."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
