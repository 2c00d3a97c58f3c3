"""The work of a study of ours, done over HTTP by simulated participants whom a recruiter sends."""

import logging
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from crowd.design.design import Design
from crowd.simulated import workers
from crowd.simulated.qualities import Qualities, all_alike
from crowd.simulated.response_probabilities import ResponseProbabilities
from crowd.simulated.workers import JSON, ResponseStyle

_log = logging.getLogger(__name__)
#: As many digits of an id on the simulated Prolific count its ids.
_COUNTING_DIGITS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyWork:
    """Comes to ``/join``, does every task that is offered, and goes where the study says."""

    design: Design
    probabilities: ResponseProbabilities
    style: ResponseStyle = field(default_factory=ResponseStyle)
    seed: int = 0
    """The same seed gives the same answers of the same participants of the pool."""
    qualities: Qualities = all_alike

    def __call__(self, browser: httpx.Client, place: str) -> str | None:
        """Do the work at an address of arrival; gives where the study sends the participant, None if it lets nobody in.

        Raises:
            OSError, httpx.HTTPError: the study does not answer.
        """
        arrived = browser.get(place, headers=JSON)
        if arrived.is_error:
            return None
        link = urljoin(place, arrived.json()["url"])
        if arrived.json()["end"] is None:
            self._work(link, place)
        return _way_out(browser.get(link, headers=JSON))

    def _work(self, link: str, place: str) -> None:
        seed = self.seed << 4 * _COUNTING_DIGITS | _number(place)
        try:
            workers.simulate(
                [link], self.design, self.probabilities, style=self.style, seed=seed, qualities=self.qualities
            )
        except ValueError as error:  # their time is over, or another tab was quicker: the study says how it ended
            _log.debug("a simulated participant was refused: %s", error)


def _way_out(home: httpx.Response) -> str | None:
    end: dict[str, Any] | None = None if home.is_error else home.json()["end"]
    return (end["url"] or end["code"]) if end else None


def _number(place: str) -> int:
    """The number of the participant in the pool; 0 where the address holds no id of the simulated Prolific."""
    for values in parse_qs(urlsplit(place).query).values():
        try:
            return int(values[0][-_COUNTING_DIGITS:], 16)
        except ValueError:
            continue
    return 0
