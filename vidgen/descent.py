"""Eq. 8: a batch of videos follows the gradients of its terms. Pure: it saves, prints and configures nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from vidgen.methods import Annealing, Method, Start, Term
from vidgen.objectives import GRADIENTS, OBJECTIVES, View

#: On CUDA a method of at least as many equal steps is captured as a graph, which costs about four of them.
CAPTURED_FROM = 20


#: Videos whose gradient is computed together on the processor. Always as many, because torch adds up the convolutions
#: of one video in another order than those of several, and matrix products in an order that depends on their rows: a
#: last bit that tips a pooling layer's choice would send a video elsewhere. More at once are no faster there.
TOGETHER = 2


@dataclass(frozen=True, slots=True)
class Step:
    """What a callback is told: the step just taken, of how many, and the videos after it.

    Do not change them; on CUDA they are valid until the next step.
    """

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
        tempcae: frozen auto-encoder, `(video, noise_level, labels)` → decoded video. On CUDA the networks must not wait
            for the device, or no step of them can be captured.
        callback: told of each step.

    Returns:
        The videos after the last step, not clipped to [0, 1].
    """
    slope = partial(_slope, method=method, c3d=c3d, tempcae=tempcae, parts=_parts(video, target))
    video = video.detach().clone()
    if method.annealing:
        return _annealed(video, slope, method.annealing, method.steps, callback)
    same = partial(slope, level=method.noise_level)
    if video.is_cuda and method.steps >= CAPTURED_FROM:
        return _replayed(video, same, method.steps, callback)
    for step in range(method.steps):
        video = video.sub(same(video))
        callback(Step(step + 1, method.steps, video))
    return video


@dataclass(frozen=True, slots=True)
class _Part:
    """Videos whose gradient is computed together: which of the batch, the last repeated to make up the number."""

    index: Tensor
    #: How many of them count: the first.
    count: int
    target: Tensor
    #: `(videos, classes)` in main memory, 1 for each label, and the labels of each.
    labels: Tensor
    num_objects: int


def _parts(video: Tensor, target: Tensor) -> list[_Part]:
    """The batch in parts of equal size: on the processor of `TOGETHER` videos, elsewhere all."""
    labels, num_objects = (target[:, :-1] > 0).to("cpu", video.dtype), most_labels(target)
    size = len(video) if video.is_cuda else TOGETHER
    parts = []
    for start in range(0, len(video), size):
        numbers = torch.arange(start, start + size).clamp(max=len(video) - 1)
        told, place = labels[numbers], numbers.to(video.device)
        told = told.pin_memory() if video.is_cuda else told
        parts.append(_Part(place, min(size, len(video) - start), target[place], told, num_objects))
    return parts


def _slope(
    video: Tensor, level: float | None, *, method: Method, c3d: nn.Module, tempcae: nn.Module, parts: list[_Part]
) -> Tensor:
    """Σ η_k σ^p_k ∂L_k/∂X, of the videos' shape."""
    terms = [term for term in method.terms if level is None or level > term.above]
    slopes = []
    for part in parts:
        leaf = video.detach()[part.index].requires_grad_()
        view = View(leaf, level, part.target, c3d, tempcae, part.num_objects, part.labels)
        slopes.append(_slope_of(view, terms)[: part.count])
    return torch.cat(slopes)


def _slope_of(view: View, terms: Sequence[Term]) -> Tensor:
    """The same of the videos of one part."""
    followed = [term for term in terms if term.objective not in GRADIENTS]
    slope = torch.zeros_like(view.video)
    if followed:
        slope = torch.autograd.grad(total_value(view, followed).sum(), view.video)[0]
    with torch.no_grad():
        for term in terms:
            if term.objective in GRADIENTS:
                slope = slope + _weight(term, view)[:, None, None, None, None] * GRADIENTS[term.objective](view)
    return slope


def _weight(term: Term, view: View) -> Tensor:
    """η_k σ^p_k per video `(batch,)`, 0 for those whose noise level σ is not above the term's threshold."""
    return term.rate * view.levels**term.power * (view.levels > term.above)


def _annealed(
    video: Tensor, slope: Callable[..., Tensor], annealing: Annealing, steps: int, callback: Callable[[Step], None]
) -> Tensor:
    """The descent while the noise level falls: a share of the way, from level to level, to what the terms point to."""
    levels, before = annealing.levels(steps), video
    for step in range(steps):
        away = slope(video, level=levels[step])
        aim, foresight = video - away, annealing.foresight(levels, step)
        if foresight:
            away = away.sub(aim - before, alpha=foresight)
        video, before = video.sub(away, alpha=annealing.share(levels, step)), aim
        callback(Step(step + 1, steps, video))
    return video


def _replayed(video: Tensor, slope: Callable[[Tensor], Tensor], steps: int, callback: Callable[[Step], None]) -> Tensor:
    """The descent in place, its steps all alike: one is captured as a CUDA graph, and replayed for each."""
    start, side = video.clone(), torch.cuda.Stream(video.device)  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream(video.device))
    with torch.cuda.stream(side):
        # Libraries set themselves up and choose their kernels before the capture.
        for _ in range(3):
            video.sub_(slope(video))
        video.copy_(start)
    torch.cuda.current_stream(video.device).wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        video.sub_(slope(video))
    for step in range(steps):
        graph.replay()
        callback(Step(step + 1, steps, video))
    return video


def most_labels(target: Tensor) -> int:
    """Labels of a video `(batch, classes)`, as many for each: objects that it shows."""
    return int((target > 0).sum(1).max())


def total_value(view: View, terms: Sequence[Term]) -> Tensor:
    """Σ η_k σ^p_k L_k per video `(batch,)`; a term counts for videos whose noise level σ is above its threshold."""
    return torch.stack([_weight(term, view) * OBJECTIVES[term.objective](view) for term in terms]).sum(0)


def term_values(
    video: Tensor, method: Method, target: Tensor, *, c3d: nn.Module, tempcae: nn.Module
) -> dict[str, Tensor]:
    """Each term's value per video `(batch,)` at the method's last noise level, by the objective's name."""
    level = method.annealing.lowest if method.annealing else method.noise_level
    with torch.no_grad():
        view = View(video, level, target, c3d, tempcae, most_labels(target))
        return {term.objective: OBJECTIVES[term.objective](view) for term in method.terms}
