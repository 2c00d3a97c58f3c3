"""Whatever happens at whatever call of the recruiter, running the command again leaves everything exactly once.

A walk takes a study from its draft to its end. In each walk one fault happens at every call that a command makes of the
recruiter; after each, the command is run again until it ends well. Throughout, no more is locked and spent there than
the ledger holds; at the end everybody who finished is paid once, and every answer sent is in the table.
"""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crowd.ledger.ledger import Ledger
from crowd.localplatform.people import stored_answers
from crowd.simulated.prolific import Fault
from crowd.simulated.prolific.visits import Conduct
from crowd.studydir import StudyDirectory
from crowd.task.answers_file import read_parquet
from tests.crowd.recruited import CAP, Recruited, assignments_of, recruited
from tests.crowd.recruited_commands import BONUS, do, start

pytestmark = pytest.mark.thorough

FAULTS = (
    "error-after", "error-before", "cut-before", "cut-after", "throttle", "killed before", "killed during",
    "killed after",
)  # fmt: skip
#: The call of each command at which it fails; paying bonuses makes two.
CALLS = {
    "draft": "POST studies",
    "open": "POST studies/{id}/transition",
    "places": "PATCH studies/{id}",
    "pause": "POST studies/{id}/transition",
    "collect": "GET submissions",
    "reject": "POST submissions/{id}/transition",
    "ask": "POST submissions/{id}/request-return",
    "decline": "POST submissions/{id}/transition",
    "prepare": "POST submissions/bonus-payments",
    "pay": "POST bulk-bonus-payments/{id}/pay",
    "approve": "POST submissions/bulk-approve",
    "end": "POST studies/{id}/transition",
}


@pytest.fixture(scope="module")
def table(request: pytest.FixtureRequest) -> Iterator[dict[tuple[str, str], str]]:
    """What came of each cell; printed in the end."""
    cells: dict[tuple[str, str], str] = {}
    yield cells
    capture: Any = request.config.pluginmanager.get_plugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n{len(cells)} cells")
        for (fault, call), outcome in cells.items():
            print(f"{fault:<14} {call:<8} {outcome}")


class Walk:
    """A study from its draft to its end, with one fault at every call."""

    def __init__(self, there: Recruited, fault: str, table: dict[tuple[str, str], str]) -> None:
        self.there, self.fault, self.table = there, fault, table

    def step(self, call: str, argument: str = "") -> None:
        """Run a command into the fault, and again until it ends well."""
        command = "bonus" if call in ("prepare", "pay") else call
        first = self._struck(command, CALLS[call], argument)
        self.there.service.faults.plan.clear()
        reruns, waited = 0, False
        while reruns == 0 or (reason := do(command, self.there.study_dir, argument)):
            reruns += 1
            assert reruns <= 4, reason
            if reruns > 1 and "--unpaid" in reason:
                command = "bonus --unpaid" if waited else command
                assert not waited or not list(self.there.service.prolific.batches.values())[-1].times_paid
                self.there.clock.advance(0 if waited else 301)
                waited = True
        self.table[self.fault, call] = f"{first}; {reruns} more"
        self._check_money()

    def _struck(self, command: str, operation: str, argument: str) -> str:
        study_dir, faults = self.there.study_dir, self.there.service.faults
        if not self.fault.startswith("killed"):
            seen = len(faults.calls)
            faults.plan.append(Fault(kind=self.fault, operation=operation))  # type: ignore[arg-type]
            reason = do(command, study_dir, argument)
            assert [one for one in faults.calls[seen:] if "!" in one], "the fault never struck"
            return "an error" if reason else "no error"
        when = self.fault.split()[1]
        strike, pid, done = faults.strike, Future[int](), Future[None]()

        def strike_and_kill(name: str) -> Any:
            if name == operation and not done.done():
                os.kill(pid.result(60), signal.SIGKILL)
                done.set_result(None)
            return strike(name)

        if when == "during":
            faults.strike = strike_and_kill  # type: ignore[method-assign]
        process = start(command, study_dir, argument, None if when == "during" else (operation, when))
        pid.set_result(process.pid)
        process.join(120)
        faults.strike = strike  # type: ignore[method-assign]
        assert process.exitcode == -signal.SIGKILL, f"ended with {process.exitcode}, so the call was never made"
        return "killed"

    def _check_money(self) -> None:
        wallet = self.there.service.prolific.wallet
        with Ledger(self.there.study_dir) as ledger:
            assert [entry.key for entry in ledger.entries() if entry.state in {"planned", "sent"}] == []
            held = ledger.held()
        assert Decimal(sum(wallet.locked.values()) + wallet.spent) / 100 <= held <= Decimal(CAP)


@pytest.mark.parametrize(
    "fault", [pytest.param(name, marks=[] if name == "error-after" else pytest.mark.slow) for name in FAULTS]
)
def test_a_rerun_leaves_everything_exactly_once(
    fault: str, tmp_path: Path, videos: Path, table: dict[tuple[str, str], str]
) -> None:
    with recruited(tmp_path, videos, answers=1, bonus_delay_s=300, min_answer_s=600.0) as there:
        walk = Walk(there, fault, table)
        walk.step("draft", there.server.endpoint_url)
        walk.step("open")
        assert len(there.service.prolific.studies) == 1
        there.bring(Conduct.FINISH, Conduct.SKIP, Conduct.NO_CODE)
        walk.step("places", "4")
        walk.step("pause")
        assert do("open", there.study_dir, "") == ""
        walk.step("collect")
        finished, idle, wordless = there.sessions("AWAITING REVIEW")
        (worst,) = assignments_of(there, [wordless])
        walk.step("reject", worst)
        assert do("collect", there.study_dir, "") == ""
        walk.step("ask", idle)
        walk.step("decline", idle)
        there.bring(Conduct.FINISH, Conduct.RETURN, Conduct.FINISH)
        good = there.sessions("AWAITING REVIEW")
        assert len(good) == 3
        names = sorted(assignments_of(there, good))
        walk.step("prepare", names[0])
        walk.step("pay", " ".join(names))
        walk.step("approve")
        walk.step("end")
        check(there, good, finished)


def check(there: Recruited, good: list[str], finished: str) -> None:
    """Everybody who finished is paid once, and no answer is lost."""
    assert do("collect", there.study_dir, "") == ""
    there.clock.advance(301)
    prolific = there.service.prolific
    with prolific.acting():
        paid = {one.id: one.paid for one in prolific.submissions.values() if one.paid}
        thanked = [one.bonuses for one in prolific.submissions.values() if one.bonuses]
    assert paid == dict.fromkeys(good, 150), "paid once, and nobody else"
    assert prolific.status(*prolific.studies.values()) == "COMPLETED"
    assert finished in paid
    assert thanked == [[int(Decimal(BONUS) * 100)]] * len(good), "one bonus each"
    assert there.most_spent() <= Decimal(CAP)
    rows = read_parquet(StudyDirectory(there.study_dir).answers)
    assert {row["assignment_id"] for row in rows} == {name for name, _, _ in stored_answers(there.study_dir)}
    shown = Counter((row["worker_id"], row["video_id"]) for row in rows if row["video_id"])
    assert set(shown.values()) == {1}, "each video at most once per person"
