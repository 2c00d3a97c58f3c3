"""The write-ahead ledger."""

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowd.credentials import load_or_create
from crowd.ledger.ledger import Ledger
from crowd.sqlite_file import SqliteFile

FILE = "ledger.sqlite"


def intent(key: str, cost: str = "1.00") -> tuple[str, str, dict[str, int], Decimal]:
    return key, "create", {"num_assignments": 1}, Decimal(cost)


def test_a_call_goes_from_planned_over_sent_to_done(tmp_path: Path) -> None:
    """Each step is in the file before the next, with its time and outcome."""
    times = iter([10.0, 20.0, 30.0])
    with Ledger(tmp_path, clock=lambda: next(times)) as ledger:
        ledger.plan([intent("create/a")])
        ledger.mark_sent("create/a")
        ledger.mark_done("create/a", {"hit_id": "3A"})
        entry = ledger.entry("create/a")
    assert entry is not None
    assert (entry.state, entry.planned_at, entry.sent_at, entry.ended_at) == ("done", 10.0, 20.0, 30.0)
    assert entry.outcome == {"hit_id": "3A"}
    assert entry.details == {"num_assignments": 1}


def test_done_stays_done(tmp_path: Path) -> None:
    """A slower run that plans, sends or fails the same call changes nothing about one that is done."""
    with Ledger(tmp_path) as ledger, Ledger(tmp_path) as slower:
        ledger.plan([intent("create/a")])
        ledger.mark_done("create/a", {"hit_id": "3A"})
        before = ledger.entry("create/a")
        slower.plan([intent("create/a", "99")])
        slower.mark_sent("create/a")
        slower.mark_refused("create/a", "too late")
        slower.mark_done("create/a", {"hit_id": "3B"})
        assert ledger.entry("create/a") == before


def test_tokens_are_the_same_in_every_run_and_differ_between_studies(tmp_path: Path) -> None:
    """A token has 64 characters and follows from study and key alone, also when the ledger was lost."""
    with Ledger(tmp_path / "a") as ledger:
        token = ledger.token("create/b001")
        assert token != ledger.token("create/b002")
    (tmp_path / "a" / FILE).unlink()
    with Ledger(tmp_path / "a") as again, Ledger(tmp_path / "b") as other:
        assert again.token("create/b001") == token
        assert other.token("create/b001") != token
    assert len(token) == 64


@pytest.mark.parametrize("exchanged", ["ledger", "secrets"])
def test_the_ledger_of_another_study_is_refused(tmp_path: Path, exchanged: str) -> None:
    """A file that was put back into the wrong directory never says what this study has published and spent."""
    for name in ("a", "b"):
        with Ledger(tmp_path / name) as ledger:
            ledger.plan([intent("create/a")])
    name = {"ledger": FILE, "secrets": "private/secrets.json"}[exchanged]
    shutil.copy(tmp_path / "a" / name, tmp_path / "b" / name)
    with pytest.raises(ValueError, match=r"ledger\.sqlite: is of study \w+, and the secrets beside it are of study"):
        Ledger(tmp_path / "b")


def test_a_ledger_that_does_not_say_whose_it_is_becomes_this_study_s(tmp_path: Path) -> None:
    """Earlier releases did not write it down."""
    with Ledger(tmp_path) as ledger:
        ledger.forget_fact("study_id")
    with Ledger(tmp_path) as ledger:
        assert ledger.fact("study_id") == ledger.study_id


def test_a_plan_over_the_cap_leaves_nothing(tmp_path: Path) -> None:
    """All intents of a plan are entered or none."""
    with Ledger(tmp_path) as ledger:
        ledger.set_fact("cap_usd", "2.50")
        ledger.plan([intent("a"), intent("b")])
        with pytest.raises(ValueError, match=r"\$4\.00, which is over its cap of \$2\.50"):
            ledger.plan([intent("c"), intent("d")])
        assert [entry.key for entry in ledger.entries()] == ["a", "b"]
        assert ledger.held() == 2


def test_a_lowered_cap_stops_nothing_that_costs_nothing(tmp_path: Path) -> None:
    """Work can be approved and HITs closed when the study holds more than a cap that was lowered since."""
    with Ledger(tmp_path) as ledger:
        ledger.plan([intent("create/a", "5")])
        ledger.set_fact("cap_usd", "1.00")
        ledger.plan([intent("approve/b", "0"), intent("create/a", "5")])
        with pytest.raises(ValueError, match="over its cap"):
            ledger.plan([intent("bonus/c", "0.01")])


def test_refused_calls_release_their_money_and_may_be_planned_again(tmp_path: Path) -> None:
    """A refusal has no effect on the platform, so its money is free; trying again holds it again."""
    with Ledger(tmp_path) as ledger:
        ledger.plan([intent("a")])
        ledger.mark_sent("a")
        ledger.mark_refused("a", "no funds")
        assert ledger.held() == 0
        ledger.plan([intent("a", "3")])
        entry = ledger.entry("a")
    assert entry is not None
    assert (entry.state, entry.cost, entry.outcome, entry.sent_at) == ("planned", 3, None, None)


def test_a_sent_call_keeps_what_it_was_sent_with(tmp_path: Path) -> None:
    """What may have reached the platform is not rewritten by a new plan."""
    with Ledger(tmp_path) as ledger:
        ledger.plan([intent("a", "1")])
        ledger.mark_sent("a")
        ledger.plan([intent("a", "5")])
        entry = ledger.entry("a")
    assert entry is not None
    assert (entry.state, entry.cost) == ("sent", 1)


def test_runs_at_the_same_time_cannot_pass_the_cap_together(tmp_path: Path) -> None:
    """Of forty plans of a dollar at once, exactly those that fit under ten dollars are entered."""
    with Ledger(tmp_path) as ledger:
        ledger.set_fact("cap_usd", "10.00")

    def run(number: int) -> bool:
        with Ledger(tmp_path) as mine:
            try:
                mine.plan([intent(f"bonus/{number}")])
            except ValueError:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(run, range(40))) == 10
    with Ledger(tmp_path) as ledger:
        assert ledger.held() == 10


@settings(max_examples=30, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from(["plan", "sent", "done", "refused"]), st.integers(1, 400)),
        max_size=30,
    )
)
def test_the_cap_holds_after_any_history(
    steps: list[tuple[str, str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever happens in whatever order, what is held never exceeds the cap and no done call is undone."""
    with Ledger(tmp_path_factory.mktemp("study")) as ledger:
        ledger.set_fact("cap_usd", "5.00")
        done: set[str] = set()
        for key, step, cents in steps:
            entry = ledger.entry(key)
            if step == "plan":
                with suppress(ValueError):
                    ledger.plan([intent(key, str(Decimal(cents) / 100))])
            elif entry and step == "sent":
                with suppress(ValueError):
                    ledger.mark_sent(key)
            elif entry and step == "refused":
                ledger.mark_refused(key, "no")
            elif entry and entry.state != "refused":
                ledger.mark_done(key, {})
                done.add(key)
            assert ledger.held() <= 5
            assert done == {entry.key for entry in ledger.entries() if entry.state == "done"}


def test_a_refused_call_is_not_sent_without_a_new_plan(tmp_path: Path) -> None:
    """Its money was released, and may be held for others by now; planned again it goes out."""
    with Ledger(tmp_path) as ledger:
        ledger.set_fact("cap_usd", "5.00")
        ledger.plan([intent("a", "3.59")])
        ledger.mark_refused("a", "no")
        ledger.plan([intent("b", "1.42")])
        with pytest.raises(ValueError, match="another run has changed the plan"):
            ledger.mark_sent("a")
        assert ledger.held() == Decimal("1.42")
        ledger.plan([intent("a", "3.58")])
        ledger.mark_sent("a")
        assert ledger.held() == 5


def test_only_what_never_went_out_is_forgotten(tmp_path: Path) -> None:
    """A plan can be taken back, a call that may have had its effect cannot."""
    with Ledger(tmp_path) as ledger:
        ledger.plan([intent(f"create/{name}") for name in "abcd"] + [intent("bonus/e")])
        ledger.mark_sent("create/a")
        ledger.mark_done("create/b", {})
        ledger.mark_refused("create/c", "no")
        ledger.forget_unsent("create/", but={"create/c"})
        assert [entry.key for entry in ledger.entries()] == ["create/a", "create/b", "create/c", "bonus/e"]
        ledger.forget_unsent("create/")
        assert [entry.key for entry in ledger.entries()] == ["create/a", "create/b", "bonus/e"]


def test_nothing_goes_out_without_its_entry(tmp_path: Path) -> None:
    """A run whose plan another run took back must not send."""
    with Ledger(tmp_path) as ledger, Ledger(tmp_path) as other:
        ledger.plan([intent("create/a")])
        other.forget_unsent("create/")
        with pytest.raises(ValueError, match="create/a: another run has changed the plan"):
            ledger.mark_sent("create/a")


def test_no_ledger_is_said_in_one_line(tmp_path: Path) -> None:
    """Commands that need a published study say so where there is none, and leave no file behind."""
    with pytest.raises(ValueError, match="nothing was published from here"):
        Ledger(tmp_path, create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_ledger_is_named(tmp_path: Path) -> None:
    """A damaged ledger is an error that names it."""
    load_or_create(tmp_path)
    (tmp_path / FILE).write_bytes(b"no database " * 100)
    with pytest.raises(ValueError, match=f"{FILE}: not a ledger"):
        Ledger(tmp_path)


def test_a_ledger_that_cannot_be_written_is_an_operating_system_error(tmp_path: Path) -> None:
    """What SQLite cannot write is told with the file's name, and a transaction that fails leaves nothing."""
    with Ledger(tmp_path) as ledger:
        with closing(sqlite3.connect(tmp_path / FILE)) as other:
            other.execute("CREATE TRIGGER full BEFORE INSERT ON facts BEGIN SELECT RAISE(FAIL, 'disk is full'); END")
        with pytest.raises(ValueError, match=f"{FILE}: .*disk is full"):
            ledger.set_fact("a", "b")
        assert ledger.fact("a") is None
    with pytest.raises(OSError, match=f"nowhere/{FILE}"):
        SqliteFile(tmp_path / "nowhere" / FILE, "", [])


def test_calls_are_found_by_their_beginning_through_the_index(tmp_path: Path) -> None:
    """A prefix is a range of the keys, so that a study's ledger is not read whole for one HIT."""
    with Ledger(tmp_path) as ledger:
        ledger.plan([intent(key) for key in ("create/b1", "create/b10", "extend/b1/3", "create/a")])
        assert [entry.key for entry in ledger.entries("create/b1")] == ["create/b1", "create/b10"]
        assert ledger.states("extend/") == {"extend/b1/3": "planned"}
        assert len(ledger.entries()) == 4
        statements: list[str] = []
        ledger._db._connection.set_trace_callback(statements.append)
        ledger.entries("create/b1")
        ledger._db._connection.set_trace_callback(None)
        plan = ledger._db.execute(f"EXPLAIN QUERY PLAN {statements[0]}")
    assert any("(key>? AND key<?)" in row[3] for row in plan)
