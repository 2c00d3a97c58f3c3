"""Eq. 8: gradient descent on the pixels of a batch of videos. Pure: it saves, prints and configures nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from vidgen.methods import Annealing, Method, Start, Term
from vidgen.networks.layered import LayeredTempCAE
from vidgen.objectives import GRADIENTS, OBJECTIVES, EvaluationContext

#: Steps from which on a method of equal steps is captured as a CUDA graph; the capture costs about four steps.
CAPTURED_FROM = 20
#: Videos whose gradient is computed together on the CPU, always this number: torch's order of summation depends on the
#: batch size, and a difference in the last bit can change the choice of a pooling layer and so the whole video. More
#: videos at once are no faster there.
TOGETHER = 2


@dataclass(frozen=True, slots=True)
class Step:
    """What a callback receives after each step."""

    #: The number of the step just taken, from 1, and of all steps.
    step: int
    steps: int
    #: The videos after it. They must not be changed; on CUDA they are valid until the next step.
    video: Tensor


def start_video(start: Start, seeds: Sequence[int], shape: tuple[int, int, int, int], device: torch.device) -> Tensor:
    """The videos at step 0, `(len(seeds), *shape)`; a video's noise depends on its seed alone, not on the device."""
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
    """Take all steps of a method.

    The loss is per video and summed over the batch, so a video does not depend on the others in its batch.

    Args:
        video: `(batch, 3, frames, height, width)`, the start.
        method: terms, rates, steps and noise levels.
        target: `(batch, classes + 1)` distributions over C3D's outputs, the last of which is "none".
        c3d: frozen classifier, videos → logits.
        tempcae: frozen auto-encoder, `(video, sigma, labels, num_objects)` → decoded video. On CUDA the networks must
            not synchronise with the device: such a step cannot be captured.
        callback: called after each step.

    Returns:
        The videos after the last step, not clipped to [0, 1].
    """
    gradient = partial(_gradient, method=method, c3d=c3d, parts=_parts(video, target, tempcae))
    video = video.detach().clone()
    if method.annealing:
        return _annealed(video, gradient, method.annealing, method.steps, callback)
    constant = partial(gradient, sigma=method.sigma)
    if video.is_cuda and method.steps >= CAPTURED_FROM:
        return _replayed(video, constant, method.steps, callback)
    for step in range(method.steps):
        video = video.sub(constant(video))
        callback(Step(step + 1, method.steps, video))
    return video


@dataclass(frozen=True, slots=True)
class _Part:
    """Videos whose gradient is computed together."""

    #: Their places in the batch `(videos,)`; the last part repeats its last video to keep its size.
    index: Tensor
    #: Videos without the repeated ones.
    count: int
    target: Tensor
    #: `(videos, classes)` in main memory, 1 for each label.
    labels: Tensor
    num_objects: int
    tempcae: nn.Module


def for_videos(tempcae: nn.Module, start: Tensor) -> nn.Module:
    """The auto-encoder for videos that begin as `start`: one with a learned prior draws for each video of its own."""
    return tempcae.for_videos(start) if isinstance(tempcae, LayeredTempCAE) else tempcae


def _parts(video: Tensor, target: Tensor, tempcae: nn.Module) -> list[_Part]:
    """The batch in parts of equal size: `TOGETHER` videos on the CPU, the whole batch elsewhere."""
    labels, num_objects = (target[:, :-1] > 0).to("cpu", video.dtype), most_labels(target)
    size = len(video) if video.is_cuda else TOGETHER
    parts, tempcae = [], for_videos(tempcae, video.detach())
    for start in range(0, len(video), size):
        numbers = torch.arange(start, start + size).clamp(max=len(video) - 1)
        own, place = labels[numbers], numbers.to(video.device)
        own = own.pin_memory() if video.is_cuda else own
        part = tempcae.of_videos(numbers.tolist()) if isinstance(tempcae, LayeredTempCAE) else tempcae
        parts.append(_Part(place, min(size, len(video) - start), target[place], own, num_objects, part))
    return parts


def _gradient(video: Tensor, sigma: float | None, *, method: Method, c3d: nn.Module, parts: list[_Part]) -> Tensor:
    """Σ η_k σ^p_k ∂L_k/∂X, of the videos' shape."""
    terms = [term for term in method.terms if sigma is None or sigma > term.above]
    gradients = []
    for part in parts:
        leaf = video.detach()[part.index].requires_grad_()
        context = EvaluationContext(leaf, sigma, part.target, c3d, part.tempcae, part.num_objects, part.labels)
        gradients.append(_gradient_of(context, terms)[: part.count])
    return torch.cat(gradients)


def _gradient_of(context: EvaluationContext, terms: Sequence[Term]) -> Tensor:
    """The gradient for the videos of one part: by autograd where a term has no closed form."""
    differentiated = [term for term in terms if term.objective not in GRADIENTS]
    gradient = torch.zeros_like(context.video)
    if differentiated:
        gradient = torch.autograd.grad(total_value(context, differentiated).sum(), context.video)[0]
    with torch.no_grad():
        for term in terms:
            if term.objective in GRADIENTS:
                weight = _weight(term, context)[:, None, None, None, None]
                gradient = gradient + weight * GRADIENTS[term.objective](context)
    return gradient


def _weight(term: Term, context: EvaluationContext) -> Tensor:
    """η_k σ^p_k per video `(batch,)`; 0 where the noise level σ is not above the term's threshold."""
    return term.rate * context.sigmas**term.power * (context.sigmas > term.above)


def _annealed(
    video: Tensor, gradient: Callable[..., Tensor], annealing: Annealing, steps: int, callback: Callable[[Step], None]
) -> Tensor:
    """The descent at falling noise levels: each step moves a fraction of the way to the target X − gradient."""
    sigmas, previous = annealing.sigmas(steps), video
    for step in range(steps):
        change = gradient(video, sigma=sigmas[step])
        target, correction = video - change, annealing.multistep_correction(sigmas, step)
        if correction:
            change = change.sub(target - previous, alpha=correction)
        video, previous = video.sub(change, alpha=annealing.step_fraction(sigmas, step)), target
        callback(Step(step + 1, steps, video))
    return video


def _replayed(
    video: Tensor, gradient: Callable[[Tensor], Tensor], steps: int, callback: Callable[[Step], None]
) -> Tensor:
    """The descent in place, in equal steps: one step is captured as a CUDA graph and replayed."""
    start, side = video.clone(), torch.cuda.Stream(video.device)  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream(video.device))
    with torch.cuda.stream(side):
        # Libraries initialise and choose their kernels before the capture.
        for _ in range(3):
            video.sub_(gradient(video))
        video.copy_(start)
    torch.cuda.current_stream(video.device).wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        video.sub_(gradient(video))
    for step in range(steps):
        graph.replay()
        callback(Step(step + 1, steps, video))
    return video


def most_labels(target: Tensor) -> int:
    """The largest number of labels of a video, from targets `(batch, classes + 1)`."""
    return int((target > 0).sum(1).max())


def total_value(context: EvaluationContext, terms: Sequence[Term]) -> Tensor:
    """Σ η_k σ^p_k L_k per video `(batch,)`; a term counts for videos whose noise level σ is above its threshold."""
    return torch.stack([_weight(term, context) * OBJECTIVES[term.objective](context) for term in terms]).sum(0)


def term_values(
    video: Tensor, method: Method, target: Tensor, *, c3d: nn.Module, tempcae: nn.Module
) -> dict[str, Tensor]:
    """Each term's value per video `(batch,)` at the method's last noise level, by the name of its objective.

    An auto-encoder with a learned prior must be that of `for_videos`.
    """
    sigma = method.annealing.sigma_min if method.annealing else method.sigma
    with torch.no_grad():
        context = EvaluationContext(video, sigma, target, c3d, tempcae, most_labels(target))
        return {term.objective: OBJECTIVES[term.objective](context) for term in method.terms}
