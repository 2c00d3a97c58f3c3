"""The answers table: turns what a participant's page sends into rows with a documented schema."""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from crowd import fileformat
from crowd.atomic_write import draft_of
from crowd.csvfile import reading
from crowd.design.design import Design
from crowd.spreadsheet import as_cell
from crowd.studydir import StudyDirectory

#: Columns of the answers table with their Arrow types, in order; docs/formats.md says what they mean.
COLUMNS = {
    "worker_id": "string",
    "video_id": "string",
    "method": "string",
    "label": "string",
    "answer": "string",
    "kind": "string",
    "simulated": "bool",
    "assignment_id": "string",
    "hit_id": "string",
    "position": "int32",
    "options": "string",
    "option_seed": "int64",
    "submitted_at": "string",
    "time_to_play_s": "double",
    "time_to_answer_s": "double",
    "watched_fraction": "double",
    "replays": "int32",
    "stalls": "int32",
    "playback_errors": "int32",
    "focus_losses": "int32",
    "comment": "string",
    "excluded": "string",
}
#: Prefix of an item's field in what the page sends; the value is JSON.
ITEM_FIELD = "item."
#: The field with the options in the order shown, for all items; pages of earlier releases sent them with each item.
OPTIONS_FIELD = "options"
_COUNTS = ("replays", "stalls", "playback_errors", "focus_losses")
_SECONDS = ("time_to_play_s", "time_to_answer_s")

#: How many rows are converted to columns at a time.
_ROWS_AT_ONCE = 20_000
#: Largest count of replays, errors and the like of one item.
MOST_ERRORS = 1_000_000
#: Limits on the JSON of an item, far above what the study's page sends; anything beyond them is not stored.
MOST_CHARACTERS, DEEPEST, MOST_DIGITS = 100_000, 20, 40
_STRING, _BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL), re.compile(r"[\[\]{}]")
_LONG_NUMBER = re.compile(rf"[0-9]{{{MOST_DIGITS + 1}}}")


def parse_answer_xml(xml: str) -> dict[str, str]:
    """The fields of a QuestionFormAnswers document.

    Raises:
        ValueError: it is not well-formed, or declares entities.
    """
    try:
        root = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise ValueError(f"answer: not QuestionFormAnswers XML ({type(error).__name__}: {error})") from error
    if _local_name(root.tag) != "QuestionFormAnswers":
        raise ValueError(f"answer: is <{_local_name(root.tag)}>, not <QuestionFormAnswers>")
    answers: dict[str, str] = {}
    for answer in root:
        parts = {_local_name(part.tag): part.text or "" for part in answer}
        if "QuestionIdentifier" in parts:
            answers[parts["QuestionIdentifier"]] = parts.get("FreeText", "")
    return answers


def item_sent(fields: Mapping[str, str], key: str) -> dict[str, Any] | None:
    """What the page sent for an item; None if it sent nothing.

    Raises:
        ValueError: it is not a JSON object, or not one that could be stored.
    """
    text = fields.get(ITEM_FIELD + key)
    if text is None:
        return None
    sent = _json(text, f"item {key}")
    if not isinstance(sent, dict):
        raise ValueError(f"item {key}: not a JSON object")
    return sent


def _json(text: str, name: str) -> Any:
    if not is_bounded(text):
        raise ValueError(f"{name}: too long, too deep or too many digits")
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"{name}: not JSON") from error


def is_bounded(text: str) -> bool:
    """Whether the length, nesting and digits of an item's JSON are within the limits, so that it is safe to parse."""
    if len(text) > MOST_CHARACTERS:
        return False
    bare = _STRING.sub("", text)
    depths = accumulate(1 if bracket in "[{" else -1 for bracket in _BRACKET.findall(bare))
    return not _LONG_NUMBER.search(bare) and max(depths, default=0) <= DEEPEST


def whole(value: Any, most: int) -> int | None:
    """The value if it is a whole number from 0 to `most`, else None."""
    return value if type(value) is int and 0 <= value <= most else None


def answer_rows(
    design: Design,
    hit_key: str,
    assignment_id: str,
    hit_id: str,
    worker_pseudonym: str,
    submitted_at: str,
    simulated: bool,
    fields: Mapping[str, str],
) -> list[dict[str, Any]]:
    """One row per answered item of the assignment, with the columns in order; skipped items have no row.

    Raises:
        ValueError: the fields are not what this study's page sends; the message names the assignment.
    """
    kept = {
        "worker_id": worker_pseudonym,
        "simulated": simulated,
        "assignment_id": assignment_id,
        "hit_id": hit_id,
        "submitted_at": submitted_at,
        "comment": fields.get("comment", "").strip(),
        "excluded": "",
    }
    shown = _json(fields.get(OPTIONS_FIELD, "null"), f"assignment {assignment_id}, {OPTIONS_FIELD}")
    rows = []
    for item in design.hit(hit_key).items:
        try:
            sent = item_sent(fields, item.key)
        except ValueError as error:
            raise ValueError(f"assignment {assignment_id}, {error}") from error
        if sent is None or sent.get("answer") is None:
            continue
        sent = {"options": shown, **sent}
        video = design.video(item.video_id)
        row = {**kept, "video_id": video.video_id, "method": video.method, "label": video.label, "kind": item.kind}
        row |= _checked(sent, design.options, f"assignment {assignment_id}, item {item.key}")
        rows.append({name: row[name] for name in COLUMNS})
    return rows


def write_answers(study_dir: Path | str, rows: Sequence[Mapping[str, Any]], funnel: Mapping[str, Any]) -> None:
    """Write the answers table, as Parquet and as CSV, and the funnel to `study_dir`, each atomically.

    Raises:
        OSError: the directory cannot be written.
    """
    import pyarrow as pa  # slow to import, and not needed by the platform, which only reads answers
    import pyarrow.parquet as pq

    files = StudyDirectory(study_dir)
    schema = pa.schema(
        [(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()], metadata=fileformat.stamp_of_answers()
    )
    with draft_of(files.answers) as draft, pq.ParquetWriter(draft, schema) as table:
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            some = [dict(row) for row in rows[start : start + _ROWS_AT_ONCE]]
            table.write_table(pa.Table.from_pylist(some, schema=schema))
    with draft_of(files.answers_csv) as draft, draft.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, COLUMNS)
        writer.writeheader()
        for row in rows:
            writer.writerow({name: cell(row[name]) for name in COLUMNS})
    fileformat.save(files.funnel, funnel)


def read_parquet(path: Path) -> list[dict[str, Any]]:
    """The rows of a Parquet file from `write_answers`.

    Raises:
        OSError, pyarrow.ArrowException: it cannot be read.
        NewerFileError: a newer release wrote it.
    """
    import pyarrow.parquet as pq  # slow to import

    table = pq.read_table(path)
    fileformat.check_answers(path, {key.decode(): text.decode() for key, text in (table.schema.metadata or {}).items()})
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def read_csv(path: Path) -> list[dict[str, Any]]:
    """The rows of a CSV file from `write_answers`; all values are text, and ``""`` for none.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not a CSV file.
    """
    with reading(path) as lines:
        return list(lines)


def _local_name(tag: str) -> str:
    return tag.rpartition("}")[2]


def cell(value: Any) -> Any:
    """The value as written to answers.csv."""
    return str(value).lower() if isinstance(value, bool) else as_cell(value)


def _checked(sent: Mapping[str, Any], options: Sequence[str], name: str) -> dict[str, Any]:
    """The item's own columns. An invalid measurement becomes None.

    Raises:
        ValueError: the options or the answer are not the study's.
    """
    shown = sent.get("options")
    if not isinstance(shown, list) or sorted(map(str, shown)) != sorted(options):
        raise ValueError(f"{name}: options shown are not the study's")
    if sent["answer"] not in options:
        raise ValueError(f"{name}: answer {str(sent['answer'])[:80]!r} is no option")
    watched = _number(sent.get("watched_fraction"))
    return {
        "answer": sent["answer"],
        "options": json.dumps(shown, ensure_ascii=False),
        "option_seed": whole(sent.get("option_seed"), 2**32 - 1),
        "position": whole(sent.get("position"), 10_000),
        "watched_fraction": None if watched is None else min(watched, 1.0),
        **{column: _number(sent.get(column)) for column in _SECONDS},
        **{column: whole(sent.get(column), MOST_ERRORS) for column in _COUNTS},
    }


def _number(value: Any) -> float | None:
    """The value if it is a number from 0 to 1e9, else None."""
    return float(value) if type(value) in (int, float) and 0 <= value <= 1e9 else None
