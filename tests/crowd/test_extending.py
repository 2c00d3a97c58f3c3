"""More answers per video."""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd.annotations import key_in
from crowd.design import Design, HitDesign
from crowd.extending import extend, grown
from crowd.localplatform import running
from crowd.platforms import open_platform
from crowd.publishing import load
from crowd.spending import Consent
from tests.crowd.answering import answer
from tests.crowd.earlier import forget_terms


def sizes(study_dir: Path) -> dict[str | None, int]:
    """The assignments of each HIT on the platform, by key."""
    with open_platform("local", study_dir) as platform:
        hits = [hit for page in platform.pages("ListHITs", {}) for hit in page["HITs"]]
    return {key_in(hit["RequesterAnnotation"]): hit["MaxAssignments"] for hit in hits}


def test_hits_grow_to_what_is_asked(study_at: Callable[[str], Path]) -> None:
    """Each HIT gets what is missing, once; the money is that of the new assignments."""
    study_dir = study_at("extend")
    with running(study_dir):
        done = extend(study_dir, 3)
        assert sizes(study_dir) == {"b001-r1": 3, "b002-r1": 3, "b003-r1": 3}
        assert (done.extended, done.created, done.cost.total) == (3, 0, Decimal("2.88"))
        again = extend(study_dir, 3)
        assert sizes(study_dir) == {"b001-r1": 3, "b002-r1": 3, "b003-r1": 3}
        assert (again.extended, again.created, again.cost.total) == (0, 0, 0)


def test_beyond_nine_come_further_rounds(study_at: Callable[[str], Path]) -> None:
    """A HIT stays below ten assignments; the rest waits in a round that opens when the first is full."""
    study_dir = study_at("extend")
    with running(study_dir) as server:
        done = extend(study_dir, 11, consent=Consent(cap_usd="40"))
        assert set(sizes(study_dir).values()) == {9}
        assert done.waiting == 3
        answer(server, study_dir, 9)
        assert extend(study_dir, 11).created == 3
        assert sorted(sizes(study_dir).values()) == [2, 2, 2, 9, 9, 9]
        assert len(answer(server, study_dir, 3)) == 6, "new participants fill the second round"


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
        assert extend(study_dir, 3).cost.total == Decimal("2.88")


def edit(study_file: Path, **values: str) -> None:
    """Give keys of a study file other values."""
    text = study_file.read_text(encoding="utf-8")
    for name, value in values.items():
        text, number = re.subn(rf'(?m)^{name} = ".*"$', f'{name} = "{value}"', text)
        assert number == 1
    study_file.write_text(text, encoding="utf-8")
