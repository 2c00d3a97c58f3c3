"""Simulated studies with random videos, participants and their tastes: for power, for calibration, for examples."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from analysis.counts import Counts

Array = np.ndarray

#: Nodes and weights that average over a standard normal.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(61)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, kw_only=True, slots=True)
class Spreads:
    """Standard deviations on the logit scale."""

    #: Of videos of one method and class.
    video: float = 1.0
    #: Of participants, the same for every method.
    worker: float = 0.7
    #: Of a participant's taste for a method.
    worker_method: float = 0.3
    #: Of classes, the same for every method; only where there are several.
    label: float = 0.7

    def total(self, num_labels: int) -> float:
        """Of all together."""
        label = self.label if num_labels > 1 else 0.0
        return math.hypot(self.video, self.worker, self.worker_method, label)


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyModel:
    """Two methods, their videos and those who watch them.

    An answer is right with probability expit(μ_method + class + video + worker + worker × method), all normal.
    """

    #: Expected accuracy of each method over new videos and participants.
    accuracies: tuple[float, float] = (0.65, 0.65)
    #: Videos of each method in each class.
    videos: tuple[int, int] = (10, 10)
    num_labels: int = 1
    num_workers: int = 300
    #: How many of all the videos each participant sees; None for all.
    videos_per_worker: int | None = None
    spreads: Spreads = Spreads()

    def __post_init__(self) -> None:
        """Check what can be given."""
        for name, value in (("accuracy", min(self.accuracies)), ("accuracy", max(self.accuracies))):
            if not 0 < value < 1:
                raise ValueError(f"{name}: must lie between 0 and 1, is {value}")
        for name, number in (("videos", min(self.videos)), ("classes", self.num_labels), ("workers", self.num_workers)):
            if number < 1:
                raise ValueError(f"{name}: must be at least 1, is {number}")
        if self.videos_per_worker is not None and not 1 <= self.videos_per_worker <= self.num_videos:
            raise ValueError(f"videos per worker: must be 1 to {self.num_videos}, is {self.videos_per_worker}")

    @property
    def num_videos(self) -> int:
        """Of both methods together."""
        return sum(self.videos) * self.num_labels

    def methods_of_videos(self) -> Array:
        """(videos,) 0 or 1."""
        return np.repeat([0, 1], np.array(self.videos) * self.num_labels)

    def labels_of_videos(self) -> Array:
        """(videos,) class of each video."""
        return np.concatenate([np.repeat(np.arange(self.num_labels), k) for k in self.videos])


def location(accuracy: float, spread: float) -> float:
    """The μ for which expit(μ + spread·z) averages to `accuracy` over a standard normal z."""
    return float(optimize.brentq(lambda mu: float(expected(np.array(mu), spread)) - accuracy, -60.0, 60.0))


@dataclass(frozen=True, slots=True)
class Drawn:
    """One simulated study, with what is true of each method."""

    counts: Counts
    #: Expected accuracy for new videos of these classes and new participants (target A).
    new_videos: tuple[float, float]
    #: Expected accuracy of exactly these videos for new participants (target B).
    these_videos: tuple[float, float]


def studies(model: StudyModel, number: int, rng: np.random.Generator) -> Iterator[Drawn]:
    """So many independent studies, as counts that every estimate and test takes."""
    mu, methods = _locations(model), model.methods_of_videos()
    people = math.hypot(model.spreads.worker, model.spreads.worker_method)
    for _ in range(number):
        classes = _classes(model, rng)
        logits = _logits(model, mu, classes, rng)
        counts = counted(model, _answers(model, logits, rng), allocation(model, rng))
        new = [float(expected(mu[method] + classes, model.spreads.total(1)).mean()) for method in (0, 1)]
        these = [float(expected(logits[methods == method], people).mean()) for method in (0, 1)]
        yield Drawn(counts, (new[0], new[1]), (these[0], these[1]))


def draw(model: StudyModel, rng: np.random.Generator) -> Array:
    """(workers, videos) right or wrong, of one study in which everybody sees everything."""
    return _answers(model, _logits(model, _locations(model), _classes(model, rng), rng), rng)


def _locations(model: StudyModel) -> Array:
    """(2,) μ of each method."""
    total = model.spreads.total(model.num_labels)
    return np.array([location(accuracy, total) for accuracy in model.accuracies])


def _classes(model: StudyModel, rng: np.random.Generator) -> Array:
    """(classes,) how much easier each class is."""
    return rng.normal(0, model.spreads.label, model.num_labels) * (model.num_labels > 1)


def _logits(model: StudyModel, mu: Array, classes: Array, rng: np.random.Generator) -> Array:
    """(videos,) logit of the chance that a typical participant is right."""
    own = rng.normal(0, model.spreads.video, model.num_videos)
    logits: Array = mu[model.methods_of_videos()] + classes[model.labels_of_videos()] + own
    return logits


def _answers(model: StudyModel, logits: Array, rng: np.random.Generator) -> Array:
    """(workers, videos) right or wrong."""
    taste = rng.normal(0, model.spreads.worker, (model.num_workers, 1))
    taste = taste + rng.normal(0, model.spreads.worker_method, (model.num_workers, 2))
    uniform = rng.random((model.num_workers, model.num_videos))
    right: Array = uniform * (1 + np.exp(-(logits + taste[:, model.methods_of_videos()]))) < 1
    return right


def expected(mu: Array, spread: float) -> Array:
    """Mean of expit(μ + spread·z) over a standard normal z, for each μ."""
    mean: Array = (1 / (1 + np.exp(-(mu[..., None] + spread * _NODES)))) @ _WEIGHTS
    return mean


def allocation(model: StudyModel, rng: np.random.Generator) -> Array:
    """(workers, videos) who sees what: everybody everything, or balanced shares in a random order."""
    workers, videos = model.num_workers, model.num_videos
    if model.videos_per_worker is None or model.videos_per_worker == videos:
        return np.ones((workers, videos), bool)
    seen = np.zeros((workers, videos), bool)
    queue: list[int] = []
    for worker in range(workers):
        mine = queue[: model.videos_per_worker]
        queue = queue[model.videos_per_worker :]
        if len(mine) < model.videos_per_worker:
            fresh = [int(video) for video in rng.permutation(videos)]
            taken = set(mine)
            more = [video for video in fresh if video not in taken][: model.videos_per_worker - len(mine)]
            queue = [video for video in fresh if video not in set(more)]
            mine += more
        seen[worker, mine] = True
    return seen


def counted(model: StudyModel, right: Array, seen: Array) -> Counts:
    """Counts of a drawn study; wrong answers are entered as Other."""
    method, label = model.methods_of_videos(), model.labels_of_videos()
    right = right & seen
    by_video = np.zeros((model.num_videos, model.num_labels + 2), dtype=np.int64)
    by_video[np.arange(model.num_videos), label] = right.sum(axis=0)
    by_video[:, -2] = seen.sum(axis=0) - right.sum(axis=0)
    groups = np.zeros((model.num_videos, model.num_labels * 2))
    groups[np.arange(model.num_videos), label * 2 + method] = 1.0
    n, s = seen @ groups, right @ groups
    worker, group = np.nonzero(n)
    answered = n[worker, group].astype(np.int64)
    correct = s[worker, group].astype(np.int64)
    kept = by_video.sum(axis=1) > 0
    return Counts(
        methods=["a", "b"],
        labels=[f"class {code}" for code in range(model.num_labels)],
        num_workers=model.num_workers,
        video=np.flatnonzero(kept),
        video_method=method[kept],
        video_label=label[kept],
        by_video=by_video[kept],
        cell_worker=worker,
        cell_label=group // 2,
        cell_method=group % 2,
        by_cell=np.stack([answered, correct, answered - correct, *np.zeros((3, len(worker)), int)], axis=1),
    )
