"""Answers tables: what is refused and in which words, what is set aside, what any source gives alike."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from analysis.answers import read_answers
from analysis.counts import count
from analysis.setaside import set_aside
from tests.analysis.tables import table


def small() -> pd.DataFrame:
    return table({"a": 0.8, "b": 0.4}, labels=("cat", "dog"), videos=2, workers=4)


def changed(row: int, **values: object) -> Callable[[], pd.DataFrame]:
    def make() -> pd.DataFrame:
        frame = small().astype(object)
        for name, value in values.items():
            if name not in frame:
                frame[name] = ""
            frame.loc[row, name] = value
        return frame

    return make


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: small().drop(columns="answer"), "no column answer; an answers table has worker_id"),
        (lambda: small().head(0), "holds no answers"),
        (changed(4, answer="truck"), "row 5: answer 'truck' is no option; the options are cat, dog, Other, Unclear"),
        (changed(7, worker_id=None), "row 8 has no worker_id"),
        (changed(2, video_id=" "), "row 3 has no video_id"),
        (changed(2, label=None), "row 3 has no label"),
        (changed(2, label="dog"), "video 'a/cat/0' has two values of label: cat, dog"),
        (changed(2, method="c"), "video 'a/cat/0' has two values of method: a, c"),
        (changed(3, kind="odd"), "row 4: kind 'odd' is none of evaluation, gold, training, attention"),
        (changed(3, simulated="perhaps"), "row 4: simulated is 'perhaps', neither true nor false"),
        (lambda: small().assign(kind="gold"), "holds no evaluation answers, only gold"),
        (lambda: small().assign(label="Other"), "row 1: 'Other' cannot be a label"),
        (lambda: small().assign(options="cat,dog"), "options 'cat,dog' is not a JSON list"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("as_file", [False, True])
def test_broken_tables(make: Callable[[], pd.DataFrame], message: str, as_file: bool, tmp_path: Path) -> None:
    """A broken table is refused on one line that says what and where, as a DataFrame and as a file alike."""
    source: pd.DataFrame | Path = make()
    if as_file:
        path = tmp_path / "answers.csv"
        source.to_csv(path, index=False)
        source = path
    with pytest.raises(ValueError, match=r".*") as caught:
        read_answers(source)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "an empty file"),
        ("noise.csv", bytes(range(256)) * 9, "not a readable table"),
        ("noise.parquet", b"PAR1xx", "not a readable table"),
        ("answers.txt", b"a", "an answers table is a .csv or a .parquet file"),
    ],
)
def test_unreadable_files(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    """A file that is no table is named in one line."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match="^" + str(path)) as caught:
        read_answers(path)
    assert message in str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is an OSError."""
    with pytest.raises(FileNotFoundError):
        read_answers(tmp_path / "none.csv")


def test_every_source_gives_the_same_counts(tmp_path: Path) -> None:
    """A DataFrame, a CSV with a strange name and a Parquet file of the same answers are counted alike."""
    frame = small()
    odd = tmp_path / "it's [odd]*.csv"
    frame.to_csv(odd, index=False)
    frame.to_parquet(tmp_path / "answers.parquet")
    tables = []
    for source in (frame, odd, tmp_path / "answers.parquet"):
        with read_answers(source) as answers:
            tables.append(count(answers).by_video.tolist())
    assert tables[0] == tables[1] == tables[2]


def test_repeated_answers() -> None:
    """Of a participant's several answers to one video the first submitted counts, whatever the order of rows."""
    frame = pd.DataFrame(
        {
            "worker_id": ["w", "w", "w", "v"],
            "video_id": ["x", "x", "y", "x"],
            "method": "a",
            "label": "cat",
            "answer": ["Other", "cat", "cat", "cat"],
            "submitted_at": ["2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", "", ""],
        }
    )
    with read_answers(frame) as answers:
        steps = set_aside(answers)
        counts = count(answers)
    assert [(step.name, step.removed) for step in steps] == [("repeated answers", 1)]
    assert counts.right().tolist() == [2, 1]


def test_exclusions_are_those_declared() -> None:
    """Rows that name a rule in `excluded` stay out of accuracy and stand in the funnel with their rule."""
    frame = small().assign(excluded="")
    frame.loc[:2, "excluded"] = "min_watched_fraction"
    with read_answers(frame) as answers:
        steps = set_aside(answers)
        assert count(answers).num_answers == len(frame) - 3
        assert count(answers, "true").num_answers == len(frame)
    assert [(step.rule, step.removed) for step in steps] == [("excluded at collection: min_watched_fraction", 3)]


def test_several_labels_stay_out_of_the_primary_analysis() -> None:
    """Videos of several labels are counted in the funnel, their parts are options, and accuracy leaves them out."""
    frame = small()
    frame.loc[frame["video_id"] == "a/cat/0", "label"] = "cat + horse"
    with read_answers(frame) as answers:
        assert answers.labels == ["cat", "dog", "horse"]
        steps = set_aside(answers)
        assert count(answers).num_answers == len(frame) - 4
    assert [(step.name, step.removed) for step in steps] == [("videos of several labels", 4)]


def test_options_of_the_page_are_options(tmp_path: Path) -> None:
    """An option that no video has as its label is known from the column `options` or from the study."""
    frame = small()
    frame.loc[0, "answer"] = "horse"
    with read_answers(frame, extra_options=["horse"]) as answers:
        assert "horse" in answers.labels
    with read_answers(frame.assign(options='["cat", "dog", "horse", "Other", "Unclear"]')) as answers:
        assert "horse" in answers.labels
