"""An audience: participants come by themselves to every study that is published, as they do on the real service."""

import random
import threading
from collections.abc import Callable, Iterator, Mapping

from crowd.simulated.prolific import filters
from crowd.simulated.prolific.records import TAKING, ProlificStudy
from crowd.simulated.prolific.server import RunningProlific
from crowd.simulated.prolific.state import SimulatedProlific
from crowd.simulated.prolific.visits import Conduct, SimulatedVisit, Work, bring

#: How often people do what, roughly as studies meet them; none is late, since nobody waits for them.
USUAL: Mapping[Conduct, float] = {
    Conduct.FINISH: 0.74,
    Conduct.RETURN: 0.06,
    Conduct.NO_CODE: 0.05,
    Conduct.TIME_OUT: 0.04,
    Conduct.LAPSE: 0.03,
    Conduct.WRONG_CODE: 0.02,
    Conduct.RETURN_AFTER_WORK: 0.02,
    Conduct.TWO_TABS: 0.02,
    Conduct.SKIP: 0.01,
    Conduct.FORGED: 0.01,
}
#: How long nobody looks for studies, in seconds, when there was none with a free place.
_PAUSE_S = 0.5


def drawn(shares: Mapping[Conduct, float], seed: int) -> Iterator[Conduct]:
    """Conducts at random, without end; the same seed gives the same ones."""
    rng = random.Random(seed)
    while True:
        yield rng.choices(list(shares), list(shares.values()))[0]


def attend(
    service: RunningProlific,
    work: Work,
    conducts: Iterator[Conduct],
    stop: threading.Event,
    *,
    at_once: int = 4,
    shown: Callable[[SimulatedVisit], None] = lambda visit: None,
) -> None:
    """Send participants to every study with free places, until `stop` is set.

    Args:
        service: the simulated Prolific.
        work: does a study's work.
        conducts: what each participant does, in the order in which they come.
        stop: ends it, after the visits that have begun.
        at_once: how many come at a time.
        shown: called with every visit that has ended.
    """
    while not stop.is_set():
        came = False
        for study_id, participant_ids in invited(service.prolific, at_once):
            came = True
            conducts_now = [next(conducts) for _ in participant_ids]
            for visit in bring(service.url, study_id, participant_ids, work, conducts_now, at_once=at_once):
                shown(visit)
        if not came:
            stop.wait(_PAUSE_S)


def invited(prolific: SimulatedProlific, most: int) -> list[tuple[str, list[str]]]:
    """Studies with free places, each with participants who are eligible and have not been there."""
    with prolific.acting():
        return [
            (study.id, people)
            for study in prolific.studies.values()
            if prolific.status(study) == "ACTIVE" and (people := _people(prolific, study, most))
        ]


def _people(prolific: SimulatedProlific, study: ProlificStudy, most: int) -> list[str]:
    free = study.places - len(prolific.of(study, *TAKING))
    before = {one.participant_id for one in prolific.of(study)}
    new = (one for one in prolific.participants.values() if one.id not in before)
    eligible = [one.id for one in new if filters.is_eligible(prolific, one, study.document["filters"])]
    return eligible[: min(free, most)]
