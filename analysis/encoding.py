"""From words to integers: the tables `answers` and `controls` that every later query reads.

Words are read and checked once per distinct value, never per row: each table of codes has a line for every spelling.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np

from analysis.columns import ITEM, REQUIRED, TELEMETRY
from analysis.shown import Videos, Workers, places, texts
from crowd.design.texts import as_read, label_as_read, parts
from crowd.spreadsheet import from_cell

#: What an empty cell of `excluded` says, and what a column of truth values says in its place.
_COUNTS = ("", "false", "f", "no", "n", "0")

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


def tidy(types: Mapping[str, str], *, decimal_comma: bool = False) -> str:
    """SQL of the view `tidy`: words as text, blank kinds as NULL, numbers as numbers."""
    words = [*REQUIRED, *(name for name in ("kind", *ITEM) if name in types)]
    columns = [f"{_text(name, types[name])} AS {name}" for name in words]
    if "assignment_id" in types:
        columns.append(f"nullif(trim({_text('assignment_id', types['assignment_id'])}), '') AS assignment_id")
    if "excluded" in types:
        rule = f"trim({_text('excluded', types['excluded'])})"
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
    return f"SELECT {', '.join(columns)} FROM source"  # noqa: S608  names from a list of ours


def _text(name: str, kind: str) -> str:
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
    for column in (column for column in spelt if column in REQUIRED):
        word = (reader.label if column == "label" else reader.word)(spelt[column])
        if word is None:
            raise ValueError(f"{name}: row {first_row(connection, {column: spelt[column]})} has no {column}")
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
    query = f"SELECT min(row) FROM (SELECT row_number() OVER () AS row, * FROM tidy) WHERE {where}"  # noqa: S608
    return int(connection.execute(query, parameters or []).fetchall()[0][0])


def coded_videos(name: str, shown: Iterable[Shown]) -> Videos:
    """One row per evaluated video, in the order of method and id; refuse a video with two methods, labels or items."""
    known: dict[str, Shown] = {}
    kinds = set()
    for item in shown:
        kinds.add(item.kind)
        one = known.setdefault(item.video_id, item) if item.kind == "evaluation" else item
        for word in ("method", "label", "item"):
            values = sorted({getattr(one, word), getattr(item, word)})
            if len(values) > 1:
                column = next(column for column in ITEM if column in item.spelt) if word == "item" else word
                listed = ", ".join(value if value else "none" for value in values)
                raise ValueError(f"{name}: video {item.video_id!r} has two values of {column}: {listed}")
    if not known:
        raise ValueError(f"{name}: holds no evaluation answers, only {', '.join(sorted(kinds))}")
    rows = sorted((one.method, one.video_id, one.label, one.item) for one in known.values())
    method, video_id, label, pair = map(texts, zip(*rows, strict=True))
    single = {text: len(parts(text)) == 1 for text in set(label)}
    return Videos(video_id, method, label, pair, np.array([single[text] for text in label], bool))


def coded_workers(
    connection: duckdb.DuckDBPyConnection, name: str, types: Mapping[str, str], reader: Reader
) -> tuple[Workers, dict[str, int]]:
    """One row per worker, in the order of their ids, with whether it is a program; and each spelling's code."""
    flag = "false"
    if "simulated" in types:
        flag = "coalesce(bool_or(TRY_CAST(simulated AS BOOLEAN)), false)"
        bad = "trim(CAST(simulated AS VARCHAR)) <> '' AND TRY_CAST(simulated AS BOOLEAN) IS NULL"
        found = connection.execute(f"SELECT CAST(simulated AS VARCHAR) FROM tidy WHERE {bad} LIMIT 1").fetchone()  # noqa: S608
        if found:
            row = first_row_where(connection, bad)
            raise ValueError(f"{name}: row {row}: simulated is {found[0]!r}, neither true nor false")
    rows = connection.execute(f"SELECT worker_id, {flag} FROM tidy GROUP BY worker_id").fetchall()  # noqa: S608
    programs: dict[str, bool] = {}
    read: dict[str, str] = {}
    for spelt, simulated in rows:
        worker = reader.word(spelt)
        if worker is None:
            raise ValueError(f"{name}: row {first_row(connection, {'worker_id': spelt})} has no worker_id")
        read[spelt] = worker
        programs[worker] = programs.get(worker, False) or simulated
    names = sorted(programs)
    code = {worker: place for place, worker in enumerate(names)}
    workers = Workers(texts(names), np.array([programs[worker] for worker in names], bool))
    return workers, {spelt: code[worker] for spelt, worker in read.items()}


def check_weights(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Refuse a weight that is no number of at least 0."""
    bad = "weight_written IS NOT NULL AND NOT coalesce(weight >= 0 AND isfinite(weight), false)"
    found = connection.execute(f"SELECT CAST(weight_written AS VARCHAR) FROM tidy WHERE {bad} LIMIT 1").fetchone()  # noqa: S608
    if found:
        row = first_row_where(connection, bad)
        raise ValueError(f"{name}: row {row}: weight is {found[0]!r}, not a finite number of at least 0")


def write_coded(
    connection: duckdb.DuckDBPyConnection,
    types: Mapping[str, str],
    options: list[str],
    videos: Videos,
    workers: Mapping[str, int],
    shown: Iterable[Shown],
    given: Iterable[Given],
) -> None:
    """Write the tables `answers` and `controls` with integers for words."""
    option, video = _places(options), _places(videos.video_id)
    truth = places(videos.label, options)
    answers = {str(one.spelt["answer"]): option[one.answer] for one in given if one.answer in option}
    known = {str(one.spelt["video_id"]): video[one.video_id] for one in shown if one.kind == KINDS[0]}
    frames: dict[str, dict[str, list[Any]]] = {
        "worker_codes": {"worker_id": list(workers), "worker": list(workers.values())},
        "option_codes": {"answer": list(answers), "option": list(answers.values())},
        "known_videos": {
            "video_id": list(known),
            "video": list(known.values()),
            "truth": [int(truth[code]) for code in known.values()],
        },
        "kind_codes": _kinds(shown),
        "control_words": _controls(given),
    }
    for table, columns in frames.items():
        _dictionary(connection, table, columns)
    rest = "".join(f", t.{name}" for name in TELEMETRY if name in types)
    rest += ", hash(t.assignment_id) AS assignment" if "assignment_id" in types else ", worker AS assignment"
    rest += ", t.excluded" if "excluded" in types else ", NULL::VARCHAR AS excluded"
    rest += ", TRY_CAST(t.submitted_at AS TIMESTAMP) AS submitted_at" if "submitted_at" in types else ""
    weight = f", {_relative_weight(connection)} AS weight" if "weight" in types else ""
    integer, evaluated, join = _integer(len(options)), "", ""
    if "kind" in types:
        join = "JOIN kind_codes k ON k.spelt = coalesce(t.kind, '') "
        evaluated = "WHERE k.kind = 'evaluation'"
    connection.execute(
        f"CREATE TABLE answers AS SELECT worker, video, option::{integer} AS answer, option = truth AS correct"  # noqa: S608
        f"{rest}{weight} FROM tidy t JOIN worker_codes USING (worker_id) JOIN known_videos USING (video_id) "
        f"JOIN option_codes USING (answer) {join}{evaluated}"
    )
    controls = (
        f"SELECT worker, t.video_id, k.kind, c.correct{rest} FROM tidy t JOIN worker_codes USING (worker_id) {join}"  # noqa: S608
        "JOIN control_words c ON c.label = t.label AND c.answer = t.answer WHERE k.kind <> 'evaluation'"
        if join
        else f"SELECT worker, t.video_id, '' AS kind, false AS correct{rest} FROM tidy t "  # noqa: S608
        "JOIN worker_codes USING (worker_id) WHERE false"
    )
    connection.execute(f"CREATE TABLE controls AS {controls}")


def _relative_weight(connection: duckdb.DuckDBPyConnection) -> str:
    """SQL of the weight that an answer counts by: 1 on average, so that the unit of the column's numbers is nothing."""
    written = "coalesce(weight, 1)"
    largest = connection.execute(f"SELECT max({written}) FROM tidy").fetchall()[0][0]  # noqa: S608  a constant
    if not largest:
        return "0.0"
    # First by the largest: sums of huge weights are infinite, and equal ones become exactly 1.
    part = f"{written} / {largest!r}::DOUBLE"
    mean = connection.execute(f"SELECT avg({part}) FROM tidy").fetchall()[0][0]  # noqa: S608  numbers
    return f"{part.replace('weight', 't.weight')} / {mean!r}::DOUBLE"


def _kinds(shown: Iterable[Shown]) -> dict[str, list[Any]]:
    """What each spelling of a kind means; a blank one is an empty text."""
    kinds = {one.spelt.get("kind") or "": one.kind for one in shown}
    return {"spelt": list(kinds), "kind": list(kinds.values())}


def _controls(given: Iterable[Given]) -> dict[str, list[Any]]:
    """Whether each answer to each label of the controls is right."""
    words = [
        (str(one.spelt["label"]), str(one.spelt["answer"]), one.answer in parts(one.label))
        for one in given
        if one.kind != KINDS[0]
    ]
    found = {(label, answer): right for label, answer, right in words}
    labels, answers = [label for label, _ in found], [answer for _, answer in found]
    return {"label": labels, "answer": answers, "correct": list(found.values())}


def _places(words: Iterable[str]) -> dict[str, int]:
    return {word: place for place, word in enumerate(words)}


def _integer(count: int) -> str:
    """The smallest type that holds so many codes."""
    return "UTINYINT" if count <= 2**8 else "USMALLINT" if count <= 2**16 else "UINTEGER"


#: The columns of the tables of codes that hold no words.
_CODES = {"worker": "INTEGER", "option": "INTEGER", "video": "INTEGER", "truth": "INTEGER", "correct": "BOOLEAN"}


def _dictionary(connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, list[Any]]) -> None:
    """A table of codes."""
    arrays = {name: np.array(values) if name in _CODES else texts(values) for name, values in columns.items()}
    chosen = ", ".join(f"CAST({name} AS {_CODES.get(name, 'VARCHAR')}) AS {name}" for name in columns)
    connection.register("arrays", arrays)
    connection.execute(f"CREATE TEMP TABLE {table} AS SELECT {chosen} FROM arrays")  # noqa: S608
    connection.unregister("arrays")
