"""The reshaping of public tables, on small files that are made up in the originals' form."""

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from analysis import analyse

EXAMPLES = Path(__file__).parents[2] / "examples" / "public_tables"


@pytest.fixture
def script(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    for name in ("reshaping", request.param):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module(request.param)


def run(script: ModuleType, monkeypatch: pytest.MonkeyPatch, out: Path, *arguments: Path | str) -> pd.DataFrame:
    monkeypatch.setattr(sys, "argv", [script.__name__, *map(str, arguments), "--out", str(out)])
    script.main()
    return pd.read_csv(out, dtype=str)


CREMA_D_COLUMNS = (
    '"","localid","pos","ans","ttr","queryType","numTries","clipNum","questNum","subType","clipName","sessionNums",'
    '"respEmo","respLevel","dispEmo","dispVal","dispLevel"'
)


def crema_d_row(person: str, kind: int, place: int, clip: str, answer: str) -> str:
    values = (
        "1",
        person,
        place,
        f"{answer}_50",
        4000,
        kind,
        0,
        7,
        place,
        4,
        clip,
        11,
        answer,
        "50",
        clip[9:10],
        50,
        "50",
    )
    return ",".join(json.dumps(value) for value in values)


@pytest.fixture
def crema_d_file(tmp_path: Path) -> Path:
    rows = [
        crema_d_row("p1", 1, 1, "1001_DFA_ANG_XX", "A"),
        crema_d_row("p1", 2, 1, "1001_DFA_ANG_XX", "D"),
        crema_d_row("p1", 3, 1, "1001_DFA_ANG_XX", "A"),
        crema_d_row("p1", 3, 2, "1001_DFA_ANG_XX", "S"),
        crema_d_row("p2", 1, 1, "1002_IEO_SAD_HI", "S"),
        crema_d_row("p2", 1, 2, "SAD_MD_practice", "S"),
        crema_d_row("p2", 3, 3, "1002_IEO_SAD_HI", ""),
    ]
    path = tmp_path / "finishedResponses.csv"
    path.write_text("\n".join([CREMA_D_COLUMNS, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("script", ["crema_d"], indirect=True)
def test_crema_d(
    script: ModuleType,
    crema_d_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A row is an answer to a clip heard, seen or both; practice, empty and repeated answers are left out."""
    answers = run(script, monkeypatch, tmp_path / "answers.csv", crema_d_file)
    assert answers.to_numpy().tolist() == [
        ["p1", "1001_DFA_ANG_XX/audio", "audio", "anger", "anger", "1001_DFA_ANG_XX"],
        ["p1", "1001_DFA_ANG_XX/video", "video", "anger", "disgust", "1001_DFA_ANG_XX"],
        ["p1", "1001_DFA_ANG_XX/audio-visual", "audio-visual", "anger", "anger", "1001_DFA_ANG_XX"],
        ["p2", "1002_IEO_SAD_HI/audio", "audio", "sad", "sad", "1002_IEO_SAD_HI"],
    ]
    printed = capsys.readouterr().out
    assert "7 rows" in printed
    assert "1 left out: practice clips" in printed
    assert "1 left out: no answer of the six" in printed
    assert "1 left out: a person's second and later answers" in printed


@pytest.mark.parametrize("script", ["crema_d"], indirect=True)
def test_crema_d_without_slow_answers(
    script: ModuleType, crema_d_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first click after more than ten seconds takes the answer out, before it is asked which answer came first."""
    clicks = tmp_path / "finishedEmoResponses.csv"
    clicks.write_text(
        '"","localid","sessionNums","queryType","questNum","pos","ttr"\n'
        '"1","p1",11,3,1,1,10001\n"2","p1",11,1,1,1,10000\n"3","p1",11,2,1,1,"NA"\n',
        encoding="utf-8",
    )
    answers = run(script, monkeypatch, tmp_path / "answers.csv", crema_d_file, "--slow", clicks)
    assert answers["method"].tolist()[:3] == ["audio", "video", "audio-visual"]
    assert answers["answer"].tolist()[:3] == ["anger", "disgust", "sad"]


@pytest.mark.parametrize("script", ["generalisation"], indirect=True)
def test_generalisation(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All observers' files are read, networks' are not; no answer in time is Unclear, as wrong as the source has it."""
    folder = tmp_path / "rotation-experiment"
    folder.mkdir()
    header = "subj,session,trial,rt,object_response,category,condition,imagename\n"
    (folder / "rotation-experiment_subject-01_session_1.csv").write_text(
        header
        + "subject-01,1,1,0.5,cat,cat,0,0001_rot_s01_0_cat_10_n02123159_11.png\n"
        + "subject-01,1,2,NaN,na,dog,90,0002_rot_s01_90_dog_10_n02099601_22.png\n",
        encoding="utf-8",
    )
    (folder / "rotation-experiment_subject-02_session_1.csv").write_text(
        header + "subject-02,1,1,0.5,bear,cat,90,0001_rot_s02_90_cat_10_n02123159_11.png\n", encoding="utf-8"
    )
    (folder / "rotation-experiment_network_session_1.csv").write_text("nothing\n", encoding="utf-8")
    answers = run(script, monkeypatch, tmp_path / "answers.csv", folder)
    assert answers.to_numpy().tolist() == [
        ["subject-01", "n02123159_11/0", "rotation 0", "cat", "cat", "n02123159_11"],
        ["subject-01", "n02099601_22/90", "rotation 90", "dog", "Unclear", "n02099601_22"],
        ["subject-02", "n02123159_11/90", "rotation 90", "cat", "bear", "n02123159_11"],
    ]
    assert "1 rows without an answer in time" in capsys.readouterr().out


@pytest.mark.parametrize("script", ["generalisation"], indirect=True)
def test_generalisation_refuses_what_it_does_not_know(script: ModuleType, tmp_path: Path) -> None:
    """A folder without observers and an answer that is no object are refused by name."""
    with pytest.raises(ValueError, match=r"no \*_subject-\*\.csv"):
        script.read(tmp_path)
    row = {"subj": "s", "object_response": "lynx", "category": "cat", "condition": "0", "imagename": "0_a_n1_2.png"}
    with pytest.raises(ValueError, match="'lynx'"):
        script.reshape(pd.DataFrame([row]), "rotation")


def given(worker: str, answers: list[str | None]) -> dict[str, Any]:
    questions = {f"A{place}Q1": answer for place, answer in enumerate(answers, start=1) if answer}
    return {"WorkerID": worker, "A0Q1": "Paragraph 1", **questions}


@pytest.mark.parametrize("script", ["generated_texts"], indirect=True)
def test_generated_texts(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """HITs hold five articles each, in order; people are numbered; both forms are items; blanks are left out."""
    (tmp_path / "generate_hit_htmls").mkdir()
    labels = [f"paragraph_{1 + article % 3}" for article in range(10)]
    pd.DataFrame({"textA": "x", "label": labels}).to_csv(
        tmp_path / "generate_hit_htmls" / "data_gpt2_trial.csv", index=False, encoding="utf-8-sig"
    )
    right = ["Paragraph 3", "Paragraph 1", "Paragraph 2", "Paragraph 3", "Paragraph 1"]
    hits = {"first": {"Answers": []}, "second": {"Answers": [given("AZ", right), given("AB", [*right[:4], None])]}}
    empty = {"first": {"Answers": []}, "second": {"Answers": []}}
    contents = {
        ("group1", "v_select"): hits,
        ("group1", "v_write"): empty | {"second": {"Answers": [given("AZ", right)]}},
        ("group2", "v_select"): {"a": {"Answers": [given("AC", right)]}, "b": {"Answers": []}},
        ("group2", "v_write"): empty,
    }
    for (group, form), content in contents.items():
        path = tmp_path / "deploy_mturk" / "collected_results" / group / f"{form}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    answers = run(script, monkeypatch, tmp_path / "answers.csv", tmp_path)
    alone = answers[answers["method"] == "alone"]
    assert (alone["answer"] == alone["label"]).all()
    assert len(alone) == 14
    assert set(answers["worker_id"]) == {"person-01", "person-02", "person-03"}
    assert alone["pair"].iloc[0] == "article 06, listed reasons"
    assert alone["video_id"].iloc[0] == "article 06, listed reasons, alone"
    voting = answers[answers["method"] == "seeing votes"]
    assert voting["pair"].tolist() == [f"article {article:02d}, listed reasons" for article in range(1, 6)]
    printed = capsys.readouterr().out
    assert "1 left out: no paragraph chosen" in printed
    assert "5 answers to an article that the person knew from the other form" in printed
    assert "0 people answered both" in printed
    assert {row["name"] for row in analyse(answers).to_dict()["methods"]} == {"alone", "seeing votes"}
