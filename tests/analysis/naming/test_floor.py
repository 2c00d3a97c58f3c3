"""Before anybody answers: designs that cannot show a difference are refused, and small ones warned of."""

from typing import Any

import numpy as np
import pytest

from analysis.comparisons import Rules, compare
from analysis.naming.floor import PlannedComparisons, floor_of, refusal, warnings
from analysis.simulator import StudyModel, counted


def plan(videos: int, labels: int, methods: int = 2, answers: int = 9, **rules: Any) -> PlannedComparisons:
    """So many videos of each method in each label."""
    row = {f"label {number}": videos for number in range(labels)}
    names = [f"m{number}" for number in range(methods)]
    return PlannedComparisons(
        videos=dict.fromkeys(names, row), answers_per_video=answers, most_workers=answers, rules=Rules(**rules)
    )


@pytest.mark.parametrize(("videos", "labels"), [(2, 1), (5, 1), (1, 6), (2, 11)])
def test_the_extreme_is_what_the_report_gives_for_the_largest_difference(videos: int, labels: int) -> None:
    """With all answers right for one method and all wrong for the other, the report has the p that planning names."""
    model = StudyModel(videos=(videos, videos), num_labels=labels, num_workers=9)
    right = np.ones((9, model.num_videos), bool) & (model.methods_of_videos() == 0)
    found = compare(counted(model, right, np.ones_like(right)), "a", "b", np.random.default_rng(0))
    row = {str(number): videos for number in range(labels)}
    assert found is not None
    assert floor_of(row, row, 9, Rules()).extreme == pytest.approx(found.p_value)
    assert floor_of(row, row, 9, Rules()).smallest == (0.0 if videos * labels > 1 else 1.0)


@pytest.mark.parametrize(
    ("planned", "text"),
    [
        (plan(1, 1), "p cannot be below 1, and must be below .05; show more videos of each method"),
        (plan(2, 11, answers=1), "p cannot be below 1, and must be below .05; let more participants see each video"),
        (plan(2, 4, primary_test="sign-flip"), "p cannot be below .125, and must be below .05; show more labels, or"),
        (
            plan(2, 6, methods=3, primary_test="sign-flip"),
            "p cannot be below .094 after Holm over 3 comparisons, and must be below .05; name fewer comparisons",
        ),
        (plan(5, 1, target="new-labels"), "show more labels, or choose target"),
        (plan(1, 8, primary_test="sign-flip", confidence=0.999), "must be below .001"),
    ],
)
def test_a_study_that_cannot_show_a_difference_says_what_to_do(planned: PlannedComparisons, text: str) -> None:
    """The refusal names the smallest p of any outcome, the adjustment and the remedy."""
    assert text in (refusal(planned) or "")


@pytest.mark.parametrize(
    ("planned", "text"),
    [
        (plan(3, 1), "p would be .115; show more videos of each method"),
        (plan(5, 1, methods=3), "after Holm over 3 comparisons; name fewer comparisons in the plan"),
    ],
)
def test_a_very_small_study_is_warned_of(planned: PlannedComparisons, text: str) -> None:
    """Where the largest difference would not be shown, a warning says so; other outcomes can have a smaller p."""
    assert refusal(planned) is None
    assert text in warnings(planned)[0]


@pytest.mark.parametrize(
    "planned",
    [
        plan(2, 11),
        plan(2, 11, methods=4),
        plan(1, 8, primary_test="sign-flip"),
        plan(6, 1, primary_test="permutation"),
        plan(1, 1, target="these-videos"),
        plan(1, 1, methods=1),
        plan(5, 1, methods=3, adjustment="none"),
    ],
)
def test_a_study_that_can_show_one_is_not_refused(planned: PlannedComparisons) -> None:
    """Nothing is said of designs whose floor lies below the level, or that compare nothing."""
    assert refusal(planned) is None


def test_real_clips_do_not_cost_the_others() -> None:
    """Comparisons with the control are a family of their own, and planned pairs alone are counted."""
    row = {f"label {number}": 2 for number in range(11)}
    own = PlannedComparisons(
        videos=dict.fromkeys(["a", "b", "c", "real"], row), answers_per_video=9, most_workers=9, rules=Rules()
    )
    assert own.family == [("a", "b"), ("a", "c"), ("b", "c")]
    pairs = PlannedComparisons(
        videos=own.videos, answers_per_video=9, most_workers=9, rules=Rules(), pairs=[("a", "b"), ("a", "real")]
    )
    assert pairs.family == [("a", "b")]
    control = PlannedComparisons(videos={"a": row, "real": row}, answers_per_video=9, most_workers=9, rules=Rules())
    assert control.family == [("a", "real")]


def test_few_people_and_few_videos_are_warned_of() -> None:
    """Fewer than five of either is told with what to do; of these videos alone, few videos are no fault."""
    participants, videos = warnings(plan(4, 1, answers=4))[-2:]
    assert participants.startswith("each video is seen by 4 participants only: ask for 5 answers per video")
    assert warnings(plan(4, 1, answers=1))[-2].startswith("each video is seen by 1 participant only: ask")
    assert videos.startswith("fewer than 5 videos of a method (m0 4, m1 4): show 5 or more of each")
    assert warnings(plan(4, 1, target="these-videos")) == []
    assert warnings(plan(1, 1, methods=1, answers=1)) == []
    assert warnings(plan(1, 5, answers=5)) == []
