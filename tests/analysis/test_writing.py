"""A report is written where it belongs, by a process that was set up before its libraries load."""

import subprocess
import sys
from pathlib import Path

import pytest

from analysis import Report, write_report
from tests.analysis.tables import LABELS, table


def test_the_process_is_set_up_before_numpy_loads() -> None:
    """What sets the number of threads loads no numpy, which would have started its threads."""
    code = "import analysis.choices, analysis.writing, sys; print('numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


@pytest.mark.parametrize(("people_only", "folder"), [(False, "report"), (True, "report-people-only")])
def test_a_report_stands_beside_its_table(tmp_path: Path, people_only: bool, folder: str) -> None:
    """By default the report of a table is in a folder beside it; it is returned with its page's path, and loads."""
    frame = table({"a": 0.8, "b": 0.5}, labels=LABELS[:2], workers=4, simulated=False)
    frame.to_csv(tmp_path / "answers.csv", index=False)
    report, page = write_report(tmp_path / "answers.csv", people_only=people_only, mixed=False)
    assert page == tmp_path / folder / "report.html"
    assert Report.load(page.parent) == report


@pytest.mark.thorough
def test_another_report_is_not_lost(tmp_path: Path) -> None:
    """A report by other rules is refused before anything is counted, and the one that is there stays."""
    table({"a": 0.8}, labels=LABELS[:2], workers=4).to_csv(tmp_path / "answers.csv", index=False)
    write_report(tmp_path / "answers.csv", mixed=False)
    before = (tmp_path / "report" / "report.json").read_bytes()
    with pytest.raises(ValueError, match=r"holds a report by other rules \(those of the plan\), which would be lost"):
        write_report(tmp_path / "answers.csv", mixed=False, margin=0.1)
    assert (tmp_path / "report" / "report.json").read_bytes() == before


def test_a_study_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A study directory that does not exist is refused by its name."""
    with pytest.raises(ValueError, match=r"studdy: no such study directory"):
        write_report(tmp_path / "studdy")
