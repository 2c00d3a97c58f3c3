"""The plan: read from the study, checked by its hash, and what differs marked post hoc."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from analysis import analyse, analyse_study
from crowd.design.study import Study
from crowd.hashes import hash_of_plan
from tests.analysis.tables import LABELS, table


def study_directory(directory: Path, study: Study, published: Study | None = None) -> Path:
    """A study with answers, its plan as published, its file as it is now."""
    plan = (published or study).plan
    design = {"plan": plan, "plan_sha256": hash_of_plan(plan), "videos_dir": "/nowhere", "videos": [], "hits": []}
    (directory / "design.json").write_text(json.dumps(design))
    study.save(directory / "study.toml")
    table({"a": 0.9, "b": 0.4, "real": 0.95}).to_parquet(directory / "answers.parquet")
    return directory


def test_an_unchanged_plan(tmp_path: Path) -> None:
    """A plan that is as published is declared, with its hash, and nothing is post hoc."""
    report = analyse_study(study_directory(tmp_path, Study(options=LABELS, comparisons=("a - b",))))
    plan = report.to_dict()["plan"]
    assert (plan["declared"], plan["intact"], plan["post_hoc"]) == (True, True, [])
    assert "unchanged since" in report.to_html()
    assert [row["planned"] for row in report.to_dict()["comparisons"]] == [True, False, False]
    assert report.to_dict()["comparisons"][0]["p_holm"] == report.to_dict()["comparisons"][0]["p_value"]
    assert "(not planned)" in report.to_html()


def test_a_changed_plan_is_post_hoc(tmp_path: Path) -> None:
    """What differs from the published plan is listed with both values, in every text."""
    published = Study(options=LABELS)
    now = replace(published, primary_test="permutation", min_gold_accuracy=0.5)
    report = analyse_study(study_directory(tmp_path, now, published))
    changes = {change["key"]: (change["published"], change["now"]) for change in report.to_dict()["plan"]["post_hoc"]}
    assert changes == {"primary_test": ("auto", "permutation"), "min_gold_accuracy": (0.0, 0.5)}
    assert "Post hoc." in report.to_html()
    assert "Post hoc, changed since publication" in report.to_markdown()
    assert report.to_dict()["comparisons"][0]["test"] == "clustered t and permutation over videos"


def test_a_forged_plan_is_found(tmp_path: Path) -> None:
    """A published plan that was edited no longer has its hash, and nothing counts as planned."""
    directory = study_directory(tmp_path, Study(options=LABELS))
    design = json.loads((directory / "design.json").read_text())
    design["plan"]["confidence"] = 0.9
    (directory / "design.json").write_text(json.dumps(design))
    report = analyse_study(directory)
    assert report.to_dict()["plan"]["intact"] is False
    assert "no longer has its hash" in report.to_html()


def test_choices(tmp_path: Path) -> None:
    """Target, level, test and scoring can be chosen; a wrong choice is one clear line."""
    frame = table({"a": 0.9, "b": 0.4})
    usual = analyse(frame).to_dict()["comparisons"][0]
    wide = analyse(frame, confidence=0.99).to_dict()["comparisons"][0]
    assert wide["ci_low"] < usual["ci_low"]
    these = analyse(frame, target="these-videos").to_dict()["comparisons"][0]
    assert (these["test"], these["ci_low"]) == ("clustered t", these["these_low"])
    dropped = analyse(frame, unclear="dropped").to_dict()["methods"]
    assert dropped[1]["accuracy"] > analyse(frame).to_dict()["methods"][1]["accuracy"]
    with pytest.raises(ValueError, match="no choice named colour"):
        analyse(frame, colour="red")
    with pytest.raises(ValueError, match="target: must be one of new-videos, these-videos"):
        analyse(frame, target="all")
    with pytest.raises(ValueError, match="comparisons: no method 'c' in the answers; there are a, b"):
        analyse(frame, comparisons=("a - c",))


def test_studies_without_answers(tmp_path: Path) -> None:
    """A study that is not there or not collected says so and what to do."""
    with pytest.raises(ValueError, match="no such study directory"):
        analyse_study(tmp_path / "none")
    with pytest.raises(ValueError, match=r"holds no study and no answers\.parquet"):
        analyse_study(tmp_path)
    (tmp_path / "study.toml").touch()
    with pytest.raises(ValueError, match=r"run `.*vidgen collect-answers"):
        analyse_study(tmp_path)


@pytest.mark.parametrize("methods", [{"a": 0.8, "b": 0.5}, {"a": 0.8, "b": 0.5, "real": 0.9}])
def test_a_permutation_of_weighted_answers_is_refused_in_one_line(methods: dict[str, float]) -> None:
    """A plan that asks for a permutation of a table with weights is told that the weights are the reason."""
    frame = table(methods, labels=LABELS[:3], videos=3)
    frame["weight"] = 1.0 + (frame["worker_id"] == "w1")
    with pytest.raises(
        ValueError, match=r"^primary_test: permutation .* column weight; choose primary_test = \"t\""
    ) as error:
        analyse(frame, primary_test="permutation")
    assert "\n" not in str(error.value)
    assert analyse(frame.drop(columns="weight"), primary_test="permutation").to_dict()["comparisons"]
    assert analyse(frame, primary_test="permutation", target="these-videos").to_dict()["comparisons"]
