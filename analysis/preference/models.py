"""Models of one vote between two methods, by d = strength on the left − on the right + position, and by ties.

Each gives, for the outcomes left, tie, right (the last axis), the logarithm of their probabilities with its first and
second derivatives. All three log likelihoods are concave, so that Newton's method finds their only maximum.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

Array = np.ndarray

ModelName = Literal["bradley-terry", "rao-kupper", "davidson"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Derivatives:
    """Each (rows, 3); `by_tie` and the like are 0 in a model without a parameter of ties."""

    log_p: Array
    by_d: Array
    by_tie: Array
    by_d_d: Array
    by_d_tie: Array
    by_tie_tie: Array


def bradley_terry(d: Array, tie: float) -> Derivatives:
    """P(left) = 1/(1 + e^−d) (Bradley & Terry, Biometrika 1952, doi:10.2307/2334029); a tie is half a win for both."""
    left, right = special.expit(d), special.expit(-d)
    log_left, log_right = special.log_expit(d), special.log_expit(-d)
    none = np.zeros((len(d), 3))
    return Derivatives(
        log_p=np.stack([log_left, (log_left + log_right) / 2, log_right], axis=-1),
        by_d=np.stack([right, (right - left) / 2, -left], axis=-1),
        by_tie=none,
        by_d_d=none - (left * right)[:, None],
        by_d_tie=none,
        by_tie_tie=none,
    )


def rao_kupper(d: Array, tie: float) -> Derivatives:
    """P(left) = 1/(1 + θe^−d), θ = e^tie (Rao & Kupper, JASA 1967, doi:10.1080/01621459.1967.10482901).

    Two strengths less than log θ apart are not told from each other. P(tie) = (θ² − 1)·P(left)·P(right).
    """
    left, right = special.expit(d - tie), special.expit(-d - tie)
    log_left, log_right = special.log_expit(d - tie), special.log_expit(-d - tie)
    f, g = left * (1 - left), right * (1 - right)
    spare = -np.expm1(-2 * tie)
    log_factor = 2 * tie + np.log(spare)
    curved = -4 * np.exp(-2 * tie) / spare**2
    return Derivatives(
        log_p=np.stack([log_left, log_factor + log_left + log_right, log_right], axis=-1),
        by_d=np.stack([1 - left, right - left, right - 1], axis=-1),
        by_tie=np.stack([left - 1, 2 / spare - 2 + left + right, right - 1], axis=-1),
        by_d_d=np.stack([-f, -f - g, -g], axis=-1),
        by_d_tie=np.stack([f, f - g, -g], axis=-1),
        by_tie_tie=np.stack([-f, curved - f - g, -g], axis=-1),
    )


def davidson(d: Array, tie: float) -> Derivatives:
    """P(left) : P(tie) : P(right) = e^{d/2} : ν : e^{−d/2}, ν = e^tie (Davidson, JASA 1970, doi:10.2307/2283595)."""
    powers = np.stack([d / 2, np.full(len(d), tie), -d / 2], axis=-1)
    log_p = powers - special.logsumexp(powers, axis=-1, keepdims=True)
    p = np.exp(log_p)
    mean, ties = (p[:, 0] - p[:, 2]) / 2, p[:, 1]
    outcome, tied = np.array([0.5, 0.0, -0.5]), np.array([0.0, 1.0, 0.0])
    same = np.ones((1, 3))
    return Derivatives(
        log_p=log_p,
        by_d=outcome - mean[:, None],
        by_tie=tied - ties[:, None],
        by_d_d=-((p[:, 0] + p[:, 2]) / 4 - mean**2)[:, None] * same,
        by_d_tie=(mean * ties)[:, None] * same,
        by_tie_tie=-(ties * (1 - ties))[:, None] * same,
    )


MODELS: dict[ModelName, Callable[[Array, float], Derivatives]] = {
    "bradley-terry": bradley_terry,
    "rao-kupper": rao_kupper,
    "davidson": davidson,
}
