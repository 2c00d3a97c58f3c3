"""More answers per video."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd.design.design import Design, HitDesign
from crowd.design.study import Study
from crowd.hit_annotation import key_in
from crowd.ledger.budget import Consent
from crowd.lifecycle.close import close, delete, keep_open
from crowd.lifecycle.extend import extend, grown
from crowd.lifecycle.publish import load, publish
from crowd.localplatform import running
from crowd.platforms import describe, open_platform
from crowd.platforms.descriptions import DESCRIPTIONS
from crowd.pricing import FEES, NO_FEES, Fees
from tests.cli.program import said, vidgen
from tests.crowd.answering import answer
from tests.crowd.earlier import forget_terms


def sizes(study_dir: Path) -> dict[str | None, int]:
    """The assignments of each HIT on the platform, by key."""
    with open_platform("local", study_dir) as platform:
        hits = [hit for page in platform.wire.pages("ListHITs", {}) for hit in page["HITs"]]
    return {key_in(hit["RequesterAnnotation"]): hit["MaxAssignments"] for hit in hits}


def test_hits_grow_to_what_is_asked(study_at: Callable[[str], Path]) -> None:
    """Each HIT gets what is missing, once; the money is that of the new assignments."""
    study_dir = study_at("extend")
    with running(study_dir):
        done = extend(study_dir, 3)
        assert sizes(study_dir) == {"b001-r1": 3, "b002-r1": 3, "b003-r1": 3}
        assert (done.extended, done.created, done.cost.total) == (3, 0, Decimal("2.40"))
        again = extend(study_dir, 3)
        assert sizes(study_dir) == {"b001-r1": 3, "b002-r1": 3, "b003-r1": 3}
        assert (again.extended, again.created, again.cost.total) == (0, 0, 0)


def test_beyond_nine_nobody_waits_where_there_is_no_fee(study_at: Callable[[str], Path]) -> None:
    """On the local platform a task grows as far as is asked, at the same price, and all its places are open."""
    study_dir = study_at("extend")
    with running(study_dir) as server:
        done = extend(study_dir, 11, consent=Consent(cap_usd="40"))
        assert sizes(study_dir) == {"b001-r1": 11, "b002-r1": 11, "b003-r1": 11}
        assert (done.extended, done.created, done.waiting, done.cost.total) == (3, 0, 0, Decimal("21.60"))
        assert len(answer(server, study_dir, 11)) == 33


def test_a_study_that_plans_rounds_keeps_them(tmp_path: Path, videos: Path) -> None:
    """With `assignments_per_hit` the rest waits in a round that opens when the one before is full."""
    study_dir = tmp_path
    plan = {"videos_per_hit": 3, "answers_per_video": 2, "assignments_per_hit": 9, "training_items": 0}
    Study.from_videos(videos, **plan, budget_usd="9.00").save(study_dir / "study.toml")
    with running(study_dir) as server:
        publish(study_dir, videos)
        done = extend(study_dir, 11, consent=Consent(cap_usd="40"))
        assert set(sizes(study_dir).values()) == {9}
        assert done.waiting == 3
        answer(server, study_dir, 9)
        assert extend(study_dir, 11).created == 3
        assert sorted(sizes(study_dir).values()) == [2, 2, 2, 9, 9, 9]
        assert len(answer(server, study_dir, 3)) == 6, "new participants fill the second round"


@pytest.mark.parametrize(
    ("key", "value"), [("assignments_per_hit", 9), ("seed", 7), ("videos_per_hit", 9), ("confidence", 0.9)]
)
def test_a_changed_plan_is_not_extended(key: str, value: float, study_at: Callable[[str], Path]) -> None:
    """As for publishing it, a new plan needs a new study; nothing grows by half of it."""
    study_dir = study_at("extend")
    study = Study.load(study_dir / "study.toml")
    replace(study, **{key: value}).save(study_dir / "study.toml")
    with pytest.raises(ValueError, match=rf"study\.toml: its plan changed since it was published \({key}\)"):
        extend(study_dir, 3)
    assert set(sizes(study_dir).values()) == {2}
    study.save(study_dir / "study.toml")
    assert extend(study_dir, 3).extended == 3


def test_a_plan_that_lacks_later_keys_is_the_same(study_at: Callable[[str], Path]) -> None:
    """A study of a release that did not have a rule yet is extended as long as the rule has its default."""
    study_dir = study_at("extend")
    planned = Design.load(study_dir)
    plan = {key: value for key, value in planned.plan.items() if key != "sequential"}
    replace(planned, plan=plan).save(study_dir)
    assert extend(study_dir, 3).extended == 3


@pytest.mark.parametrize(("fees", "expected"), [(FEES, [9, 9, 2]), (NO_FEES, [20])])
def test_rounds_come_of_a_fee(fees: Fees, expected: list[int]) -> None:
    """Where a fee doubles from ten on, what is beyond nine comes in rounds; elsewhere in the same task."""
    hit = HitDesign(key="b001-r1", block="b001", round=1, items=(), num_assignments=4)
    planned = Design(hits=(hit,), videos=(), options=(), seed=0, videos_dir="")
    assert [one.num_assignments for one in grown(planned, 20, most=0, fees=fees).hits] == expected


def test_fewer_than_there_are_is_refused(study_at: Callable[[str], Path]) -> None:
    """What was asked cannot be taken back by extending."""
    with pytest.raises(ValueError, match="answers 1: 2 are asked for already"):
        extend(study_at("extend"), 1)


def test_an_extension_over_the_cap_changes_nothing(study_at: Callable[[str], Path]) -> None:
    """Neither the platform nor the design knows of an extension that was not affordable."""
    study_dir = study_at("extend")
    with running(study_dir):
        with pytest.raises(ValueError, match=r"passes the cap of \$9\.00"):
            extend(study_dir, 9)
        assert set(sizes(study_dir).values()) == {2}
    assert {hit.num_assignments for hit in load(study_dir)[1].hits} == {2}


@given(
    rounds=st.lists(st.integers(1, 9), min_size=1, max_size=3),
    more=st.integers(0, 40),
    most=st.integers(1, 30),
)
def test_any_extension_adds_up(rounds: list[int], more: int, most: int) -> None:
    """The rounds sum up to what is asked, none shrinks, only the last grows, none passes its limit, and keys differ."""
    hits = tuple(
        HitDesign(key=f"b001-r{number}", block="b001", round=number, items=(), num_assignments=size)
        for number, size in enumerate(rounds, 1)
    )
    planned = Design(hits=hits, videos=(), options=(), seed=0, videos_dir="")
    target = grown(planned, sum(rounds) + more, most=most)
    after = [hit.num_assignments for hit in target.hits]
    assert sum(after) == sum(rounds) + more
    assert after[: len(rounds) - 1] == rounds[:-1]
    assert after[len(rounds) - 1] >= rounds[-1]
    assert all(size <= max(most, rounds[-1]) for size in after[len(rounds) - 1 :])
    assert after[len(rounds) - 1] < 10, "a HIT made below ten cannot reach ten"
    assert len({hit.key for hit in target.hits}) == len(target.hits)
    assert [hit.round for hit in target.hits] == list(range(1, len(after) + 1))


@pytest.mark.parametrize("reward", ["0.01", "5.00"])
def test_an_extension_is_priced_as_the_hit_was_published(study_at: Callable[[str], Path], reward: str) -> None:
    """Editing the pay in study.toml changes neither what an extension costs nor what the cap lets through."""
    study_dir = study_at("extend")
    forget_terms(study_dir)  # a study that keeps them refuses other pay at once
    edit(study_dir / "study.toml", reward_usd=reward)
    with running(study_dir):
        with pytest.raises(ValueError, match=r"passes the cap of \$9\.00"):
            extend(study_dir, 9)
        assert extend(study_dir, 3).cost.total == Decimal("2.40")


def edit(study_file: Path, **values: str) -> None:
    """Give keys of a study file other values."""
    text = study_file.read_text(encoding="utf-8")
    for name, value in values.items():
        text, number = re.subn(rf'(?m)^{name} = ".*"$', f'{name} = "{value}"', text)
        assert number == 1
    study_file.write_text(text, encoding="utf-8")


def test_an_expired_study_is_not_said_to_be_extended(study_at: Callable[[str], Path]) -> None:
    """More places that nobody would find are refused; with a new end in the same command the study is open again."""
    study_dir = study_at("extend")
    with running(study_dir) as server:
        close(study_dir)
        refused = vidgen("extend-study", "--study", study_dir, "--answers", "3")
        assert refused.exit_code == 1
        assert "the time of 3 of the 3 HITs that more people are to do is over" in said(refused.stderr)[-1]
        assert set(sizes(study_dir).values()) == {2}
        until = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%d")
        done = vidgen("extend-study", "--study", study_dir, "--answers", "3", "--until", until)
        assert done.exit_code == 0, done.output
        assert set(sizes(study_dir).values()) == {3}
        assert len(answer(server, study_dir, 1)) == 3


def test_an_expired_round_that_is_not_full_holds_up_the_next(
    study_at: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A further round that would wait for places which nobody finds is refused, also when it was planned before."""
    local = replace(describe("local"), fees=FEES)  # rounds of nine, as on Mechanical Turk
    monkeypatch.setitem(DESCRIPTIONS, "local", local)
    study_dir = study_at("extend")
    with running(study_dir):
        extend(study_dir, 11, consent=Consent(cap_usd="40"))
        close(study_dir)
        for number in (11, 12):
            with pytest.raises(ValueError, match="the time of 3 of the 3 HITs"):
                extend(study_dir, number, consent=Consent(cap_usd="40"))
        keep_open(study_dir, datetime.now(UTC) + timedelta(days=1))
        assert extend(study_dir, 12, consent=Consent(cap_usd="40")).waiting == 3


def test_deleted_hits_cannot_be_extended(study_at: Callable[[str], Path]) -> None:
    """What the platform no longer lists takes no more answers."""
    study_dir = study_at("delete")
    with running(study_dir):
        delete(study_dir, confirm=lambda num_hits: True)
        with pytest.raises(ValueError, match="3 of the 3 HITs that more people are to do were deleted from local"):
            extend(study_dir, 3)
