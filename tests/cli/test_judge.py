"""`vidgen judge`: what it prints; `tests/cli/test_bad_input.py` has what it refuses."""

from click.testing import CliRunner

from vidgen.cli import load
from vidgen.cli.judge import COLUMNS, table
from vidgen.dataset.captioned_files import write_captioned_clips
from vidgen.judge_report import DatasetFigures, JudgeReport, MethodFigures


def test_the_table_has_a_line_per_method():
    """Every figure has its column, what there is none of is a dash, and the columns are explained."""
    values = {key: 0.5 for _, key, _ in COLUMNS} | {"n_videos": 22, "accuracy": 0.884, "diversity": None}
    figures = MethodFigures(**values, accuracy_by_label={})
    methods = {"refined": figures, "a-method-of-mine:paper": figures}
    report = JudgeReport.of(0.5, DatasetFigures(background_error=0.0), methods)
    head, first, second, *rest = table(report).splitlines()
    assert head.split() == ["method", *(heading for heading, _, _ in COLUMNS)]
    assert first.split()[:4] == ["refined", "22", "88.4", "%"]
    assert len({len(line) for line in (head, first, second)}) == 1
    assert "–" in first
    assert "0.0000 in the dataset" in "\n".join(rest)


def test_captioned_videos_are_judged_by_attributes(tmp_path):
    """The table has a line per attribute; most colours and motions of real clips are seen as the captions say."""
    write_captioned_clips(tmp_path / "clips", split="test", count=12)
    result = CliRunner().invoke(load("judge"), [str(tmp_path / "clips")])
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.stdout.splitlines()]
    shares = {line[1]: float(line[3]) for line in lines if line[:1] == ["real"]}
    assert set(shares) == {"object", "color", "size", "motion", "count", "relation"}
    assert min(shares["color"], shares["motion"], shares["count"]) > 75
    assert (tmp_path / "clips" / "attributes.json").exists()
    assert (tmp_path / "clips" / "attributes.csv").exists()
