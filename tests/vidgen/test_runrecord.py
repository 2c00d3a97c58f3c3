"""run.json: what it holds, and records of other releases."""

import json
from dataclasses import asdict, fields
from pathlib import Path

import jsonschema
import pytest

import vidgen
from vidgen.methods import METHODS
from vidgen.runrecord import RunRecord, changed_methods, claim, read_settings


def test_the_file_is_a_run_record(tmp_path: Path) -> None:
    """A new run's file has the record's keys, the methods as tables."""
    assert claim(tmp_path / "run", {"seed": 3}, {"vidgen": "0"}, {"refined": METHODS["refined"]})
    table = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert list(table) == [field.name for field in fields(RunRecord)]
    assert (table["settings"], table["versions"]) == ({"seed": 3}, {"vidgen": "0"})
    assert table["methods"]["refined"] == json.loads(json.dumps(asdict(METHODS["refined"])))
    assert table["schema_version"] == 3


def test_the_file_obeys_its_schema(tmp_path: Path) -> None:
    """The JSON Schema that the package ships has every key of a record, and refuses one without settings."""
    claim(tmp_path / "run", {"seed": 3}, {"vidgen": "0"}, METHODS)
    table = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    schema = json.loads((Path(vidgen.__file__).parent / "schemas" / "run.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(table, schema)
    assert set(schema["properties"]) == set(table)
    del table["settings"]
    with pytest.raises(jsonschema.ValidationError, match="'settings' is a required property"):
        jsonschema.validate(table, schema)


def test_settings_of_the_release_before_are_continued(tmp_path: Path) -> None:
    """A record under the former name of a setting is the same run; another value is refused under the present name."""
    old = {"schema_version": 2, "written_by": "vidgen 0.1.0", "settings": {"seed": 0, "sketches_sha256": "ab"}}
    (tmp_path / "run.json").write_text(json.dumps(old))
    assert not claim(tmp_path, {"seed": 0, "exemplars_sha256": "ab"}, {})
    with pytest.raises(ValueError, match='was begun with exemplars_sha256 "ab", not "cd"'):
        claim(tmp_path, {"seed": 0, "exemplars_sha256": "cd"}, {})


def test_a_method_that_has_changed_is_named(tmp_path: Path) -> None:
    """Names and summaries may change, what a method does may not; a record without methods says nothing."""
    refined, proposed = asdict(METHODS["refined"]), asdict(METHODS["proposed"])
    refined["annealing"]["highest"] = refined["annealing"].pop("sigma_max")
    refined["terms"][0]["objective"] = "told_distance"
    refined["noise_level"] = refined.pop("sigma")
    del refined["tempcae"]
    proposed["terms"][0]["rate"] += 1
    old = {"settings": {}, "methods": {"refined": refined | {"summary": "another"}, "proposed": proposed}}
    (tmp_path / "run.json").write_text(json.dumps(old))
    assert changed_methods(tmp_path, METHODS) == ["proposed"]
    assert changed_methods(tmp_path, {"refined": METHODS["refined"]}) == []
    (tmp_path / "run.json").write_text('{"settings": {}}')
    assert changed_methods(tmp_path, METHODS) == []


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"settings": 3}', "{}"])
def test_a_damaged_record_is_named(tmp_path: Path, text: str) -> None:
    """What is no record of a run is one line with its path."""
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(ValueError, match=r"run\.json is damaged: choose another directory"):
        read_settings(tmp_path / "run.json")


def test_long_values_are_cut(tmp_path: Path) -> None:
    """A message stays one line, whatever the setting."""
    claim(tmp_path / "run", {"labels": ["a" * 50, "b" * 50]}, {})
    with pytest.raises(ValueError, match="was begun with labels") as caught:
        claim(tmp_path / "run", {"labels": ["c" * 500]}, {})
    assert len(str(caught.value)) < 400
