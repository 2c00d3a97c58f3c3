"""Answers tables: what is refused and in which words, what is set aside, what any source gives alike."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.answers import read_answers
from analysis.counts import count
from analysis.exclusions import apply_exclusions
from tests.analysis.tables import table
from tests.analysis.workbook import write_workbook


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
        (
            lambda: small().drop(columns="answer"),
            "no column answer; found worker_id, video_id, method, label, simulated",
        ),
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
        (
            changed(4, answer="Cat"),
            "row 5: answer 'Cat' is no option; the options are cat, dog, Other, Unclear; 'Cat' and",
        ),
        (changed(4, answer="c\u0430t"), "look alike but differ at character 2: U+0430, U+0061"),
        (
            lambda: small().replace("dog", "CAT"),
            "row 1: options 'CAT' and 'cat' differ in capitals only; people cannot",
        ),
        (
            lambda: small().replace("b", "\u0430"),
            "methods 'a' and '\u0430' look alike but differ at character 1: U+0061, ",
        ),
        (changed(3, weight="-1"), "row 4: weight is '-1', not"),
        (changed(3, weight="inf"), "row 4: weight is 'inf', not a finite number of at least 0"),
        (changed(3, weight="nan"), "row 4: weight is 'nan', not a finite number of at least 0"),
        (changed(3, weight="much"), "row 4: weight is 'much', not a finite number of at least 0"),
        (changed(3, pair="p"), "video 'a/cat/0' has two values of pair: none, p"),
        (lambda: changed(0, prompt="q")().replace("", "p"), "video 'a/cat/0' has two values of prompt: p, q"),
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
        (
            "answers.doc",
            b"a",
            "an answers table is a .parquet, .xlsx, .xlsm, .csv, .tsv, .txt, .csv.gz, .tsv.gz or .txt.gz file",
        ),
        ("bom.csv", b"\xef\xbb\xbf", "an empty file"),
        ("blank.csv", b"\r\n\r\n", "an empty file"),
        ("broken.csv.gz", b"\x1f\x8b\x08\x00 no", "not a readable table: broken gzip"),
        ("plain.csv.gz", b"worker_id,answer", "not a readable table: broken gzip"),
        ("broken.xlsx", b"PK no", "not a readable table: no workbook"),
        ("bytes.csv", b"worker_id,\x81\n", "not UTF-8 or Windows-1252 text"),
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
    """A DataFrame and every kind of file, one with a strange name among them, are counted alike."""
    frame = small()
    odd = tmp_path / "it's [odd]*.csv"
    frame.to_csv(odd, index=False)
    frame.to_parquet(tmp_path / "answers.parquet")
    frame.to_csv(tmp_path / "answers.tsv", sep="\t", index=False)
    frame.to_csv(tmp_path / "semicolons.csv", sep=";", index=False)
    frame.to_csv(tmp_path / "answers.txt.gz", sep="\t", index=False)
    frame.to_csv(tmp_path / "utf-16.csv", encoding="utf-16", index=False)
    write_workbook(tmp_path / "answers.xlsx", [list(frame.columns), *frame.to_numpy().tolist()])
    tables = []
    sources = [frame, odd, *sorted(set(tmp_path.iterdir()) - {odd})]
    assert len(sources) == 8
    for source in sources:
        with read_answers(source) as answers:
            tables.append(count(answers).by_video.tolist())
    assert all(one == tables[0] for one in tables)


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
        steps = apply_exclusions(answers)
        counts = count(answers)
    assert [(step.name, step.removed) for step in steps] == [("repeated answers", 1)]
    assert counts.right().tolist() == [2, 1]


def test_exclusions_are_those_declared() -> None:
    """Rows that name a rule in `excluded` stay out of accuracy and stand in the funnel with their rule."""
    frame = small().assign(excluded="")
    frame.loc[:2, "excluded"] = "min_watched_fraction"
    with read_answers(frame) as answers:
        steps = apply_exclusions(answers)
        assert count(answers).num_answers == len(frame) - 3
        assert count(answers, "true").num_answers == len(frame)
    assert [(step.rule, step.removed) for step in steps] == [("excluded at collection: min_watched_fraction", 3)]


def test_several_labels_stay_out_of_the_primary_analysis() -> None:
    """Videos of several labels are counted in the funnel, their parts are options, and accuracy leaves them out."""
    frame = small()
    frame.loc[frame["video_id"] == "a/cat/0", "label"] = "cat + horse"
    with read_answers(frame) as answers:
        assert answers.labels == ["cat", "dog", "horse"]
        steps = apply_exclusions(answers)
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


def test_text_that_reads_alike_is_one() -> None:
    """Composed and decomposed accents, blanks and unseen characters make one label, answer, worker and video."""
    frame = pd.DataFrame(
        {
            "worker_id": ["w\u00a01", "w 1\u200b", "w 2"],
            "video_id": ["v", "u", "v "],
            "method": ["ours", "real", " ours"],
            "label": ["caf\u00e9", "cafe\u0301", "caf\u00e9"],
            "answer": ["cafe\u0301", "caf\u00e9 ", "Other\n"],
            "kind": ["", "Evaluation ", None],
        }
    )
    with read_answers(frame, extra_options=["cafe\u0301"]) as answers:
        assert answers.options == ["caf\u00e9", "Other", "Unclear"]
        assert list(answers.workers.worker_id) == ["w 1", "w 2"]
        assert list(answers.videos.video_id) == ["v", "u"]
        assert count(answers).right().tolist() == [1, 1]


@pytest.mark.parametrize("label", ["writing 2+2=4", "C++ code"])
def test_a_plus_without_spaces_joins_nothing(label: str) -> None:
    """Labels with pluses in them are single ones and enter the primary analysis."""
    frame = small().replace("cat", label)
    with read_answers(frame) as answers:
        assert label in answers.labels
        assert count(answers).num_answers == len(frame)


def test_what_is_no_unicode_is_refused() -> None:
    """A lone surrogate in a DataFrame is one clear line."""
    with pytest.raises(ValueError, match=r"^the answers: a text that is no Unicode: [^\n]*$"):
        read_answers(changed(3, worker_id="w\ud800")())


def test_weights_and_items() -> None:
    """`weight` is a number per answer, 1 where it is blank; `pair` comes before `prompt` as a video's item."""
    frame = small().assign(prompt="a prompt", pair="", weight="")
    frame.loc[frame["video_id"].str.endswith("/0"), "pair"] = " p\u00a00"
    frame.loc[:2, "weight"] = ["0", "2.5", " 3 "]
    with read_answers(frame) as answers:
        assert answers.has_weights
        weights = answers.arrays("SELECT weight FROM answers")["weight"]
        written = np.array(sorted([0, 2.5, 3] + [1] * (len(frame) - 3)))
        assert sorted(weights.tolist()) == pytest.approx((written / written.mean()).tolist())
        assert dict(zip(answers.videos.video_id, answers.videos.item, strict=True))["a/cat/0"] == "p 0"
        assert set(answers.videos.item) == {"p 0", "a prompt"}
    with read_answers(small().assign(weight=float("nan"))) as answers:
        assert answers.arrays("SELECT weight FROM answers")["weight"].tolist() == [1] * len(frame)
    with read_answers(small()) as answers:
        assert not answers.has_weights
        assert set(answers.videos.item) == {""}


def test_controls_are_right_or_wrong() -> None:
    """A control's answer is right when it is one of its labels, and its kind is told however it is spelt."""
    frame = small().assign(kind="evaluation")
    control = frame.head(4).assign(
        kind=["gold", " Gold", "ATTENTION", "training"],
        video_id="control",
        label=["cat + dog", "cat", "dog ", "dog"],
        answer=["dog", "dog", "dog", "Other"],
    )
    with read_answers(pd.concat([frame, control], ignore_index=True)) as answers:
        assert count(answers).num_answers == len(frame)
        found = answers.connection.execute("SELECT kind, correct FROM controls ORDER BY ALL").fetchall()
    assert found == [("attention", True), ("gold", False), ("gold", True), ("training", False)]
