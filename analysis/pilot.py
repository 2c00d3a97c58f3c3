"""A pilot's answers as a basis for planning: the variances of its two methods, and how many labels these share."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.comparisons import layout_of
from analysis.counts import Counts, count
from analysis.exclusions import apply_exclusions
from analysis.formats import number, points
from analysis.questions.table import read_table
from analysis.scoring import score
from analysis.variance_components import Components, of_answers
from analysis.wording.power import SMALL


@dataclass(frozen=True, slots=True)
class Pilot:
    """What a pilot shows about its two methods."""

    components: Components
    #: How many labels both methods have.
    labels: int
    lines: list[str]
    mark: str


def read_pilot(path: Path, columns: Mapping[str, str]) -> Pilot:
    """The variances of a pilot's two most accurate methods, real clips last.

    Raises:
        ValueError: the pilot has not two methods, or its answers do not vary.
    """
    with read_table(path, columns=columns) as table:
        answers = table.naming
        if answers is None:
            raise ValueError(f"{path}: has no naming question, from which alone power is computed")
        apply_exclusions(answers)
        counts = count(answers)
        methods = [name for name in answers.methods if counts.where(methods=[name]).num_answers]
        own = [name for name in methods if name != "real"] if len(methods) > 2 else methods
        # As in a report without planned pairs: the two most accurate.
        own = sorted(own, key=lambda name: (name == "real", -_share_right(counts.where(methods=[name]))))
        if len(own) < 2:
            raise ValueError(f"{path}: a pilot needs two methods, has {', '.join(methods)}")
        codes = counts.methods.index(own[0]), counts.methods.index(own[1])
        layout = layout_of(score(counts.where(methods=own[:2])), codes)
        components = of_answers(layout)
        videos, people = int(layout.num_videos.sum(axis=1).min()), layout.scored.counts.num_present_workers()
        labels = max(1, int(layout.counting.sum()))
        programs = answers.workers.simulated.any()
    if components.video + components.worker_method + components.residual <= 0:
        raise ValueError(
            f"{path}: the answers to all videos of {own[0]} are alike, and so are those of {own[1]}: "
            "this pilot says nothing of how answers vary; plan without it (--accuracy)"
        )
    line = (
        f"variances: from {own[0]} and {own[1]} of {path}{', simulated answers' if programs else ''} "
        f"(SD in points: videos {points(components.video**0.5)}, "
        f"participant × method {points(components.worker_method**0.5)})"
    )
    rests = f"the pilot rests on {number(videos)} videos of each method and {number(people)} participants"
    small = [f"{SMALL} {name}" for name, value in (("videos", videos), ("participants", people)) if value < SMALL]
    if small:
        rests += f", fewer than {' or '.join(small)}: its variances are uncertain, and so is all that follows"
    mark = "Variances from simulated participants, not people" if programs else "Variances from a pilot"
    return Pilot(components, labels, [line, rests], mark)


def _share_right(counts: Counts) -> float:
    return float(counts.right().sum() / counts.by_video.sum())
