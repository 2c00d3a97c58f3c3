"""The report as an object: typed sections, written to report.json and read back."""

import json
from dataclasses import FrozenInstanceError, fields, is_dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis import Report, analyse
from analysis.records.contents import ReportContents
from crowd.fileformat import NewerFileError
from tests.analysis.tables import table


@pytest.fixture(scope="module")
def report() -> Report:
    return analyse(table({"a": 0.8, "b": 0.5}, labels=("dog", "cat"), workers=4), mixed=False)


def records(value: Any) -> set[type]:
    """The classes of all records inside a record."""
    if is_dataclass(value):
        return {type(value)}.union(*(records(getattr(value, field.name)) for field in fields(value)))
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*map(records, inner))


def test_rows_make_tables(report: Report) -> None:
    """Pandas makes a table of the rows of a section, a column per field."""
    frame = pd.DataFrame(report.methods)
    assert list(frame["name"]) == ["a", "b"]
    assert frame["accuracy"].tolist() == [row.accuracy for row in report.methods]


def test_records_cannot_be_changed(report: Report) -> None:
    """No section of a report can be changed by accident."""
    for kind in records(report):
        assert kind.__dataclass_params__.frozen, kind  # type: ignore[attr-defined]
    with pytest.raises(FrozenInstanceError):
        report.seed = 3  # type: ignore[misc]


def test_a_saved_report_is_loaded_from_its_directory(report: Report, tmp_path: Path) -> None:
    """The directory that `save` wrote, and the file in it, both load as the same report and give the same texts."""
    report.save(tmp_path / "report")
    loaded = Report.load(tmp_path / "report")
    assert loaded == Report.load(tmp_path / "report" / "report.json") == report
    assert (loaded.to_html(), loaded.to_markdown(), loaded.to_latex()) == (
        report.to_html(),
        report.to_markdown(),
        report.to_latex(),
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda found: found.pop("seed"), "seed: is missing"),
        (lambda found: found["methods"][0].update(accuracy="high"), "methods[0].accuracy: a number is expected"),
        (lambda found: found["plan"]["choices"].pop("margin"), "plan.choices.margin: is missing"),
        (lambda found: found.update(labels="dog"), "labels: a list is expected"),
        (lambda found: found.update(target="all"), "target: one of new-videos, these-videos, new-labels is expected"),
        (lambda found: found.update(funnel=[]), "funnel: an object is expected"),
        (lambda found: found.update(seed=True), "seed: a whole number is expected"),
    ],
)
def test_what_is_no_report_is_named_in_one_line(report: Report, tmp_path: Path, change: Any, words: str) -> None:
    """A file that lacks a key, or has another kind of value, is refused with the file and the place in it."""
    contents = json.loads(report.to_json())
    change(contents)
    path = tmp_path / "report.json"
    path.write_text(json.dumps(contents))
    with pytest.raises(ValueError, match="not a report of this release") as caught:
        Report.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("text", ["", "[]", '"a"', "{"])
def test_what_is_no_json_object_is_refused(tmp_path: Path, text: str) -> None:
    """Neither an empty file nor another kind of JSON is a report."""
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(ValueError, match=r"not JSON|not a report"):
        Report.load(tmp_path)


def test_a_report_of_a_newer_release_is_refused(report: Report, tmp_path: Path) -> None:
    """A newer schema is refused with the release that wrote it; keys that are not known are ignored."""
    contents = json.loads(report.to_json()) | {"mood": "good"}
    path = tmp_path / "report.json"
    path.write_text(json.dumps(contents))
    assert Report.load(path) == report
    path.write_text(json.dumps(contents | {"schema_version": 99, "written_by": "vidgen 9.9"}))
    with pytest.raises(NewerFileError, match=r"vidgen 9\.9"):
        Report.load(path)


def test_the_order_of_keys_is_that_of_the_fields(report: Report) -> None:
    """report.json has its keys in the order in which they are documented, after what it says of itself."""
    keys = list(json.loads(report.to_json()))
    assert keys == ["schema_version", "written_by", *(field.name for field in fields(ReportContents))]
