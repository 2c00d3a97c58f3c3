"""The codebook: each column of the released answers, with its type, its meaning and the values that it has."""

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from crowd.design.design import Design
from crowd.questions.text import Text
from crowd.task.answers import COLUMNS
from crowd.task.answers_file import cell
from crowd.texts import counted

if TYPE_CHECKING:
    import pandas as pd

#: What each column means; docs/formats.md says more.
MEANINGS = {
    "worker_id": "Pseudonym of the participant, in this release alone",
    "video_id": "The video; empty for pairs, sets and questions about the person",
    "method": "What made the video",
    "label": "The right answer: what the video should show",
    "answer": "What was answered, see the rows of the questions below",
    "kind": "evaluation; gold, training and attention items never enter estimates",
    "simulated": "Whether the participant is a program",
    "position": "Place of the item in its task, from 0",
    "options": "JSON list of the options that were shown, in the order of the study, not as shown",
    "submitted_at": "Day of the submission (UTC); the clock says which task of that day it was of the participant's",
    "time_to_play_s": "Seconds from the item's appearance until its video played",
    "time_to_answer_s": "Seconds from the item's appearance to the answer",
    "watched_fraction": "Share of the video that was seen",
    "replays": "How often the video was played again",
    "stalls": "How often the video halted",
    "playback_errors": "How often the video failed to play",
    "focus_losses": "How often the participant left the page",
    "comment": "The participant's remark on the whole task",
    "excluded": "The rule that leaves the row out of the primary analysis; empty where it counts",
    "question": "Id of the question",
    "question_kind": "Kind of the question",
    "prompt": "The text that the videos were made from, or their label",
    "left_video_id": "Of a pair, the video on the left as shown",
    "right_video_id": "Of a pair, the video on the right as shown",
    "left_method": "What made the left video",
    "right_method": "What made the right video",
    "quiz": "How the quiz about the instructions ended: passed or failed; empty without one",
}
_HEADER = ("column", "question", "type", "meaning", "values")
_TYPES = {"string": "text", "bool": "true or false", "int32": "whole number", "double": "number"}
#: A column with more different values than this has its number of values listed, not the values.
_MOST_VALUES = 30
#: Columns whose values say nothing by themselves, or are what participants wrote.
_UNLISTED = ("worker_id", "submitted_at", "comment", "options")


def codebook(rows: "pd.DataFrame", design: Design) -> str:
    """The codebook as CSV: a row per column, and one per question for its answers."""
    lines = io.StringIO()
    table = csv.writer(lines)
    table.writerow(_HEADER)
    for name in rows.columns:
        values = _values(rows[name], COLUMNS[name], listed=name not in _UNLISTED)
        table.writerow((name, "", _TYPES[COLUMNS[name]], MEANINGS[name], values))
    table.writerows(_of_questions(rows, design))
    return lines.getvalue()


def _of_questions(rows: "pd.DataFrame", design: Design) -> Iterator[tuple[str, ...]]:
    for question in design.questions:
        own = rows.loc[rows["question"] == question.id, "answer"] if "question" in rows else rows["answer"]
        yield (
            "answer",
            question.id,
            question.KIND,
            question.text,
            _values(own, "string", listed=question.KIND != Text.KIND),
        )


def _values(column: "pd.Series[Any]", kind: str, *, listed: bool) -> str:
    """The values that the column has, in words; unless `listed`, texts are only counted."""
    known = column[column.notna() & (column.astype(str) != "")]
    if known.empty:
        return "none"
    if kind in ("int32", "double"):
        numbers = known.astype(float)
        return f"{numbers.min():g} to {numbers.max():g}"
    found = sorted({str(cell(value)) for value in known})
    if kind == "string" and (not listed or len(found) > _MOST_VALUES):
        return counted(len(found), "different text")
    return " | ".join(found)
