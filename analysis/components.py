"""Variance components on the scale of accuracies: what a difference between two methods owes to what."""

import math
from dataclasses import dataclass

import numpy as np

from analysis.counts import Scored
from analysis.estimates import variance
from analysis.simulator import Spreads, StudyModel, expected, location

#: Nodes of a standard normal.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(61)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, kw_only=True, slots=True)
class Components:
    """Variances of one answer's probability, averaged over the two methods."""

    #: Between videos of one method and class.
    video: float
    #: Between participants in their taste for a method.
    worker_method: float
    #: The rest of one answer.
    residual: float

    def of_difference(self, videos: float, answers_per_video: float, workers: float) -> float:
        """Var(Δ̂) = 2(σ²_V/K + σ²_E/(K·R) + σ²_WM/N), K videos of each method with R answers each, N participants."""
        own = self.video / videos + self.residual / (videos * answers_per_video)
        return 2 * (own + self.worker_method / workers)


def of_model(model: StudyModel) -> Components:
    """The components that a simulated study has, by numerical integration."""
    found = [_of_accuracy(accuracy, model.spreads, model.num_labels) for accuracy in model.accuracies]
    return Components(
        video=float(np.mean([one.video for one in found])),
        worker_method=float(np.mean([one.worker_method for one in found])),
        residual=float(np.mean([one.residual for one in found])),
    )


def _of_accuracy(accuracy: float, spreads: Spreads, num_labels: int) -> Components:
    total = spreads.total(num_labels)
    mu = location(accuracy, total)
    label = spreads.label if num_labels > 1 else 0.0

    def explained(spread: float) -> float:
        """Variance of the expected accuracy given one effect of that spread."""
        rest = math.sqrt(max(total**2 - spread**2, 0.0))
        values = expected(mu + spread * _NODES, rest)
        return float(_WEIGHTS @ (values - accuracy) ** 2)

    video, taste = explained(spreads.video), explained(spreads.worker_method)
    rest = accuracy * (1 - accuracy) - video - taste - explained(spreads.worker) - explained(label)
    return Components(video=video, worker_method=taste, residual=max(rest, 0.0))


def of_answers(scored: Scored, codes: tuple[int, int]) -> Components:
    """The components of a study's two methods, by moments; a negative estimate becomes 0.

    The video component is the spread of video means within method and class less what the answers' own spread
    explains; the taste component is what the worker term of the two-way variance has beyond single answers.
    """
    counts = scored.counts
    mean, n = scored.video_s / scored.video_n, scored.video_n
    within = mean * (1 - mean) * n / np.maximum(n - 1, 1)
    groups = counts.video_method * len(counts.labels) + counts.video_label
    used = np.isin(counts.video_method, codes)
    spread, spare, noise = 0.0, 0, []
    for group in _groups(scored, groups, used):
        spread += float(((mean[group] - mean[group].mean()) ** 2).sum())
        spare += len(group) - 1
        noise.extend(within[group] / n[group])
    between = spread / spare - float(np.mean(noise)) if spare else 0.0
    parts = variance(scored, {codes[0]: 1.0, codes[1]: -1.0}, "video")
    seen = np.isin(counts.cell_method, codes)
    repeats = max(float(scored.cell_n[seen].sum()) / (2 * max(parts.num_workers, 1)), 1.0)
    together = parts.worker - parts.cell + sum(_shared_videos(scored, code) for code in codes)
    taste = max(together * parts.num_workers / 2 * (repeats / (repeats - 1) if repeats > 1 else 0.0), 0.0)
    return Components(
        video=max(between, 0.0), worker_method=taste, residual=max(float(within[used].mean()) - taste, 0.0)
    )


def _shared_videos(scored: Scored, code: int) -> float:
    """What the worker term lacks because those who see many of the same videos see deviations that cancel out.

    Of K video means with variance s², r drawn at random have Σ_{i≠j} dev_i·dev_j = −r(r − 1)s²/(K − 1).
    """
    counts = scored.counts
    own, cells = counts.video_method == code, counts.cell_method == code
    mean, k, n = scored.video_s[own] / scored.video_n[own], int(own.sum()), float(scored.video_n[own].sum())
    seen = np.bincount(counts.cell_worker[cells], scored.cell_n[cells], counts.num_workers)
    return float((seen * (seen - 1)).sum() * mean.var() / max(k - 1, 1) / n**2)


def _groups(scored: Scored, groups: np.ndarray, used: np.ndarray) -> list[np.ndarray]:
    """Videos of one method and class; of one method where no class has two."""
    found = [np.flatnonzero(used & (groups == code)) for code in np.unique(groups[used])]
    if max(map(len, found)) > 1:
        return [group for group in found if len(group) > 1]
    method = scored.counts.video_method
    return [np.flatnonzero(used & (method == code)) for code in np.unique(method[used])]


def as_spreads(components: Components, accuracy: float) -> Spreads:
    """Logit-scale spreads that give about these components near an accuracy (delta method)."""
    slope = max(accuracy * (1 - accuracy), 0.02)
    return Spreads(
        video=min(math.sqrt(components.video) / slope, 3.0),
        worker_method=min(math.sqrt(components.worker_method) / slope, 3.0),
    )
