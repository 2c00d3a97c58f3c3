"""No report is lost to another one."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.analysis.tables import mixed_table
from vidgen.cli import load


def reported(directory: Path, *options: str) -> Result:
    """What `accuracy-report` says of the answers.csv in the directory."""
    return CliRunner().invoke(load("accuracy-report"), ["--answers", str(directory / "answers.csv"), *options])


@pytest.mark.thorough
def test_no_report_is_lost_to_another_one(tmp_path: Path) -> None:
    """A report takes the place of one of the same answers by the same rules, and of no other."""
    mixed_table().to_csv(tmp_path / "answers.csv", index=False)
    assert reported(tmp_path).exit_code == 0
    assert reported(tmp_path, "--people-only").exit_code == 0
    for folder, people_only in (("report", False), ("report-people-only", True)):
        assert json.loads((tmp_path / folder / "report.json").read_text())["people_only"] == people_only
    before = (tmp_path / "report" / "report.json").read_bytes()
    (tmp_path / "other.csv").write_bytes((tmp_path / "answers.csv").read_bytes())
    out = ("--out", str(tmp_path / "report"))
    for options, what in (
        ((*out, "--people-only"), "of all participants, programs too"),
        (("--rule", "margin=0.1"), "by other rules (those of the plan)"),
        ((*out, "--answers", str(tmp_path / "other.csv")), "of other answers (answers.csv)"),
    ):
        result = reported(tmp_path, *options)
        assert result.exit_code == 1
        assert f"{tmp_path / 'report'}: holds a report {what}, which would be lost" in result.output
    assert (tmp_path / "report" / "report.json").read_bytes() == before
    assert reported(tmp_path, *out).exit_code == 0
