"""Simulated participants of Prolific: they take places, do a study's work over HTTP, and end well or badly."""

import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

import httpx

from crowd.worker_ids import SIMULATED_PROLIFIC_PREFIX

_log = logging.getLogger(__name__)

#: Does the work of the study at an address, with the cookies of one browser; gives where the study sends the
#: participant at its end (an address with ``cc=CODE``, or the code itself), or None where the study refuses them.
Work = Callable[[httpx.Client, str], str | None]


class Conduct(StrEnum):
    """What a participant does."""

    FINISH = "finish"
    """Do the work and go where the study sends them."""
    WRONG_CODE = "wrong code"
    """Do the work and enter another code."""
    NO_CODE = "no code"
    """Do the work and say that there was no code."""
    SKIP = "skip"
    """Open the study and enter a code at once, without the work."""
    RETURN = "return"
    """Open the study and return the submission."""
    RETURN_AFTER_WORK = "return after work"
    """Do the work and return the submission."""
    LAPSE = "lapse"
    """Take a place and never open the study."""
    TIME_OUT = "time out"
    """Open the study and never end."""
    LATE = "late"
    """Open the study, and do the work when the time is over."""
    TWO_TABS = "two tabs"
    """Open the study and do its work in two tabs of one browser at once."""
    FORGED = "forged"
    """Open the study with ids that Prolific never gave."""


#: Those who do no work, those who give their place back at the end, and those who just stay away.
_IDLE = (Conduct.SKIP, Conduct.RETURN, Conduct.LAPSE, Conduct.TIME_OUT)
_GIVING_BACK = (Conduct.RETURN, Conduct.RETURN_AFTER_WORK)
_AWAY = (Conduct.LAPSE, Conduct.TIME_OUT)


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulatedVisit:
    """What came of one participant's visit."""

    participant_id: str
    conduct: Conduct
    departure: str | None
    """Where the study sent them; None if it refused them, or they did no work."""
    status: int
    """Prolific's answer to what they did last: 200 where it was accepted."""

    @property
    def turned_away(self) -> bool:
        """Whether they wanted to do the work, and the study did not let them or did not answer."""
        return self.departure is None and self.conduct not in _IDLE


def visit(
    url: str,
    study_id: str,
    participant_id: str,
    work: Work,
    conduct: Conduct = Conduct.FINISH,
    *,
    wait: Callable[[], None] = lambda: None,
) -> SimulatedVisit:
    """Let one participant visit a study.

    Args:
        url: the address of the simulated Prolific.
        study_id: the study there.
        participant_id: somebody of its pool.
        work: does the study's work.
        conduct: what the participant does.
        wait: called by those who are late, before they do the work.
    """
    departure = None
    with _browser() as browser:
        method = "POST" if conduct == Conduct.LAPSE else "GET"
        answer = browser.request(method, f"{url}/studies/{study_id}/take/{participant_id}")
        if not answer.is_error and conduct not in _IDLE:
            place = answer.headers["Location"]
            if conduct == Conduct.LATE:
                wait()
            if conduct == Conduct.FORGED:
                browser.post(f"{url}/submissions/return")
                place = forged(place)
            departure = _in_two_tabs(place, work) if conduct == Conduct.TWO_TABS else _done(browser, place, work)
        if not answer.is_error and conduct not in _AWAY:
            answer = _end(browser, url, conduct, departure)
    return SimulatedVisit(
        participant_id=participant_id, conduct=conduct, departure=departure, status=answer.status_code
    )


def _end(browser: httpx.Client, url: str, conduct: Conduct, departure: str | None) -> httpx.Response:
    """What the participant does on Prolific's site at the end; somebody whom the study refused returns."""
    worked = conduct not in _IDLE
    if conduct in _GIVING_BACK or (worked and departure is None):
        return browser.post(f"{url}/submissions/return")
    if conduct == Conduct.NO_CODE:
        return browser.get(f"{url}/submissions/complete")
    made_up = conduct in (Conduct.WRONG_CODE, Conduct.SKIP)
    code = secrets.token_hex(4).upper() if made_up else code_in(departure or "")
    return browser.get(f"{url}/submissions/complete", params={"cc": code})


def code_in(departure: str) -> str:
    """The completion code of an address with ``cc=CODE``, or the text itself."""
    return parse_qs(urlsplit(departure).query).get("cc", [departure])[0]


def forged(place: str) -> str:
    """The address of a study with ids in it that nobody gave; they can be told as a program's all the same."""
    for name in ("PROLIFIC_PID", "STUDY_ID", "SESSION_ID"):
        for value in parse_qs(urlsplit(place).query).get(name, ()):
            place = place.replace(value, SIMULATED_PROLIFIC_PREFIX + secrets.token_hex(9))
    return place


def _done(browser: httpx.Client, place: str, work: Work) -> str | None:
    """Do the work; whoever finds that the study does not answer was sent nowhere."""
    try:
        return work(browser, place)
    except (OSError, httpx.HTTPError) as error:
        _log.warning("a simulated participant could not do the tasks at %s: %s", _site(place), error)
        return None


def _site(place: str) -> str:
    """Scheme, host and port of an address, without the ids in it."""
    parts = urlsplit(place)
    return f"{parts.scheme}://{parts.netloc}"


def _in_two_tabs(place: str, work: Work) -> str | None:
    """Do the work twice at once; gives where either tab was sent."""
    with _browser() as browser, ThreadPoolExecutor(2) as tabs:
        ends = [tab.result() for tab in [tabs.submit(_done, browser, place, work) for _ in range(2)]]
    return next((end for end in ends if end is not None), None)


@contextmanager
def _browser() -> Iterator[httpx.Client]:
    # No proxy of the environment, but its certificate authorities, as the study's own commands have them.
    with httpx.Client(trust_env=False, verify=httpx.create_ssl_context(), timeout=60) as client:
        yield client


def bring(
    url: str,
    study_id: str,
    participant_ids: Sequence[str],
    work: Work,
    conducts: Sequence[Conduct],
    *,
    wait: Callable[[], None] = lambda: None,
    at_once: int = 4,
) -> list[SimulatedVisit]:
    """Let participants visit a study, `at_once` at a time; those who are late come last, each after a `wait`.

    Raises:
        Whatever `work` raises.
    """
    plan = list(zip(participant_ids, conducts, strict=True))
    early = [one for one in plan if one[1] != Conduct.LATE]
    with ThreadPoolExecutor(at_once) as pool:
        visits = list(pool.map(lambda one: visit(url, study_id, one[0], work, one[1]), early))
        late = [one for one in plan if one[1] == Conduct.LATE]
        visits += pool.map(lambda one: visit(url, study_id, one[0], work, one[1], wait=wait), late)
    return visits
