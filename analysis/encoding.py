"""From words to integers: the tables `answers` and `controls` that every later query reads."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import duckdb
import numpy as np

from analysis.cleaning import KINDS, Given, Reader, Shown, first_row, first_row_where
from analysis.columns import ITEM, TELEMETRY
from analysis.records.participants import ExclusionFlow, ExclusionStep
from analysis.shown import Videos, Workers, places, texts
from analysis.unanswered import NoAnswersLeftError
from crowd.texts import parts


def coded_videos(name: str, shown: Collection[Shown]) -> Videos:
    """One row per evaluated video, in the order of method and id.

    Raises:
        NoAnswersLeftError: there are control items only.
        ValueError: a video has two methods, labels or items.
    """
    known: dict[str, Shown] = {}
    kinds = set()
    for item in shown:
        kinds.add(item.kind)
        one = known.setdefault(item.video_id, item) if item.kind == "evaluation" else item
        if (one.method, one.label, one.item) != (item.method, item.label, item.item):
            raise ValueError(f"{name}: {_two_values(one, item)}")
    if not known:
        rows = sum(item.rows for item in shown)
        controls = ExclusionStep(name="gold, training and attention items", removed=rows, rule="never part of accuracy")
        message = f"{name}: holds no evaluation answers, only {', '.join(sorted(kinds))}"
        raise NoAnswersLeftError(message, ExclusionFlow(rows=rows, steps=[controls], counted=0), None)
    found = sorted((one.method, one.video_id, one.label, one.item) for one in known.values())
    method, video_id, label, pair = map(texts, zip(*found, strict=True))
    single = {text: len(parts(text)) == 1 for text in set(label)}
    return Videos(video_id, method, label, pair, np.array([single[text] for text in label], bool))


def _two_values(one: Shown, other: Shown) -> str:
    """What two descriptions of a video disagree in."""
    word = next(word for word in ("method", "label", "item") if getattr(one, word) != getattr(other, word))
    column = next(column for column in ITEM if column in other.spelt) if word == "item" else word
    values = sorted(getattr(described, word) for described in (one, other))
    return f"video {other.video_id!r} has two values of {column}: {', '.join(value or 'none' for value in values)}"


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
