"""Whether the planned tests of a study can show even the largest difference, checked before anybody answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from analysis import formats
from analysis.comparisons import Rules, compare
from analysis.counts import Single
from analysis.formats import number, probability
from analysis.simulator import StudyModel, counted

#: Below so many participants, or videos of a method, a warning says what to do.
FEW = 5

#: More participants, and more videos of a method in a label, than these hardly change a floor.
MOST_WORKERS, MOST_VIDEOS = 200, 50


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedComparisons:
    """The videos that a study will show, how many people see them, and which differences it tests."""

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

    @property
    def shared_level(self) -> int:
        """How many comparisons share the level by Holm, 1 if none; for max-T that is not known before the answers."""
        return max(1, len(self.family)) if self.rules.adjustment == "holm" else 1


@dataclass(frozen=True, slots=True)
class Floor:
    """The smallest p-values that a comparison of two methods can give, before any adjustment."""

    #: Below which no outcome brings p: 1 where nothing can be inferred, that of a test by rearrangement, else 0.
    smallest: float
    #: The p where all answers to one method are right and all to the other wrong.
    extreme: float


def floor_of(first: Mapping[str, int], second: Mapping[str, int], workers: int, rules: Rules) -> Floor:
    """The floor of one comparison.

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
    return Floor(found.smallest_p, found.p_value)


def floor(plan: PlannedComparisons) -> Floor | None:
    """The floor of the planned comparisons, adjusted for all of them; None where there is nothing to compare."""
    family = plan.family
    if not family:
        return None
    found = [floor_of(plan.videos[a], plan.videos[b], plan.most_workers, plan.rules) for a, b in family]
    factor = plan.shared_level
    smallest, extreme = (min(getattr(each, name) for each in found) for name in ("smallest", "extreme"))
    return Floor(min(1.0, smallest * factor), min(1.0, extreme * factor))


def _after(plan: PlannedComparisons) -> str:
    return f" after Holm over {len(plan.family)} comparisons" if plan.shared_level > 1 else ""


def refusal(plan: PlannedComparisons) -> str | None:
    """Why no outcome of a study can show a difference, and what to do; None where one can."""
    found, alpha, level = floor(plan), 1 - plan.rules.confidence, formats.alpha(plan.rules.confidence)
    if found is None or found.smallest < alpha:
        return None
    return (
        "no outcome of this study can show a difference: p cannot be below "
        f"{probability(found.smallest)}{_after(plan)}, and must be below {level}; "
        f"{_remedy(plan, found.smallest, alpha)}"
    )


def _remedy(plan: PlannedComparisons, p: float, alpha: float) -> str:
    ways = []
    if p / plan.shared_level < alpha:
        ways.append("name fewer comparisons in the plan")
    few_participants = plan.answers_per_video < FEW
    if few_participants:
        ways.append("let more participants see each video")
    if plan.rules.primary_test == "sign-flip":
        ways.append('show more labels, or choose primary_test = "auto"')
    elif plan.rules.target == "new-labels":
        ways.append('show more labels, or choose target = "new-videos"')
    elif plan.rules.target == "new-videos":
        ways.append("show more videos of each method")
    elif not few_participants:
        ways.append("let more participants see each video")
    return ", or ".join(ways)


def warnings(plan: PlannedComparisons) -> list[str]:
    """Warnings of too few videos or participants, each with what to do."""
    found = []
    limits, alpha = floor(plan), 1 - plan.rules.confidence
    if limits is not None and limits.smallest < alpha <= limits.extreme:
        found.append(
            "this study is very small: with all answers right for one method and all wrong for the other p would be "
            f"{probability(limits.extreme)}{_after(plan)}; {_remedy(plan, limits.extreme, alpha)}"
        )
    if plan.family and plan.answers_per_video < FEW:
        people = f"{number(plan.answers_per_video)} participant{'s' if plan.answers_per_video > 1 else ''}"
        found.append(
            f"each video is seen by {people} only: ask for {FEW} answers per video or more, since fewer say little of "
            "other participants"
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
