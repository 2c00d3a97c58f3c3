"""Which questions an answers table has, and of which kind each is."""

from collections.abc import Iterable
from dataclasses import replace

from analysis.cleaning import NUMBERED, as_text
from analysis.columns import PAIR_METHODS, QUESTION
from analysis.database import AnswersDatabase
from analysis.questions.kinds import kinds
from analysis.questions.rows import Question
from crowd.texts import apart, lookalikes

#: The kind of a table that does not name it: of one with pairs of methods, and of any other.
PAIRS, USUAL = "preference", "naming"


def questions_of(database: AnswersDatabase, declared: Iterable[Question] = ()) -> list[Question]:
    """The questions of a table, those that were declared first, then by their first row.

    A table without the columns `question` and `question_kind` is one question.

    Raises:
        ValueError: a row names no question or an unknown kind, a question has two kinds, or two questions that no study
            file declares look alike; the message names the row, or both.
    """
    usual = PAIRS if set(PAIR_METHODS) & set(database.types) else USUAL
    if not set(QUESTION) & set(database.types):
        return [Question(id=usual, kind=usual)]
    known = {one.id: one for one in declared}
    found: dict[str, Question] = {}
    first: dict[str, int] = {}
    spelt_as: dict[str, list[tuple[str, str]]] = {}
    for spelt, spelt_kind, row in _spellings(database):
        kind = (database.reader.word(spelt_kind) or usual).lower()
        _check_kind(database.name, kind, row)
        word = database.reader.word(spelt) if "question" in database.types else kind
        if word is None:
            raise ValueError(f"{database.name}: row {row} has no question")
        asked = found.setdefault(word, replace(known.get(word, Question(id=word, kind=kind)), kind=kind))
        first.setdefault(word, row)
        if asked.kind != kind:
            raise ValueError(
                f"{database.name}: row {row}: question {word!r} has two kinds: {asked.kind} (row {first[word]}), {kind}"
            )
        spelt_as.setdefault(word, []).append((spelt, spelt_kind))
    if alike := lookalikes(word for word in found if word not in known):
        raise ValueError(f"{database.name}: questions {apart(*alike)}; write one question one way")
    order = [*(name for name in known if name in found), *(name for name in found if name not in known)]
    return [_with_rows(database, found[name], spelt_as[name]) for name in order]


def _check_kind(name: str, kind: str, row: int) -> None:
    if kind == QUESTION[1]:
        raise ValueError(f"{name}: row {row} repeats the header; leave it out, as where tables were put together")
    if kind not in kinds():
        raise ValueError(f"{name}: row {row}: question_kind {kind!r} is none of {', '.join(kinds())}")


def _spellings(database: AnswersDatabase) -> list[tuple[str, str, int]]:
    """Each way in which question and kind are written, blank as an empty text, with its first row."""
    written = ", ".join(f"{_written(database, name)} AS {name}" for name in QUESTION)
    query = f"SELECT {written}, min(table_row) AS row FROM ({NUMBERED}) GROUP BY ALL ORDER BY row"  # noqa: S608
    return [(spelt, kind, int(row)) for spelt, kind, row in database.connection.execute(query).fetchall()]


def _written(database: AnswersDatabase, name: str) -> str:
    return f"coalesce({as_text(name, database.types[name])}, '')" if name in database.types else "''"


def _with_rows(database: AnswersDatabase, question: Question, spelt: list[tuple[str, str]]) -> Question:
    """The question with the query of its rows."""
    columns = ", ".join(_written(database, name) for name in QUESTION)
    wanted = ", ".join(f"({_quoted(word)}, {_quoted(kind)})" for word, kind in spelt)
    rows = f"(SELECT * FROM ({NUMBERED}) WHERE ({columns}) IN ({wanted}))"  # noqa: S608  quoted
    return replace(question, rows=rows)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
