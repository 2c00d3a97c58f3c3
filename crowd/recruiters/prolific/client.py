"""Calls of Prolific's API over HTTP: authentication, pages of lists, errors, and which calls may be repeated.

The API has no test service and no tokens for idempotent calls. So a call that changes something is sent again only
where it certainly had no effect: the connection could not be made, or the answer was 429. Everything else that leaves
the outcome open raises `RecruiterUnreachableError`, and the caller reads what became of it.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx

from crowd.recruiters.prolific.signed import KEYS_PATH
from crowd.recruiters.protocol import RecruiterRefusedError, RecruiterUnreachableError
from crowd.release import DISTRIBUTION, RELEASE

#: The only service on which money is money.
REAL_URL = "https://api.prolific.com"
#: Names the account's token.
TOKEN_VARIABLE = "PROLIFIC_TOKEN"  # noqa: S105  the name of a variable
_PREFIX = "/api/v1/"
_TIMEOUT_S = 30
_ATTEMPTS, _FIRST_WAIT_S, _LONGEST_WAIT_S = 6, 0.5, 30.0
_UNAUTHORISED, _SLOW_DOWN = 401, 429
#: Items of a page, which keeps long studies to a few calls.
_PAGE_SIZE = 100


class Client:
    """One account of Prolific.

    Args:
        url: the service's address without a path; `REAL_URL`, or that of a simulated one.
        token: of the account; it appears in no message.
        sleep: waits between attempts, for tests.
    """

    def __init__(self, url: str, token: str, sleep: Callable[[float], None] = time.sleep):
        self.url = url.rstrip("/")
        self._sleep = sleep
        self._http = httpx.Client(
            base_url=self.url + _PREFIX,
            headers={"Authorization": f"Token {token}", "User-Agent": f"{DISTRIBUTION}/{RELEASE}"},
            timeout=_TIMEOUT_S,
            follow_redirects=False,
        )

    def close(self) -> None:
        """End its connections."""
        self._http.close()

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a resource, asked for again while the service does not answer."""
        asked = {name: value for name, value in query.items() if value is not None}
        return self._call("GET", path, params=asked or None)  # an empty query would remove the address's own

    def keys(self) -> Any:
        """The public keys of signed arrivals, as a JSON Web Key Set; they stand beside the API."""
        return self.get(f"{self.url}{KEYS_PATH}")

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Do something that may not be done twice.

        Raises:
            RecruiterRefusedError: it was refused, and nothing has changed.
            RecruiterUnreachableError: it may have happened or not.
        """
        return self._call("POST", path, json=dict(body))

    def created(self, path: str, body: Mapping[str, Any]) -> tuple[Any, httpx.Headers]:
        """Make something of which a part is told in the headers; errors as in `post`."""
        answer = self._answered("POST", path, json=dict(body))
        return self._content(answer, f"POST {path}"), answer.headers

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """Set values of a resource; errors as in `post`."""
        return self._call("PATCH", path, json=dict(body))

    def delete(self, path: str) -> None:
        """Remove a resource; errors as in `post`."""
        self._call("DELETE", path)

    def listed(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All items of a list, page after page, as its links lead; a page past the end is an error of the service."""
        page: Any = self.get(path, **query)
        while True:
            yield from page["results"]
            following = ((page.get("_links") or {}).get("next") or {}).get("href")
            if not following:
                return
            page = self.get(self._own(following))

    def numbered(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All items of a list that counts pages."""
        return self.listed(path, page_size=_PAGE_SIZE, **query)

    def sliced(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All items of a list that counts items."""
        return self.listed(path, limit=_PAGE_SIZE, **query)

    def _own(self, address: str) -> str:
        """The address of a page below the service's own, to which alone the token is sent."""
        parts = urlsplit(address)
        return f"{parts.path.removeprefix(_PREFIX)}?{parts.query}"

    def _call(self, method: str, path: str, **options: Any) -> Any:
        return self._content(self._answered(method, path, **options), f"{method} {path.partition('?')[0]}")

    def _answered(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The service's answer, after it was asked again where that is harmless."""
        waits = _waits()
        while True:
            try:
                answer = self._http.request(method, path, **options)
            except httpx.TransportError as error:
                harmless = method == "GET" or isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                self._wait_or_raise(waits, harmless, f"{self._host} does not answer ({type(error).__name__})")
                continue
            if answer.status_code == _SLOW_DOWN:
                wait_s = next(waits, None)
                if wait_s is None:
                    raise RecruiterRefusedError(
                        f"{method} {path.partition('?')[0]}",
                        str(_SLOW_DOWN),
                        f"{self._host} asks to slow down, and nothing was done; run the same command again later",
                    )
                self._sleep(max(wait_s, min(_seconds(answer), _LONGEST_WAIT_S)))
            elif answer.status_code >= 500:
                self._wait_or_raise(waits, method == "GET", f"{self._host} answers {answer.status_code}")
            else:
                return answer

    def _wait_or_raise(self, waits: Iterator[float], harmless: bool, what: str) -> None:
        wait_s = next(waits, None)
        if not harmless or wait_s is None:
            raise RecruiterUnreachableError(f"{what}; run the same command again, which first looks what happened")
        self._sleep(wait_s)

    @property
    def _host(self) -> str:
        return urlsplit(self.url).netloc

    def _content(self, answer: httpx.Response, operation: str) -> Any:
        content: Any = None
        with suppress(ValueError):
            content = answer.json()
        if not answer.is_success:
            hint = f" (is {TOKEN_VARIABLE} the account's token?)" if answer.status_code == _UNAUTHORISED else ""
            raise RecruiterRefusedError(operation, str(answer.status_code), _words(answer, content) + hint)
        if content is None and answer.content.strip():
            raise RecruiterUnreachableError(
                f"{self._host} answers {operation} with something that is not JSON; is a proxy in between?"
            )
        return content


def _waits() -> Iterator[float]:
    """Seconds to wait before each further attempt, with jitter."""
    for number in range(_ATTEMPTS - 1):
        yield min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**number) * random.uniform(0.5, 1.0)


def _seconds(answer: httpx.Response) -> float:
    with suppress(ValueError):
        return max(0.0, float(answer.headers.get("Retry-After", 0)))
    return 0.0


def _words(answer: httpx.Response, content: Any) -> str:
    """What the service says of an error, in any of the shapes that it uses."""
    if not isinstance(content, dict):
        return f"status {answer.status_code}, without an explanation"
    inner = content.get("error", content)
    if not isinstance(inner, dict):
        return str(inner)
    return _flat(inner.get("detail") or inner.get("message") or inner.get("title") or "without an explanation")


def _flat(detail: Any) -> str:
    if isinstance(detail, dict):
        return "; ".join(f"{name}: {_flat(value)}" for name, value in detail.items())
    if isinstance(detail, list):
        return ", ".join(_flat(one) for one in detail)
    return str(detail)
