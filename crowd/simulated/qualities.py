"""How good simulated participants find each video, for questions other than naming."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path

from crowd.csvfile import reading
from crowd.design.design import Design
from crowd.questions.question import Question
from crowd.spreadsheet import from_cell
from crowd.texts import as_read
from crowd.videos.metadata import Video

#: Gives the quality of a video in respect of a question, on a logit scale where 0 is middling.
Qualities = Callable[[Question, Video], float]
#: The column that holds for every question without a column of its own.
ALL = "quality"


def all_alike(question: Question, video: Video) -> float:
    """Every video is middling, so that nothing is preferred."""
    return 0.0


def by_method(strengths: Mapping[str, float]) -> Qualities:
    """The quality of a video is that of its method; 0 of methods that are not named."""
    return lambda question, video: strengths.get(video.method, 0.0)


def from_table(path: str | Path, design: Design) -> Qualities:
    """From a CSV with the column `method` or `video_id`, and `quality` or a column per question id.

    A question without a column of its own takes `quality`.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no such table, or lacks a method or video of the design.
    """
    file, asked = Path(path), [question.id for question in design.questions]
    with reading(file) as reader:
        names = [as_read(from_cell(name)) for name in reader.fieldnames or ()]
        reader.fieldnames = names
        key = next((name for name in ("video_id", "method") if name in names), None)
        if key is None or not {ALL, *asked} & set(names):
            raise ValueError(
                f"{file}: needs the column method or video_id, and {ALL} or one per question ({', '.join(asked)}); has"
                f" {', '.join(names) or 'none'}"
            )
        rows = {
            as_read(from_cell(row[key] or "")): {
                name: _number(row[name], f"{file}:{reader.line_num}") for name in names if name in (ALL, *asked)
            }
            for row in reader
        }
    missing = next((video for video in design.videos if getattr(video, key) not in rows), None)
    if missing:
        raise ValueError(f"{file}: no row for {key} {getattr(missing, key)!r}")

    def quality(question: Question, video: Video) -> float:
        row = rows[getattr(video, key)]
        return row.get(question.id, row.get(ALL, 0.0))

    return quality


def _number(cell: str | None, place: str) -> float:
    try:
        value = float(cell or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{place}: a quality must be a number, is {cell!r}")
    return value
