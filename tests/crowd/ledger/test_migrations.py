"""Ledgers of earlier releases, in which calls stand under the names of Mechanical Turk's operations.

The studies in `tests/earlier/operations.tar.xz` were written by the last release that did so, and left in the middle;
`tests/earlier/README.md` says what happened to each.
"""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from crowd.ledger.ledger import Entry, Ledger
from crowd.ledger.migrations import MIGRATIONS, _translated
from crowd.lifecycle.bonuses import Bonus, bonus
from crowd.lifecycle.extend import extend
from crowd.lifecycle.publish import publish
from crowd.lifecycle.status import status
from crowd.localplatform import running
from crowd.localplatform.clock import ManualClock
from crowd.sqlite_file import faults

ARCHIVE = Path(__file__).parents[2] / "earlier/operations.tar.xz"
FILE = "ledger.sqlite"


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """The studies of the release before, their videos, and what they sent."""
    shutil.unpack_archive(ARCHIVE, tmp_path, filter="data")
    return tmp_path


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """What goes out from now on, by token: the operation and its parameters without the page."""
    calls: dict[str, list[Any]] = {}
    send = BaseClient._make_api_call

    def recorded(self: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        if token := parameters.get("UniqueRequestToken"):
            calls[token] = [operation, {name: value for name, value in parameters.items() if name != "Question"}]
        return send(self, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", recorded)
    return calls


def raw(study_dir: Path) -> dict[str, tuple[Any, ...]]:
    """The calls as they stand in the file, by key; the file is not migrated."""
    with closing(sqlite3.connect(study_dir / FILE)) as file:
        rows = file.execute("SELECT key, operation, details, outcome, state, micro_usd, sent_at FROM calls").fetchall()
    return {key: rest for key, *rest in rows}


def entries(study_dir: Path) -> dict[str, Entry]:
    with Ledger(study_dir) as ledger:
        return {entry.key: entry for entry in ledger.entries()}


@pytest.mark.parametrize("name", ["begun", "rounds", "whole"])
def test_keys_states_money_and_times_stay_as_they_are(name: str, earlier: Path) -> None:
    """Only the names of operations and parameters change, in every row, and the file is whole afterwards."""
    before = raw(earlier / name)
    assert {operation for operation, *_ in before.values()} & {"CreateHITWithHITType", "SendBonus"}
    with Ledger(earlier / name) as ledger:
        for key, (_, _, _, state, micro, sent_at) in before.items():
            entry = ledger.entry(key)
            assert entry is not None
            assert (entry.state, entry.cost * 1_000_000, entry.sent_at) == (state, micro, sent_at)
            assert entry.operation == entry.operation.lower()
            for name_ in (*entry.details, *(entry.outcome or {})):
                assert name_ == name_.lower()
        assert len(ledger.entries()) == len(before)
    assert list(faults(earlier / name / FILE)) == []


def test_a_ledger_is_migrated_once(earlier: Path) -> None:
    """What stands in the file after the first opening stays as it is at the next."""
    with Ledger(earlier / "whole"):
        pass
    first = raw(earlier / "whole")
    with closing(sqlite3.connect(earlier / "whole" / FILE)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    with Ledger(earlier / "whole"):
        pass
    assert raw(earlier / "whole") == first


def test_what_was_sent_stands_under_verbs_and_their_arguments(earlier: Path) -> None:
    """Each kind of call has its verb, and what a study needs to know of it under the verb's own names."""
    begun, rounds, whole = (entries(earlier / name) for name in ("begun", "rounds", "whole"))
    (hit_type,) = (entry for key, entry in begun.items() if key.startswith("type/"))
    assert hit_type.operation == "register"
    assert hit_type.details["countries"] == ["JP", "US"]
    assert (hit_type.details["min_approved_percent"], hit_type.details["min_approved_hits"]) == (90, 5)
    assert hit_type.details["without_qualification"] is None
    assert list(hit_type.outcome or {}) == ["hit_type_id"]
    creation = begun["create/b001-r1"]
    assert creation.operation == "create"
    assert sorted(creation.details) == ["annotation", "lifetime_s", "num_assignments"]
    qualification = rounds["qualification"]
    assert (qualification.operation, sorted(qualification.details)) == ("create_qualification", ["description", "name"])
    qualification_id = (qualification.outcome or {})["qualification_id"]
    (grant,) = (entry for key, entry in rounds.items() if key.startswith("qualify/"))
    assert (grant.operation, grant.details["qualification_id"]) == ("exclude", qualification_id)
    assert sorted(grant.details) == ["qualification_id", "worker_id"]
    types = [entry.details["without_qualification"] for key, entry in rounds.items() if key.startswith("type/")]
    assert types == [None, qualification_id]
    hit_id = (whole["create/b001-r1"].outcome or {})["hit_id"]
    assert (whole[f"end/0/{hit_id}"].operation, whole[f"end/0/{hit_id}"].details) == ("close", {"hit_id": hit_id})
    assert whole[f"end/1/{hit_id}"].operation == "keep_open"
    assert whole[f"end/1/{hit_id}"].details == {"hit_id": hit_id, "until": "2090-01-01T00:00:00+00:00"}
    assert whole["extend/b001-r1/3"].details == {"hit_id": hit_id, "num_additional": 1}
    assert {entry.operation for key, entry in whole.items() if key.startswith("approve/")} == {"approve"}
    assert list(whole[f"delete/{hit_id}"].outcome or {}) == ["refused"]
    bonuses = [entry for key, entry in whole.items() if key.startswith("bonus/")]
    assert [(entry.operation, entry.details["amount_usd"]) for entry in bonuses] == [
        ("bonus", "0.10"),
        ("bonus", "0.20"),
        ("bonus", "0.30"),
    ]
    assert sorted(bonuses[0].details) == ["amount_usd", "assignment_id", "reason", "worker_id"]


@pytest.mark.parametrize(
    ("operation", "details", "verb", "arguments"),
    [
        ("RejectAssignment", {"AssignmentId": "3A", "RequesterFeedback": "no"}, "reject",
         {"assignment_id": "3A", "reason": "no"}),
        ("DeleteHIT", {"HITId": "3H"}, "delete", {"hit_id": "3H"}),
        ("SendBonus", {}, "bonus", {}),
        ("unheard of", {"what": 1}, "unheard of", {"what": 1}),
    ],
)  # fmt: skip
def test_an_operation_has_its_verb(
    operation: str, details: dict[str, Any], verb: str, arguments: dict[str, Any]
) -> None:
    """What the studies above do not have; what is not known stays as it is."""
    assert _translated(operation, details) == (verb, arguments)


@pytest.fixture(params=[0, 25 * 3600], ids=["at once", "after tokens were forgotten"])
def later_s(request: pytest.FixtureRequest) -> float:
    return float(request.param)


def _finish_publication(study_dir: Path, videos: Path) -> None:
    publish(study_dir, videos)


def _finish_the_rest(study_dir: Path, videos: Path) -> None:
    with Ledger(study_dir) as ledger:
        due = [entry for entry in ledger.entries("bonus/") if entry.state == "sent"]
    assert len(due) == 2
    extend(study_dir, 3)
    for entry in due:
        names = ("assignment_id", "amount_usd", "reason")
        bonus(study_dir, [Bonus(**{name: entry.details[name] for name in names})])


FINISH: dict[str, Callable[[Path, Path], None]] = {
    "begun": _finish_publication,
    "rounds": _finish_publication,
    "whole": _finish_the_rest,
}


@pytest.mark.parametrize("name", FINISH)
def test_what_was_under_way_is_finished_once(
    name: str, earlier: Path, sent: dict[str, list[Any]], later_s: float
) -> None:
    """Every call that was `sent` ends as done, with the token and the parameters that it had, and nothing twice."""
    study_dir = earlier / name
    under_way = [key for key, row in raw(study_dir).items() if row[3] == "sent"]
    assert under_way
    clock = ManualClock()
    clock.advance(later_s)
    with running(study_dir, clock=clock):
        FINISH[name](study_dir, earlier / "videos")
    assert {entries(study_dir)[key].state for key in under_way} == {"done"}
    before = json.loads((earlier / "wire.json").read_text(encoding="utf-8"))
    again = {token: call for token, call in sent.items() if token in before}
    assert again == {token: before[token] for token in again}
    assert name != "begun" or again, "a HIT that was never made goes out again"
    with closing(sqlite3.connect(study_dir / "platform.sqlite")) as books:
        hits = books.execute("SELECT annotation, max_assignments FROM hits ORDER BY annotation").fetchall()
        bonuses = books.execute("SELECT amount FROM payments WHERE kind = 'bonus' ORDER BY amount").fetchall()
    assert len({annotation for annotation, _ in hits}) == len(hits), "each HIT once"
    assert name != "whole" or [size for _, size in hits] == [3], "extended once"
    assert name != "whole" or bonuses == [(1000,), (2000,), (3000,)], "each bonus once"


def test_types_that_were_registered_are_not_registered_again(earlier: Path) -> None:
    """The key of a HIT type was derived otherwise; the type is recognised all the same."""
    study_dir = earlier / "begun"
    with running(study_dir, clock=ManualClock()):
        publish(study_dir, earlier / "videos")
    assert status(study_dir).calls["register"] == {"done": 1}
