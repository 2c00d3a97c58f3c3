"""What only a CUDA device can show: captured graphs, precision, independence within a batch, no waiting."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from torch import nn

from vidgen import descent
from vidgen.cli import load
from vidgen.descent import CAPTURED_FROM, descend, start_video
from vidgen.device import prepare_for_inference, to_channels_last, tune
from vidgen.methods import METHODS, find_method
from vidgen.networks import checkpoints
from vidgen.networks.c3d import C3DConfig
from vidgen.networks.tempcae import TempCAEConfig
from vidgen.training.runs import TrainConfig, train
from vidgen.weights import load_networks

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device"),
    pytest.mark.filterwarnings("ignore:Synchronization debug mode:UserWarning"),
    pytest.mark.filterwarnings("default:cuDNN:RuntimeWarning"),  # a doubted cuDNN is for the figures to show
]
CUDA = torch.device("cuda")
SHAPE = (3, 16, 96, 128)
LITERAL = ("proposed:paper", "comparison:paper")
TARGET = torch.eye(12)[:8]


@pytest.fixture(scope="module", autouse=True)
def _tuned() -> None:
    tune("cuda")


def networks(*, half: bool) -> dict[str, nn.Module]:
    """The paper's networks at the compact preset's width, untrained; the same weights each time."""
    c3d = C3DConfig(num_classes=12, blocks=((16,), (32,), (48, 48), (64, 64), (64, 64)), hidden=128, shrink=2)
    built = {"c3d": checkpoints.build("c3d", c3d), "tempcae": checkpoints.build("tempcae", TempCAEConfig())}
    ready = (
        prepare_for_inference if half else lambda net, place: to_channels_last(net.eval().requires_grad_(False), place)
    )
    return {name: ready(network, CUDA) for name, network in built.items()}


def made(name: str, seeds: list[int], *, half: bool, steps: int = CAPTURED_FROM) -> torch.Tensor:
    """Videos of those seeds after some steps of a method."""
    method = replace(find_method(name), steps=steps)
    start = start_video(method.start, seeds, SHAPE, CUDA)
    return descend(start, method, TARGET[seeds].to(CUDA), **networks(half=half)) - start


@pytest.mark.parametrize("name", LITERAL)
def test_captured_steps_equal_eager_ones(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A replayed graph moves the videos as the same steps one by one do."""
    captured = made(name, [1, 2], half=True)
    monkeypatch.setattr(descent, "CAPTURED_FROM", 10**9)
    eager = made(name, [1, 2], half=True)
    assert captured.abs().max() > 0
    # Pooling's gradient adds up in no fixed order.
    assert (captured - eager).norm() < 0.01 * eager.norm()


@pytest.mark.parametrize("name", LITERAL)
def test_bfloat16_moves_videos_as_single_precision_does(name: str) -> None:
    """After twenty steps both have moved the video the same way, within what eight bits of mantissa allow."""
    half, single = (made(name, [1, 2], half=half) for half in (True, False))
    assert half.dtype == torch.float32
    assert (half - single).norm() < 0.1 * single.norm()


@pytest.mark.parametrize("name", LITERAL)
def test_batches_of_1_and_8_agree(name: str) -> None:
    """A video depends on its seed and label alone, within 1e-4 in single precision."""
    together = made(name, list(range(8)), half=False)
    alone = torch.cat([made(name, [seed], half=False) for seed in range(8)])
    assert (together - alone).abs().max() < 1e-4


@pytest.mark.parametrize("name", [*METHODS, *LITERAL])
def test_no_step_waits_for_the_device(name: str) -> None:
    """Between a descent's first step and its last the processor never waits for a result."""
    nets = load_networks("compact", device="cuda")
    method = find_method(name)
    method = method if method.steps <= 1000 else replace(method, steps=CAPTURED_FROM)
    start = start_video(method.start, [1, 2], SHAPE, CUDA)
    target = torch.eye(nets.num_outputs)[:2].to(CUDA)

    def forbid(_: object) -> None:
        torch.cuda.set_sync_debug_mode("error")

    try:
        video = descend(start, method, target, **nets.of(method), callback=forbid)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert torch.isfinite(video).all()


def test_c3d_learns_there_from_what_the_auto_encoder_decodes(tmp_path: Path) -> None:
    """The compact preset's C3D is trained on the device in all its phases: snippets, clips and decoded clips."""
    figures = train(tmp_path / "weights", TrainConfig(networks=("c3d",), effort=0.01, device="cuda"))
    assert figures["c3d"]["c3d"]["steps"] >= 5
    assert math.isfinite(figures["c3d"]["c3d"]["loss"])


def test_bench_gpu_writes_its_record(tmp_path: Path) -> None:
    """The command measures the device and leaves a record and a page."""
    arguments = ["--steps", str(CAPTURED_FROM), "--batch-size", "2", "--out", str(tmp_path / "record.json")]
    result = CliRunner().invoke(load("bench-gpu"), arguments)
    assert result.exit_code == 0, result.output
    record = json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))
    assert record["hardware"]["device"] == torch.cuda.get_device_name()
    paper, refined = record["speeds"]
    assert (paper["method"], paper["preset"], paper["steps"]) == ("proposed:paper", "full", 50_000)
    assert paper["extrapolated"]
    assert paper["captured"]
    assert paper["gflop_per_video"] > 7.5e6
    assert not refined["extrapolated"]
    assert (tmp_path / "record.md").read_text(encoding="utf-8").startswith("# Speed on")
