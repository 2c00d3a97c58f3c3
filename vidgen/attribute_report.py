"""attributes.json: the attribute judge's figures for a directory of captioned videos. Read without torch."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from vidgen.atomic_write import write_text
from vidgen.fileformat import stamp

FILE = "attributes.json"
NOTICE = (
    "Figures of a machine judge, a detector trained on other drawings than the generator's networks. "
    "They are a pre-flight check and replace no people."
)
#: What is judged: of each object, and of each video.
OF_OBJECTS, OF_VIDEOS = ("object", "color", "size", "motion"), ("count", "relation")


@dataclass(frozen=True, kw_only=True, slots=True)
class AttributeShare:
    """How often an attribute is as the caption says; captions that leave it open do not count."""

    n: int
    """Number of objects, or of videos for count and relation."""
    n_videos: int
    """Number of their videos."""
    accuracy: float
    """Fraction that is right."""
    low: float
    """Lower end of Wilson's 95 % interval with the number of videos, as the objects of a video are not independent."""
    high: float
    """Upper end."""

    @classmethod
    def of(cls, right: list[bool], n_videos: int) -> "AttributeShare":
        """The share of what is right among so many videos."""
        from statsmodels.stats.proportion import proportion_confint  # slow to load

        accuracy = sum(right) / len(right)
        low, high = proportion_confint(accuracy * n_videos, n_videos, method="wilson")
        return cls(n=len(right), n_videos=n_videos, accuracy=accuracy, low=float(low), high=float(high))


@dataclass(frozen=True, kw_only=True, slots=True)
class CaptionFigures:
    """The figures of some videos; an attribute that no caption says is missing."""

    n_videos: int
    """Number of videos."""
    attributes: dict[str, AttributeShare]
    """Figures by attribute: object, color, size, motion, count, relation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodAttributes:
    """The figures of one method."""

    all: CaptionFigures
    """Of all its videos."""
    seen: CaptionFigures
    """Of those without a held-out combination of object, motion and colour."""
    held_out: CaptionFigures
    """Of the others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AttributeReport:
    """The contents of attributes.json."""

    schema_version: int
    """Version of this file's schema."""
    written_by: str
    """The release that wrote it, such as "vidgen 0.1.0"."""
    notice: str
    """That a machine judged, and that this replaces no people."""
    methods: dict[str, MethodAttributes]
    """Figures by method."""

    @classmethod
    def of(cls, methods: dict[str, MethodAttributes]) -> "AttributeReport":
        """A report of these figures by this release."""
        return cls(**stamp(FILE), notice=NOTICE, methods=methods)

    def save(self, path: Path) -> None:
        """Write the report as JSON, atomically.

        Raises:
            OSError: it cannot be written.
        """
        write_text(path, json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n")
