"""Variance components of accuracies: how much videos, participants and single answers add to a difference."""

import math
from dataclasses import dataclass

import numpy as np

from analysis.counts import distinct
from analysis.layout import Layout
from analysis.simulator import Spreads, StudyModel, expected, location
from analysis.variance import pairs_seen, video_products

#: Nodes of a standard normal.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(61)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, kw_only=True, slots=True)
class Components:
    """Variances of one answer's probability, averaged over the two methods."""

    #: Between videos of one method and class.
    video: float
    #: Of the participant × method interaction.
    worker_method: float
    #: The rest of one answer.
    residual: float

    def of_difference(self, videos: float, answers_per_video: float, workers: float) -> tuple[float, float, float]:
        """Var(Δ̂) = 2(σ²_V/K + σ²_WM/N + σ²_E/(K·R)), K videos of each method with R answers each, N participants.

        Returns:
            Its three parts: videos, participants, single answers.
        """
        single = self.residual / (videos * answers_per_video)
        return 2 * self.video / videos, 2 * self.worker_method / workers, 2 * single


def of_model(model: StudyModel) -> Components:
    """The components that a simulated study has, by numerical integration, averaged over its methods."""
    found = [
        _of_accuracy(accuracy, model.spreads, model.num_labels, method)
        for method, accuracy in enumerate(model.accuracies)
    ]
    return Components(
        video=float(np.mean([one.video for one in found])),
        worker_method=float(np.mean([one.worker_method for one in found])),
        residual=float(np.mean([one.residual for one in found])),
    )


def _of_accuracy(accuracy: float, spreads: Spreads, num_labels: int, method: int) -> Components:
    total = spreads.total(num_labels, method)
    mu = location(accuracy, total)
    label = math.hypot(spreads.label if num_labels > 1 else 0.0, spreads.label_method)

    def explained(spread: float) -> float:
        """Variance of the expected accuracy given one effect of that spread."""
        rest = math.sqrt(max(total**2 - spread**2, 0.0))
        values = expected(mu + spread * _NODES, rest)
        return float(_WEIGHTS @ (values - accuracy) ** 2)

    video, interaction = (
        explained(math.hypot(spreads.of_videos(method), spreads.item)),
        explained(spreads.worker_method),
    )
    rest = accuracy * (1 - accuracy) - video - interaction - explained(spreads.worker) - explained(label)
    return Components(video=video, worker_method=interaction, residual=max(rest, 0.0))


def of_answers(layout: Layout) -> Components:
    """The components of a study's two methods, by moments; a negative estimate becomes 0.

    Products of two answers to one video by different participants tell how videos of a method and class vary; products
    of one participant's answers to two videos of a method how participants do, those to videos of two methods what is
    the same for both. Where every class has one video of a method, the videos' variance comes from the spread of the
    class differences, which labels' own differences widen.
    """
    places = (0, 1)
    within = [_within_videos(layout, place) for place in places]
    if layout.unit == "class":
        counting = layout.counting
        differences = (layout.p[0] - layout.p[1])[counting]
        noise = sum(float((within[place] / layout.n[place][counting]).mean()) for place in places)
        video = (float(differences.var(ddof=1)) - noise) / 2 if len(differences) > 1 else 0.0
    else:
        video = float(np.mean([_video_variance(layout, place) for place in places]))
    same = float(np.mean([_worker_variance(layout, place) for place in places]))
    first, second = layout.workers
    pairs = float((first.n * second.n).sum())
    shared = float((first.rest * second.rest).sum()) / pairs if pairs > 0 else 0.0
    number = max(layout.num_both, 2)
    interaction = max(same - shared * number / (number - 1), 0.0) if pairs > 0 else max(same, 0.0)
    residual = max(float(np.mean(within)) - interaction, 0.0)
    return Components(video=max(video, 0.0), worker_method=interaction, residual=residual)


def _within_videos(layout: Layout, place: int) -> float:
    """Variance of the answers to one video, averaged over the videos with two answers or more."""
    n, s = (layout.of_videos(place, values) for values in (layout.scored.video_n, layout.scored.video_s))
    several = n > 1
    if not several.any():
        return 0.0
    mean = s[several] / n[several]
    return float((mean * (1 - mean) * n[several] / (n[several] - 1)).mean())


def _video_variance(layout: Layout, place: int) -> float:
    """Between videos of one class, over the classes with two or more.

    Products of two participants' answers to one video, less those to two videos of its class. Neither single answers'
    nor participants' own variance enters either, and centring takes the same from both.
    """
    size, labels, rests = layout.num_labels, layout.video_label[place], layout.deviations[place]
    products, pairs = video_products(layout, place)
    n = layout.of_videos(place, layout.scored.video_n)
    by_worker, own = _by_worker(layout, place)
    # Sums over pairs of videos: all pairs of answers in the class, less those to one video, less one participant's.
    total = np.bincount(labels, rests, size) ** 2 - np.bincount(labels, rests**2, size)
    other = total - (by_worker - np.bincount(labels, layout.squares[place], size))
    other_pairs = np.bincount(labels, n, size) ** 2 - np.bincount(labels, n**2, size) - own
    several = (layout.num_videos[place] > 1) & (pairs > 0) & (other_pairs > 0)
    if not several.any():
        return 0.0
    spread = products[several] / pairs[several] - other[several] / other_pairs[several]
    weight = layout.num_videos[place][several] - 1
    return float((spread * weight).sum() / weight.sum())


def _by_worker(layout: Layout, place: int) -> tuple[np.ndarray, np.ndarray]:
    """(labels,) Σ over participants of (Σ(y − p̂))² in the class; pairs of one participant's answers."""
    worker = layout.of_cells(place, layout.scored.counts.cell_worker).astype(np.int64)
    key, where = distinct(worker * layout.num_labels + layout.cell_label[place])
    rests = np.bincount(where, layout.cell_rests(place), len(key))
    squares = np.bincount((key % layout.num_labels).astype(np.intp), rests**2, layout.num_labels)
    return np.asarray(squares), pairs_seen(layout, place)


def _worker_variance(layout: Layout, place: int) -> float:
    """Between participants within one method, what its videos' deviations take from the products added."""
    own, number = layout.workers[place], layout.num_present[place]
    counting = layout.counting.take(layout.video_label[place])
    pairs = float((own.n**2 - own.nn).sum())
    if pairs <= 0 or number < 2:
        return 0.0
    products = float((own.rest**2).sum() - (layout.squares[place] * counting).sum())
    video, seen = _video_variance(layout, place), pairs_seen(layout, place)
    several = layout.num_videos[place] > 1
    products += float((seen[several] / (layout.num_videos[place][several] - 1)).sum()) * max(video, 0.0)
    return products / pairs * number / (number - 1)


def as_spreads(components: Components, accuracy: float) -> Spreads:
    """Spreads on the logit scale that give approximately these components near an accuracy (delta method)."""
    slope = max(accuracy * (1 - accuracy), 0.02)
    return Spreads(
        video=min(math.sqrt(components.video) / slope, 3.0),
        worker_method=min(math.sqrt(components.worker_method) / slope, 3.0),
    )
