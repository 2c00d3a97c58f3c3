"""The examples of studies: their READMEs show what the commands print, and simulated opinions are found again."""

import csv
import re
import runpy
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from analysis import Report
from analysis.records.metrics import MetricValidation
from tests.cli.program import vidgen

ROOT = Path(__file__).parents[2]
#: Stands for lines that a README leaves out.
LEFT_OUT = "…"

Monkey = pytest.MonkeyPatch
Capsys = pytest.CaptureFixture[str]


def typed(example: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of an example's README, with the lines that follow it there."""
    readme = (ROOT / "examples" / example / "README.md").read_text(encoding="utf-8")
    for block in re.findall(r"```console\n(.*?)```", readme, re.DOTALL):
        for part in block.split("$ ")[1:]:
            command, *shown = part.strip("\n").split("\n")
            yield command, shown


def printed(command: str, monkeypatch: Monkey, capsys: Capsys) -> str:
    """What a command prints that is typed where `examples` is the checkout's."""
    program, *words = shlex.split(command)
    if program == "cp":
        shutil.copytree(ROOT / words[1], words[2])
        return ""
    if program == "python":
        monkeypatch.setattr(sys, "argv", words)
        runpy.run_path(str(ROOT / words[0]), run_name="__main__")
        return capsys.readouterr().out
    assert program == "vidgen"
    result = vidgen(*words)
    assert result.exit_code == 0, f"{command}: {result.output}"
    return result.stdout


def is_shown(shown: list[str], lines: list[str]) -> bool:
    """Whether these lines were printed, and no others but where some are left out."""
    pattern = "".join("(.*\n)*" if line == LEFT_OUT else re.escape(f"{line}\n") for line in shown)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in lines)) is not None


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.thorough) for name in ("pairwise", "ratings", "captions")])
def example(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: Monkey, capsys: Capsys) -> str:
    """An example whose README was followed to its end, in the current directory."""
    monkeypatch.chdir(tmp_path)
    for command, shown in typed(request.param):
        lines = printed(command, monkeypatch, capsys).rstrip("\n").split("\n")
        assert is_shown(shown, lines if lines != [""] else []), "\n".join([command, *lines])
    return str(request.param)


def test_readme_shows_what_is_printed(example: str) -> None:
    """Who follows it sees the same, is told that participants are simulated, and finds what they were made to think."""
    assert Path(example, "report/report.html").is_file()
    shown = "\n".join(line for _, lines in typed(example) for line in lines)
    assert "Simulated participants: all 20 participants are programs, not people." in shown
    report = Report.load(Path(example, "report"))
    for question in report.questions:
        for metric in question.metrics:
            check_metric(metric, readme(example))
        for row in question.comparisons:
            expected = expected_difference(question.kind, question.id, row.a, row.b)
            assert row.ci_low is not None
            assert row.ci_high is not None
            assert row.ci_low < expected < row.ci_high, f"{question.id}: {row.a} - {row.b}"
            shown_row = f"| {question.id} | {row.a} − {row.b} | {as_in_readme(question.kind, expected)} |"
            assert shown_row in readme(example)


def check_metric(metric: MetricValidation, text: str) -> None:
    """The README has the correlations, and the intervals but for the order in which pseudonyms are resampled."""
    for row in metric.by_video:
        found = re.search(rf"\| {row.name} \| ([\d.]+) \| ([\d.]+) to ([\d.]+) \|", text)
        assert found, row.name
        assert row.value == pytest.approx(float(found[1]), abs=0.006)
        assert (row.ci_low, row.ci_high) == pytest.approx((float(found[2]), float(found[3])), abs=0.03)
    assert f"a Pearson correlation of {metric.ceiling_by_video:.2f}" in text


def readme(example: str) -> str:
    return (ROOT / "examples" / example / "README.md").read_text(encoding="utf-8")


def as_in_readme(kind: str, value: float) -> str:
    text = f"{value:.2f}" if kind == "rating" else f"{100 * value:.1f}"
    return text.replace("-", "−")


def expected_difference(kind: str, question: str, a: str, b: str) -> float:
    """What answers by `qualities.csv` are expected to show, averaged over prompts."""
    with Path("shapes/qualities.csv").open(newline="", encoding="utf-8") as file:
        quality = {row["video_id"]: float(row[question]) for row in csv.DictReader(file)}
    first, second = (np.array([value for name, value in quality.items() if name.startswith(own)]) for own in (a, b))
    if kind == "preference":
        return float(net_win_rates(first - second).mean())
    mean = {"rating": mean_ratings, "caption": lambda values: logistic(values + 1)}[kind]
    return float((mean(first) - mean(second)).mean())


def logistic(value: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-value)))


def net_win_rates(difference: np.ndarray) -> np.ndarray:
    """Wins less losses by Davidson's model with ν = ½."""
    win, loss = logistic(difference), logistic(-difference)
    return np.asarray((win - loss) / (win + loss + 0.5 * np.sqrt(win * loss)))


def mean_ratings(quality: np.ndarray) -> np.ndarray:
    """Of five points: quality and standard normal noise, of which ±3 are the ends of the scale, rounded."""
    thresholds = (np.arange(1.5, 5) - 3) * 1.5
    return np.asarray(1 + norm.cdf(quality[:, None] - thresholds).sum(axis=1))
