"""The terms of an objective: each maps a batch of videos to one value per video.

Videos are `(batch, 3, frames, height, width)`. A video's value does not depend on the other videos of its batch.
"""

from collections.abc import Callable
from functools import cached_property
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def class_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """L_C3D = −Σ Y·log softmax(z) per video (eqs. 6 and 9, on logits).

    Args:
        logits: `(batch, classes)`.
        target: `(batch, classes)`, a distribution over the classes, uniform over a video's labels (§5).
    """
    return -(target * F.log_softmax(logits, 1)).sum(1)


def logit_margin(logits: Tensor, target: Tensor, margin: float = 8.0) -> Tensor:
    """By how much the smallest target logit falls short of the largest other logit plus `margin`, at least 0.

    Unlike that of cross-entropy, its gradient does not vanish as p → 1 (after Carlini & Wagner 2017,
    doi:10.1109/SP.2017.49, eq. 6).
    """
    wanted = target > 0
    weakest = logits.masked_fill(~wanted, torch.inf).amin(1)
    strongest = logits.masked_fill(wanted, -torch.inf).amax(1)
    return F.relu(margin - (weakest - strongest))


def decoded_error(video: Tensor, decoded: Tensor) -> Tensor:
    """L_AE = ‖R(X) − X‖² per video (eq. 7), the mean over the video's elements; its gradient passes through R."""
    return (decoded - video).square().flatten(1).mean(1)


def l2_norm(video: Tensor) -> Tensor:
    """L_norm = ‖X‖² per video (eq. 10), the mean over the video's elements; X is centred on the white background.

    Images are zero-centred where the L2 norm regularises them (Simonyan et al. 2014, doi:10.48550/arXiv.1312.6034).
    """
    return (1 - video).square().flatten(1).mean(1)


def spatial_variation(video: Tensor) -> Tensor:
    """Mean absolute difference of neighbouring pixels, per video (Rudin et al. 1992's total variation)."""
    across = (video[..., 1:] - video[..., :-1]).abs().flatten(1).mean(1)
    down = (video[..., 1:, :] - video[..., :-1, :]).abs().flatten(1).mean(1)
    return across + down


def temporal_variation(video: Tensor) -> Tensor:
    """Mean absolute difference of successive frames, per video."""
    return (video[:, :, 1:] - video[:, :, :-1]).abs().flatten(1).mean(1)


def ink(video: Tensor) -> Tensor:
    """Mean absolute difference from the white background, per video; it penalises faint ghosts."""
    return (1 - video).abs().flatten(1).mean(1)


class EvaluationContext:
    """A batch of videos with target, noise level and networks; what several terms need is computed once.

    Args:
        video: `(batch, 3, frames, height, width)`.
        sigma: the noise level given to the auto-encoder; None: it is estimated from each video.
        target: `(batch, classes + 1)` distributions over C3D's outputs, the last of which is "none".
        c3d: videos → logits.
        tempcae: `(video, sigma, labels, num_objects)` → decoded video.
        num_objects: objects of a video, for unconditional decoding.
        labels: `(batch, classes)`, 1 for each label; None: taken from the target. Given in main memory, no network
            waits for the device to read them.
    """

    def __init__(
        self,
        video: Tensor,
        sigma: float | None,
        target: Tensor,
        c3d: nn.Module,
        tempcae: nn.Module,
        num_objects: int = 1,
        labels: Tensor | None = None,
    ) -> None:
        self.video, self.target = video, target
        self.labels = (target[:, :-1] > 0).to(video.dtype) if labels is None else labels
        self._sigma, self._c3d, self._tempcae, self._num_objects = sigma, c3d, tempcae, num_objects

    @cached_property
    def decoded(self) -> Tensor:
        """R(X), unconditional."""
        return cast(Tensor, self._tempcae(self.video, self._sigma_or_sigmas, None, self._num_objects))

    @cached_property
    def fixed_decoded(self) -> Tensor:
        """R(X), unconditional, without a gradient."""
        if "decoded" in vars(self):
            return self.decoded.detach()
        with torch.no_grad():
            return cast(Tensor, self._tempcae(self.video, self._sigma_or_sigmas, None, self._num_objects))

    @cached_property
    def conditional_decoded(self) -> Tensor:
        """R(X) conditional on the labels, without a gradient."""
        with torch.no_grad():
            return cast(Tensor, self._tempcae(self.video, self._sigma_or_sigmas, self.labels))

    @cached_property
    def logits(self) -> Tensor:
        """C3D's logits of the video."""
        return cast(Tensor, self._c3d(self.video))

    @cached_property
    def decoded_logits(self) -> Tensor:
        """C3D's logits of the decoded video."""
        return cast(Tensor, self._c3d(self.decoded))

    @cached_property
    def sigmas(self) -> Tensor:
        """The noise level of each video `(batch,)`: the given one, or the estimated ones."""
        if self._sigma is None:
            return estimated_sigma(self.video.detach())
        return self.video.new_full((len(self.video),), self._sigma)

    @property
    def _sigma_or_sigmas(self) -> Tensor | float:
        """One number where one is given: auto-encoders then compute only the parts that it calls for."""
        return self.sigmas if self._sigma is None else self._sigma


def estimated_sigma(video: Tensor, sigma_min: float = 0.1, sigma_max: float = 40.0) -> Tensor:
    """The standard deviation of each video's noise, `(batch,)`: the median difference of neighbouring pixels, scaled.

    With it, R(X) = R(X, σ(X)) is a function of the video alone, as in eq. 7, and a descent on it lowers its own noise
    level (Kadkhodaie & Simoncelli 2020, doi:10.48550/arXiv.2007.13640).
    """
    difference = (video[..., ::2, 1::2] - video[..., ::2, ::2]).abs().flatten(1)
    return (difference.median(1).values / (0.6745 * 2**0.5)).clamp(sigma_min, sigma_max)


def distance(video: Tensor, decoded: Tensor) -> Tensor:
    """½‖X − R(X)‖² per video, summed over its elements. R(X) is held fixed, so the gradient is X − R(X).

    This is the prior's gradient of Nguyen et al. 2017 (PPGN, doi:10.1109/CVPR.2017.374).
    """
    return 0.5 * (video - decoded).square().flatten(1).sum(1)


#: Every term that a method may name.
OBJECTIVES: dict[str, Callable[[EvaluationContext], Tensor]] = {
    "class_cross_entropy": lambda context: class_cross_entropy(context.logits, context.target),
    "logit_margin": lambda context: logit_margin(context.logits, context.target),
    "decoded_cross_entropy": lambda context: class_cross_entropy(context.decoded_logits, context.target),
    "decoded_margin": lambda context: logit_margin(context.decoded_logits, context.target),
    "decoded_error": lambda context: decoded_error(context.video, context.decoded),
    "decoded_distance": lambda context: distance(context.video, context.fixed_decoded),
    "conditional_distance": lambda context: distance(context.video, context.conditional_decoded),
    "l2_norm": lambda context: l2_norm(context.video),
    "spatial_variation": lambda context: spatial_variation(context.video),
    "temporal_variation": lambda context: temporal_variation(context.video),
    "ink": lambda context: ink(context.video),
}
#: The gradients, of the videos' shape, of terms that have them in closed form; autograd computes the others.
GRADIENTS: dict[str, Callable[[EvaluationContext], Tensor]] = {
    "decoded_distance": lambda context: context.video - context.fixed_decoded,
    "conditional_distance": lambda context: context.video - context.conditional_decoded,
}
