"""Simulated studies with random videos, participants and participant × method interactions."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from analysis.counts import Counts

Array = np.ndarray

#: Nodes and weights that average over a standard normal.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(61)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, kw_only=True, slots=True)
class Spreads:
    """Standard deviations on the logit scale."""

    #: Of videos of one method and class; one number, or one for each method.
    video: float | tuple[float, ...] = 1.0
    #: Of participants, the same for every method.
    worker: float = 0.7
    #: Of the participant × method interaction.
    worker_method: float = 0.3
    #: Of classes, the same for every method; only where there are several.
    label: float = 0.7
    #: Of classes beyond that, another one for every method.
    label_method: float = 0.0
    #: Of items, the same for every method; only where videos are paired.
    item: float = 0.0

    def of_videos(self, method: int) -> float:
        """Of the videos of one method."""
        return self.video[method] if isinstance(self.video, tuple) else self.video

    def within_class(self, method: int) -> float:
        """Of single answers to one method's videos of one class."""
        return math.hypot(self.of_videos(method), self.worker, self.worker_method, self.item)

    def total(self, num_labels: int, method: int = 0) -> float:
        """Of all together."""
        label = self.label if num_labels > 1 else 0.0
        return math.hypot(self.within_class(method), label, self.label_method)


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyModel:
    """The methods, videos and participants of a simulated study.

    An answer is right with probability expit(μ_method + class + class × method + item + video + worker +
    worker × method), all normal.
    """

    #: Expected accuracy of each method over new videos, classes and participants.
    accuracies: tuple[float, ...] = (0.65, 0.65)
    #: Videos of each method in each class: one number a method, or one for each of its classes.
    videos: tuple[int | tuple[int, ...], ...] = (10, 10)
    num_labels: int = 1
    num_workers: int = 300
    #: How many of all the videos each participant sees; None for all.
    videos_per_worker: int | None = None
    #: Who sees which methods: everybody all; each participant one; half of them one and half of them all.
    people: Literal["crossed", "nested", "half nested"] = "crossed"
    #: Whether the n-th videos of each class show one item.
    paired: bool = False
    spreads: Spreads = Spreads()

    def __post_init__(self) -> None:
        """Check the values."""
        for name, value in (("accuracy", min(self.accuracies)), ("accuracy", max(self.accuracies))):
            if not 0 < value < 1:
                raise ValueError(f"{name}: must lie between 0 and 1, is {value}")
        fewest = min(min(row) for row in self.table)
        for name, number in (("videos", fewest), ("classes", self.num_labels), ("workers", self.num_workers)):
            if number < 1:
                raise ValueError(f"{name}: must be at least 1, is {number}")
        if self.videos_per_worker is not None and not 1 <= self.videos_per_worker <= self.num_videos:
            raise ValueError(f"videos per worker: must be 1 to {self.num_videos}, is {self.videos_per_worker}")

    @property
    def table(self) -> list[tuple[int, ...]]:
        """Videos by method and class."""
        return [row if isinstance(row, tuple) else (row,) * self.num_labels for row in self.videos]

    @property
    def num_videos(self) -> int:
        """Of all methods together."""
        return sum(map(sum, self.table))

    def methods_of_videos(self) -> Array:
        """(videos,) code of each video's method."""
        return np.repeat(np.arange(len(self.videos)), [sum(row) for row in self.table])

    def labels_of_videos(self) -> Array:
        """(videos,) class of each video."""
        return np.concatenate([np.repeat(np.arange(self.num_labels), row) for row in self.table])

    def items_of_videos(self) -> Array:
        """(videos,) item of each video: its class and its place in it."""
        most = max(max(row) for row in self.table)
        rows = [label * most + np.arange(number) for row in self.table for label, number in enumerate(row)]
        return np.concatenate(rows)


def location(accuracy: float, spread: float) -> float:
    """The μ for which expit(μ + spread·z) averages to `accuracy` over a standard normal z."""
    from scipy import optimize  # slow to load, and no report needs it

    return float(optimize.brentq(lambda mu: float(expected(np.array(mu), spread)) - accuracy, -60.0, 60.0))


@dataclass(frozen=True, slots=True)
class Drawn:
    """One simulated study, with what is true of each method, classes weighted alike."""

    counts: Counts
    #: Expected accuracy for new videos of these classes and new participants.
    new_videos: tuple[float, ...]
    #: Expected accuracy of exactly these videos for new participants.
    these_videos: tuple[float, ...]
    #: Expected accuracy for new classes.
    new_labels: tuple[float, ...]


def studies(model: StudyModel, number: int, rng: np.random.Generator) -> Iterator[Drawn]:
    """So many independent studies, as counts that every estimate and test takes."""
    mu, methods, labels = _locations(model), model.methods_of_videos(), model.labels_of_videos()
    codes = range(len(model.videos))
    people = math.hypot(model.spreads.worker, model.spreads.worker_method)
    for _ in range(number):
        classes = _classes(model, rng)
        logits = _logits(model, mu, classes, rng)
        counts = counted(model, _answers(model, logits, rng), allocation(model, rng))
        new = [float(expected(mu[m] + classes[m], model.spreads.within_class(m)).mean()) for m in codes]
        each = expected(logits, people)
        these = []
        for m in codes:
            own = methods == m
            summed = np.bincount(labels[own], each[own], model.num_labels)
            these.append(float((summed / np.bincount(labels[own], minlength=model.num_labels)).mean()))
        yield Drawn(counts, tuple(new), tuple(these), model.accuracies)


def growing(
    model: StudyModel, number: int, rng: np.random.Generator, step: int
) -> Iterator[tuple[Drawn, list[Counts]]]:
    """So many studies, each with its counts after every `step` participants."""
    mu = _locations(model)
    for _ in range(number):
        classes = _classes(model, rng)
        right = _answers(model, _logits(model, mu, classes, rng), rng)
        seen = allocation(model, rng)
        new = [
            float(expected(mu[m] + classes[m], model.spreads.within_class(m)).mean()) for m in range(len(model.videos))
        ]
        looks = [
            counted(replace(model, num_workers=size), right[:size], seen[:size])
            for size in range(step, model.num_workers + 1, step)
        ]
        yield Drawn(looks[-1], tuple(new), (), model.accuracies), looks


def draw(model: StudyModel, rng: np.random.Generator) -> Array:
    """(workers, videos) right or wrong, of one study in which everybody sees everything."""
    return _answers(model, _logits(model, _locations(model), _classes(model, rng), rng), rng)


def _locations(model: StudyModel) -> Array:
    """(methods,) μ of each method."""
    spreads = model.spreads
    return np.array([location(p, spreads.total(model.num_labels, m)) for m, p in enumerate(model.accuracies)])


def _classes(model: StudyModel, rng: np.random.Generator) -> Array:
    """(methods, classes) how much easier each class is for each method."""
    shared = rng.normal(0, model.spreads.label, model.num_labels) * (model.num_labels > 1)
    return shared + rng.normal(0, model.spreads.label_method, (len(model.videos), model.num_labels))


def _logits(model: StudyModel, mu: Array, classes: Array, rng: np.random.Generator) -> Array:
    """(videos,) logit of the chance that a typical participant is right."""
    methods, items = model.methods_of_videos(), model.items_of_videos()
    spreads = np.array([model.spreads.of_videos(m) for m in range(len(model.videos))])
    own = rng.normal(0, 1, model.num_videos) * spreads[methods]
    if model.spreads.item:
        number = int(items.max()) + 1 if model.paired else model.num_videos
        shared = rng.normal(0, model.spreads.item, number)
        own = own + (shared[items] if model.paired else shared)
    logits: Array = mu[methods] + classes[methods, model.labels_of_videos()] + own
    return logits


def _answers(model: StudyModel, logits: Array, rng: np.random.Generator) -> Array:
    """(workers, videos) right or wrong."""
    taste = rng.normal(0, model.spreads.worker, (model.num_workers, 1))
    taste = taste + rng.normal(0, model.spreads.worker_method, (model.num_workers, len(model.videos)))
    uniform = rng.random((model.num_workers, model.num_videos))
    right: Array = uniform * (1 + np.exp(-(logits + taste[:, model.methods_of_videos()]))) < 1
    return right


def expected(mu: Array, spread: float) -> Array:
    """Mean of expit(μ + spread·z) over a standard normal z, for each μ."""
    mean: Array = (1 / (1 + np.exp(-(mu[..., None] + spread * _NODES)))) @ _WEIGHTS
    return mean


def allocation(model: StudyModel, rng: np.random.Generator) -> Array:
    """(workers, videos) who sees what: everybody everything, or balanced shares in a random order."""
    if model.people == "crossed":
        return _shares(model.num_workers, model.num_videos, model.videos_per_worker, rng)
    methods, number = model.methods_of_videos(), len(model.videos)
    nested = model.num_workers if model.people == "nested" else model.num_workers // 2
    seen = np.zeros((model.num_workers, model.num_videos), bool)
    seen[nested:] = _shares(model.num_workers - nested, model.num_videos, model.videos_per_worker, rng)
    for method in range(number):
        workers, videos = np.arange(method, nested, number), np.flatnonzero(methods == method)
        per_worker = model.videos_per_worker and min(model.videos_per_worker, len(videos))
        seen[np.ix_(workers, videos)] = _shares(len(workers), len(videos), per_worker, rng)
    return seen


def _shares(workers: int, videos: int, per_worker: int | None, rng: np.random.Generator) -> Array:
    if per_worker is None or per_worker == videos:
        return np.ones((workers, videos), bool)
    seen = np.zeros((workers, videos), bool)
    queue: list[int] = []
    for worker in range(workers):
        mine = queue[:per_worker]
        queue = queue[per_worker:]
        if len(mine) < per_worker:
            fresh = [int(video) for video in rng.permutation(videos)]
            taken = set(mine)
            more = [video for video in fresh if video not in taken][: per_worker - len(mine)]
            queue = [video for video in fresh if video not in set(more)]
            mine += more
        seen[worker, mine] = True
    return seen


def counted(model: StudyModel, right: Array, seen: Array) -> Counts:
    """Counts of a drawn study; wrong answers are entered as Other."""
    method, label, item = model.methods_of_videos(), model.labels_of_videos(), model.items_of_videos()
    right = right & seen
    by_video = np.zeros((model.num_videos, model.num_labels + 2), dtype=np.int64)
    by_video[np.arange(model.num_videos), label] = right.sum(axis=0)
    by_video[:, -2] = seen.sum(axis=0) - right.sum(axis=0)
    number = len(model.videos)
    key = label * number + method if not model.paired else item * number + method
    groups, inverse, where = np.unique(key, return_index=True, return_inverse=True)[:3]
    first, own = inverse, where.reshape(-1)
    onto = np.zeros((model.num_videos, len(groups)))
    onto[np.arange(model.num_videos), own] = 1.0
    n, s = seen @ onto, right @ onto
    worker, group = np.nonzero(n)
    answered = n[worker, group].astype(np.int64)
    correct = s[worker, group].astype(np.int64)
    kept = by_video.sum(axis=1) > 0
    counts = Counts(
        methods=[chr(ord("a") + code) for code in range(number)],
        labels=[f"class {code}" for code in range(model.num_labels)],
        num_workers=model.num_workers,
        video=np.flatnonzero(kept),
        video_method=method[kept],
        video_label=label[kept],
        by_video=by_video[kept],
        cell_worker=worker,
        cell_label=label[first][group],
        cell_method=method[first][group],
        by_cell=np.stack([answered, correct, answered - correct, *np.zeros((3, len(worker)), int)], axis=1),
    )
    if not model.paired:
        return counts
    return replace(counts, video_item=item[kept], cell_item=item[first][group], num_items=int(item.max()) + 1)
