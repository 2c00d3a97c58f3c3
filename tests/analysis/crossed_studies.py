"""Answers of crossed participants and videos, for tests of the mixed model."""

from typing import Any

import numpy as np
from scipy import special

from analysis import mixed
from analysis.mixed import mixed_model

METHODS, LABELS = ["a", "b"], ["x", "y", "z"]


def study(
    seed: int,
    *,
    workers: int = 40,
    videos: int = 36,
    sd: tuple[float, float, float] = (1.0, 0.7, 0.5),
    effect: float = 0.8,
) -> dict[str, np.ndarray]:
    """Everyone answers every video; two methods, three labels; SDs of videos, participants, participant × method."""
    rng = np.random.default_rng(seed)
    worker, video = np.repeat(np.arange(workers), videos), np.tile(np.arange(videos), workers)
    method, label = video % 2, video // 2 % 3
    eta = np.array([0.3, -0.2, 0.6])[label] - effect * method + rng.normal(0, sd[0], videos)[video]
    eta += rng.normal(0, sd[1], workers)[worker] + rng.normal(0, sd[2], 2 * workers)[2 * worker + method]
    return {
        "worker": worker,
        "video": video,
        "method": method,
        "label": label,
        "right": rng.random(len(eta)) < special.expit(eta),
    }


def fitted(answers: dict[str, np.ndarray], **options: Any) -> mixed.ReviewersModel:
    """The model of the answers to two methods and three labels."""
    return mixed_model(**answers, methods=options.pop("methods", METHODS), labels=LABELS, **options)


def small(seed: int = 0) -> tuple[np.ndarray, np.ndarray, list[tuple[np.ndarray, int]]]:
    rng = np.random.default_rng(seed)
    p, m, v, k = (rng.integers(0, size, 200) for size in (8, 2, 6, 4))
    y = (rng.random(200) < special.expit(rng.normal(0, 1, 8)[p] + rng.normal(0, 1, 6)[v])).astype(float)
    return y, np.column_stack([np.ones(200), m]), [(p, 8), (2 * p + m, 16), (v, 6), (k, 4)]
