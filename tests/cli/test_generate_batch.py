"""`generate-batch` as a process that is killed."""

import csv
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.program import PROGRAMS, program, said
from vidgen.videofiles import read_video

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


def test_a_killed_batch_is_finished_by_the_same_command(tmp_path: Path, arguments: list[str]) -> None:
    """After SIGKILL half-way the same arguments finish the batch: each row once, each file whole, nothing left over."""
    out = tmp_path / "videos"
    batch = subprocess.Popen(
        [PROGRAMS / "generate-batch", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while len(rows(out)) < 4:
            assert batch.poll() is None, "the batch ended before it could be killed"
            time.sleep(0.005)
    finally:
        os.kill(batch.pid, signal.SIGKILL)
        assert batch.wait() == -signal.SIGKILL
    kept = rows(out)
    assert 4 <= len(kept) < 12
    for row in kept:
        assert len(read_video(out / row["file_name"])) == 16

    refused = program(*arguments, "--seed", 1, name="generate-batch")
    assert refused.returncode == 1
    (line,) = said(refused.stderr)
    assert line.startswith(f"Error: {out} was begun with seed 0, not 1: repeat its arguments to finish it")
    assert rows(out) == kept

    finished = program(*arguments, name="generate-batch")
    assert finished.returncode == 0, finished.stderr
    assert f"{12 - len(kept)} videos made, {len(kept)} kept from an earlier run" in finished.stdout
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
