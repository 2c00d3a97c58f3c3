"""Columns by other names: what is said of them, and what is advised."""

from pathlib import Path

import pandas as pd
import pytest

from analysis import analyse
from analysis.answers import read_answers
from analysis.columns import find_columns

EXPORTS = {
    "Mechanical Turk": (
        "HITId,AssignmentId,WorkerId,WorkTimeInSeconds,Input.video_id,Input.method,Input.label,Answer.category",
        "--column worker_id=WorkerId --column video_id=Input.video_id --column method=Input.method "
        "--column label=Input.label --column answer=Answer.category",
    ),
    "Prolific": (
        "Submission id,Participant id,Status,video,model,truth,response",
        "--column 'worker_id=Participant id'",
    ),
    "Qualtrics": ("StartDate,EndDate,ResponseId,Q1,Q2", "a table of Qualtrics has a column per question"),
    "Google Forms": (
        "Timestamp,Email Address,What does video 1 show?",
        "a table of Google Forms has a column per question",
    ),
    "Label Studio": ("id,video,annotator,choice,lead_time", "--column worker_id=annotator --column video_id=video"),
    "typing slips": ("Worker ID,videoid,Method,LABEL,anwser", "--column answer=anwser"),
}


@pytest.mark.parametrize("export", EXPORTS)
def test_other_peoples_exports(tmp_path: Path, export: str) -> None:
    """A table with other names is refused on one line: what is missing, what was found, and what to write."""
    header, advice = EXPORTS[export]
    path = tmp_path / "a.csv"
    path.write_text(header + "\n" + ",".join("x" for _ in header.split(",")) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"^[^\n]*a\.csv: no column worker_id[^\n]*$") as caught:
        read_answers(path)
    assert f"found {header.replace(',', ', ')}" in str(caught.value)
    assert advice in str(caught.value)


def test_what_was_found_is_not_said_to_be_missing() -> None:
    """Only missing columns are named and only they get advice, in Python as an argument."""
    frame = pd.DataFrame({"WorkerId": ["w"], "video_id": "a", "method": "m", "label": "x", "Answer.category": "x"})
    with pytest.raises(
        ValueError, match=r"^the answers: no column worker_id, answer; found WorkerId, video_id"
    ) as caught:
        read_answers(frame)
    assert "pass columns={'worker_id': 'WorkerId', 'answer': 'Answer.category'}" in str(caught.value)
    report = analyse(frame, columns={"worker_id": "WorkerId", "answer": "Answer.category"})
    assert report.to_dict()["methods"][0]["n_answers"] == 1


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"worker": "WorkerId"},
            "an answers table has no column 'worker' (did you mean 'worker_id'?); it can have worker_id",
        ),
        (
            {"worker_id": "WorkrId"},
            "no column 'WorkrId' (did you mean 'WorkerId'?), which was said to be worker_id; found",
        ),
        ({"label": "answer"}, "no column answer; found"),
        ({"kind": "twice"}, "the column 'twice' stands 2 times in the header"),
    ],
)
def test_what_is_said_has_to_be_true(columns: dict[str, str], message: str) -> None:
    """Names that no table has, columns that are not there or stand twice, and one column for two are refused."""
    found = ["WorkerId", "worker_id", "video_id", "method", "label", "answer", "twice", "twice"]
    with pytest.raises(ValueError, match=r"^t: [^\n]*$") as caught:
        find_columns("t", found, columns)
    assert message in str(caught.value)


def test_columns_are_found_by_what_is_read() -> None:
    """Unseen characters and spaces around a name make no difference, and what is said comes before what is named."""
    found = ["worker_id", "video_id", "method", "label", "answer", "choice"]
    assert find_columns("t", found, {"answer": " choice "})["answer"] == 5
    assert find_columns("t", found)["answer"] == 4
