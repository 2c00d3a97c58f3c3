"""The pipeline from generation to report, one command after the other, and the requester's side through boto3."""

import csv
import json
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.program import PROGRAMS, vidgen
from tests.crowd.localplatform.market import requester

LABELS = "car-right,rocket-up,ship-left"
METHODS = {
    "name": str,
    "accuracy": float,
    "ci_low": float,
    "ci_high": float,
    "n_answers": int,
    "n_videos": int,
    "n_workers": int,
}
COMPARISONS = {
    "a": str,
    "b": str,
    "difference": float,
    "ci_low": float,
    "ci_high": float,
    "p_value": float,
    "test": str,
    "smallest_attainable_p": float,
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, tiny_weights: Path) -> Path:
    """Videos, a study, its answers and its report, each made by its command from the files of the one before."""
    root = tmp_path_factory.mktemp("pipeline")
    for arguments in (
        f"generate-batch --out {root}/videos --methods proposed,comparison --labels {LABELS} --per-label 1 --real 1 "
        f"--steps 1 --weights {tiny_weights}",
        f"judge {root}/videos --weights {tiny_weights}",
        f"publish-tasks {root}/videos --study {root}/study --anyway",
        f"simulate-answers --study {root}/study --seed 1",
        f"collect-answers --study {root}/study",
        f"accuracy-report --study {root}/study",
    ):
        result = vidgen(*arguments.split())
        assert result.exit_code == 0, f"{arguments}\n{result.output}"
        (root / f"{arguments.split()[0]}.out").write_text(result.stdout, encoding="utf-8")
    return root


def test_the_report_has_its_schema(made: Path) -> None:
    """report.json holds methods and comparisons as docs/formats.md says, every fraction within its bounds."""
    report = json.loads((made / "study" / "report" / "report.json").read_text(encoding="utf-8"))
    assert [method["name"] for method in report["methods"]] == ["comparison", "proposed", "real"]
    for rows, schema in ((report["methods"], METHODS), (report["comparisons"], COMPARISONS)):
        assert rows
        for row in rows:
            for name, kind in schema.items():
                assert isinstance(row[name], kind | int if kind is float else kind), (name, row[name])
    for method in report["methods"]:
        low, high = method["ci_low"] - 1e-9, method["ci_high"] + 1e-9  # a bound of 0 may be 6e-17
        assert -2e-9 <= low <= method["accuracy"] <= high <= 1 + 2e-9
        assert method["n_videos"] == 3
        assert method["n_answers"] == sum(row["method"] == method["name"] for row in answers(made))
    assert {"proposed", "comparison"} in [{row["a"], row["b"]} for row in report["comparisons"]]
    for row in report["comparisons"]:
        assert -1 <= row["ci_low"] <= row["difference"] <= row["ci_high"] <= 1
        assert 0 <= row["smallest_attainable_p"] <= row["p_value"] <= 1


def answers(made: Path) -> list[dict[str, str]]:
    """The evaluation answers."""
    with (made / "study" / "answers.csv").open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["kind"] == "evaluation"]


def test_the_accuracies_are_those_of_the_answers(made: Path) -> None:
    """A method's accuracy is the mean over its videos of the share of right answers, counted anew here."""
    report = json.loads((made / "study" / "report" / "report.json").read_text(encoding="utf-8"))
    for method in report["methods"]:
        shares: dict[str, list[bool]] = {}
        for row in answers(made):
            if row["method"] == method["name"]:
                shares.setdefault(row["video_id"], []).append(row["answer"] == row["label"])
        expected = sum(sum(right) / len(right) for right in shares.values()) / len(shares)
        assert method["accuracy"] == pytest.approx(expected)


def test_everything_says_that_the_participants_are_simulated(made: Path) -> None:
    """JSON, the first screen of the page, the answers, the funnel and the commands' output say so."""
    study = made / "study"
    report = json.loads((study / "report" / "report.json").read_text(encoding="utf-8"))
    assert report["simulated"] is True
    assert "simulated" in report["notice"].lower()
    page = (study / "report" / "report.html").read_text(encoding="utf-8")
    text = re.sub(r"<(style|script|svg).*?</\1>", "", page, flags=re.S)
    visible = " ".join(re.sub(r"<[^>]+>", " ", text.partition("<body")[2]).split())
    assert "simulated" in visible[:700].lower(), visible[:700]
    assert {row["simulated"] for row in answers(made)} == {"true"}
    assert json.loads((study / "funnel.json").read_text(encoding="utf-8"))["simulated"] is True
    for name in ("simulate-answers", "collect-answers", "accuracy-report"):
        assert "simulated" in (made / f"{name}.out").read_text(encoding="utf-8").lower(), name


def test_the_table_and_the_path_are_printed(made: Path) -> None:
    """accuracy-report ends with the accuracy of each method and where the report is."""
    out = (made / "accuracy-report.out").read_text(encoding="utf-8")
    for name in ("proposed", "comparison", "real"):
        assert re.search(rf"^{name}\s+\d", out, re.M)
    assert out.endswith(f"report: {made / 'study' / 'report' / 'report.html'}\n")
    assert (made / "study" / "report" / "report.html").stat().st_size > 0


def test_an_answers_file_alone_is_enough(made: Path, tmp_path: Path) -> None:
    """From answers.csv, copied elsewhere, the same accuracies come without any other file."""
    (tmp_path / "answers.csv").write_bytes((made / "study" / "answers.csv").read_bytes())
    result = vidgen("accuracy-report", "--answers", tmp_path / "answers.csv", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    reports = [tmp_path / "out", made / "study" / "report"]
    alone, with_study = (json.loads((path / "report.json").read_text(encoding="utf-8")) for path in reports)
    assert alone["simulated"] is True
    for one, other in zip(alone["methods"], with_study["methods"], strict=True):
        assert (one["name"], one["accuracy"], one["n_answers"]) == (
            other["name"],
            other["accuracy"],
            other["n_answers"],
        )


def test_boto3_lists_hits_and_assignments(made: Path) -> None:
    """An unmodified boto3 client pages through the HITs and assignments that a running `serve-tasks` has."""
    study = made / "study"
    server = subprocess.Popen([PROGRAMS / "vidgen", "serve-tasks", "--study", study], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        address = server.stdout.readline().split()[-1]
        with requester(address, study) as client:
            pages = client.get_paginator("list_hits").paginate(PaginationConfig={"PageSize": 1})
            hits = [hit for page in pages for hit in page["HITs"]]
            paginator = client.get_paginator("list_assignments_for_hit")
            listed = [
                assignment["AssignmentId"]
                for hit in hits
                for page in paginator.paginate(HITId=hit["HITId"], PaginationConfig={"PageSize": 2})
                for assignment in page["Assignments"]
            ]
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
    assert server.returncode == 0
    design = json.loads((study / "design.json").read_text(encoding="utf-8"))
    assert len({hit["HITId"] for hit in hits}) == len(hits) == len(design["hits"])
    assert len(set(listed)) == len(listed)
    assert set(listed) == {row["assignment_id"] for row in answers(made)}
    assert not (study / "platform.json").exists()


def test_a_strangers_directory_is_enough_for_a_study(made: Path, tmp_path: Path) -> None:
    """Three columns, no ids, no run.json: publish-tasks takes it."""
    with (made / "videos" / "metadata.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:2]
    lines = ["file_name,method,label", *(f"{n}.mp4,theirs,{row['label']}" for n, row in enumerate(rows))]
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "metadata.csv").write_text("\n".join(lines) + "\n")
    for number, row in enumerate(rows):
        (tmp_path / "theirs" / f"{number}.mp4").write_bytes((made / "videos" / row["file_name"]).read_bytes())
    result = vidgen("publish-tasks", tmp_path / "theirs", "--study", tmp_path / "study")
    assert result.exit_code == 0, result.output
    assert "1 HIT created" in result.stdout


def test_status_knows_what_happened(made: Path) -> None:
    """study-status tells platform, money and the fetched assignments without asking anybody."""
    result = vidgen("study-status", "--study", made / "study")
    assert result.exit_code == 0, result.output
    fetched = len({row["assignment_id"] for row in answers(made)})
    assert f"assignments: {fetched} of {fetched} fetched" in result.stdout
    assert f"simulated: {fetched} of these {fetched} were done by programs, not people" in result.stdout
    assert " on local" in result.stdout
