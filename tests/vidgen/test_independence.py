"""A video depends on its seed and label alone: shown with the networks that come with the package."""

from dataclasses import replace
from functools import cache

import pytest
import torch
from torch import Tensor

from vidgen.descent import descend, start_video
from vidgen.methods import METHODS, find_method
from vidgen.weights import Networks, load_networks

LITERAL = ("proposed:paper", "comparison:paper")
#: A few steps reach from the highest noise level to the lowest; every step of a batch of 16 takes minutes.
QUICK = [
    pytest.param(name, 3, 3, id=f"{name}, 3 steps", marks=[pytest.mark.thorough] if name == "guided" else [])
    for name in METHODS
]
SLOW = [pytest.param(name, 3, 3, id=f"{name}, 3 steps", marks=pytest.mark.slow) for name in LITERAL]
WHOLE = [pytest.param(name, None, 16, id=f"{name}, all steps", marks=pytest.mark.slow) for name in METHODS]


@cache
def networks() -> Networks:
    return load_networks("compact")


def made(name: str, steps: int | None, seeds: list[int]) -> Tensor:
    """The videos of those seeds, a label each by its seed, before they are rounded to what a file holds."""
    method = find_method(name)
    method = method if steps is None else replace(method, steps=steps)
    nets, size = networks(), networks().c3d.config
    start = start_video(method.start, seeds, (3, size.frames, size.height, size.width), torch.device("cpu"))
    target = torch.eye(nets.num_outputs)[[seed % len(nets.classes) for seed in seeds]]
    return descend(start, method, target, **nets.of(method))


@pytest.mark.parametrize(("name", "steps", "count"), [*QUICK, *SLOW, *WHOLE])
def test_a_video_is_the_same_in_any_batch(name: str, steps: int | None, count: int) -> None:
    """The first and the last video of a batch are, within 1e-4, those that are made alone."""
    together = made(name, steps, list(range(count)))
    assert torch.isfinite(together).all()
    for seed in (0, count - 1):
        alone = made(name, steps, [seed])
        assert (together[seed] - alone[0]).abs().max() < 1e-4


@pytest.mark.parametrize(("name", "steps", "count"), [*QUICK, *SLOW, *WHOLE])
def test_two_runs_give_the_same_bits(name: str, steps: int | None, count: int) -> None:
    """On the processor a batch is the same bit for bit whenever it is made."""
    seeds = list(range(count))
    assert torch.equal(made(name, steps, seeds), made(name, steps, seeds))
