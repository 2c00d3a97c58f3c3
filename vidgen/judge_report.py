"""judge.json: the machine judge's figures for a videos directory. Read without torch."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vidgen.atomic_write import write_text
from vidgen.fileformat import UNSAID, VERSION, WRITTEN_BY, check, stamp

FILE = "judge.json"
NOTICE = (
    "Figures of a machine judge, a classifier trained on other drawings than the generator's networks. "
    "They are a pre-flight check and replace no people."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodFigures:
    """The figures of one method; rates are fractions from 0 to 1, and None where the method has no such video."""

    n_videos: int
    """Number of videos."""
    accuracy: float | None
    """Fraction of the videos whose labels the judge names."""
    object_accuracy: float | None
    """Of the videos of one label: fraction with the right object."""
    direction_accuracy: float | None
    """Of the videos of one label: fraction with the right direction."""
    forced_accuracy: float | None = None
    """Of the videos of one label: fraction whose label is the likeliest class, "Other" and "Unclear" left out."""
    unclear: float | None
    """Of the videos of one label: fraction answered "Unclear"."""
    other: float | None
    """Of the videos of one label: fraction answered "Other"."""
    background_error: float | None
    """Mean absolute difference from white over the four fifths of the pixels nearest to white."""
    diversity: float | None
    """Mean distance (root mean square) between videos of one label, at a quarter of the resolution."""
    nearest_training_distance: float | None
    """Mean distance (root mean square) to the nearest of 100 training clips of the label, likewise."""
    accuracy_by_label: dict[str, float | None]
    """Accuracy by label."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DatasetFigures:
    """Figures of the dataset's own clips, for comparison."""

    background_error: float
    """As that of a method."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgeReport:
    """The contents of judge.json."""

    schema_version: int
    """Version of this file's schema."""
    written_by: str
    """The release that wrote it, such as "vidgen 0.1.0"."""
    notice: str
    """That a machine judged, and that this replaces no people."""
    threshold: float
    """The probability below which the judge answers "Unclear"."""
    dataset: DatasetFigures
    """Figures of the dataset's own clips."""
    methods: dict[str, MethodFigures]
    """Figures by method."""

    @classmethod
    def of(cls, threshold: float, dataset: DatasetFigures, methods: dict[str, MethodFigures]) -> "JudgeReport":
        """A report of these figures by this release."""
        return cls(**stamp(FILE), notice=NOTICE, threshold=threshold, dataset=dataset, methods=methods)

    @classmethod
    def load(cls, path: Path) -> "JudgeReport":
        """Read a judge.json of this or an earlier release.

        Raises:
            ValueError: it is damaged, or a newer release wrote it.
            OSError: it cannot be read.
        """
        try:
            table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            check(path, table, FILE)
            return cls(
                schema_version=table.get(VERSION, UNSAID),
                written_by=table.get(WRITTEN_BY, ""),
                notice=table["notice"],
                threshold=table["threshold"],
                dataset=DatasetFigures(**table["dataset"]),
                methods={name: MethodFigures(**figures) for name, figures in table["methods"].items()},
            )
        except (AttributeError, KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"{path}: is damaged, or no file of `vidgen judge` ({error})") from error

    def save(self, path: Path) -> None:
        """Write the report as JSON, atomically.

        Raises:
            OSError: it cannot be written.
        """
        write_text(path, json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n")
