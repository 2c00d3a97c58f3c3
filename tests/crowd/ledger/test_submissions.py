"""The submitted work that a ledger keeps."""

from collections import Counter
from pathlib import Path

import pytest

from crowd.ledger.ledger import Ledger
from crowd.platforms import Submission


def test_stored_answers_are_never_replaced(tmp_path: Path) -> None:
    """Fetching an assignment again changes its status only."""
    first = Submission(
        assignment_id="3A", hit_id="3H", worker_id="A1", status="Submitted", submitted_at=1.0, answer="<a/>"
    )
    with Ledger(tmp_path) as ledger:
        ledger.store_assignments([first])
        ledger.store_assignments(
            [
                Submission(
                    assignment_id="3A", hit_id="3H", worker_id="A1", status="Approved", submitted_at=1.0, answer=""
                )
            ]
        )
        (kept,) = ledger.assignments("3H")
    assert (kept.status, kept.answer) == ("Approved", "<a/>")


def test_work_is_counted_and_read_in_the_order_of_its_submission(tmp_path: Path) -> None:
    """Whatever the order in which it was fetched; an assignment that is none of the study's is refused by its id."""
    work = [
        Submission(
            assignment_id=name, hit_id=hit_id, worker_id=worker, status="Submitted", submitted_at=at, answer="<a/>"
        )
        for name, hit_id, worker, at in (("3A", "3H", "A1", 3.0), ("3B", "3H", "A2", 1.0), ("3C", "3I", "A1", 2.0))
    ]
    with Ledger(tmp_path) as ledger:
        ledger.store_assignments(work)
        assert [one.assignment_id for one in ledger.assignments()] == ["3B", "3C", "3A"]
        assert list(ledger.each_assignment()) == ledger.assignments()
        assert [one.assignment_id for one in ledger.assignments("3H")] == ["3B", "3A"]
        assert ledger.work() == Counter({(one.hit_id, one.worker_id, "Submitted"): 1 for one in work})
        assert ledger.assignment("3A") == work[0]
        with pytest.raises(ValueError, match="'3D' is none of this study's submitted assignments"):
            ledger.assignment("3D")
