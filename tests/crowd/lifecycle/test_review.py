"""Approving and rejecting."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crowd.ledger.ledger import Ledger
from crowd.lifecycle.review import approve, reject
from crowd.localplatform import running
from crowd.localplatform.clock import ManualClock
from crowd.sqlite_file import connect


def statuses(study_dir: Path) -> dict[str, str]:
    """What the platform's own books say of each assignment."""
    with closing(sqlite3.connect(study_dir / "platform.sqlite")) as books:
        return dict(books.execute("SELECT assignment_id, state FROM assignments"))


def some(study_dir: Path) -> list[str]:
    """The ids of the study's assignments."""
    return sorted(statuses(study_dir))


def test_all_submitted_work_is_approved_whatever_was_answered(study_at: Callable[[str], Path]) -> None:
    """Approval asks for no answer: right and wrong ones alike are paid."""
    study_dir = study_at("approve")
    tally = approve(study_dir)
    assert (tally.made, tally.refused) == (6, [])
    assert set(statuses(study_dir).values()) == {"Approved"}
    with Ledger(study_dir) as ledger:
        assert {assignment.status for assignment in ledger.assignments()} == {"Approved"}


@pytest.mark.parametrize("named", [lambda one: [one], lambda one: one], ids=["in a list", "alone"])
def test_single_assignments_can_be_approved(study_at: Callable[[str], Path], named: Callable[[str], Any]) -> None:
    """Only those named are; a single one need not stand in a list."""
    study_dir = study_at("approve")
    one, *others = some(study_dir)
    assert approve(study_dir, named(one)).made == 1
    assert statuses(study_dir)[one] == "Approved"
    assert {statuses(study_dir)[other] for other in others} == {"Submitted"}


def test_approving_again_does_nothing(study_at: Callable[[str], Path]) -> None:
    """Nothing that is approved is sent again."""
    study_dir = study_at("approve")
    approve(study_dir)
    with running(study_dir) as server:
        assert approve(study_dir).made == 0
        assert "ApproveAssignment" not in server.platform.faults.calls


def test_what_the_platform_approved_by_itself_counts(study_at: Callable[[str], Path]) -> None:
    """Work that was approved by the clock is not approved twice, and is fetched as approved."""
    study_dir = study_at("approve")
    with running(study_dir, clock=ManualClock(4_000_000_000.0)):
        assert approve(study_dir).made == 0
        with Ledger(study_dir) as ledger:
            assert {assignment.status for assignment in ledger.assignments()} == {"Approved"}


def test_another_studys_assignment_is_refused(study_at: Callable[[str], Path]) -> None:
    """Only the study's own submitted assignments can be reviewed."""
    with pytest.raises(ValueError, match="'3OTHER' is none of this study's"):
        approve(study_at("approve"), ["3OTHER"])


def rejecting(study_dir: Path, **changes: object) -> object:
    """Reject the first assignment by a good rule, with these changes."""
    values = {
        "rule": "max_attention_failures",
        "reason": "All items that named their answer were answered otherwise.",
        "confirm": lambda worker_id: True,
        **changes,
    }
    return reject(study_dir, some(study_dir)[0], **values)  # type: ignore[arg-type]


def break_attention(study_dir: Path) -> None:
    """Let the first assignment answer its attention item otherwise than it asks."""
    with closing(connect(study_dir / "platform.sqlite")) as books, books:
        (xml,) = books.execute("SELECT answer FROM assignments WHERE assignment_id = ?", some(study_dir)[:1]).fetchone()
        at = xml.index("item.a00")
        start = xml.index('"answer": "', at) + len('"answer": "')
        changed = xml[:start] + "Unclear" + xml[xml.index('"', start) :]
        books.execute("UPDATE assignments SET answer = ? WHERE assignment_id = ?", (changed, some(study_dir)[0]))


def test_work_that_was_not_done_can_be_rejected(study_at: Callable[[str], Path]) -> None:
    """With a rule in force that the answers break, a reason and a confirmation, one assignment is rejected, once."""
    study_dir = study_at("approve")
    break_attention(study_dir)
    asked: list[str] = []
    rejecting(study_dir, confirm=lambda worker_id: not asked.append(worker_id))
    assert statuses(study_dir)[some(study_dir)[0]] == "Rejected"
    assert len(asked) == 1
    assert sorted(statuses(study_dir).values()).count("Rejected") == 1
    assert approve(study_dir).made == 5, "the others are approved, the rejected one is left"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"rule": "min_gold_accuracy"}, "no ground for rejection"),
        ({"rule": "wrong answer"}, "no ground for rejection"),
        ({"rule": "min_answer_s"}, "was not in force when this study was published"),
        ({"reason": "  "}, "reason is empty"),
        ({"confirm": lambda worker_id: False}, "not confirmed"),
    ],
)
def test_a_rejection_needs_rule_reason_and_confirmation(
    changes: dict[str, object], problem: str, study_at: Callable[[str], Path]
) -> None:
    """Wrong answers, rules that nobody knew and missing reasons are no ground, and nothing happens unconfirmed."""
    study_dir = study_at("approve")
    break_attention(study_dir)
    with pytest.raises(ValueError, match=problem):
        rejecting(study_dir, **changes)
    assert set(statuses(study_dir).values()) == {"Submitted"}


def test_who_kept_to_the_rule_cannot_be_rejected_by_it(study_at: Callable[[str], Path]) -> None:
    """The answers themselves must show that the rule was broken."""
    study_dir = study_at("approve")
    with pytest.raises(ValueError, match="does not break the rule max_attention_failures"):
        rejecting(study_dir)
    assert set(statuses(study_dir).values()) == {"Submitted"}


def test_approved_work_is_not_rejected(study_at: Callable[[str], Path]) -> None:
    """Pay that was promised is not taken back."""
    study_dir = study_at("delete")
    with pytest.raises(ValueError, match="is approved, which cannot be taken back"):
        rejecting(study_dir)
