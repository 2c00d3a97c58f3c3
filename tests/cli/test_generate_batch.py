"""`generate-batch` as a process that is killed."""

import csv
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli import killed
from tests.cli.program import said, vidgen
from vidgen.video_io import read_video

METHODS = ("proposed", "comparison", "refined")


def rows(out: Path) -> list[dict[str, str]]:
    try:
        with (out / "metadata.csv").open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except FileNotFoundError:
        return []


@pytest.fixture
def arguments(tmp_path: Path, tiny_weights: Path) -> list[str]:
    """Twelve videos, each in a batch of its own."""
    options = {
        "--out": tmp_path / "videos",
        "--methods": ",".join(METHODS),
        "--labels": "car right,rocket up + ship left",
        "--per-label": 2,
        "--steps": 3,
        "--batch-size": 1,
        "--weights": tiny_weights,
        "--device": "cpu",
    }
    return [str(word) for option in options.items() for word in option]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("ending", "when", "num_kept"),
    [
        pytest.param(".webp", "before", 4, marks=pytest.mark.slow),
        pytest.param(".mp4", "before", 4, marks=pytest.mark.thorough),
        pytest.param("metadata.csv", "before", 4, marks=pytest.mark.slow),
        ("metadata.csv", "after", 5),
    ],
)
def test_a_killed_batch_is_finished_by_the_same_command(
    ending: str, when: str, num_kept: int, tmp_path: Path, arguments: list[str]
) -> None:
    """After SIGKILL at the fifth video the same arguments finish: each row once, each file whole, nothing left over."""
    out = tmp_path / "videos"
    command = killed.command(ending, 5, when, "generate-batch", *arguments)
    assert subprocess.run(command, cwd=killed.ROOT, capture_output=True).returncode == -signal.SIGKILL
    kept = rows(out)
    assert len(kept) == num_kept
    for row in kept:
        assert len(read_video(out / row["file_name"])) == 16

    refused = vidgen("generate-batch", *arguments, "--seed", 1)
    assert refused.exit_code == 1
    (line,) = said(refused.stderr)
    assert line.startswith(f"Error: {out} was begun with seed 0, not 1: repeat its arguments to finish it")
    assert rows(out) == kept

    finished = vidgen("generate-batch", *arguments)
    assert finished.exit_code == 0, finished.output
    assert f"{12 - num_kept} videos made, {num_kept} kept from an earlier run" in finished.stdout
    table = rows(out)
    for before, row in zip(kept, table, strict=False):
        assert before.items() <= row.items()
    assert len({row["video_id"] for row in table}) == len(table) == 12
    assert {row["method"] for row in table} == set(METHODS)
    names = {row["file_name"] for row in table}
    expected = {out / name for name in names} | {(out / name).with_suffix(".webp") for name in names}
    assert set((out / "videos").iterdir()) == expected
    assert {path.name for path in out.iterdir()} == {"videos", "metadata.csv", "run.json"}
    for name in names:
        assert read_video(out / name).shape == (16, 96, 128, 3)
