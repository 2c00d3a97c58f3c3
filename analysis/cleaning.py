"""The words of an answers table as people read them, checked.

Words are read and checked once per distinct value, never per row.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb

from analysis.columns import ITEM, PAIR_METHODS, PAIR_VIDEOS, QUESTION, REQUIRED, TELEMETRY
from crowd.spreadsheet import from_cell
from crowd.texts import as_read, label_as_read

#: What an empty cell of `excluded` says, and what a column of truth values says in its place.
_COUNTS = ("", "false", "f", "no", "n", "0")

#: The columns whose words are read as people read them.
WORDS = (*REQUIRED, "kind", *ITEM, *QUESTION, *PAIR_VIDEOS, *PAIR_METHODS)

#: The column with the number of a row in the table, from 1 below the header, and the rows with it.
NUMBER = "table_row"
NUMBERED = f"SELECT row_number() OVER () AS {NUMBER}, * FROM source"  # noqa: S608  a constant

#: What an item was there for; only evaluation items count towards accuracy.
KINDS = ("evaluation", "gold", "training", "attention")


@dataclass(frozen=True, slots=True)
class Shown:
    """A video that was shown, as read, and in how many rows; `spelt` has the words as they stand in the table."""

    spelt: dict[str, str | None]
    rows: int
    video_id: str
    method: str
    label: str
    kind: str
    #: What is the same across methods.
    item: str


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was given to a label, as read; `spelt` has the words as they stand in the table."""

    spelt: dict[str, str | None]
    label: str
    kind: str
    answer: str


@dataclass(slots=True)
class Reader:
    """Reads words, each distinct one once; blank ones as None."""

    #: Whether an apostrophe may stand before a word, as `crowd.spreadsheet` puts it.
    is_text: bool = False
    _words: dict[str | None, str | None] = field(default_factory=lambda: {None: None})
    _labels: dict[str | None, str | None] = field(default_factory=lambda: {None: None})

    def word(self, spelt: str | None) -> str | None:
        """The word as people read it."""
        if spelt not in self._words:
            assert spelt is not None  # noqa: S101  None is in the table from the start
            self._words[spelt] = as_read(from_cell(spelt) if self.is_text else spelt) or None
        return self._words[spelt]

    def label(self, spelt: str | None) -> str | None:
        """The label as people read it, of one part or several."""
        if spelt not in self._labels:
            word = self.word(spelt)
            self._labels[spelt] = label_as_read(word) if word else None
        return self._labels[spelt]


def tidy(types: Mapping[str, str], *, decimal_comma: bool = False, origin: str = "source") -> str:
    """SQL of the view `tidy`: words as text, blank kinds as NULL, numbers as numbers.

    Args:
        types: the type of each column of the table.
        decimal_comma: whether a comma may stand before decimals.
        origin: the view or the query in brackets that the rows come from; `NUMBERED` keeps their numbers.
    """
    columns = [f"{as_text(name, types[name])} AS {name}" for name in WORDS if name in types]
    if origin != "source":
        columns.append(NUMBER)
    if "assignment_id" in types:
        columns.append(f"nullif(trim({as_text('assignment_id', types['assignment_id'])}), '') AS assignment_id")
    if "excluded" in types:
        rule = f"trim({as_text('excluded', types['excluded'])})"
        columns.append(f"CASE WHEN lower({rule}) NOT IN {_COUNTS} THEN {rule} END AS excluded")
    columns += [
        f"{_finite(f'TRY_CAST({_number(name, types[name], decimal_comma)} AS FLOAT)')} AS {name}"
        for name in TELEMETRY
        if name in types
    ]
    if "weight" in types:
        written = _number("weight", types["weight"], decimal_comma)
        columns += [f"{written} AS weight_written", f"TRY_CAST({written} AS DOUBLE) AS weight"]
    columns += [name for name in ("simulated", "submitted_at", "options") if name in types]
    return f"SELECT {', '.join(columns)} FROM {origin}"  # noqa: S608  names from a list of ours


def as_text(name: str, kind: str) -> str:
    """SQL of a column as text; a whole number has no decimals."""
    if kind in ("FLOAT", "DOUBLE"):
        whole = f"CASE WHEN {name} = trunc({name}) AND abs({name}) < 1e15 THEN CAST(CAST({name} AS BIGINT) AS VARCHAR)"
        return f"({whole} WHEN isnan({name}) THEN NULL ELSE CAST({name} AS VARCHAR) END)"
    if kind == "BLOB":
        return f"decode({name})"
    return name if kind == "VARCHAR" else f"CAST({name} AS VARCHAR)"


def _number(name: str, kind: str, decimal_comma: bool) -> str:
    """SQL of a column of numbers as it is to be cast; blank and NaN are NULL."""
    if kind in ("FLOAT", "DOUBLE"):
        return f"(CASE WHEN isnan({name}) THEN NULL ELSE {name} END)"
    if kind != "VARCHAR":
        return name
    text = f"nullif(trim({name}), '')"
    if not decimal_comma:
        return text
    return f"(CASE WHEN contains({name}, ',') THEN replace(replace({text}, '.', ''), ',', '.') ELSE {text} END)"


def _finite(number: str) -> str:
    """SQL of a number that no program could have measured as NULL."""
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def read_shown(
    connection: duckdb.DuckDBPyConnection, name: str, types: Mapping[str, str], reader: Reader
) -> list[Shown]:
    """Every video that was shown, once for each way in which it is described.

    Raises:
        ValueError: a word is missing or a kind unknown; names the first row.
    """
    columns = ["video_id", "method", "label", *(column for column in ("kind", *ITEM) if column in types)]
    shown = []
    for spelt, rows in _distinct(connection, columns):
        read = _read(connection, name, spelt, reader)
        item = next((text for text in (reader.word(spelt.get(column)) for column in ITEM) if text), "")
        shown.append(Shown(spelt, rows, read["video_id"], read["method"], read["label"], read["kind"], item))
    return shown


def read_given(
    connection: duckdb.DuckDBPyConnection, name: str, types: Mapping[str, str], reader: Reader
) -> list[Given]:
    """Every answer that was given, by the label that it was given to.

    Raises:
        ValueError: an answer is missing; names the first row.
    """
    columns = ["label", "answer", *(["kind"] if "kind" in types else [])]
    given = []
    for spelt, _ in _distinct(connection, columns):
        read = _read(connection, name, spelt, reader)
        given.append(Given(spelt, read["label"], read["kind"], read["answer"]))
    return given


def _distinct(connection: duckdb.DuckDBPyConnection, columns: list[str]) -> Iterator[tuple[dict[str, str | None], int]]:
    query = f"SELECT {', '.join(columns)}, count(*) FROM tidy GROUP BY ALL"  # noqa: S608  names from a list of ours
    for *spelt, rows in connection.execute(query).fetchall():
        yield dict(zip(columns, spelt, strict=True)), rows


def _read(
    connection: duckdb.DuckDBPyConnection, name: str, spelt: Mapping[str, str | None], reader: Reader
) -> dict[str, str]:
    """The words as read; refuse blanks and unknown kinds."""
    words = {}
    for column, text in spelt.items():
        if column not in REQUIRED:
            continue
        word = reader.label(text) if column == "label" else reader.word(text)
        if word is None:
            raise ValueError(f"{name}: row {first_row(connection, {column: text})} has no {column}")
        words[column] = word
    words["kind"] = (reader.word(spelt.get("kind")) or KINDS[0]).lower()
    if words["kind"] not in KINDS:
        row = first_row(connection, {"kind": spelt["kind"]})
        raise ValueError(f"{name}: row {row}: kind {words['kind']!r} is none of {', '.join(KINDS)}")
    return words


def first_row(connection: duckdb.DuckDBPyConnection, spelt: Mapping[str, str | None]) -> int:
    """The number, from 1 below the header, of the first row with these words."""
    return first_row_where(
        connection, " AND ".join(f"{word} IS NOT DISTINCT FROM ?" for word in spelt), list(spelt.values())
    )


def first_row_where(connection: duckdb.DuckDBPyConnection, where: str, parameters: list[Any] | None = None) -> int:
    """The number, from 1 below the header, of the first row for which `where` holds."""
    numbered = any(row[0] == NUMBER for row in connection.execute("DESCRIBE tidy").fetchall())
    number = NUMBER if numbered else "row_number() OVER ()"
    query = f"SELECT min(row) FROM (SELECT {number} AS row, * FROM tidy) WHERE {where}"  # noqa: S608
    return int(connection.execute(query, parameters or []).fetchall()[0][0])
