"""What keeps browsers from being used against the participants: headers, keys, and where a POST may come from."""

import hashlib
import hmac
from urllib.parse import SplitResult, urlsplit

from starlette.requests import Request

from crowd.credentials import Secrets
from crowd.localplatform.participation import RefusedError

#: What the page of a HIT gets instead of an assignment's id while it is only looked at.
PREVIEW = "ASSIGNMENT_ID_NOT_AVAILABLE"

_COMMON = {
    "X-Content-Type-Options": "nosniff",
    # Links are secrets: they are sent to this server only. (`no-referrer` would make browsers hide the origin of
    # submitted forms, which is checked.)
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

#: A task page carries its own script and style, plays videos from here or from where they were published, and can
#: send nothing anywhere but here.
_FRAME_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; font-src data:; "
    "img-src 'self' https: http: data: blob:; media-src 'self' https: http: data: blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)

#: What the task page may do inside the work page: as on Mechanical Turk, it keeps its origin, so that it can remember
#: answers over a reload; it cannot leave its frame.
SANDBOX = "allow-scripts allow-forms allow-same-origin allow-modals"

#: What a page of another program may do. Without `allow-same-origin` its origin is one that nothing else has: it may
#: load and run what it likes, and reads nothing of this server's pages. Windows that it opens are not sandboxed: those
#: of other sites would not work, and what this server shows in them brings its own sandbox.
FOREIGN_SANDBOX = (
    "allow-scripts allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox allow-downloads "
    "allow-pointer-lock"
)


def page_headers(*, framed: bool = False, opens_windows: bool = False) -> dict[str, str]:
    """Headers of the platform's own pages.

    Args:
        framed: it may show inside the work page.
        opens_windows: pages framed in it may open windows that can speak to them.
    """
    ancestors = "'self'" if framed else "'none'"
    opener = {"Cross-Origin-Opener-Policy": "same-origin-allow-popups"} if opens_windows else {}
    return _COMMON | opener | {"Content-Security-Policy": _PAGE_POLICY.format(ancestors=ancestors)}


def frame_headers() -> dict[str, str]:
    """Headers of a HIT's own page."""
    return _COMMON | {"Content-Security-Policy": f"{_FRAME_POLICY}; sandbox {SANDBOX}"}


def foreign_headers() -> dict[str, str]:
    """Headers of the page of a HIT that another program published."""
    return _COMMON | {"Content-Security-Policy": f"frame-ancestors 'self'; sandbox {FOREIGN_SANDBOX}"}


def receipt_headers(nonce: str) -> dict[str, str]:
    """Headers of what comes after a submission from a page of another program, in whatever frame that page has."""
    policy = f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; base-uri 'none'"
    return _COMMON | {
        "Content-Security-Policy": f"{policy}; form-action 'none'; frame-ancestors *; sandbox allow-scripts",
        "Cross-Origin-Opener-Policy": "unsafe-none",
    }


def task_key(secrets: Secrets, assignment_id: str, hit_id: str) -> str:
    """The secret that opens the page of one assignment and submits it, or opens the preview of one HIT; nothing else.

    It follows from the study's key, so it survives restarts.
    """
    of = f"preview {hit_id}" if assignment_id == PREVIEW else f"assignment {assignment_id}"
    return hmac.new(secrets.secret_access_key.encode(), of.encode(), hashlib.sha256).hexdigest()[:40]


def demand_same_site(request: Request, public_url: str | None = None) -> None:
    """Refuse a POST that a page of another site made a browser send; programs send none of these headers.

    Browsers say it themselves (`Sec-Fetch-Site`), but not to sites without TLS. There the page's origin must be an
    address of this server: the one that was called, the one that a reverse proxy was called by, or the one that
    participants were given. Where a proxy tells neither, the page must be one below the same secret link.

    Raises:
        RefusedError: it came from elsewhere.
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
    """Scheme, host and port as browsers write them: a name in ASCII and small letters, and the port of each scheme."""
    parts = _parts(address)
    try:
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:  # no name that can be looked up, or no port
        return parts.scheme, parts.netloc, None
    return parts.scheme, host, port or {"http": 80, "https": 443}.get(parts.scheme)


def _parts(address: str) -> SplitResult:
    """The parts of an address that somebody sent, all empty where it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
