"""The schemas that packages ship are what their dataclasses give, and files that programs write obey them."""

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest

from analysis import Report, analyse
from crowd.design.blocks import design
from crowd.design.study import Study
from crowd.fileformat import VERSIONS
from crowd.videos.metadata import read_videos
from tests import schemas
from tests.analysis.tables import LABELS, full_report, interim_report, table
from tests.crowd.clips import write_videos


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads(schemas.path_of(name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def mistakes(name: str, contents: Any) -> list[str]:
    """What a schema finds wrong with a file, one line each."""
    return [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(contents)]


@pytest.mark.parametrize("name", schemas.SCHEMAS)
def test_shipped_schemas_are_those_of_the_code(name: str) -> None:
    """What a package ships is what is generated today, and so is the page made from it."""
    source, again = schemas.SCHEMAS[name], "run: python -m tests.schemas"
    assert schemas.path_of(name).read_text(encoding="utf-8") == schemas.text_of(name), again
    assert source.page is None or source.page.read_text(encoding="utf-8") == schemas.page_of(name), again


def test_every_key_of_a_report_is_described() -> None:
    """The schema of report.json has a sentence for each key, at every depth."""
    schema = schemas.SCHEMAS["analysis/schemas/report"].schema()
    for title, part in {"report.json": schema, **schema["$defs"]}.items():
        for key, value in part["properties"].items():
            assert value.get("description", "").endswith("."), f"{title}.{key}"


def reports(directory: Path) -> dict[str, Report]:
    frame = table({"a": 0.8, "b": 0.5}, labels=LABELS[:3], workers=6)
    position = frame.groupby("worker_id").cumcount()
    several = frame.assign(label=frame["label"] + " + Thing", video_id=frame["video_id"] + "+")
    repeated = pd.concat([frame, frame.head(20)])
    return {
        "full": full_report(directory),
        "unfinished": interim_report(directory),
        "one method": analyse(table({"a": 0.8}, labels=("dog", "cat"), workers=4)),
        "all right": analyse(table({"a": 1.0, "b": 1.0}, labels=("dog",), videos=1, workers=2), margin=0.1),
        "order": analyse(frame.assign(position=position), target="new-labels"),
        "repeats": analyse(repeated),
        "several labels": analyse(pd.concat([frame, several]), people_only=False),
    }


def test_reports_obey_their_schema_and_read_back(tmp_path: Path) -> None:
    """Whatever sections a report has, its report.json obeys the schema, and loading it gives the same report."""
    for name, report in reports(tmp_path).items():
        path = tmp_path / f"{name}.json"
        path.write_text(report.to_json(), encoding="utf-8")
        assert mistakes("analysis/schemas/report", json.loads(path.read_text(encoding="utf-8"))) == [], name
        assert Report.load(path) == report, name
        assert Report.load(path).to_json() == report.to_json(), name


def test_a_report_with_another_kind_of_value_breaks_the_schema() -> None:
    """The schema refuses a text where a number is, and a missing key."""
    contents = json.loads(analyse(table({"a": 0.8}, labels=("dog",))).to_json())
    contents["methods"][0]["accuracy"] = "high"
    del contents["seed"]
    found = mistakes("analysis/schemas/report", contents)
    assert any(text.startswith("$.methods[0].accuracy") for text in found)
    assert any("'seed' is a required property" in text for text in found)


def test_designs_obey_their_schema(tmp_path: Path) -> None:
    """A design.json that is published obeys the schema, whose keys are all of those that it has."""
    videos = read_videos(write_videos(tmp_path / "videos"))
    design(Study.of(videos), videos).save(tmp_path)
    contents = json.loads((tmp_path / "design.json").read_text(encoding="utf-8"))
    assert mistakes("crowd/schemas/design", contents) == []
    schema = schemas.SCHEMAS["crowd/schemas/design"].schema()
    assert contents.keys() <= schema["properties"].keys()
    assert contents["videos"][0].keys() == schema["$defs"]["Video"]["properties"].keys()


def test_study_files_obey_their_schema(tmp_path: Path) -> None:
    """A study file as new-study writes it obeys the schema, and so does an empty one."""
    Study(options=("dog", "cat"), option_texts={"dog": "a dog"}, size=480).save(tmp_path / "study.toml")
    contents = tomllib.loads((tmp_path / "study.toml").read_text(encoding="utf-8"))
    assert mistakes("crowd/schemas/study", contents) == []
    assert mistakes("crowd/schemas/study", {}) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[analysis]\ntarget = "all videos"', "$.analysis.target"),
        ("[design]\nvideos_per_hit = 0", "$.design.videos_per_hit"),
        ("[design]\nvideos = 3", "$.design"),
        ('[question]\noptions = "dog"', "$.question.options"),
    ],
)
def test_the_schema_of_study_files_finds_mistakes(text: str, place: str) -> None:
    """A value out of its range, an unknown key and another kind of value are found with their places."""
    assert any(found.startswith(f"{place}:") for found in mistakes("crowd/schemas/study", tomllib.loads(text)))


def test_files_of_the_release_before_obey_the_schemas() -> None:
    """A design and a study file that the release before wrote obey today's schemas but for their versions."""
    study = schemas.ROOT / "tests" / "earlier" / "study"
    design_file = (study / "design.json").read_text(encoding="utf-8")
    now = {"schema_version": VERSIONS["design.json"]}
    assert mistakes("crowd/schemas/design", json.loads(design_file) | now) == []
    study_file = (study / "study.toml").read_text(encoding="utf-8")
    now = {"schema_version": VERSIONS["study.toml"]}
    assert mistakes("crowd/schemas/study", tomllib.loads(study_file) | now) == []
