"""Where a metric's scores of videos come from: a column of the answers table, or of a study's metadata.csv."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analysis.cleaning import as_text
from analysis.columns import PAIR_VIDEOS
from analysis.database import AnswersDatabase
from crowd.csvfile import reading
from crowd.fileformat import parsed
from crowd.texts import as_read
from crowd.videos.metadata import TABLE

#: What follows a metric's name where smaller scores are better.
LOWER = ":lower"


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """An automatic metric of videos."""

    name: str
    lower_is_better: bool = False
    #: Its score of each video, by the video's id.
    scores: Mapping[str, float] = field(default_factory=dict)


def asked(texts: Iterable[str]) -> list[Metric]:
    """Metrics without scores from texts such as `clip_score` and `fvd:lower`."""
    return [Metric(name=as_read(text.removesuffix(LOWER)), lower_is_better=text.endswith(LOWER)) for text in texts]


def columns_of(metrics: Iterable[Metric]) -> list[str]:
    """The columns that an answers table may have for these metrics: one, or one for each video of a pair."""
    return [name for metric in metrics for name in (metric.name, f"left_{metric.name}", f"right_{metric.name}")]


def scores_in_table(database: AnswersDatabase, name: str) -> dict[str, float]:
    """A metric's scores by video from a column of the answers table; empty where it has none.

    Raises:
        ValueError: a score is no number, or a video has two.
    """
    found: dict[str, float] = {}
    for video, column in (("video_id", name), (PAIR_VIDEOS[0], f"left_{name}"), (PAIR_VIDEOS[1], f"right_{name}")):
        place = database.extra.get(column)
        if place is None or video not in database.types:
            continue
        query = f"SELECT DISTINCT {as_text(video, database.types[video])}, CAST({place} AS VARCHAR) FROM source"  # noqa: S608
        for spelt, text in database.connection.execute(query).fetchall():
            word, score = database.reader.word(spelt), number_in(database.name, name, text)
            if word is not None and score is not None and found.setdefault(word, score) != score:
                raise ValueError(
                    f"{database.name}: video {word!r} has two values of {name}: {found[word]:g}, {score:g}"
                )
    return found


def scores_in_metadata(design: Path, name: str) -> dict[str, float]:
    """A metric's scores by video from the metadata.csv of a study's videos as it is now; empty where it has none.

    Raises:
        ValueError: a score is no number, or a file is broken.
    """
    if not design.exists():
        return {}
    table = parsed(design)
    place = design.parent / table.get("videos_dir", "") / TABLE
    if not place.exists():
        return {}
    video = {one["file_name"]: one["video_id"] for one in table["videos"]}
    found: dict[str, float] = {}
    with reading(place) as rows:
        for row in rows:
            score = number_in(str(place), name, row.get(name))
            if score is not None and row.get("file_name") in video:
                found[video[row["file_name"]]] = score
    return found


def number_in(place: str, name: str, text: str | None) -> float | None:
    """A score, None where there is none."""
    if text is None or not text.strip():
        return None
    try:
        score = float(text)
    except ValueError:
        raise ValueError(f"{place}: {name} is {text!r}, no number") from None
    return score if math.isfinite(score) else None


def with_scores(metrics: Sequence[Metric], sources: Sequence[Mapping[str, Mapping[str, float]]]) -> list[Metric]:
    """The metrics with their scores from the first source that has any.

    Raises:
        ValueError: no source has scores of a metric.
    """
    found = []
    for metric in metrics:
        scores = next((source[metric.name] for source in sources if source.get(metric.name)), None)
        if not scores:
            raise ValueError(
                f"metric {metric.name!r}: no column of the answers table, and none of metadata.csv, has its scores"
            )
        found.append(Metric(name=metric.name, lower_is_better=metric.lower_is_better, scores=scores))
    return found
