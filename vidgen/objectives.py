"""The terms of an objective: each takes a batch of videos and gives one value per video.

Videos are `(batch, 3, frames, height, width)`; a term's value for one video never depends on the others in its batch.
"""

from collections.abc import Callable
from functools import cached_property
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def class_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """L_C3D = −Σ Y·log softmax(z) per video (eq. 6 and 9, read on logits).

    Args:
        logits: `(batch, classes)`.
        target: `(batch, classes)`, a distribution; several labels share it equally (§5).
    """
    return -(target * F.log_softmax(logits, 1)).sum(1)


def logit_margin(logits: Tensor, target: Tensor, margin: float = 8.0) -> Tensor:
    """How far the weakest wanted logit is from exceeding every other by `margin`; 0 when it does.

    Unlike cross-entropy it does not fade while p → 1 (after Carlini & Wagner 2017, doi:10.1109/SP.2017.49, eq. 6).
    """
    wanted = target > 0
    weakest = logits.masked_fill(~wanted, torch.inf).amin(1)
    strongest = logits.masked_fill(wanted, -torch.inf).amax(1)
    return F.relu(margin - (weakest - strongest))


def decoded_error(video: Tensor, decoded: Tensor) -> Tensor:
    """L_AE = ‖R(X) − X‖² per video (eq. 7), the mean over the video's elements; its gradient goes through R too."""
    return (decoded - video).square().flatten(1).mean(1)


def l2_norm(video: Tensor) -> Tensor:
    """L_norm = ‖X‖² per video (eq. 10), the mean over the video's elements."""
    return video.square().flatten(1).mean(1)


def spatial_variation(video: Tensor) -> Tensor:
    """Mean absolute difference of neighbouring pixels, per video (Rudin et al. 1992's total variation)."""
    across = (video[..., 1:] - video[..., :-1]).abs().flatten(1).mean(1)
    down = (video[..., 1:, :] - video[..., :-1, :]).abs().flatten(1).mean(1)
    return across + down


def temporal_variation(video: Tensor) -> Tensor:
    """Mean absolute difference of successive frames, per video."""
    return (video[:, :, 1:] - video[:, :, :-1]).abs().flatten(1).mean(1)


def ink(video: Tensor) -> Tensor:
    """Mean absolute difference from the white background, per video: what faint ghosts pay for."""
    return (1 - video).abs().flatten(1).mean(1)


class View:
    """A batch of videos as the terms see it; what several terms need is computed once.

    `labels`, `(batch, classes)` with 1 for each label, may be given in main memory, so that no network waits for the
    device to read them.
    """

    def __init__(
        self,
        video: Tensor,
        level: float | None,
        target: Tensor,
        c3d: nn.Module,
        tempcae: nn.Module,
        num_objects: int = 1,
        labels: Tensor | None = None,
    ) -> None:
        self.video, self.target = video, target
        self.labels = (target[:, :-1] > 0).to(video.dtype) if labels is None else labels
        self._level, self._c3d, self._tempcae, self._num_objects = level, c3d, tempcae, num_objects

    @cached_property
    def decoded(self) -> Tensor:
        """R(X) at the present noise level, the labels untold."""
        return cast(Tensor, self._tempcae(self.video, self._told_level, None, self._num_objects))

    @cached_property
    def fixed_decoded(self) -> Tensor:
        """R(X) without a gradient."""
        if "decoded" in vars(self):
            return self.decoded.detach()
        with torch.no_grad():
            return cast(Tensor, self._tempcae(self.video, self._told_level, None, self._num_objects))

    @cached_property
    def told_decoded(self) -> Tensor:
        """R(X) of an auto-encoder that is told the labels, without a gradient."""
        with torch.no_grad():
            return cast(Tensor, self._tempcae(self.video, self._told_level, self.labels))

    @cached_property
    def logits(self) -> Tensor:
        """C3D's logits of the video."""
        return cast(Tensor, self._c3d(self.video))

    @cached_property
    def decoded_logits(self) -> Tensor:
        """C3D's logits of the decoded video."""
        return cast(Tensor, self._c3d(self.decoded))

    @cached_property
    def levels(self) -> Tensor:
        """The noise level that the auto-encoder is told of each video: the method's, or what is found in the video."""
        if self._level is None:
            return noise_level(self.video.detach())
        return self.video.new_full((len(self.video),), self._level)

    @property
    def _told_level(self) -> Tensor | float:
        return self.levels if self._level is None else self._level


def noise_level(video: Tensor, lowest: float = 0.1, highest: float = 40.0) -> Tensor:
    """The standard deviation of a video's noise, `(batch,)`, from how much neighbouring pixels differ in the median.

    With it R(X) = R(X, σ(X)) is a function of the video alone, as eq. 7 has it, and a descent on it lowers its own
    noise level (Kadkhodaie & Simoncelli 2020, doi:10.48550/arXiv.2007.13640).
    """
    difference = (video[..., ::2, 1::2] - video[..., ::2, ::2]).abs().flatten(1)
    return (difference.median(1).values / (0.6745 * 2**0.5)).clamp(lowest, highest)


def distance(video: Tensor, decoded: Tensor) -> Tensor:
    """½‖X − R(X)‖² per video, summed over its elements, R(X) held fixed: its gradient is X − R(X).

    The prior's step of Nguyen et al. 2017 (PPGN, doi:10.1109/CVPR.2017.374).
    """
    return 0.5 * (video - decoded).square().flatten(1).sum(1)


#: Every term that a method may name.
OBJECTIVES: dict[str, Callable[[View], Tensor]] = {
    "class_cross_entropy": lambda view: class_cross_entropy(view.logits, view.target),
    "logit_margin": lambda view: logit_margin(view.logits, view.target),
    "decoded_cross_entropy": lambda view: class_cross_entropy(view.decoded_logits, view.target),
    "decoded_margin": lambda view: logit_margin(view.decoded_logits, view.target),
    "decoded_error": lambda view: decoded_error(view.video, view.decoded),
    "decoded_distance": lambda view: distance(view.video, view.fixed_decoded),
    "told_distance": lambda view: distance(view.video, view.told_decoded),
    "l2_norm": lambda view: l2_norm(view.video),
    "spatial_variation": lambda view: spatial_variation(view.video),
    "temporal_variation": lambda view: temporal_variation(view.video),
    "ink": lambda view: ink(view.video),
}
#: The gradients of terms that have a simple one, of the videos' shape; the others' are found by going back.
GRADIENTS: dict[str, Callable[[View], Tensor]] = {
    "decoded_distance": lambda view: view.video - view.fixed_decoded,
    "told_distance": lambda view: view.video - view.told_decoded,
}
