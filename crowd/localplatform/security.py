"""What keeps browsers from being used against the participants: headers, and where a POST may come from."""

from urllib.parse import urlsplit

from starlette.requests import Request

from crowd.localplatform.participation import RefusedError

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


def page_headers(*, framed: bool = False) -> dict[str, str]:
    """Headers of the platform's own pages; `framed` ones may show inside the work page."""
    ancestors = "'self'" if framed else "'none'"
    return _COMMON | {"Content-Security-Policy": _PAGE_POLICY.format(ancestors=ancestors)}


def frame_headers() -> dict[str, str]:
    """Headers of a HIT's own page."""
    return _COMMON | {"Content-Security-Policy": f"{_FRAME_POLICY}; sandbox {SANDBOX}"}


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
    page = urlsplit(request.headers.get("referer", ""))
    from_own_page = f"{page.scheme}://{page.netloc}" == origin and f"/p/{request.path_params['token']}" in page.path
    if urlsplit(origin).netloc not in hosts - {"", None} and not from_own_page:
        raise RefusedError("cross-site")
