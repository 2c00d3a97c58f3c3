"""Marks as an answers table has them: `none`, or JSON of a start, an end and what breaks."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Array = np.ndarray

#: The answer of those to whom nothing breaks.
NOTHING = "none"


@dataclass(frozen=True, slots=True)
class Spans:
    """Answers that were read; the fields are those of `analysis.moment.marks.Marks`."""

    kinds: list[str]
    start_s: Array
    end_s: Array
    kind: Array


def read_span(answer: str) -> tuple[float, float, str]:
    """Start and end in seconds, NaN where nothing breaks, and the kind of break, empty where none was asked for.

    Raises:
        ValueError: the answer is neither `none` nor such JSON.
    """
    if answer.strip() == NOTHING:
        return math.nan, math.nan, ""
    try:
        found = json.loads(answer)
        start, end, what = float(found["start_s"]), float(found["end_s"]), str(found.get("what") or "")
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValueError(f'answer {answer!r} is neither {NOTHING!r} nor {{"start_s": …, "end_s": …}}') from None
    if not 0 <= start <= end < math.inf:
        raise ValueError(f"answer {answer!r} goes from {start} to {end} s")
    return start, end, what


def read_spans(answers: Sequence[str]) -> Spans:
    """The spans, and the kinds of break in the order of the alphabet.

    Raises:
        ValueError: an answer is no mark.
    """
    rows = [read_span(answer) for answer in answers]
    kinds = sorted({what for _, _, what in rows if what})
    code = {what: place for place, what in enumerate(kinds)}
    start, end = (np.array([row[place] for row in rows], float) for place in (0, 1))
    return Spans(kinds, start, end, np.array([code.get(what, -1) for _, _, what in rows], np.intp))
