"""The sufficient statistics of an answers table: two GROUP BYs give all that estimates and tests need."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.answers import Answers
from analysis.labels import have_directions, split

Array = np.ndarray

#: Cells from which on the table of videos and options has integers of half the size.
LARGE = 10_000_000

#: What counts: answers that no declared rule excludes.
KEPT = "excluded IS NULL"


@dataclass(frozen=True, slots=True)
class Counts:
    """Answers counted by video and by worker × class × method; only videos with a single label.

    A scoring turns counts into sums. Cells are in the order of worker and class.
    """

    methods: list[str]
    labels: list[str]
    num_workers: int
    #: (videos,) codes of the videos, their methods and their classes.
    video: Array
    video_method: Array
    video_label: Array
    #: (videos, options) answers by option.
    by_video: Array
    #: (cells,) codes of worker, class and method.
    cell_worker: Array
    cell_label: Array
    cell_method: Array
    #: (cells, 6) all answers, right ones, Other, Unclear, right objects, right directions.
    by_cell: Array

    @property
    def num_answers(self) -> int:
        """All answers counted here."""
        return int(self.by_video.sum())

    def right(self) -> Array:
        """(videos,) right answers."""
        taken: Array = np.take_along_axis(self.by_video, self.video_label[:, None], axis=1)[:, 0]
        return taken

    def where(self, *, methods: list[str] | None = None, label: int | None = None) -> "Counts":
        """The part about some methods or one class."""
        wanted = np.array([methods is None or name in methods for name in self.methods])
        video, cell = wanted[self.video_method], wanted[self.cell_method]
        if label is not None:
            video, cell = video & (self.video_label == label), cell & (self.cell_label == label)
        return self.keep(video, cell)

    def pooled(self) -> "Counts":
        """All methods as one, with code 0."""
        video, cell = np.zeros_like(self.video_method), np.zeros_like(self.cell_method)
        return replace(self, methods=["all"], video_method=video, cell_method=cell)

    def of_labels(self, labels: list[int]) -> "Counts":
        """The part about some classes."""
        wanted = np.isin(np.arange(len(self.labels)), labels)
        return self.keep(wanted[self.video_label], wanted[self.cell_label])

    def num_present_workers(self) -> int:
        """How many participants have answers here."""
        return int(np.count_nonzero(np.bincount(self.cell_worker)))

    def first_cells_of_pairs(self) -> Array:
        """Where each pair of worker and class begins among the cells."""
        moved = (np.diff(self.cell_worker) != 0) | (np.diff(self.cell_label) != 0)
        return np.flatnonzero(np.r_[True, moved])

    def keep(self, video: Array, cell: Array) -> "Counts":
        """The chosen videos and the chosen cells."""
        if video.all() and cell.all():
            return self
        # Places are looked up once for all columns; a mask would be searched for each.
        videos, cells = np.flatnonzero(video), np.flatnonzero(cell)
        return Counts(
            self.methods,
            self.labels,
            self.num_workers,
            self.video.take(videos),
            self.video_method.take(videos),
            self.video_label.take(videos),
            self.by_video.take(videos, axis=0),
            self.cell_worker.take(cells),
            self.cell_label.take(cells),
            self.cell_method.take(cells),
            self.by_cell.take(cells, axis=0),
        )


def count(answers: Answers, where: str = KEPT) -> Counts:
    """Count the answers for which `where` (SQL over the table `answers`) holds."""
    videos = answers.videos
    method_code = videos["method"].map({name: code for code, name in enumerate(answers.methods)}).to_numpy()
    label_code = videos["label"].map({name: code for code, name in enumerate(answers.labels)}).to_numpy(dtype=float)
    by_video = _by_video(answers, where)
    kept = videos["single"].to_numpy() & (by_video.sum(axis=1) > 0)
    cells = _by_cell(answers, where, method_code, label_code, kept)
    return Counts(
        answers.methods,
        answers.labels,
        len(answers.workers),
        np.flatnonzero(kept),
        method_code[kept].astype(np.intp),
        label_code[kept].astype(np.intp),
        by_video[kept],
        cells["worker"],
        cells["label"],
        cells["method"],
        np.stack([cells[name] for name in ("n", "right", "other", "unclear", "object", "direction")], axis=1),
    )


def _by_video(answers: Answers, where: str) -> Array:
    columns = answers.arrays(f"SELECT video, answer, count(*) AS n FROM answers WHERE {where} GROUP BY ALL")  # noqa: S608
    shape = len(answers.videos), len(answers.options)
    table = np.zeros(shape, dtype=np.int64 if shape[0] * shape[1] < LARGE else np.int32)
    # Every pair of video and answer is there once.
    table[columns["video"].astype(int), columns["answer"].astype(int)] = columns["n"]
    return table


def _by_cell(answers: Answers, where: str, method_code: Array, label_code: Array, kept: Array) -> dict[str, Array]:
    codes = pd.DataFrame({"video": np.flatnonzero(kept).astype(np.int32)})
    codes["method"] = method_code[kept].astype(np.int16)
    codes["label"] = label_code[kept].astype(np.int16)
    other, unclear = len(answers.options) - 2, len(answers.options) - 1
    answers.connection.register("kept_videos", codes)
    halves, join = ("object", "direction"), ""
    if have_directions(answers.labels):
        answers.connection.register("halves", _halves(answers.labels))
        join = "JOIN halves AS shown ON shown.option = label LEFT JOIN halves AS said ON said.option = answer "
    counted = ", ".join(
        f"(count(*) FILTER ({f'shown.{half} = said.{half}' if join else 'false'}))::INT AS {half}" for half in halves
    )
    columns = answers.arrays(
        "SELECT worker, label, method, count(*)::INT AS n, (count(*) FILTER (correct))::INT AS right, "  # noqa: S608
        f"(count(*) FILTER (answer = {other}))::INT AS other, (count(*) FILTER (answer = {unclear}))::INT AS unclear, "
        f"{counted} FROM answers JOIN kept_videos USING (video) {join}WHERE {where} "
        "GROUP BY ALL ORDER BY worker, label, method"
    )
    answers.connection.unregister("kept_videos")
    return columns


def _halves(labels: list[str]) -> pd.DataFrame:
    """Codes of the object and the direction of each label."""
    frame = pd.DataFrame({"object": half_codes(labels, 0), "direction": half_codes(labels, 1)})
    return frame.assign(option=np.arange(len(labels)))


@dataclass(frozen=True, slots=True)
class Scored:
    """Counts turned into answers and scores by one policy.

    `n` answers and `s` their summed score, per video and per cell; `squares` the summed squared score per video.
    """

    counts: Counts
    video_n: Array
    video_s: Array
    video_squares: Array
    cell_n: Array
    cell_s: Array


def _planned(counts: Counts) -> tuple[Array, ...]:
    n, right = counts.by_video.sum(axis=1), counts.right()
    return n, right, right, counts.by_cell[:, 0], counts.by_cell[:, 1]


def _without_unclear(counts: Counts) -> tuple[Array, ...]:
    n, right = counts.by_video.sum(axis=1) - counts.by_video[:, -1], counts.right()
    return n, right, right, counts.by_cell[:, 0] - counts.by_cell[:, 3], counts.by_cell[:, 1]


def _committed(counts: Counts) -> tuple[Array, ...]:
    n, right = counts.by_video[:, :-2].sum(axis=1), counts.right()
    return n, right, right, counts.by_cell[:, 0] - counts.by_cell[:, 2] - counts.by_cell[:, 3], counts.by_cell[:, 1]


def _partial_unclear(counts: Counts) -> tuple[Array, ...]:
    n, right, unclear, part = (
        counts.by_video.sum(axis=1),
        counts.right(),
        counts.by_video[:, -1],
        1 / len(counts.labels),
    )
    cell_s = counts.by_cell[:, 1] + part * counts.by_cell[:, 3]
    return n, right + part * unclear, right + part**2 * unclear, counts.by_cell[:, 0], cell_s


def _commitment(counts: Counts) -> tuple[Array, ...]:
    n, named = counts.by_video.sum(axis=1), counts.by_video[:, :-2].sum(axis=1)
    cell_n = counts.by_cell[:, 0]
    return n, named, named, cell_n, cell_n - counts.by_cell[:, 2] - counts.by_cell[:, 3]


def half_codes(labels: list[str], half: int) -> Array:
    """(labels,) a number for the object (0) or the direction (1) of each label: equal ones have equal numbers."""
    known: dict[str, int] = {}
    return np.array([known.setdefault((split(label) or ("", ""))[half], len(known)) for label in labels])


def _half(half: int, *, committed: bool) -> Callable[[Counts], tuple[Array, ...]]:
    """Score the object or the direction alone, whatever the other half was."""

    def scored(counts: Counts) -> tuple[Array, ...]:
        named = counts.by_video[:, :-2]
        codes = half_codes(counts.labels, half)
        hits = (named * (codes[counts.video_label][:, None] == codes)).sum(axis=1)
        cell_n = counts.by_cell[:, 0] - committed * (counts.by_cell[:, 2] + counts.by_cell[:, 3])
        return (named if committed else counts.by_video).sum(axis=1), hits, hits, cell_n, counts.by_cell[:, 4 + half]

    return scored


#: What counts as right. `planned`: Other and Unclear are wrong. `commitment` scores whether a label was named at all.
POLICIES: dict[str, Callable[[Counts], tuple[Array, ...]]] = {
    "planned": _planned,
    "without Unclear": _without_unclear,
    "committed only": _committed,
    "Unclear as a guess": _partial_unclear,
    "commitment": _commitment,
    "object": _half(0, committed=False),
    "direction": _half(1, committed=False),
    "object when committed": _half(0, committed=True),
    "direction when committed": _half(1, committed=True),
}


def score(counts: Counts, policy: str = "planned") -> Scored:
    """Apply a policy; videos and cells that it leaves without answers are dropped."""
    video_n, video_s, squares, cell_n, cell_s = POLICIES[policy](counts)
    video, cell = video_n > 0, cell_n > 0
    kept = counts.keep(video, cell)
    return Scored(kept, video_n[video], video_s[video], squares[video], cell_n[cell], cell_s[cell])
