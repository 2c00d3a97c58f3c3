"""Eq. 8: a batch of videos follows the gradients of its terms. Pure: it saves, prints and configures nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from vidgen.methods import Method, Start, Term
from vidgen.objectives import OBJECTIVES, View


@dataclass(frozen=True, slots=True)
class Step:
    """What a callback is told: the step just taken, of how many, and the videos after it (do not change them)."""

    step: int
    steps: int
    video: Tensor


def start_video(start: Start, seeds: Sequence[int], shape: tuple[int, int, int, int], device: torch.device) -> Tensor:
    """Step 0 of each item, `(len(seeds), *shape)`; an item's noise depends on its seed alone, whatever the device."""
    noise = []
    for seed in seeds:
        generator = torch.Generator().manual_seed(seed)
        if start.distribution == "normal":
            noise.append(torch.randn(shape, generator=generator))
        else:
            noise.append(torch.rand(shape, generator=generator) * 2 - 1)
    return (start.mean + start.spread * torch.stack(noise)).to(device)


def descend(
    video: Tensor,
    method: Method,
    target: Tensor,
    *,
    c3d: nn.Module,
    tempcae: nn.Module,
    callback: Callable[[Step], None] = lambda _: None,
) -> Tensor:
    """Follow a method's terms from a start to its last step.

    The loss is per video and summed over the batch, so that a video's path never depends on its neighbours.

    Args:
        video: `(batch, 3, frames, height, width)`, the start.
        method: terms, rates, steps and noise levels.
        target: `(batch, classes)` distributions over C3D's outputs.
        c3d: frozen classifier, videos → logits.
        tempcae: frozen auto-encoder, `(video, noise_level, labels)` → decoded video.
        callback: told of each step.

    Returns:
        The videos after the last step, not clipped to [0, 1].
    """
    video = video.detach().clone()
    levels = method.annealing.levels(method.steps) if method.annealing else None
    for step in range(method.steps):
        level, factor = (levels[step], 1 - levels[step + 1] / levels[step]) if levels else (method.noise_level, 1.0)
        terms = [term for term in method.terms if level > term.above]
        gradient = _gradient(video, terms, level, target, c3d, tempcae)
        video = video.sub_(gradient, alpha=factor)
        callback(Step(step + 1, method.steps, video))
    return video


def term_values(
    video: Tensor, method: Method, target: Tensor, *, c3d: nn.Module, tempcae: nn.Module
) -> dict[str, Tensor]:
    """Each term's value per video `(batch,)` at the method's last noise level, by the objective's name."""
    level = method.annealing.lowest if method.annealing else method.noise_level
    with torch.no_grad():
        view = View(video, level, target, c3d, tempcae)
        return {term.objective: OBJECTIVES[term.objective](view) for term in method.terms}


def _gradient(
    video: Tensor,
    terms: list[Term],
    level: float,
    target: Tensor,
    c3d: nn.Module,
    tempcae: nn.Module,
) -> Tensor:
    """Σ η_k ∂L_k/∂X, all terms in one backward pass."""
    leaf = video.detach().requires_grad_()
    view = View(leaf, level, target, c3d, tempcae)
    total = sum((term.rate * level**term.power) * OBJECTIVES[term.objective](view).sum() for term in terms)
    return torch.autograd.grad(cast(Tensor, total), leaf)[0]
