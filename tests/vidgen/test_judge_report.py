"""judge.json: written, read, and refused where a newer release wrote it."""

import json
from pathlib import Path

import jsonschema
import pytest

import vidgen
from vidgen.judge_report import DatasetFigures, JudgeReport, MethodFigures

FIGURES = MethodFigures(
    n_videos=2,
    accuracy=0.5,
    object_accuracy=1.0,
    direction_accuracy=0.5,
    unclear=0.0,
    other=0.5,
    background_error=0.01,
    diversity=None,
    nearest_training_distance=0.1,
    accuracy_by_label={"car moving right": 0.5},
)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    """A report comes back as it was, its version and release included."""
    report = JudgeReport.of(0.4, DatasetFigures(background_error=0.0), {"new": FIGURES})
    report.save(tmp_path / "judge.json")
    assert JudgeReport.load(tmp_path / "judge.json") == report
    assert json.loads((tmp_path / "judge.json").read_text(encoding="utf-8"))["schema_version"] == 3
    assert report.written_by.startswith("vidgen ")


def test_the_file_obeys_its_schema(tmp_path: Path) -> None:
    """The JSON Schema that the package ships has every key of a report, and refuses a text where a number is."""
    JudgeReport.of(0.4, DatasetFigures(background_error=0.0), {"new": FIGURES}).save(tmp_path / "judge.json")
    table = json.loads((tmp_path / "judge.json").read_text(encoding="utf-8"))
    schema = json.loads((Path(vidgen.__file__).parent / "schemas" / "judge.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(table, schema)
    assert set(schema["properties"]) == set(table)
    table["methods"]["new"]["accuracy"] = "high"
    with pytest.raises(jsonschema.ValidationError, match="'high' is not valid"):
        jsonschema.validate(table, schema)


def test_a_file_that_says_no_version_is_read(tmp_path: Path) -> None:
    """The first release wrote none into its files."""
    table = json.loads((Path(vidgen.__file__).parent / "demo_videos" / "judge.json").read_text(encoding="utf-8"))
    del table["schema_version"], table["written_by"]
    (tmp_path / "judge.json").write_text(json.dumps(table), encoding="utf-8")
    report = JudgeReport.load(tmp_path / "judge.json")
    assert (report.schema_version, report.written_by) == (1, "")
    assert set(report.methods) == {"proposed", "comparison", "refined", "real"}


def test_a_file_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    """One line names the file, the release that wrote it and its version."""
    (tmp_path / "judge.json").write_text('{"schema_version": 99, "written_by": "vidgen 9.9", "unheard_of": 1}')
    with pytest.raises(ValueError, match=r"judge\.json: was written by vidgen 9\.9, with version 99 of its schema"):
        JudgeReport.load(tmp_path / "judge.json")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"notice": "", "threshold": 0, "dataset": {}, "methods": {}}'])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    """What is no report is one line with its path."""
    (tmp_path / "judge.json").write_text(text)
    with pytest.raises(ValueError, match=r"judge\.json: is damaged, or no file of `vidgen judge`"):
        JudgeReport.load(tmp_path / "judge.json")
