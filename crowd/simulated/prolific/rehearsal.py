"""A rehearsal of recruiting: a copy of a study, its server, and a simulated Prolific that sends people to it."""

import os
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from crowd.design.design import Design
from crowd.design.study import Study
from crowd.lifecycle.recruiting import recruitment
from crowd.localplatform import people
from crowd.localplatform import running as serving
from crowd.localplatform.clock import SteadyClock
from crowd.recruiters.prolific import URL_VARIABLE
from crowd.recruiters.prolific.client import TOKEN_VARIABLE
from crowd.recruiters.prolific.settings import Prolific
from crowd.simulated.copying import Copy, Original, copy_study
from crowd.simulated.prolific.audience import USUAL, invited
from crowd.simulated.prolific.server import RunningProlific, running
from crowd.simulated.prolific.state import RESERVATION_S, SimulatedProlific
from crowd.simulated.prolific.study_work import StudyWork
from crowd.simulated.prolific.visits import Conduct, bring
from crowd.simulated.response_probabilities import ResponseProbabilities

RECRUITER = "prolific"
#: Keys of the study file that name things of the real account, which the simulated one does not have.
_OF_THE_ACCOUNT = ("workspace", "project", "filters")
#: What the simulated account holds, in sub-currency units; no study is too dear for it.
_PAID_IN = 10_000_000_00
#: More people are in the pool than there are places, since who has left does not come again.
_SPARE = 60


class PassingClock:
    """The time on this machine, which may be moved forward to see what happens when people's time is over."""

    def __init__(self) -> None:
        self._clock, self._ahead_s = SteadyClock(), 0.0

    def __call__(self) -> float:
        """Seconds since the epoch."""
        return self._clock() + self._ahead_s

    def advance(self, seconds: float) -> None:
        """Move the time forward."""
        self._ahead_s += seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Fate:
    """What became of those who did the same."""

    conduct: Conduct
    status: str
    """Of their submissions at the simulated Prolific."""
    outcome: str
    """Of their visits here; empty where they never came, or were not let in."""
    number: int


@dataclass(kw_only=True)
class Stage:
    """A copy of a study that is served, and the simulated Prolific beside it."""

    copy: Copy
    url: str
    """Of the study's server."""
    service: RunningProlific
    clock: PassingClock
    conducts: dict[str, Conduct] = field(default_factory=dict)
    """What each participant who has come does."""

    def let_people_come(
        self, probabilities: ResponseProbabilities, *, seed: int, conducts: Iterable[Conduct] = ()
    ) -> None:
        """Let people come until every place is taken by somebody who ended, or nobody is left in the pool.

        Args:
            probabilities: how they answer.
            seed: the same seed gives the same answers.
            conducts: what the first do; the others finish. Time passes for those who never end.

        Raises:
            ValueError, OSError: as of `crowd.recruitment`.
        """
        work = StudyWork(design=Design.load(self.copy.study_dir), probabilities=probabilities, seed=seed)
        plan = iter(conducts)
        while (groups := invited(self.service.prolific, 4)) or self._anybody_inside():
            for study_id, ids in groups:
                chosen = {name: next(plan, Conduct.FINISH) for name in ids}
                self.conducts |= chosen
                bring(self.service.url, study_id, ids, work, list(chosen.values()))
            if not groups:
                self.clock.advance(self._longest_s())
                recruitment(self.copy.study_dir)

    def fates(self) -> list[Fate]:
        """What became of everybody who came."""
        outcomes = {row["session_id"]: row["outcome"] or "" for row in people.arrived(self.copy.study_dir)}
        with self.service.prolific.acting():
            submissions = list(self.service.prolific.submissions.values())
        found = Counter(
            (self.conducts[one.participant_id], one.status.lower(), outcomes.get(one.id, "")) for one in submissions
        )
        return [
            Fate(conduct=conduct, status=status, outcome=outcome.replace("_", " "), number=number)
            for (conduct, status, outcome), number in sorted(
                found.items(), key=lambda item: list(Conduct).index(item[0][0])
            )
        ]

    def _longest_s(self) -> float:
        """After so many seconds everybody who is inside has run out of time."""
        with self.service.prolific.acting():
            return 1 + max(RESERVATION_S, *(study.maximum_s for study in self.service.prolific.studies.values()))

    def _anybody_inside(self) -> bool:
        with self.service.prolific.acting():
            return any(one.status in ("RESERVED", "ACTIVE") for one in self.service.prolific.submissions.values())


def everything(num_places: int, seed: int) -> list[Conduct]:
    """What the first who come do: everything once, then as often as is usual, each in random order."""
    rng = random.Random(seed)
    once: list[Conduct] = [conduct for conduct in USUAL if conduct != Conduct.FINISH]
    usual = [conduct for conduct in once for _ in range(round(USUAL[conduct] * num_places) - 1)]
    usual += [Conduct.FINISH] * num_places
    return rng.sample(once, len(once)) + rng.sample(usual, len(usual))


def check(study: Study) -> None:
    """Refuse a study that takes its people from elsewhere.

    Raises:
        ValueError: its recruiter is another one.
    """
    if study.recruiter != RECRUITER:
        raise ValueError(
            f'recruiter is {study.recruiter!r} in study.toml: write recruiter = "{RECRUITER}" below [recruit] to '
            "rehearse this study there, or use `vidgen rehearse`"
        )


def copy_for_stage(original: Original, directory: Path) -> Copy:
    """Copy the study into the empty directory, without the keys that name things of the real account.

    Raises:
        ValueError: its people come from elsewhere.
        OSError: a file cannot be read or written.
    """
    check(original.study)
    table = dict(original.study.recruit.get(RECRUITER, {}))
    kept = {name: value for name, value in table.items() if name not in _OF_THE_ACCOUNT}
    study = replace(original.study, recruit={**original.study.recruit, RECRUITER: kept})
    return copy_study(replace(original, study=study), directory)


def currency_of(study: Study) -> str:
    """The currency that the study's account has."""
    settings = study.recruiter_settings
    assert isinstance(settings, Prolific)  # noqa: S101  `check` has seen to it
    return settings.currency


def left_out(original: Original) -> list[str]:
    """The keys of the study file that the copy lacks."""
    table: Mapping[str, object] = original.study.recruit.get(RECRUITER, {})
    return [name for name in _OF_THE_ACCOUNT if table.get(name)]


@contextmanager
def on_stage(copy: Copy, *, num_people: int, currency: str) -> Iterator[Stage]:
    """Serve the copy, and a simulated Prolific that commands in this process find, until the block ends.

    Args:
        copy: the copy of the study.
        num_people: how many places there will be.
        currency: of the simulated account.

    Raises:
        OSError: no port is free.
    """
    clock = PassingClock()
    prolific = SimulatedProlific(
        clock=clock,
        paid_in=_PAID_IN,
        num_participants=2 * num_people + _SPARE,
        features=frozenset({"signed-arrivals"}),
    )
    prolific.wallet.currency = currency
    with (
        running(prolific, hooks=False) as service,
        serving(copy.study_dir, clock=clock) as server,
        _found_by_commands(service),
    ):
        yield Stage(copy=copy, url=server.endpoint_url, service=service, clock=clock)


@contextmanager
def _found_by_commands(service: RunningProlific) -> Iterator[None]:
    """Let commands in this process ask the simulated service in place of the real one."""
    ours = {TOKEN_VARIABLE: service.token, URL_VARIABLE: service.url}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
