"""Shares of options, about methods or asked once."""

import numpy as np
import pytest

from analysis.choice.shares import option_shares
from analysis.intervals import wilson

OPTIONS = ["phone", "laptop"]


def test_asked_once() -> None:
    """Of 148 people 15 tick an option: Newcombe 1998 prints Wilson's .0624–.1605, here with Student's quantile."""
    ticked = np.zeros((148, 2), bool)
    ticked[:15, 0] = ticked[15:, 1] = True
    phone, laptop = option_shares(ticked, OPTIONS, np.arange(148))
    assert (phone.method, phone.option, phone.count) == (None, "phone", 15)
    assert tuple(phone.share.interval("these")) == pytest.approx((0.0624, 0.1605), abs=2e-3)
    assert phone.share.interval("new") == phone.share.interval("these")
    assert laptop.share.value == pytest.approx(1 - 15 / 148)


def test_several_ticks_in_one_answer() -> None:
    """Each option has its own share, so that together they may be more than 1."""
    found = option_shares(np.array([[True, True], [True, False]]), OPTIONS, np.arange(2))
    assert [row.share.value for row in found] == [1.0, 0.5]


def test_about_methods_people_and_prompts_are_clusters() -> None:
    """Answers by few people about few prompts give a far wider interval than as many independent ones."""
    rng = np.random.default_rng(0)
    participant, prompt = np.divmod(np.arange(400), 20)
    chance = 0.5 + rng.normal(0, 0.2, 20)[participant] + rng.normal(0, 0.2, 20)[prompt]
    ticked = rng.random(400) < chance
    rows = option_shares(
        np.column_stack([ticked, ~ticked]),
        OPTIONS,
        participant,
        units=prompt,
        method=prompt % 2,
        methods=["a", "b", "without answers"],
    )
    assert [(row.method, row.option) for row in rows] == [(name, own) for name in "ab" for own in OPTIONS]
    for row in rows:
        low, high = row.share.interval("new")
        naive = wilson(row.share.value, 200, 1.96)
        assert high - low > 1.2 * (naive.high - naive.low)


def test_another_number_of_options_is_refused() -> None:
    """Every option has a column."""
    with pytest.raises(ValueError, match=r"ticked: must be \(answers, 2\), is \(3, 1\)"):
        option_shares(np.zeros((3, 1), bool), OPTIONS, np.arange(3))
