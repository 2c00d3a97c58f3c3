"""Before anybody answers: whether the planned tests can show even the largest difference, and what is too little."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from analysis.comparisons import Rules, compare
from analysis.counts import Single
from analysis.simulator import StudyModel, counted
from analysis.wording import number, probability

#: Below so many participants, or videos of a method, a warning says what to do.
FEW = 5

#: More participants, and more videos of a method in a label, than these hardly change a floor.
MOST_WORKERS, MOST_VIDEOS = 200, 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a study will show, to whom, and which differences it tests."""

    #: For each method its videos by label.
    videos: Mapping[str, Mapping[str, int]]
    #: Answers to each video, and participants if everybody does one task.
    answers_per_video: int
    most_workers: int
    rules: Rules
    #: Planned pairs; empty for every pair.
    pairs: Sequence[tuple[str, str]] = ()
    #: The method of real clips, whose comparisons are a family of their own.
    control: str = "real"

    @property
    def family(self) -> list[tuple[str, str]]:
        """The comparisons that are adjusted together: those without the control, or those with it where all have it."""
        pairs = list(self.pairs) or list(combinations(sorted(self.videos), 2))
        pairs = [pair for pair in pairs if set(pair) <= self.videos.keys()]
        return [pair for pair in pairs if self.control not in pair] or pairs


def smallest_p(first: Mapping[str, int], second: Mapping[str, int], workers: int, rules: Rules) -> float:
    """The p of the most extreme outcome: all answers to one method right, all to the other wrong.

    Args:
        first: videos of one method by label.
        second: videos of the other.
        workers: who all see all of them.
        rules: of the plan.

    Raises:
        ValueError: the plan asks for a test that the design does not allow.
    """
    labels = sorted(label for label in first.keys() & second.keys() if first[label] and second[label])
    numbers = [[own[label] for label in labels] or [sum(own.values())] for own in (first, second)]
    rows = [tuple(min(number, MOST_VIDEOS) for number in row) for row in numbers]
    model = StudyModel(
        videos=(rows[0], rows[1]), num_labels=max(len(labels), 1), num_workers=max(1, min(workers, MOST_WORKERS))
    )
    seen = np.ones((model.num_workers, model.num_videos), bool)
    right = seen & (model.methods_of_videos() == 0)
    worker, video = np.nonzero(seen)
    answer = np.where(right, model.labels_of_videos(), model.num_labels)[worker, video]
    counts = replace(counted(model, right, seen), single=Single(worker, video, answer))
    found = compare(counts, "a", "b", np.random.default_rng(0), rules, primary_only=True)
    assert found is not None  # noqa: S101  everybody answered
    return found.smallest_p


@dataclass(frozen=True, slots=True)
class Floor:
    """The smallest p of the planned tests, alone and adjusted for all of them."""

    p_value: float
    adjusted: float
    comparisons: int


def floor(plan: Plan) -> Floor | None:
    """The floor of the planned comparisons, of that with the smallest; None where there is nothing to compare."""
    family = plan.family
    if not family:
        return None
    videos = plan.videos
    p = min(smallest_p(videos[a], videos[b], plan.most_workers, plan.rules) for a, b in family)
    # Of the joint distribution of max-T nothing is known before the answers.
    factor = len(family) if plan.rules.adjustment == "holm" else 1
    return Floor(p, min(1.0, p * factor), len(family))


def refusal(plan: Plan) -> str | None:
    """Why a study is too small for its tests, and what to do; None where it is not."""
    found, alpha = floor(plan), 1 - plan.rules.confidence
    if found is None or found.adjusted < alpha:
        return None
    after = f" after Holm over {found.comparisons} comparisons" if found.adjusted > found.p_value else ""
    return (
        "this study is too small: with all answers right for one method and all wrong for the other, "
        f"p would be {probability(found.adjusted)}{after}, not below {alpha:g}; {_remedy(plan, found, alpha)}"
    )


def _remedy(plan: Plan, found: Floor, alpha: float) -> str:
    ways = []
    if found.p_value < alpha:
        ways.append("name fewer comparisons in the plan")
    few_people = plan.answers_per_video < FEW
    if few_people:
        ways.append("let more people see each video")
    if plan.rules.primary_test == "sign-flip":
        ways.append('show more labels, or choose primary_test = "auto"')
    elif plan.rules.target == "new-labels":
        ways.append('show more labels, or choose target = "new-videos"')
    elif plan.rules.target == "new-videos":
        ways.append("show more videos of each method")
    elif not few_people:
        ways.append("let more people see each video")
    return ", or ".join(ways)


def warnings(plan: Plan) -> list[str]:
    """What is so little that a comparison rests on chance; each with what to do."""
    found = []
    if plan.family and plan.answers_per_video < FEW:
        found.append(
            f"only {number(plan.answers_per_video)} people see each video: ask for {FEW} answers per video or more, "
            "since fewer say little of other people"
        )
    compared = {method: sum(plan.videos[method].values()) for pair in plan.family for method in pair}
    few = {method: videos for method, videos in compared.items() if videos < FEW}
    if few and plan.rules.target != "these-videos":
        shown = ", ".join(f"{method} {videos}" for method, videos in sorted(few.items()))
        found.append(
            f"fewer than {FEW} videos of a method ({shown}): show {FEW} or more of each, since fewer say little of "
            'other videos, or plan for target = "these-videos"'
        )
    return found
