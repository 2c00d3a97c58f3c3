"""How often something breaks: shares, their difference, and agreement about it."""

import math

import numpy as np
import pytest

from analysis.agreement import krippendorff
from analysis.moment.detection import compare_breaks, detection_agreement, kind_agreement, method_breaks
from tests.analysis.moment.scenes import drawn, of


def test_shares_of_answers_and_of_videos() -> None:
    """Of two videos one breaks for two of three people, the other for one of two: that is no majority."""
    nothing = math.nan
    rows = [(0, 0, 1.0, 1.5), (1, 0, 1.1, 1.4), (2, 0, nothing, nothing), (0, 1, 0.0, 3.0), (1, 1, nothing, nothing)]
    (found,) = method_breaks(of(rows))
    assert (found.num_answers, found.num_videos, found.videos_by_majority) == (5, 2, 1)
    assert found.broken.value == pytest.approx(3 / 5)
    assert found.kinds == [3, 0]


def test_true_shares_lie_in_the_intervals() -> None:
    """In 19 of 20 studies or about so, the interval for new videos holds the chance that an answer marks a break."""
    held = []
    for seed in range(60):
        marks = drawn(np.random.default_rng(seed), prompts=15, sd_people=0.1)
        low, high = method_breaks(marks)[0].broken.interval("new")
        held.append(low <= 0.7 * 0.85 + 0.3 * 0.15 <= high)
    assert np.mean(held) >= 0.85


def test_methods_compared() -> None:
    """The method that breaks more often is found to; its interval holds the difference and agrees with its test."""
    found = compare_breaks(drawn(np.random.default_rng(4), prompts=60), 0, 1)
    assert found is not None
    assert (found.a, found.b) == ("a", "b")
    low, high = found.difference.interval("new")
    assert 0 < low < 0.3 * 0.7 < high
    assert found.difference.p_value("new") < 0.05
    assert compare_breaks(of([(0, 0, 1.0, 1.0)]), 0, 1) is None


def test_agreement_is_krippendorffs() -> None:
    """Detection α is nominal α of broken or not; the kinds' α is over the answers that name one."""
    marks = drawn(np.random.default_rng(5))
    table = np.zeros((marks.num_videos, 2))
    np.add.at(table, (marks.video, marks.broken.astype(int)), 1)
    found = detection_agreement(marks, np.random.default_rng(0))
    assert found.value == pytest.approx(krippendorff(table))
    assert found.low is not None
    assert found.high is not None
    assert found.low < krippendorff(table) < found.high
    named = np.zeros((marks.num_videos, 2))
    rows = marks.kind >= 0
    np.add.at(named, (marks.video[rows], marks.kind[rows]), 1)
    assert kind_agreement(marks, np.random.default_rng(0)).value == pytest.approx(krippendorff(named))


def test_nothing_to_agree_about() -> None:
    """Where everybody sees every video break there is no α."""
    marks = of([(person, video, 1.0, 1.0) for person in range(3) for video in range(4)])
    assert detection_agreement(marks, np.random.default_rng(0)).value is None
