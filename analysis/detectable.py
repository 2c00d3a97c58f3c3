"""The smallest difference between two methods that a planned study is likely to find."""

from dataclasses import dataclass, replace

from analysis.naming.floor import PlannedComparisons
from analysis.planning import smallest_difference
from analysis.power_question import PowerQuestion
from crowd.design.design import Design
from crowd.design.planning import Needs
from crowd.design.study import Study


@dataclass(frozen=True, kw_only=True, slots=True)
class Detectable:
    """True differences of two accuracies that are found with a chance of 80 %; 1 or more means none."""

    with_fewest: float
    """With `fewest_workers`, who do all tasks."""
    with_most: float
    """With `most_workers`, who do one task each."""
    fewest_workers: int
    most_workers: int
    power_options: tuple[str, ...]
    """Options of `vidgen power` that ask the same."""


def detectable(study: Study, design: Design, needs: Needs, plan: PlannedComparisons) -> Detectable | None:
    """What the planned comparison with the fewest videos is likely to find, under the assumptions of `vidgen power`.

    Args:
        study: its settings.
        design: its options.
        needs: its participants and answers.
        plan: its methods and comparisons.

    Returns:
        The differences; None where no two methods have two videos each.

    Raises:
        ValueError: the design cannot exist.
    """
    compared = {method for pair in plan.family for method in pair}
    fewest = min((sum(plan.videos[method].values()) for method in compared), default=0)
    if fewest < 2:
        return None
    asked = PowerQuestion(
        videos=fewest,
        classes=min(len(design.options) - 2, fewest),
        workers=needs.fewest_workers,
        answers_per_video=study.answers_per_video,
        confidence=study.confidence,
        comparisons=plan.shared_level,
    )
    options: list[object] = ["--videos", asked.videos, "--classes", asked.classes]
    options += ["--answers-per-video", asked.answers_per_video]
    options += ["--confidence", f"{asked.confidence:g}"] if asked.confidence != 0.95 else []
    options += ["--comparisons", asked.comparisons] if asked.comparisons > 1 else []
    return Detectable(
        with_fewest=smallest_difference(asked),
        with_most=smallest_difference(replace(asked, workers=needs.most_workers)),
        fewest_workers=needs.fewest_workers,
        most_workers=needs.most_workers,
        power_options=tuple(map(str, [*options, "--workers", asked.workers])),
    )
