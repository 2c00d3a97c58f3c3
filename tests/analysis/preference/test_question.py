"""Reports on preferences: what is said where votes do not tell everything."""

import pandas as pd

from analysis import analyse
from analysis.records.questions import QuestionResult
from tests.analysis.questions.tables import preference_rows


def result(frame: pd.DataFrame) -> QuestionResult:
    (question,) = analyse(frame).questions
    return question


def one_way_round(frame: pd.DataFrame) -> pd.DataFrame:
    """Each vote with the method on the left whose name comes first."""
    turned = frame["left_method"] > frame["right_method"]
    swap = {"left_method": "right_method", "left_video_id": "right_video_id"}
    found = frame.copy()
    for left, right in swap.items():
        found.loc[turned, [left, right]] = frame.loc[turned, [right, left]].to_numpy()
    found.loc[turned, "answer"] = frame.loc[turned, "answer"].replace({"left": "right", "right": "left"})
    return found


def test_methods_that_always_stand_on_one_side_have_no_position_effect() -> None:
    """The report gives none, in the model either, and says that side and method cannot be told apart."""
    frame = one_way_round(preference_rows(methods=("a", "b"), strengths=(1.0, 0.0)))
    report = analyse(frame)
    (question,) = report.questions
    assert question.details.position is None
    assert question.details.model.position is None
    assert any("one way round only" in note for note in question.notes)
    page = report.to_html()
    assert "Side: " not in page
    assert "effect of the side." not in page.replace("No effect of the side is given.", "")
    assert "one way round only" in report.to_markdown()


def test_pairs_shown_one_way_round_are_named() -> None:
    """Where others were shown both ways round, which give the effect."""
    frame = preference_rows(methods=("a", "b", "c"))
    pair = frame["left_method"].isin(["a", "b"]) & frame["right_method"].isin(["a", "b"])
    question = result(pd.concat([one_way_round(frame[pair]), frame[~pair]], ignore_index=True))
    assert question.details.position is not None
    assert next(note for note in question.notes if "one way round" in note).startswith(
        "Shown one way round only: a and b."
    )
    assert not any("one way round" in note for note in result(frame).notes)


def test_strengths_and_words_in_one_question() -> None:
    """Both count in shares; a note says how many votes the mean strengths leave out."""
    frame = preference_rows(methods=("a", "b"), ties=0.0)
    numbers = frame.copy()
    numbers["answer"] = numbers["answer"].replace({"left": "-2", "right": "1"})
    mixed = numbers.copy()
    mixed.loc[:19, "answer"] = frame.loc[:19, "answer"]
    whole, found = result(numbers), result(mixed)
    assert found.comparisons == whole.comparisons
    assert found.details.pairs[0].strength is not None
    assert [note for note in found.notes if "not by how much" in note] == [
        "20 of 96 votes say which video is better and not by how much: all shares count them, mean strengths do not."
    ]
    assert not any("not by how much" in note for note in whole.notes)
