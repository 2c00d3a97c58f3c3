"""People alone: leaving out programs, and counting them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis import analyse
from analysis.answers import read_answers
from analysis.people import leave_out_programs
from tests.analysis.tables import LABELS, mixed_table, table
from vidgen.cli import load

THREE = LABELS[:3]


def test_people_alone_are_as_if_no_program_had_answered() -> None:
    """The report of a mixed table without its programs has the numbers of the people's table, and says what went."""
    frame = mixed_table()
    people = analyse(frame[~frame["simulated"]]).to_dict()
    alone = analyse(frame, people_only=True).to_dict()
    same = ("methods", "comparisons", "by_class", "workers", "agreement", "diagnosis", "simulated", "notice", "mixed")
    assert {name: alone[name] for name in same} == {name: people[name] for name in same}
    assert alone["workers"]["number"] == 8
    step = alone["funnel"]["steps"][0]
    assert (step["name"], step["removed"]) == ("answers of programs", 4 * 12)
    steps = sum(step["removed"] for step in alone["funnel"]["steps"])
    assert alone["funnel"]["rows"] - steps == alone["funnel"]["counted"]


def test_people_alone_need_people() -> None:
    """A table of programs alone is refused in one line; one of people alone stays as it is."""
    with pytest.raises(ValueError, match="all 4 participants are programs; of people alone there are no answers"):
        analyse(table({"a": 0.8, "b": 0.4}, labels=THREE, workers=4), people_only=True)
    with read_answers(table({"a": 0.8}, labels=THREE, simulated=False)) as answers:
        assert leave_out_programs(answers) == []


def test_the_command_leaves_programs_out(tmp_path: Path) -> None:
    """`accuracy-report --people-only` counts people, and of programs alone it says one line and exits with 1."""
    mixed_table().to_csv(tmp_path / "answers.csv", index=False)
    arguments = ["--answers", str(tmp_path / "answers.csv"), "--out", str(tmp_path / "r"), "--people-only"]
    result = CliRunner().invoke(load("accuracy-report"), arguments)
    assert result.exit_code == 0, result.output
    report = json.loads((tmp_path / "r" / "report.json").read_text(encoding="utf-8"))
    assert (report["simulated"], report["people_only"], report["workers"]["number"]) == (False, True, 8)
    table({"a": 0.8}, labels=THREE).to_csv(tmp_path / "answers.csv", index=False)
    result = CliRunner().invoke(load("accuracy-report"), arguments)
    assert result.exit_code == 1
    assert "are programs" in result.output.splitlines()[-1]


def test_programs_that_were_left_out_are_not_said_to_count() -> None:
    """The banner counts participants whose answers count, and names the programs that a rule left out apart."""
    frame = mixed_table().assign(excluded="")
    programs = sorted(frame.loc[frame["simulated"], "worker_id"].unique())
    frame.loc[frame["worker_id"].isin(programs[:3]), "excluded"] = "max_attention_failures"
    some = analyse(frame).to_dict()
    assert some["programs"] == {"number": 1, "of": 9, "left_out": 3}
    assert "1 of 9 participants whose answers count are programs" in some["notice"]
    assert "3 more have no answer that counts" in some["notice"]
    frame.loc[frame["worker_id"].isin(programs), "excluded"] = "max_attention_failures"
    report = analyse(frame)
    assert report.to_dict()["programs"] == {"number": 0, "of": 8, "left_out": 4}
    assert (report.to_dict()["simulated"], "The results are people's" in report.to_dict()["notice"]) == (False, True)
    assert "people and programs" not in report.to_html()
    assert "<title>Simulated" not in report.to_html()
