"""Whole studies of people from the simulated Prolific, from the draft to the end, and any order of what can happen."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import analysis
import crowd
from crowd.ledger.ledger import Ledger
from crowd.localplatform.people import stored_answers, visits_of_work
from crowd.recruiters import OpeningState
from crowd.simulated.prolific import Fault, participation
from crowd.simulated.prolific.audience import USUAL, drawn, invited
from crowd.simulated.prolific.visits import Conduct, bring
from crowd.studydir import StudyDirectory
from crowd.task.answers_file import read_parquet
from tests.crowd.clips import write_videos
from tests.crowd.recruited import CAP, Recruited, opened, recruited
from tests.crowd.recruited_commands import REASON, bonuses, do

pytestmark = pytest.mark.thorough

#: Longer than anybody may take, and far from the day on which waiting work is approved by itself.
_LONG_S = 7_200
#: Each conduct once, then people who just finish.
EVERY = [Conduct.FINISH, Conduct.RETURN, Conduct.NO_CODE, Conduct.TIME_OUT, Conduct.LAPSE, Conduct.WRONG_CODE,
         Conduct.RETURN_AFTER_WORK, Conduct.TWO_TABS, Conduct.SKIP, Conduct.FORGED]  # fmt: skip


def fill(there: Recruited, conducts: Iterator[Conduct]) -> int:
    """Let people come until all work is done, with what a requester does meanwhile; the number of rounds."""
    for number in range(1, 20):
        while free := invited(there.service.prolific, 8):
            for study_id, people in free:
                bring(there.service.url, study_id, people, there.work, [next(conducts) for _ in people], at_once=4)
        there.clock.advance(_LONG_S)
        got = crowd.collect(there.study_dir)
        found = got.recruitment
        assert found is not None
        assert found.opening is not None
        if got.assignments >= got.wanted:
            return number
        if found.missing:
            crowd.add_places(there.study_dir, found.opening.num_places + found.missing)
    raise AssertionError(f"only {got.assignments} of {got.wanted} after {number} rounds")


def decide(there: Recruited, undecided: Sequence[str]) -> None:
    """Ask all who sent nothing to return; every other one does, and the rest are rejected."""
    for number, name in enumerate(undecided):
        crowd.ask_to_return(there.study_dir, name, reason="No task was done in this visit.")
        if number % 2:
            with there.service.prolific.acting():
                participation.give_back(there.service.prolific, there.service.prolific.submissions[name])
        else:
            crowd.reject_visit(there.study_dir, name, category="NO_DATA", reason=REASON, confirm=lambda visit: True)


def check_report(there: Recruited) -> None:
    """The report says who came from where, on its page and in Markdown."""
    crowd.collect(there.study_dir)
    report = analysis.analyse_study(there.study_dir, mixed=False)
    came = next(came for came in crowd.status(there.study_dir).came_from if came.recruiter == "prolific")
    for page in (report.to_html(), report.to_markdown()):
        assert f"From prolific (programs): {came.people} came" in page.replace("\\", "")


@pytest.mark.parametrize(
    ("sets", "shape", "conducts", "cap"),
    [
        pytest.param(6, {"answers": 2}, itertools.chain(EVERY, itertools.repeat(Conduct.FINISH)), "30.00", id="6"),
        pytest.param(
            100, {"answers": 100, "videos_per_hit": 9}, drawn(USUAL, 1), "400.00", id="100", marks=pytest.mark.slow
        ),
    ],
)
def test_a_whole_study(
    sets: int,
    shape: dict[str, int],
    conducts: Iterator[Conduct],
    cap: str,
    tmp_path: Path,
    videos: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whoever leaves is replaced; all sets are there, approved and thanked; the study ends within its cap."""
    with recruited(tmp_path, videos, cap=cap, **shape) as there:
        opened(there)
        rounds = fill(there, conducts)
        approved = crowd.approve(there.study_dir)
        assert approved.made == sets
        rows = visits_of_work(there.study_dir, "prolific")
        good = [row["assignment_id"] for row in rows if row["state"] == "approved"]
        bonuses(there.study_dir, " ".join(good))
        decide(there, crowd.end_at_recruiter(there.study_dir).undecided)
        ended = crowd.recruitment(there.study_dir)
        prolific = there.service.prolific
        counts = Counter(there.statuses())
        assert counts["APPROVED"] == len(good) == sets
        assert counts["AWAITING REVIEW"] == 0
        assert ended.opening is not None
        assert ended.opening.state is OpeningState.CLOSED
        assert [one.bonuses for one in prolific.submissions.values() if one.bonuses] == [[50]] * sets
        assert there.most_spent() <= Decimal(cap)
        held = crowd.status(there.study_dir).held_usd
        locked = Decimal(sum(prolific.wallet.locked.values())) / 100
        assert held == Decimal(prolific.wallet.spent) / 100 + locked, "what was not used is released"
        rows = [row for row in read_parquet(StudyDirectory(there.study_dir).answers) if not row["excluded"]]
        assert len({row["assignment_id"] for row in rows}) == sets
        check_report(there)
        with capsys.disabled():
            print(
                f"\n{sets} whole sets in {rounds} rounds: {dict(counts)}, {len(good)} approved and thanked; "
                f"{ended.opening.state}, {ended.opening.num_places} places; at most {there.most_spent()} locked and "
                f"spent of {cap}, in the end {Decimal(prolific.wallet.spent) / 100} GBP"
            )


@settings(
    max_examples=100,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # each history takes seconds, so a failing one is not made shorter
    suppress_health_check=list(HealthCheck),
)
class AnyOrder(RuleBasedStateMachine):
    """People, the requester's commands, time and faults in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        root = Path(self.stack.enter_context(TemporaryDirectory()))
        self.there = self.stack.enter_context(recruited(root, write_videos(root / "videos"), answers=2))
        opened(self.there)

    def teardown(self) -> None:
        """Whatever happened, everybody who finished and did not return is paid once, at the latest now."""
        self.there.service.faults.plan.clear()
        for command in ("collect", "approve", "collect"):
            assert do(command, self.there.study_dir, "") == ""
        rows = visits_of_work(self.there.study_dir, "prolific")
        kept = {row["session_id"] for row in rows if row["state"] not in ("returned", "timed_out")}
        paid = {one.id: one.paid for one in self.there.service.prolific.submissions.values() if one.paid}
        assert paid == dict.fromkeys(kept, 150)
        table = read_parquet(StudyDirectory(self.there.study_dir).answers)
        assert {row["assignment_id"] for row in table} == {one for one, _, _ in stored_answers(self.there.study_dir)}
        counted = Counter((row["worker_id"], row["video_id"]) for row in table)
        assert set(counted.values()) <= {1}
        self.stack.close()

    @rule(conduct=st.sampled_from(EVERY))
    def somebody_comes(self, conduct: Conduct) -> None:
        self.there.bring(conduct)

    @rule(command=st.sampled_from(["collect", "approve", "pause", "open", "approve"]))
    def a_command_is_run(self, command: str) -> None:
        do(command, self.there.study_dir, "")

    @rule(more=st.integers(1, 3))
    def places_are_added(self, more: int) -> None:
        (study,) = self.there.service.prolific.studies.values()
        do("places", self.there.study_dir, str(study.places + more))

    @rule(data=st.data())
    def a_visit_is_declined(self, data: st.DataObject) -> None:
        """Whoever it is: those who did their work are not rejected."""
        if waiting := self.there.sessions("AWAITING REVIEW"):
            do("decline", self.there.study_dir, data.draw(st.sampled_from(waiting)))

    @rule()
    def time_passes(self) -> None:
        self.there.clock.advance(_LONG_S)

    @precondition(lambda self: not self.there.service.faults.plan)
    @rule(
        kind=st.sampled_from(["error-after", "error-before", "cut-after", "cut-before"]),
        operation=st.sampled_from(
            ["POST submissions/bulk-approve", "PATCH studies/{id}", "POST studies/{id}/transition"]
        ),
    )
    def a_call_will_fail(self, kind: str, operation: str) -> None:
        self.there.service.faults.plan.append(Fault(kind=kind, operation=operation))  # type: ignore[arg-type]

    @invariant()
    def money_is_held_before_it_is_spent(self) -> None:
        wallet = self.there.service.prolific.wallet
        with Ledger(self.there.study_dir) as ledger:
            assert Decimal(sum(wallet.locked.values()) + wallet.spent) / 100 <= ledger.held() <= Decimal(CAP)


AnyOrder.TestCase.pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]  # type: ignore[attr-defined]
TestAnyOrder = AnyOrder.TestCase
