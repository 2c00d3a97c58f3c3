"""The answers table of a release: new pseudonyms, days in place of times, and no text of a participant unless asked."""

import csv
import hashlib
import hmac
import io
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.bundle.identifiers import IdentifyingText, KnownIds, holds_any, looks_identifying
from crowd.design.design import Design
from crowd.questions.text import Text
from crowd.task.answers import COLUMNS
from crowd.task.answers_file import cell, read_csv, read_parquet
from crowd.texts import counted

if TYPE_CHECKING:
    import pandas as pd

#: Columns that name people or their work; from the seed of a page's order it can be found out whose page it was.
PRIVATE = ("assignment_id", "hit_id", "option_seed")
#: The column with participants' remarks.
COMMENT = "comment"
#: What an answer in words holds in a release without it.
WITHHELD = "[left out]"
#: Kinds of questions about the person whose answers together can tell who somebody is.
_TELLING = ("choice", "number")


@dataclass(frozen=True, slots=True)
class PublicAnswers:
    """The answers as they are published."""

    rows: "pd.DataFrame"
    """A row per answer, with columns of docs/formats.md."""
    removed: Sequence[str]
    """What was removed or replaced, a line each."""
    texts: Sequence[str]
    """What participants have written that is published."""

    def to_csv(self) -> str:
        """The table as text, for readers of CSV and for spreadsheets."""
        lines = io.StringIO()
        table = csv.writer(lines)
        table.writerow(self.rows.columns)
        table.writerows(map(cell, row) for row in self.rows.itertuples(index=False, name=None))
        return lines.getvalue()


def public_answers(path: Path, design: Design, known: KnownIds, *, with_text: bool) -> PublicAnswers:
    """The rows of an answers table of the study, without what identifies people.

    Rows are in the order of the new pseudonyms, and each participant's in their former order. The clock of
    `submitted_at` numbers a participant's tasks of one day in seconds from midnight, which keeps their order.

    Args:
        path: answers.parquet or answers.csv.
        design: of the study.
        known: ids that no text may hold.
        with_text: whether comments and answers in words stay, where they do not look identifying.
    """
    rows = _read(path)
    there = set(rows.columns)
    rows = rows.assign(**{name: "" for name in COLUMNS if name not in there})
    removed = (
        [f"columns of the table that are not the study's: {', '.join(unknown)}"] if (unknown := _unknown(rows)) else []
    )
    rows, people, days = _rekeyed(rows)
    removed += [
        f"pseudonyms: {people} replaced, by hashes with a key that was not kept",
        f"times of submission: {days} replaced by the day",
        f"columns {', '.join(PRIVATE)}: left out",
        "the order in which options were shown: they are in one order in every row",
    ]
    rows, more, texts = _without_texts(rows, known, with_text=with_text)
    rows["options"] = _in_one_order(rows["options"], design)
    names = [name for name in COLUMNS if name in there - set(PRIVATE) and (with_text or name != COMMENT)]
    return PublicAnswers(rows[names], [*removed, *more], texts)


def alone_in_their_answers(answers: PublicAnswers, design: Design) -> IdentifyingText | None:
    """How many participants answered the questions about themselves like nobody else; None where nobody did."""
    asked = [question.id for question in design.questions_about("person") if question.KIND in _TELLING]
    rows = answers.rows
    rows = rows[rows["question"].isin(asked)] if asked else rows[:0]
    if rows.empty:
        return None
    told = rows.sort_values("question").groupby("worker_id")["answer"].agg("\0".join)
    alone = int((told.value_counts() == 1).sum())
    if not alone:
        return None
    text = f"{counted(alone, 'participant')} answered {', '.join(asked)} like nobody else"
    return IdentifyingText(where="answers", kind="answers about the person", text=text, number=1)


def _read(path: Path) -> "pd.DataFrame":
    """The table as objects: None or an empty text where nothing is known."""
    import pandas as pd  # slow to import

    return pd.DataFrame(read_parquet(path) if path.suffix == ".parquet" else read_csv(path), dtype=object)


def _unknown(rows: "pd.DataFrame") -> list[str]:
    return [str(name) for name in rows.columns if name not in COLUMNS]


def _rekeyed(rows: "pd.DataFrame") -> tuple["pd.DataFrame", int, int]:
    """The rows with new pseudonyms, sorted by them, and days for times; how many of both were replaced."""
    key = secrets.token_bytes(32)
    workers = rows["worker_id"].unique()
    names = {worker: "p" + hmac.new(key, str(worker).encode(), hashlib.sha256).hexdigest()[:16] for worker in workers}
    rows = rows.assign(worker_id=rows["worker_id"].map(names))
    times = rows["submitted_at"].fillna("").astype(str)
    rows["submitted_at"] = _days(rows, times)
    return rows.sort_values("worker_id", kind="stable"), len(workers), int((times != "").sum())


def _days(rows: "pd.DataFrame", times: "pd.Series[str]") -> "pd.Series[str]":
    """The day of each time; its clock numbers the times of that day at which the participant sent tasks, from 0."""
    day = times.str.extract(r"^(\d{4}-\d\d-\d\d)", expand=False).fillna("")
    place = times.groupby([rows["worker_id"], day]).rank("dense").astype(int) - 1
    clock = place.map(lambda number: f"T{number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}+00:00")
    return (day + clock).where(day != "", "")


def _without_texts(
    rows: "pd.DataFrame", known: KnownIds, *, with_text: bool
) -> tuple["pd.DataFrame", list[str], list[str]]:
    """The rows without what participants wrote, or without what of it looks identifying; what was removed; the rest."""
    removed, kept = [], list[str]()
    in_words = rows["question_kind"] == Text.KIND
    for what, column, chosen, instead in (
        ("comments", COMMENT, rows[COMMENT].fillna("") != "", ""),
        ("answers in words", "answer", in_words & (rows["answer"].fillna("") != ""), WITHHELD),
    ):
        texts = [str(text) for text in rows.loc[chosen, column].unique()]
        ids = known.within(texts)
        bad = {text: reason for text in texts if (reason := _reason(text, ids, with_text=with_text))}
        reasons = rows.loc[chosen, column].map(bad).value_counts().sort_index()
        removed += [f"{what}: {counted(number, 'row')}, {reason}" for reason, number in reasons.items()]
        rows = rows.assign(**{column: rows[column].where(~(chosen & rows[column].isin(bad)), instead)})
        kept += [text for text in texts if text not in bad]
    return rows, removed, kept


def _reason(text: str, ids: Collection[str], *, with_text: bool) -> str | None:
    """Why a participant's text is left out; None where it stays."""
    if not with_text:
        return "left out, since texts were not asked for"
    if kind := looks_identifying(text):
        return f"left out, since they hold what looks like: {kind}"
    if holds_any(text, ids):
        return "left out, since they hold an id of the study"
    return None


def _in_one_order(options: "pd.Series[Any]", design: Design) -> "pd.Series[Any]":
    """The options as the study lists them; what it does not list, such as videos, in alphabetical order."""
    declared: Mapping[str, int] = {name: place for place, name in enumerate(design.options)}
    for question in design.questions:
        declared = {**{name: place for place, name in enumerate(question.option_texts)}, **declared}

    def sort(text: Any) -> Any:
        if not text:
            return ""
        listed = json.loads(text)
        return json.dumps(sorted(listed, key=lambda one: (declared.get(one, len(declared)), one)), ensure_ascii=False)

    return options.map({text: sort(text) for text in options.unique()})
