"""`bench-gpu` on a machine without a GPU, and its record made on the processor."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result

from tests.tinyweights import C3D_CONFIG, TEMPCAE_CONFIG
from vidgen.cli import load
from vidgen.training.presets import PRESETS


def run(*arguments: object) -> Result:
    return CliRunner().invoke(load("bench-gpu"), list(map(str, arguments)))


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_without_a_gpu_it_says_so_in_one_line(tmp_path: Path) -> None:
    """No CUDA device is one line and exit status 1, before anything is measured or written."""
    result = run("--out", tmp_path / "record.json")
    assert result.exit_code == 1
    assert result.stderr == "Error: device 'cuda' asked for, but this torch sees no CUDA device\n"
    assert not list(tmp_path.iterdir())


def test_the_whole_command_on_the_processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Record and page are written, beside each other, and the page is what is printed."""
    monkeypatch.setitem(PRESETS, "tiny", replace(PRESETS["compact"], c3d=C3D_CONFIG, tempcae=TEMPCAE_CONFIG))
    out = tmp_path / "record.json"
    result = run("--device", "cpu", "--runs", "comparison:paper/tiny", "--steps", 2, "--batch-size", 1, "--out", out)
    assert result.exit_code == 0, result.output
    (speed,) = json.loads(out.read_text(encoding="utf-8"))["speeds"]
    assert (speed["steps"], speed["measured_steps"], speed["extrapolated"]) == (50_000, 2, True)
    assert speed["seconds_per_video"] > 0
    page = (tmp_path / "record.md").read_text(encoding="utf-8")
    assert page in result.stdout
    assert str(out) in result.stdout
