"""A study whose people come from the simulated Prolific, served and open there."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import crowd
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.localplatform import Running
from crowd.localplatform import running as serving
from crowd.localplatform.clock import ManualClock
from crowd.localplatform.people import visits_of_work
from crowd.simulated.prolific import Oddities, RunningProlific, SimulatedProlific, running
from crowd.simulated.prolific.study_work import StudyWork
from crowd.simulated.prolific.visits import Conduct, SimulatedVisit, bring
from crowd.simulated.response_probabilities import choose_probabilities

CAP = "100.00"


@dataclass(frozen=True, kw_only=True)
class Recruited:
    """The study, its server, and the service that sends people to it."""

    study_dir: Path
    server: Running
    service: RunningProlific
    clock: ManualClock
    """Of the service."""

    @property
    def work(self) -> StudyWork:
        """Does the tasks of the study."""
        design = Design.load(self.study_dir)
        return StudyWork(design=design, probabilities=choose_probabilities(design, accuracy=0.8))

    def bring(self, *conducts: Conduct, at_once: int = 1) -> list[SimulatedVisit]:
        """Let people who have not been there come, one for each conduct."""
        (study_id,) = self.service.prolific.studies
        been = {one.participant_id for one in self.service.prolific.submissions.values()}
        people = [name for name in self.service.prolific.participants if name not in been][: len(conducts)]
        return bring(self.service.url, study_id, people, self.work, conducts, at_once=at_once)

    def statuses(self) -> list[str]:
        """The status of each submission there, in the order in which they came."""
        return [one.status for one in self.service.prolific.submissions.values()]

    def sessions(self, *statuses: str) -> list[str]:
        """The submissions in one of these statuses."""
        return [one.id for one in self.service.prolific.submissions.values() if one.status in statuses]

    def most_spent(self) -> Decimal:
        """The most that was ever locked and spent at once."""
        return Decimal(max((one.locked + one.spent for one in self.service.prolific.wallet.history), default=0)) / 100


@contextmanager
def recruited(
    root: Path,
    videos: Path,
    *,
    answers: int = 2,
    bonus_delay_s: float = 0.0,
    num_participants: int = 300,
    cap: str = CAP,
    **settings: Any,
) -> Iterator[Recruited]:
    """A published and served study of three tasks with so many answers each, which is not at the service yet.

    `settings` are further ones of the study file.
    """
    study_dir = root / "study"
    study_dir.mkdir()
    Study.from_videos(
        videos,
        answers_per_video=answers,
        training_items=0,
        reward_usd="1.50",
        budget_usd=cap,
        recruiter="prolific",
        recruit={"prolific": {"currency": "GBP"}},
        **{"videos_per_hit": 3, **settings},
    ).save(study_dir / "study.toml")
    clock = ManualClock()
    prolific = SimulatedProlific(
        clock=clock, oddities=Oddities(bonus_delay_s=bonus_delay_s), num_participants=num_participants
    )
    with running(prolific, hooks=False) as service, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROLIFIC_TOKEN", service.token)
        patch.setenv("PROLIFIC_URL", service.url)
        crowd.publish(study_dir, videos)
        with serving(study_dir) as server:
            yield Recruited(study_dir=study_dir, server=server, service=service, clock=clock)


def opened(there: Recruited) -> None:
    """Draft the study at the service and let people in."""
    crowd.draft(there.study_dir, there.server.endpoint_url)
    crowd.open_at_recruiter(there.study_dir)


def assignments_of(there: Recruited, sessions: Sequence[str]) -> list[str]:
    """The assignments that were sent in these visits."""
    rows = visits_of_work(there.study_dir, "prolific")
    return [row["assignment_id"] for row in rows if row["session_id"] in sessions]
