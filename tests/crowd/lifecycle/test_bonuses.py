"""Bonuses."""

import sqlite3
from collections.abc import Callable
from contextlib import closing, nullcontext
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crowd.ledger.budget import Consent, settle
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.bonuses import Bonus, bonus, read_bonuses
from tests.crowd.faulted import bonuses, start


def paid(study_dir: Path) -> list[tuple[str, str]]:
    """Assignment and reason of each bonus in the platform's own books."""
    with closing(sqlite3.connect(study_dir / "platform.sqlite")) as books:
        rows = books.execute("SELECT assignment_id, reason FROM payments WHERE kind = 'bonus' ORDER BY 1, 2")
        return rows.fetchall()


def test_each_bonus_is_paid_once(study_at: Callable[[str], Path]) -> None:
    """The same list paid again changes nothing; another reason is another bonus."""
    study_dir = study_at("bonus")
    everybody = bonuses(study_dir)
    shown: list[Decimal] = []
    consent = Consent(confirm=lambda cost: not shown.append(cost.total))
    assert bonus(study_dir, everybody, consent=consent).made == 6
    again = bonus(study_dir, everybody, consent=consent)
    assert (again.made, again.before) == (0, 6)
    assert len(paid(study_dir)) == 6
    more = Bonus(assignment_id=everybody[0].assignment_id, amount_usd="0.05", reason="A remark that helped")
    assert bonus(study_dir, [more], consent=consent).made == 1
    assert len(paid(study_dir)) == 7
    assert shown == [Decimal("0.60"), Decimal(0), Decimal("0.05")]


def test_another_amount_for_the_same_reason_is_refused(study_at: Callable[[str], Path]) -> None:
    """A typing mistake in a second run cannot pay more for what was paid for."""
    study_dir = study_at("bonus")
    one = bonuses(study_dir)[0]
    bonus(study_dir, [one])
    changed = Bonus(assignment_id=one.assignment_id, amount_usd="9.00", reason=one.reason)
    with pytest.raises(ValueError, match=r"\$0\.10 were paid for 'Thank you for taking part'"):
        bonus(study_dir, [changed])


def test_bonuses_over_the_cap_pay_nobody(study_at: Callable[[str], Path]) -> None:
    """All of a list is paid or none of it."""
    study_dir = study_at("bonus")
    with pytest.raises(ValueError, match=r"passes the cap of \$5\.30"):
        bonus(study_dir, bonuses(study_dir), consent=Consent(cap_usd="5.30"))
    assert paid(study_dir) == []


def test_a_run_that_is_overtaken_does_not_count_the_money_twice(
    study_at: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run pays the same list between the counting and the check: the cap for one list is enough."""
    study_dir = study_at("bonus")
    consent = Consent(cap_usd="5.40")
    overtaking: list[int] = []

    def overtaken(*arguments: Any, **options: Any) -> None:
        if not overtaking:
            overtaking.append(0)
            overtaking[0] = bonus(study_dir, bonuses(study_dir), consent=consent).made
        settle(*arguments, **options)

    monkeypatch.setattr("crowd.lifecycle.bonuses.settle", overtaken)
    monkeypatch.setattr("crowd.lifecycle.lock.locked", nullcontext)  # as on a network file system without locks
    done = bonus(study_dir, bonuses(study_dir), consent=consent)
    assert (overtaking, done.made) == ([6], 0)
    assert len(paid(study_dir)) == 6


def test_runs_at_once_pay_no_more_than_the_cap_together(study_at: Callable[[str], Path]) -> None:
    """Three processes that each want a different bonus for everybody: only what fits under the cap is paid."""
    study_dir = study_at("bonus")
    with Ledger(study_dir) as ledger:
        ledger.set_fact("cap_usd", "5.50")
        ledger.set_fact("cap_is_given", "yes")
    from crowd.localplatform import running

    with running(study_dir):
        processes = [start(f"bonus {number}", study_dir, study_dir, attempts=3) for number in range(3)]
        for process in processes:
            process.join()
    assert sorted(process.exitcode for process in processes) == [0, 1, 1]
    assert len(paid(study_dir)) == 6
    with Ledger(study_dir) as ledger:
        assert ledger.held() == Decimal("5.40")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"assignment_id": "3OTHER"}, "none of this study's"),
        ({"amount_usd": "0"}, "is nothing"),
        ({"amount_usd": "a lot"}, "not an amount"),
        ({"reason": " "}, "has no reason"),
        ({"reason": "x" * 4097}, "shorten it to 4096"),
    ],
)
def test_mistakes_are_told_before_anything_is_paid(
    changes: dict[str, str], problem: str, study_at: Callable[[str], Path]
) -> None:
    """A mistake in one bonus of a list stops the whole list."""
    study_dir = study_at("bonus")
    good, other, *_ = bonuses(study_dir)
    values = {"assignment_id": other.assignment_id, "amount_usd": "0.10", "reason": "Thanks", **changes}
    with pytest.raises(ValueError, match=problem):
        bonus(study_dir, [good, Bonus(**values)])
    assert paid(study_dir) == []


def test_the_same_bonus_twice_in_a_list_is_a_mistake(study_at: Callable[[str], Path]) -> None:
    """A doubled line is told, and not silently paid once."""
    study_dir = study_at("bonus")
    one = bonuses(study_dir)[0]
    with pytest.raises(ValueError, match="1 bonuses are for an assignment and a reason that stand there before"):
        bonus(study_dir, [one, one])


def test_a_table_of_bonuses_is_read(tmp_path: Path) -> None:
    """The CSV file has a column for each field; a missing one is named."""
    table = tmp_path / "bonuses.csv"
    table.write_text("assignment_id,amount_usd,reason\n3A,0.20,Thanks\n", encoding="utf-8")
    assert read_bonuses(table) == [Bonus(assignment_id="3A", amount_usd="0.20", reason="Thanks")]
    table.write_text("assignment_id,amount\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"bonuses\.csv: has no column amount_usd, reason"):
        read_bonuses(table)
