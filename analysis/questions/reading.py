"""Read the rows of a question: each distinct word once, so that no row is ever a Python object."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from analysis.answers import listed_options
from analysis.cleaning import KINDS, NUMBER, NUMBERED, WORDS, tidy
from analysis.columns import COMMON, PAIR_METHODS, PAIR_VIDEOS, QUESTION, TELEMETRY
from analysis.database import AnswersDatabase
from analysis.encoding import check_weights, coded_workers
from analysis.questions.kinds import fixed_words
from analysis.questions.rows import Column, Question, QuestionRows
from analysis.shown import Workers, texts
from crowd.texts import apart, as_read, lookalikes

#: Columns that name the same things, by the name that their codes share.
SHARED = dict.fromkeys(PAIR_VIDEOS, "video_id") | dict.fromkeys(PAIR_METHODS, "method")

#: A time that was not recorded comes after all others.
NEVER = np.iinfo(np.int64).max


def read_workers(database: AnswersDatabase) -> tuple[Workers, dict[str, int]]:
    """Everybody in the table, in the order of their ids, and the code of each spelling.

    Raises:
        ValueError: a row has no participant, a weight that is no number of at least 0, or does not say clearly whether
            it is a program.
    """
    query = tidy(database.types, decimal_comma=database.table.decimal_comma, origin=f"({NUMBERED})")
    database.connection.execute(f"CREATE OR REPLACE TEMP VIEW tidy AS {query}")
    if "weight" in database.types:
        check_weights(database.connection, database.name)
    return coded_workers(database.connection, database.name, database.types, database.reader)


def read_rows(
    database: AnswersDatabase, question: Question, workers: Workers, codes: Mapping[str, int]
) -> QuestionRows:
    """The rows of a question, control items among them, in the order of the table.

    Args:
        database: the table.
        question: one of its questions.
        workers: everybody in the table.
        codes: the code of each spelling of a participant.

    Raises:
        ValueError: a row has no answer, its `kind` is unknown, or two methods look alike; the message names the row.
    """
    connection, types = database.connection, database.types
    origin = f"({NUMBERED})" if question.rows == "source" else question.rows
    query = tidy(types, decimal_comma=database.table.decimal_comma, origin=origin)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW question_rows AS {query}")
    names = [name for name in (*WORDS, "excluded") if name in types and name not in ("worker_id", *QUESTION)]
    words = {}
    for group in dict.fromkeys(SHARED.get(name, name) for name in names):
        members = [name for name in names if SHARED.get(name, name) == group]
        words[group] = _dictionary(database, group, members, fixed_words(question.kind) if group == "answer" else ())
    _register(database, "worker_id", codes)
    found = _coded(database, names)
    rows = QuestionRows(
        table=database.name,
        question=question,
        number=found[NUMBER],
        worker=found["worker_id"].astype(np.intp),
        workers=workers,
        columns={name: Column(words[SHARED.get(name, name)], found[name].astype(np.intp)) for name in names},
        telemetry={name: found[name].astype(float) for name in TELEMETRY if name in types},
        submitted_at=found["submitted_at"],
        weighted="weight" in types,
        options=_options(database),
    )
    rows.require(COMMON[1:])
    _check_kinds(rows)
    if alike := lookalikes(rows.methods()):
        raise ValueError(f"{database.name}: methods {apart(*alike)}; write one method one way")
    return rows


def _dictionary(
    database: AnswersDatabase, group: str, members: Sequence[str], fixed: Collection[str] = ()
) -> list[str]:
    """The words of some columns in their order, and the table of the codes of their spellings.

    A word that is one of the `fixed` ones but for capitals is that one.
    """
    each = " UNION ALL ".join(f"SELECT {name} AS spelt FROM question_rows" for name in members)  # noqa: S608  ours
    query = f"SELECT DISTINCT spelt FROM ({each}) WHERE spelt IS NOT NULL"  # noqa: S608  ours
    read = {
        spelt: word.lower() if word.lower() in fixed else word
        for (spelt,) in database.connection.execute(query).fetchall()
        if (word := database.reader.word(spelt)) is not None
    }
    words = sorted(set(read.values()))
    place = {word: code for code, word in enumerate(words)}
    _register(database, group, {spelt: place[word] for spelt, word in read.items()})
    return words


def _register(database: AnswersDatabase, group: str, codes: Mapping[str, int]) -> None:
    columns = {"spelt": texts(list(codes)), "code": np.array(list(codes.values()), np.int32)}
    database.connection.register("spellings", columns)
    database.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE codes_{group} AS SELECT CAST(spelt AS VARCHAR) AS spelt, code FROM spellings"  # noqa: S608
    )
    database.connection.unregister("spellings")


def _coded(database: AnswersDatabase, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Every column as an array, rows in the order of the table."""
    columns, joins = [f"t.{NUMBER}"], []
    for name in ("worker_id", *names):
        columns.append(f"coalesce(c_{name}.code, -1) AS {name}")
        joins.append(f"LEFT JOIN codes_{SHARED.get(name, name)} AS c_{name} ON c_{name}.spelt = t.{name}")
    columns += [f"t.{name}" for name in TELEMETRY if name in database.types]
    time = f"{NEVER}"
    if "submitted_at" in database.types:
        time = f"coalesce(epoch_ns(TRY_CAST(t.submitted_at AS TIMESTAMP)), {NEVER})"
    columns.append(f"{time}::BIGINT AS submitted_at")
    query = f"SELECT {', '.join(columns)} FROM question_rows t {' '.join(joins)} ORDER BY t.{NUMBER}"  # noqa: S608
    found = database.connection.execute(query).fetchnumpy()
    return {name: np.ma.filled(np.ma.asarray(values), np.nan) for name, values in found.items()}


def _options(database: AnswersDatabase) -> tuple[str, ...]:
    """The options that the first row with any was shown.

    Raises:
        ValueError: they are no JSON list of words.
    """
    if "options" not in database.types:
        return ()
    query = "SELECT CAST(options AS VARCHAR) FROM question_rows WHERE trim(CAST(options AS VARCHAR)) <> '' LIMIT 1"
    found = database.connection.execute(query).fetchone()
    return tuple(map(as_read, listed_options(database.name, found[0]))) if found else ()


def _check_kinds(rows: QuestionRows) -> None:
    """Refuse a kind of item that there is not."""
    for code, word in enumerate(rows.words("kind")):
        if word.lower() not in KINDS:
            rows.refuse(rows.code("kind") == code, f": kind {word!r} is none of {', '.join(KINDS)}")
