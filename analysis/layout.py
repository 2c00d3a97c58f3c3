"""The sums of one or two methods' answers by video, by participant and by unit that every variance is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from analysis.scoring import Scored

Array = np.ndarray

#: What is drawn at random beside participants.
Unit = Literal["video", "item", "class"]


@dataclass(frozen=True, slots=True)
class WorkerSums:
    """Sums over one method's answers, each (workers,)."""

    #: Σψ, the participant's part of the error.
    psi: Array
    #: The share of the method's answers, classes weighted.
    share: Array
    #: Σ(y − p̂), Σω and Σω².
    rest: Array
    n: Array
    nn: Array


class Layout:
    """One or two methods, on the classes that count.

    Influences are ψ = w·(y − p̂)/n of single answers, with p̂ and n those of the answer's method and class and w the
    weight of its class. Lists have one entry per method.

    Args:
        scored: scored counts.
        methods: codes of one or two methods.
        weights: (labels,) weight of each class, 0 where it does not count, their sum 1; None: all classes are one.
    """

    def __init__(self, scored: Scored, methods: Sequence[int], weights: Array | None) -> None:
        counts = scored.counts
        self.scored, self.methods, self.num_workers = scored, list(methods), counts.num_workers
        self.num_labels = 1 if weights is None else len(counts.labels)
        self.weights = np.ones(1) if weights is None else weights
        #: (labels,) whether a class counts.
        self.counting = self.weights > 0
        self.videos = [np.flatnonzero(counts.video_method == method) for method in methods]
        self.cells = [np.flatnonzero(counts.cell_method == method) for method in methods]
        whole = weights is None
        self.video_label = [
            np.zeros(len(own), np.intp) if whole else _part(counts.video_label, own) for own in self.videos
        ]
        self.cell_label = [
            np.zeros(len(own), np.intp) if whole else _part(counts.cell_label, own) for own in self.cells
        ]
        n, s = (
            np.stack(
                [
                    np.bincount(labels, self.of_videos(place, values), self.num_labels)
                    for place, labels in enumerate(self.video_label)
                ]
            )
            for values in (scored.video_n, scored.video_s)
        )
        #: (methods, labels) answers, share of right ones, weight of one answer, videos.
        self.n = n
        self.p = np.divide(s, n, out=np.zeros_like(s, dtype=float), where=n > 0)
        #: (methods, labels) answers; with weights, how many equal ones are as good (Kish 1965).
        self.num_answers = n if not scored.weighted else self._equal_answers()
        self.coefficient = np.divide(self.weights, n, out=np.zeros_like(n, dtype=float), where=n > 0)
        self.num_videos = (
            np.stack([np.bincount(labels, minlength=self.num_labels) for labels in self.video_label]) * self.counting
        )

    def _equal_answers(self) -> Array:
        squares = np.stack(
            [
                np.bincount(labels, self.of_videos(place, self.scored.video_nn), self.num_labels)
                for place, labels in enumerate(self.video_label)
            ]
        )
        return np.divide(self.n**2, squares, out=np.zeros_like(self.n), where=squares > 0)

    @cached_property
    def accuracies(self) -> list[float]:
        """Weighted mean over classes of each method's share of right answers, to 12 digits: equal ones are equal."""
        return [round(float(self.weights @ row), 12) for row in self.p]

    @cached_property
    def answers(self) -> list[float]:
        """Answers of each method in the classes that count; with weights, how many equal ones are as good."""
        found = []
        for place, row in enumerate(self.n):
            total = float(row[self.counting].sum())
            squares = self.of_videos(place, self.scored.video_nn)[self.counting.take(self.video_label[place])].sum()
            found.append(total**2 / float(squares) if squares > 0 else total)
        return found

    def of_videos(self, place: int, values: Array) -> Array:
        """(videos of the method,) part of a column that has one value per video."""
        return _part(values, self.videos[place])

    def of_cells(self, place: int, values: Array) -> Array:
        """(cells of the method,) part of a column that has one value per cell."""
        return _part(values, self.cells[place])

    def by_video(self, place: int, table: Array) -> Array:
        """(videos of the method,) from a (methods, labels) table the value of each video's class."""
        return np.asarray(table[place].take(self.video_label[place]))

    @cached_property
    def deviations(self) -> list[Array]:
        """(videos,) Σ(y − p̂) of each video."""
        return [
            self.of_videos(place, self.scored.video_s)
            - self.of_videos(place, self.scored.video_n) * self.by_video(place, self.p)
            for place in range(len(self.methods))
        ]

    @cached_property
    def squares(self) -> list[Array]:
        """(videos,) Σ(y − p̂)² of each video."""
        scored, found = self.scored, []
        for place in range(len(self.methods)):
            p = self.by_video(place, self.p)
            nn, ns, ss = (
                self.of_videos(place, column) for column in (scored.video_nn, scored.video_ns, scored.video_squares)
            )
            found.append(ss - 2 * p * ns + p**2 * nn)
        return found

    def cell_rests(self, place: int) -> Array:
        """(cells,) Σ(y − p̂) of each cell of the method, 0 in classes that don't count."""
        labels, n = self.cell_label[place], self.of_cells(place, self.scored.cell_n)
        rest = self.of_cells(place, self.scored.cell_s) - n * self.p[place].take(labels)
        return np.asarray(rest * self.counting.take(labels))

    @cached_property
    def workers(self) -> list[WorkerSums]:
        """The sums by participant."""
        found = []
        for place, labels in enumerate(self.cell_label):
            worker, counting = self.of_cells(place, self.scored.counts.cell_worker), self.counting.take(labels)
            n, coefficient = self.of_cells(place, self.scored.cell_n) * counting, self.coefficient[place].take(labels)
            rest = self.cell_rests(place)
            psi, share, rests, total = (
                np.bincount(worker, values, self.num_workers)
                for values in (rest * coefficient, n * coefficient, rest, n)
            )
            nn = total
            if self.scored.weighted:
                nn = np.bincount(worker, self.of_cells(place, self.scored.cell_nn) * counting, self.num_workers)
            found.append(WorkerSums(psi, share, rests, total, nn))
        return found

    @cached_property
    def num_present(self) -> list[int]:
        """Participants of each method."""
        return [int(np.count_nonzero(own.share)) for own in self.workers]

    @cached_property
    def num_both(self) -> int:
        """How many participants answered about every method."""
        return int(np.count_nonzero(np.all([own.share > 0 for own in self.workers], axis=0)))

    @property
    def nested(self) -> bool:
        """Whether there are two methods and nobody answered about both."""
        return len(self.methods) == 2 and self.num_both == 0

    @cached_property
    def unit(self) -> Unit:
        """What is random within the given classes: videos; items where the methods share some.

        `class` where a method has a single unit in every class, so that nothing within classes tells how it varies.
        """
        if self._share_items():
            return "item" if (self.units_per_class > 1).any() else "class"
        return "video" if all((row > 1).any() for row in self.num_videos) else "class"

    def _share_items(self) -> bool:
        items = self.scored.counts.video_item
        if items is None or len(self.methods) < 2:
            return False
        first, second = (set(self.of_videos(place, items).tolist()) - {-1} for place in (0, 1))
        return bool(first & second)

    @cached_property
    def units(self) -> tuple[Array, list[Array]]:
        """(units,) class of each item, and per method (videos,) the item of each video; one without is its own."""
        items, keys = self.scored.counts.video_item, []
        for _place, (own, labels) in enumerate(zip(self.videos, self.video_label, strict=True)):
            alone = -1 - own.astype(np.int64)
            item = alone if items is None else np.where(items.take(own) < 0, alone, items.take(own))
            keys.append(np.stack([labels, item], axis=1))
        found, inverse = np.unique(np.concatenate(keys), axis=0, return_inverse=True)
        split = np.cumsum([len(key) for key in keys])[:-1]
        return found[:, 0].astype(np.intp), list(np.split(inverse.reshape(-1), split))

    @cached_property
    def units_per_class(self) -> Array:
        """(labels,) items of each class that counts."""
        return np.asarray(np.bincount(self.units[0], minlength=self.num_labels) * self.counting)


def _part(values: Array, places: Array) -> Array:
    """The values at some places, in their order; no copy where these are all."""
    return values if len(places) == len(values) else values.take(places)
