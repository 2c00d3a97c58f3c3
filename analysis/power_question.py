"""What a power analysis is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from crowd.texts import printable

#: Who sees which methods: everybody both; half of the participants each; half of them both, the others one.
People = Literal["crossed", "nested", "half nested"]


@dataclass(frozen=True, kw_only=True)
class PowerQuestion:
    """What is asked about a comparison of two methods; `vidgen power` has an option for each field.

    Raises:
        ValueError: a value that it cannot have, or two that exclude each other; the message begins with the name.
    """

    videos: int | None = None
    """Videos of each method; None asks for the number that `difference` takes."""
    classes: int | None = None
    """Labels that both methods have; None: as many as the pilot has, or 11."""
    workers: int = 60
    """Participants."""
    answers_per_video: int | None = None
    """Answers to each video; None: everybody answers all that they may see."""
    difference: float | None = None
    """The true difference of the two accuracies to be found, a fraction; None asks for the smallest one."""
    accuracy: float = 0.65
    """Accuracy midway between the two methods."""
    power: float = 0.8
    """The probability that the difference is to be found with."""
    confidence: float = 0.95
    """Confidence of the intervals; 1 less it is the level of the test."""
    pilot: Path | None = None
    """An answers table whose two most accurate methods set the variances."""
    spread: float | None = None
    """Standard deviation of videos of one method and label on the logit scale; None: 1.0, or the pilot's."""
    interaction: float | None = None
    """Standard deviation of the participant × method interaction on the logit scale; None: 0.3, or the pilot's."""
    people: People = "crossed"
    """Who sees which methods."""
    comparisons: int = 1
    """Comparisons that share the level, by Holm."""
    studies: int = 0
    """How many studies to simulate; 0 for none."""
    seed: int = 0
    """Seed of the simulation."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """What the pilot calls its columns, where it has other names."""

    def __post_init__(self) -> None:
        """Check what no design checks."""
        for name in ("accuracy", "power", "confidence"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(f"{name}: must lie between 0 and 1, is {getattr(self, name)}")
        if self.power <= 1 - self.confidence:
            raise ValueError(f"power: must exceed {1 - self.confidence:g}, the level of the test, is {self.power}")
        if self.difference is not None and not 0 < self.difference < 1:
            raise ValueError(f"difference: must lie between 0 and 1, is {self.difference}")
        if self.videos is None and self.difference is None:
            raise ValueError("videos, difference: give one of them, to learn the other")
        if self.studies < 0:
            raise ValueError(f"simulate: must not be negative, is {self.studies}")
        if self.seed < 0:
            raise ValueError(f"seed: must not be negative, is {self.seed}")
        for name in ("spread", "interaction"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 5:
                raise ValueError(f"{name}: must lie between 0 and 5, is {value}")
            if value is not None and self.pilot is not None:
                raise ValueError(f"{name}: is what the pilot sets; leave one of them out")
        if self.people not in get_args(People):
            raise ValueError(f"people: must be one of {', '.join(get_args(People))}, is {self.people!r}")
        if self.people != "crossed" and self.pilot is not None:
            raise ValueError(f"people: {self.people} needs participants' own variance, which is not read from a pilot")
        if self.columns and self.pilot is None:
            raise ValueError("column: names a column of a pilot; give the pilot too")
        if self.comparisons < 1:
            raise ValueError(f"comparisons: must be at least 1, is {self.comparisons}")
        low, high = self.accuracies
        if not 0 < low < high < 1 and self.difference is not None:
            raise ValueError(f"difference: {self.difference} around an accuracy of {self.accuracy} leaves 0 to 1")

    @property
    def level(self) -> float:
        """The level at which the first of several comparisons is tested."""
        return (1 - self.confidence) / self.comparisons

    @property
    def answers(self) -> int:
        """Answers that each video gets."""
        seen = {"crossed": self.workers, "nested": self.workers // 2, "half nested": 3 * self.workers // 4}
        return max(1, seen[self.people]) if self.answers_per_video is None else self.answers_per_video

    @property
    def accuracies(self) -> tuple[float, float]:
        """The lower and the higher accuracy."""
        half = (self.difference or 0.0) / 2
        return self.accuracy - half, self.accuracy + half


@dataclass(frozen=True, slots=True)
class PowerAnswer:
    """What a power analysis found; `str()` gives its lines.

    Example:
        >>> import analysis
        >>> answer = analysis.power(difference=0.2, workers=40)
        >>> answer.lines[1]
        'needed for 20.0 points: 22 videos of each method'
        >>> answer.plot("power.svg")
    """

    lines: list[str]
    """What was found, in words; a line that begins with WARNING says what is too little."""
    curve: list[dict[str, Any]]
    """Detectable differences over videos, per number of participants: see `analysis.power_analysis.curve`."""
    marks: list[str]
    """What the variances rest on, for the foot of the plot."""

    def __str__(self) -> str:
        """The lines, as they may be printed."""
        return printable("\n".join(self.lines))

    def plot(self, path: str | Path) -> None:
        """Write the detectable difference over videos as a figure: .svg, .pdf or .png.

        Raises:
            ValueError: another kind of file.
            OSError: it cannot be written.
        """
        from analysis.figures import power_curve  # slow to load

        path = Path(path)
        path.write_bytes(power_curve(self.curve, path.suffix.lstrip(".").lower(), self.marks))
