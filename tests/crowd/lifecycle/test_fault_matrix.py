"""The fault matrix: whatever happens at whatever call, a rerun leaves everything exactly once.

Each cell lets one command fail at one of its calls, in a process of its own, runs it again, and then compares the
platform's books with the design: HITs as designed, once, none unknown to the ledger; each assignment paid once; each
bonus paid once; every submitted answer in the table; spending as planned and within the cap.
"""

import csv
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crowd.hit_annotation import key_in
from crowd.ledger.ledger import Ledger
from crowd.lifecycle import collect as collecting
from crowd.lifecycle.hits import hit_ids
from crowd.lifecycle.publish import load, publish
from crowd.localplatform import Running, running
from crowd.localplatform.clock import ManualClock
from crowd.localplatform.faults import Fault, Faults
from crowd.platforms import open_platform
from tests.crowd.copies import copy_study
from tests.crowd.faulted import EXTENDED, Kill, KillDuring, run, start

#: The calls of each command: the operation, and how many of them go well first.
CALLS = {
    "publish": [("ListHITs", 0), ("GetAccountBalance", 0), ("CreateHITType", 0), ("CreateHITWithHITType", 0),
                ("CreateHITWithHITType", 1), ("CreateHITWithHITType", 2)],
    "next round": [("ListHITs", 0), ("ListAssignmentsForHIT", 1), ("CreateQualificationType", 0),
                   ("AssociateQualificationWithWorker", 0), ("AssociateQualificationWithWorker", 1),
                   ("CreateHITType", 0), ("CreateHITWithHITType", 1)],
    "extend": [("ListHITs", 0), ("GetHIT", 0), ("GetAccountBalance", 0), ("CreateAdditionalAssignmentsForHIT", 0),
               ("CreateAdditionalAssignmentsForHIT", 1)],
    "collect": [("ListHITs", 0), ("ListAssignmentsForHIT", 0), ("ListAssignmentsForHIT", 2)],
    "approve": [("ListHITs", 0), ("ListAssignmentsForHIT", 0), ("ApproveAssignment", 0), ("ApproveAssignment", 2)],
    "bonus": [("ListHITs", 0), ("ListBonusPayments", 0), ("GetAccountBalance", 0), ("SendBonus", 0),
              ("SendBonus", 2)],
    "expire": [("ListHITs", 0), ("ListAssignmentsForHIT", 1), ("UpdateExpirationForHIT", 0),
               ("UpdateExpirationForHIT", 1)],
    "delete": [("DeleteHIT", 0), ("DeleteHIT", 1)],
}  # fmt: skip

#: What goes wrong; the number is how often the client sends a call before it gives up.
FAULTS = {
    "killed before": 1,
    "killed during": 1,
    "killed after": 1,
    "500 before": 1,
    "500 after commit": 1,
    "500 after commit, sent again": 2,
    "throttle storm": 2,
    "cut before": 1,
    "cut after commit": 1,
    "cut after commit, sent again": 2,
}
KINDS = {"500 before": "error-before", "500 after": "error-after", "throttle": "throttle", "cut before": "cut-before",
         "cut after": "cut-after"}  # fmt: skip

#: The cells of each run of the quick suite.
QUICK = [
    ("publish", "CreateHITWithHITType", 1, "killed during"),
    ("approve", "ApproveAssignment", 2, "cut after commit"),
    ("bonus", "SendBonus", 2, "killed during"),
]
#: Those of `make test-thorough`: what each command pays or promises, at its worst moments.
THOROUGH = {
    ("publish", "CreateHITWithHITType", 1): ("killed before", "killed during", "killed after", "throttle storm"),
    ("publish", "CreateHITWithHITType", 2): ("500 after commit", "500 after commit, sent again"),
    ("next round", "CreateQualificationType", 0): ("killed during",),
    ("extend", "CreateAdditionalAssignmentsForHIT", 1): ("killed during", "500 after commit, sent again"),
    ("collect", "ListAssignmentsForHIT", 2): ("killed after",),
    ("approve", "ApproveAssignment", 2): ("killed during", "cut after commit"),
    ("bonus", "SendBonus", 2): ("killed during", "500 after commit, sent again"),
    ("delete", "DeleteHIT", 1): ("cut after commit",),
}


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix."""

    action: str
    operation: str
    skip: int
    fault: str

    @property
    def marks(self) -> list[pytest.MarkDecorator]:
        if (self.action, self.operation, self.skip, self.fault) in QUICK:
            return []
        thorough = self.fault in THOROUGH.get((self.action, self.operation, self.skip), ())
        return [pytest.mark.thorough if thorough else pytest.mark.slow]


CELLS = [
    Cell(action, operation, skip, fault)
    for action, calls in CALLS.items()
    for operation, skip in calls
    for fault in FAULTS
]


@pytest.fixture(scope="module")
def table(request: pytest.FixtureRequest) -> Iterator[dict[Cell, str]]:
    """Collects the outcome of each cell, and prints them all in the end."""
    outcomes: dict[Cell, str] = {}
    yield outcomes
    capture: Any = request.config.pluginmanager.get_plugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n{'command':<11} {'call':<37} {'fault':<29} outcome")
        for cell, outcome in outcomes.items():
            call = f"{cell.operation} ({cell.skip + 1})"
            print(f"{cell.action:<11} {call:<37} {cell.fault:<29} {outcome}")


@pytest.mark.parametrize(
    "cell",
    [pytest.param(cell, id="-".join(map(str, vars(cell).values())), marks=cell.marks) for cell in CELLS],
)
def test_a_rerun_leaves_everything_exactly_once(
    cell: Cell, stages: dict[str, Path], videos: Path, tmp_path: Path, table: dict[Cell, str]
) -> None:
    """After any fault at any call, running the command again completes it and doubles nothing."""
    study_dir = tmp_path / "study"
    copy_study(stages[cell.action], study_dir)
    with running(study_dir) as server:
        table[cell] = "FAILED"
        first = _faulted_run(cell, server, study_dir, videos)
        server.platform.faults.plan.clear()
        reruns = 0
        while reruns == 0 or run(cell.action, study_dir, videos) != 0:
            reruns += 1
            assert reruns <= 3, (study_dir / "error.txt").read_text()
        found = check(server, study_dir, cell.action)
        table[cell] = f"{first}; rerun: {found}"


def _faulted_run(cell: Cell, server: Running, study_dir: Path, videos: Path) -> str:
    """Run the command into its fault; says how it ended."""
    attempts = FAULTS[cell.fault]
    if cell.fault == "killed during":
        trap = KillDuring(server, cell.operation, cell.skip)
        process = start(cell.action, study_dir, videos, attempts=attempts)
        trap.aim(process.pid)
        process.join()
        code = process.exitcode
    elif cell.fault.startswith("killed"):
        kill = Kill(operation=cell.operation, skip=cell.skip, when=cell.fault.split()[1])
        code = run(cell.action, study_dir, videos, attempts=attempts, kill=kill)
    else:
        kind: Any = next(kind for name, kind in KINDS.items() if cell.fault.startswith(name))
        times = 1 if cell.fault.endswith("again") else attempts
        server.platform.faults.plan.append(Fault(kind=kind, operation=cell.operation, skip=cell.skip, times=times))
        code = run(cell.action, study_dir, videos, attempts=attempts)
    if cell.fault.startswith("killed"):
        assert code == -signal.SIGKILL, f"ended with {code}, so the call was never made"
        return "killed"
    struck = [call for call in server.platform.faults.calls if "!" in call]
    assert struck, "the fault never struck"
    return "ended well at once" if code == 0 else "ended with an error"


#: Dollars that each command leaves spent or promised on the platform: 0.80 per assignment, 0.10 per bonus.
MONEY = {"publish": "2.40", "extend": "7.20", "bonus": "5.40"}


def check(server: Running, study_dir: Path, action: str) -> str:
    """Compare the platform's books with the design and the ledger; says what was found."""
    _, planned = load(study_dir)
    with Ledger(study_dir) as ledger, open_platform("local", study_dir) as platform:
        there = [hit for page in platform.wire.pages("ListHITs", {}) for hit in page["HITs"]]
        wanted = {
            hit.key: hit.num_assignments
            for hit in planned.hits
            if action != "delete" and (action != "publish" or hit.round == 1)
        }
        assert sorted((key_in(hit["RequesterAnnotation"]), hit["MaxAssignments"]) for hit in there) == sorted(
            wanted.items()
        ), "HITs as designed, each once"
        if action == "extend":
            assert set(wanted.values()) == {EXTENDED}
        if there:
            assert {key: hit_ids(ledger)[key] for key in wanted} == {
                key_in(hit["RequesterAnnotation"]): hit["HITId"] for hit in there
            }, "no HIT that the ledger does not know"
        assert not [entry.key for entry in ledger.entries() if entry.state == "sent"], "no outcome left open"
        balance = Decimal(platform.wire.call("GetAccountBalance", {})["AvailableBalance"])
        spent = Decimal("10000.00") - balance
        assert spent == Decimal(MONEY.get(action, "4.80")), "money as planned"
        assert spent <= ledger.held() <= Decimal("9.00"), "within what the ledger holds, which is within the cap"
    with closing(sqlite3.connect(study_dir / "platform.sqlite")) as books:
        submitted = {row[0] for row in books.execute("SELECT assignment_id FROM assignments WHERE answer IS NOT NULL")}
        paid = Counter(books.execute("SELECT kind, assignment_id FROM payments").fetchall())
    rewarded = submitted if action in {"approve", "delete"} else set()
    thanked = submitted if action == "bonus" else set()
    assert paid == Counter([("assignment", one) for one in rewarded] + [("bonus", one) for one in thanked]), "paid once"
    assert {row["assignment_id"] for row in _answers(study_dir, collect=action != "collect")} == submitted, "none lost"
    return f"{len(there)} HITs, {len(submitted)} answered, {len(rewarded)} approved, {len(thanked)} bonuses, ${spent}"


def _answers(study_dir: Path, *, collect: bool) -> list[dict[str, str]]:
    """The answers table; it is there after collecting, and brought up to date after anything else."""
    if collect:
        collecting.collect(study_dir)
    with (study_dir / "answers.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.slow
def test_every_call_of_every_command_is_in_the_matrix(stages: dict[str, Path], videos: Path, tmp_path: Path) -> None:
    """No command makes a call that the matrix does not let fail."""
    for action in CALLS:
        study_dir = tmp_path / action
        copy_study(stages[action], study_dir)
        with running(study_dir) as server:
            assert run(action, study_dir, videos) == 0
            made = set(server.platform.faults.calls)
        assert made == {operation for operation, _ in CALLS[action]}, action


def test_hits_are_found_by_annotation_after_their_tokens_are_forgotten(
    stages: dict[str, Path], videos: Path, tmp_path: Path
) -> None:
    """A run that was killed is finished a day later without doubling the HIT whose creation it never heard of."""
    copy_study(stages["publish"], tmp_path / "study")
    clock = ManualClock()
    with running(tmp_path / "study", clock=clock) as server:
        kill = Kill(operation="CreateHITWithHITType", skip=1, when="after")
        assert run("publish", tmp_path / "study", videos, kill=kill) == -signal.SIGKILL
        clock.advance(25 * 3600)
        done = publish(tmp_path / "study", videos)
        assert done.found >= 1, "the third may have been under way too"
        assert done.before + done.found + done.created == 3
        check(server, tmp_path / "study", "publish")


def test_bonuses_are_found_in_the_list_after_their_tokens_are_forgotten(
    stages: dict[str, Path], videos: Path, tmp_path: Path
) -> None:
    """A bonus that was paid without our hearing of it is not paid again a day later."""
    copy_study(stages["bonus"], tmp_path / "study")
    clock = ManualClock(time.time())
    with running(tmp_path / "study", clock=clock) as server:
        kill = Kill(operation="SendBonus", skip=2, when="after")
        assert run("bonus", tmp_path / "study", videos, kill=kill) == -signal.SIGKILL
        clock.advance(25 * 3600)
        assert run("bonus", tmp_path / "study", videos) == 0
        check(server, tmp_path / "study", "bonus")


def test_extensions_are_seen_in_the_hit_after_their_tokens_are_forgotten(
    stages: dict[str, Path], videos: Path, tmp_path: Path
) -> None:
    """A HIT that grew without our hearing of it does not grow again a day later."""
    copy_study(stages["extend"], tmp_path / "study")
    clock = ManualClock(time.time())
    with running(tmp_path / "study", clock=clock) as server:
        kill = Kill(operation="CreateAdditionalAssignmentsForHIT", skip=1, when="after")
        assert run("extend", tmp_path / "study", videos, kill=kill) == -signal.SIGKILL
        clock.advance(25 * 3600)
        assert run("extend", tmp_path / "study", videos) == 0
        check(server, tmp_path / "study", "extend")


@pytest.mark.thorough
def test_a_hit_that_is_not_yet_visible_is_found_by_its_token(
    stages: dict[str, Path], videos: Path, tmp_path: Path
) -> None:
    """Where the platform does not list a new HIT for a while, its refusal to make it again names it."""
    copy_study(stages["publish"], tmp_path / "study")
    with running(tmp_path / "study", faults=Faults(new_hit_delay_s=3600)) as server:
        kill = Kill(operation="CreateHITWithHITType", skip=1, when="after")
        assert run("publish", tmp_path / "study", videos, kill=kill) == -signal.SIGKILL
        with Ledger(tmp_path / "study") as ledger:
            noted = list(ledger.states("create/").values()).count("done")
        done = publish(tmp_path / "study", videos)
        assert (done.before, done.found + done.created) == (noted, 3 - noted)
        assert done.found >= 1, "the second, and the third if it was under way beside it"
        created = [call for call in server.platform.faults.calls if call == "CreateHITWithHITType"]
        assert len(created) == 3 + done.found, "three that made HITs, and those that were refused"


@pytest.mark.thorough
def test_two_runs_at_once_publish_each_hit_once(stages: dict[str, Path], videos: Path, tmp_path: Path) -> None:
    """Processes that publish the same study at the same time share the work or repeat it without effect."""
    copy_study(stages["publish"], tmp_path / "study")
    with running(tmp_path / "study") as server:
        processes = [start("publish", tmp_path / "study", videos, attempts=5) for _ in range(3)]
        for process in processes:
            process.join()
        told = tmp_path / "study/error.txt"
        assert [process.exitcode for process in processes] == [0, 0, 0], told.exists() and told.read_text()
        check(server, tmp_path / "study", "publish")


@pytest.mark.thorough
def test_the_program_itself_survives_a_kill(stages: dict[str, Path], videos: Path, tmp_path: Path) -> None:
    """The installed command, killed while a HIT is being made, finishes when it is typed again."""
    study_dir = tmp_path / "study"
    copy_study(stages["publish"], study_dir)
    command = [Path(sys.executable).with_name("vidgen"), "publish-tasks", videos, "--study", study_dir]
    with running(study_dir) as server:
        trap = KillDuring(server, "CreateHITWithHITType", 1)
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as first:
            trap.aim(first.pid)
            _, told = first.communicate()
        assert first.returncode == -signal.SIGKILL, told.decode()
        again = subprocess.run(command, capture_output=True, text=True, check=False)
        assert again.returncode == 0, again.stderr
        assert "1 HIT created, 2 were there" in again.stdout or "0 HITs created, 3 were there" in again.stdout
        check(server, study_dir, "publish")
