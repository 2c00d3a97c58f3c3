"""Answers tables with questions of several kinds: how they are split, and what is refused in which words."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import analysis
from analysis.cleaning import Reader
from analysis.questions.table import read_table
from tests.analysis.questions.tables import naming_rows, preference_rows
from tests.analysis.tables import table

KIND_COLUMNS = ["question", "question_kind"]


def both() -> pd.DataFrame:
    return pd.concat([naming_rows(), preference_rows()], ignore_index=True)


def changed(row: int, column: str, value: object) -> Callable[[], pd.DataFrame]:
    def make() -> pd.DataFrame:
        frame = both().astype(object)
        frame.loc[row, column] = value
        return frame

    return make


def test_a_table_is_split_by_question() -> None:
    """Each question has its own rows, in the order of the table, and numbers of rows are those of the table."""
    frame = both().sample(frac=1, random_state=1).reset_index(drop=True)
    with read_table(frame) as read:
        votes = frame[frame["question"] == "overall"]
        assert {question.id: question.kind for question in read.questions} == {
            "naming": "naming",
            "overall": "preference",
        }
        assert read.naming is not None
        assert read.naming.count() == len(frame) - len(votes)
        rows = read.rows["overall"]
        assert (rows.number == votes.index + 1).all()
        for name in ("answer", "prompt", "left_method", "right_video_id"):
            assert [rows.words(name)[code] for code in rows.code(name)] == list(votes[name])
        assert [rows.workers.worker_id[code] for code in rows.worker] == list(votes["worker_id"])
        assert read.source["rows"] == len(frame)


def test_words_are_read_once_and_not_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rows have a word, it is read for each column that has it, not for each row."""
    read: Counter[str | None] = Counter()
    word = Reader.word

    def counted(self: Reader, spelt: str | None) -> str | None:
        read[spelt] += 1
        return word(self, spelt)

    monkeypatch.setattr(Reader, "word", counted)
    frame = preference_rows()
    with read_table(frame):
        assert read["left"] == 1
        assert max(read.values()) <= len(frame.columns)


def test_questions_stand_in_the_order_of_the_table() -> None:
    """Without a declaration the first question of the table is the first of the report."""
    frame = pd.concat([preference_rows(question="b"), preference_rows(question="a"), naming_rows()])
    with read_table(frame) as read:
        assert [question.id for question in read.questions] == ["b", "a", "naming"]


def test_a_table_without_question_is_one_naming_question() -> None:
    """The five columns of every earlier table are one question called naming."""
    with read_table(table({"a": 0.8}, labels=("cat", "dog"))) as read:
        assert [(question.id, question.kind) for question in read.questions] == [("naming", "naming")]
        assert read.naming is not None
        assert not read.rows


def test_a_table_of_pairs_is_one_question_of_preference() -> None:
    """Columns of two methods without a kind make a question called preference, here without video ids."""
    frame = preference_rows().drop(columns=[*KIND_COLUMNS, "left_video_id", "right_video_id"])
    with read_table(frame) as read:
        assert [(question.id, question.kind) for question in read.questions] == [("preference", "preference")]
        assert len(read.rows["preference"]) == len(frame)


def test_kinds_alone_name_the_questions() -> None:
    """Without `question` each kind is one question."""
    with read_table(both().drop(columns="question")) as read:
        assert [question.id for question in read.questions] == ["naming", "preference"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            changed(100, "answer", "lefft"),
            "row 101: answer 'lefft' is none of left, tie, both_good, both_bad, right, nor a",
        ),
        (changed(100, "answer", "4"), "row 101: answer '4' is none of"),
        (changed(100, "answer", None), "row 101 has no answer"),
        (changed(100, "question", " "), "row 101 has no question"),
        (changed(100, "question_kind", "taste"), "row 101: question_kind 'taste' is none of "),
        (
            changed(100, "question_kind", "naming"),
            "row 101: question 'overall' has two kinds: preference (row 97), naming",
        ),
        (changed(100, "question", "Overall"), "questions 'overall' and 'Overall' differ in capitals only; write one"),
        (changed(100, "question_kind", "question_kind"), "row 101 repeats the header"),
        (
            changed(100, "left_method", ""),
            "row 101 has no left_method, which question 'overall', of kind preference, needs",
        ),
        (changed(100, "worker_id", ""), "row 101 has no worker_id"),
        (changed(100, "kind", "odd"), "row 101: kind 'odd' is none of evaluation"),
        (changed(100, "left_method", "\u043eurs"), "methods 'ours' and '\u043eurs' look alike"),
        (changed(3, "answer", "truck"), "row 4: answer 'truck' is no option"),
        (
            lambda: preference_rows().drop(columns="right_method"),
            "no column right_method, which question 'overall', of",
        ),
        (lambda: both().drop(columns="label"), "no column label"),
        (lambda: both().drop(columns="worker_id"), "no column worker_id; found "),
    ],
)
@pytest.mark.parametrize("as_file", [False, True])
def test_broken_tables(make: Callable[[], pd.DataFrame], message: str, as_file: bool, tmp_path: Path) -> None:
    """A broken table is refused on one line that says what and where."""
    source: pd.DataFrame | Path = make()
    if as_file:
        path = tmp_path / "answers.csv"
        source.to_csv(path, index=False)
        source = path
    with pytest.raises(ValueError, match=r".*") as caught:
        read_table(source)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_answers_to_gold_items_alone_make_no_report() -> None:
    """Such a table can be read, and its report is refused."""
    with pytest.raises(ValueError, match="holds no evaluation answers, only gold"):
        analysis.analyse(both().assign(kind="gold"))


def test_control_items_may_ask_for_anything() -> None:
    """What an attention item asks for is no answer of the question's kind, and is not refused."""
    frame = preference_rows()
    control = frame.head(1).assign(kind="attention", answer="the second", label="the second")
    with read_table(pd.concat([frame.assign(kind="evaluation"), control])) as read:
        assert len(read.rows["overall"]) == len(frame) + 1
