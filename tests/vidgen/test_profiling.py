"""The measuring loop and the counting, on the processor; what only a GPU can show is in `test_gpu.py`."""

from dataclasses import replace
from itertools import count

import pytest
import torch

from tests.tinyweights import C3D_CONFIG, TEMPCAE_CONFIG
from vidgen import profiling as module
from vidgen.device import prepare_for_inference
from vidgen.methods import METHODS, Method, Term, find_method
from vidgen.networks import checkpoints
from vidgen.networks.c3d import C3D, C3DConfig
from vidgen.networks.tempcae import TempCAE, TempCAEConfig
from vidgen.profiling import FlopCounter, Subject, flop_of, measure, subject
from vidgen.training.presets import PRESETS

CPU = torch.device("cpu")


@pytest.fixture
def tiny():
    """Networks so small that a step takes milliseconds."""
    size = C3DConfig(num_classes=4, blocks=((4,), (4,)), hidden=8, frames=4, height=16, width=16)
    tempcae = checkpoints.build("tempcae", TempCAEConfig(window=2, kernel=4, stride=2, hidden=3))
    return Subject(
        prepare_for_inference(checkpoints.build("c3d", size), CPU), prepare_for_inference(tempcae, CPU), "tiny"
    )


@pytest.mark.thorough
def test_a_step_through_the_papers_c3d_counts_as_reckoned():
    """At 16×96×128 C3D's forward pass is 37.8 GMAC, two operations each, and with the input's gradient 4 × 37.8."""
    with torch.device("meta"):
        c3d = C3D(C3DConfig(num_classes=11)).folded()
        video = torch.zeros(1, 3, 16, 96, 128, requires_grad=True)
    with FlopCounter() as forward:
        logits = c3d(video)
    assert forward.total == pytest.approx(2 * 37.8e9, rel=1e-3)
    with FlopCounter() as backward:
        torch.autograd.grad(logits.sum(), video)
    assert backward.total == forward.total  # weights are frozen: no gradient of theirs is computed
    assert 50_000 * (forward.total + backward.total) == pytest.approx(7.6e15, rel=0.01)


def test_equal_steps_are_counted_once(tiny):
    """A method of 50,000 equal steps counts 50,000 times what one counts; an annealed one is counted to its end."""
    paper = find_method("comparison:paper")
    assert flop_of(paper, tiny, CPU) == 50_000 * flop_of(replace(paper, steps=1), tiny, CPU) > 0
    annealed = next(method for method in METHODS.values() if method.annealing)
    assert flop_of(annealed, tiny, CPU) > flop_of(replace(annealed, steps=2), tiny, CPU) > 0


def test_gradients_of_the_input_alone_are_counted(tiny):
    """Networks that are not frozen do more, and the counter sees it."""
    method = Method(name="t", summary="", terms=(Term(objective="class_cross_entropy", rate=1.0),), steps=1)
    frozen = flop_of(method, tiny, CPU)
    tiny.c3d.requires_grad_(True)
    video = torch.zeros(1, 3, 4, 16, 16, requires_grad=True)
    with FlopCounter() as counter:
        tiny.c3d(video).sum().backward()
    assert counter.total > frozen


def measured(monkeypatch, tiny, method, **options):
    """What is measured with a clock that advances by a second each time it is read."""
    ticks = count()
    monkeypatch.setattr(module, "subject", lambda *_: tiny)
    return measure(method, "compact", CPU, clock=lambda: float(next(ticks)), **options)


def test_a_long_method_is_extrapolated_from_some_steps(monkeypatch, tiny):
    """Of 50,000 steps a few are timed after a warm-up: one second for them all, by that clock."""
    speed = measured(monkeypatch, tiny, "proposed:paper", batch=2, steps=4)
    assert (speed.steps, speed.measured_steps, speed.extrapolated) == (50_000, 4, True)
    assert speed.seconds_per_video == pytest.approx(1 / 4 * 50_000 / 2)
    assert speed.tflops == pytest.approx(speed.gflop_per_video / 1e3 / speed.seconds_per_video)
    assert speed.gflop_per_video > 0
    assert speed.peak_gb > 0.05
    assert not speed.captured


@pytest.mark.thorough
def test_a_short_method_is_measured_to_its_end(monkeypatch, tiny):
    """The whole descent counts, the second time; nothing is reckoned."""
    speed = measured(monkeypatch, tiny, "comparison", batch=2)
    assert speed.steps == speed.measured_steps == METHODS["comparison"].steps
    assert not speed.extrapolated
    assert speed.seconds_per_video == pytest.approx(1 / 2)


@pytest.mark.parametrize("options", [{"batch": 0}, {"batch": 1, "steps": 0}])
def test_nothing_cannot_be_measured(options):
    """No videos or no steps are refused by name."""
    with pytest.raises(ValueError, match="must be at least 1, got 0"):
        measure("comparison", "compact", CPU, **options)


def test_a_preset_without_weights_is_built(monkeypatch):
    """Its own sizes, frozen and untrained; literal settings take the paper's auto-encoder."""
    small = replace(PRESETS["full"], c3d=C3D_CONFIG, tempcae=TEMPCAE_CONFIG)
    monkeypatch.setitem(PRESETS, "small", small)
    built = subject("proposed:paper", "small", CPU)
    assert built.name == "C3D and TempCAE, untrained"
    assert isinstance(built.tempcae, TempCAE)
    assert built.tempcae.config.hidden != TEMPCAE_CONFIG.hidden
    assert subject("refined", "small", CPU).tempcae.config == TEMPCAE_CONFIG
    for network in (built.c3d, built.tempcae):
        assert not any(parameter.requires_grad for parameter in network.parameters())
    assert subject("refined", "compact", CPU).name.endswith(", trained")
