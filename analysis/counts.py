"""How often each answer was given: the counts that all estimates and tests are made from, by two GROUP BYs."""

from dataclasses import dataclass, replace

import numpy as np

from analysis.answers import Answers
from analysis.labels import have_directions, split
from analysis.shown import Videos, places

Array = np.ndarray

#: Most answers whose single ones are kept, for tests by rearrangement.
MAX_SINGLE = 100_000
#: Cells from which on the table of videos and options has integers of half the size.
LARGE = 10_000_000

#: What counts: answers that no declared rule excludes.
KEPT = "excluded IS NULL"


@dataclass(frozen=True, slots=True)
class Single:
    """Single answers: codes of worker and video, and the option chosen (in `Counts`) or its score (in a scoring)."""

    worker: Array
    video: Array
    value: Array


@dataclass(frozen=True, slots=True)
class Counts:
    """Answers counted by video and by worker × class × method; only videos with a single label.

    `analysis.scoring` turns counts into sums. Cells are in the order of worker, class and item. With weights, counts
    are sums of weights, and `squared` has the same tables of squared weights.
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
    #: (videos,) and (cells,) codes of what methods have in common, −1 for none; None where they share nothing.
    video_item: Array | None = None
    cell_item: Array | None = None
    num_items: int = 0
    #: `by_video` and `by_cell` of squared weights; None where every answer counts once.
    squared: tuple[Array, Array] | None = None
    #: (videos, options) answers by option, whatever they weigh; None where every answer counts once.
    unweighted: Array | None = None
    #: Single answers, also those to videos that are not counted here; None where they are too many or have weights.
    single: Single | None = None

    @property
    def num_answers(self) -> int:
        """All answers counted here, whatever they weigh."""
        return int((self.by_video if self.unweighted is None else self.unweighted).sum())

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

    def keep(self, video: Array, cell: Array) -> "Counts":
        """The chosen videos and the chosen cells."""
        if video.all() and cell.all():
            return self
        # Places are looked up once for all columns; a mask would be searched for each.
        videos, cells = np.flatnonzero(video), np.flatnonzero(cell)
        squared = self.squared and (self.squared[0].take(videos, axis=0), _rows(self.squared[1], cells))
        return replace(
            self,
            video=self.video.take(videos),
            video_method=self.video_method.take(videos),
            video_label=self.video_label.take(videos),
            by_video=self.by_video.take(videos, axis=0),
            cell_worker=self.cell_worker.take(cells),
            cell_label=self.cell_label.take(cells),
            cell_method=self.cell_method.take(cells),
            by_cell=_rows(self.by_cell, cells),
            video_item=None if self.video_item is None else self.video_item.take(videos),
            cell_item=None if self.cell_item is None else self.cell_item.take(cells),
            squared=squared,
            unweighted=None if self.unweighted is None else self.unweighted.take(videos, axis=0),
        )


def _rows(by_cell: Array, cells: Array) -> Array:
    """The chosen rows of a table whose columns stay together in memory."""
    chosen: Array = by_cell.T.take(cells, axis=1).T
    return chosen


def distinct(codes: Array) -> tuple[Array, Array]:
    """The codes that occur, in their order, and (codes,) the place of each among them; codes are not negative.

    As `numpy.unique` gives them, by way of a table in place of a sort where they are dense.
    """
    size = int(codes.max(initial=-1)) + 1
    if size > 8 * len(codes):
        found, place = np.unique(codes, return_inverse=True)
        return found, place.reshape(-1)
    seen = np.zeros(size, bool)
    seen[codes] = True
    return np.flatnonzero(seen), (np.cumsum(seen) - 1).take(codes)


#: What is counted of each cell.
CELL_COLUMNS = ("n", "right", "other", "unclear", "object", "direction")


def count(answers: Answers, where: str = KEPT, *, weighted: bool = False) -> Counts:
    """Count the answers for which `where` (SQL over the table `answers`) holds, or sum their weights."""
    videos = answers.videos
    method_code, label_code = places(videos.method, answers.methods), places(videos.label, answers.labels)
    powers = (1, 2) if weighted else (0,)
    by_video = _by_video(answers, where, powers)
    plain = _by_video(answers, where, (0,))[0] if weighted else None
    kept = videos.single & (by_video[0].sum(axis=1) > 0)
    item, num_items = shared_items(videos, kept)
    cells = _by_cell(answers, where, method_code, label_code, kept, item, powers)
    # Columns stay together in memory: each is used by itself.
    by_cell = [np.stack([cells.pop(f"{name}{power}") for name in CELL_COLUMNS]).T for power in powers]
    return Counts(
        answers.methods,
        answers.labels,
        len(answers.workers),
        np.flatnonzero(kept),
        method_code[kept],
        label_code[kept],
        by_video[0][kept],
        cells["worker"],
        cells["label"],
        cells["method"],
        by_cell[0],
        video_item=None if item is None else item[kept],
        cell_item=None if item is None else cells["item"],
        num_items=num_items,
        squared=(by_video[1][kept], by_cell[1]) if weighted else None,
        unweighted=None if plain is None else plain[kept],
        single=None if weighted or by_video[0].sum() > MAX_SINGLE else _single(answers, where),
    )


def _single(answers: Answers, where: str) -> Single:
    columns = answers.arrays(f"SELECT worker, video, answer FROM answers WHERE {where}")  # noqa: S608
    return Single(*(columns[name].astype(np.intp) for name in ("worker", "video", "answer")))


def shared_items(videos: Videos, kept: Array) -> tuple[Array | None, int]:
    """(videos,) code of what each video has in common with other methods' videos, −1 for nothing; None without any."""
    own = kept & (videos.item != "")
    methods: dict[str, set[str]] = {}
    for item, method in zip(videos.item[own], videos.method[own], strict=True):
        methods.setdefault(item, set()).add(method)
    shared = sorted(item for item, found in methods.items() if len(found) > 1)
    return (places(videos.item, shared).astype(np.int32), len(shared)) if shared else (None, 0)


def _total(power: int) -> str:
    """SQL of the number of answers, or of the sum of their weights or squared weights."""
    return ("count(*)", "sum(weight)", "sum(weight * weight)")[power]


def _by_video(answers: Answers, where: str, powers: tuple[int, ...]) -> list[Array]:
    totals = ", ".join(f"{_total(power)} AS n{power}" for power in powers)
    columns = answers.arrays(f"SELECT video, answer, {totals} FROM answers WHERE {where} GROUP BY ALL")  # noqa: S608
    shape, place = (
        (len(answers.videos), len(answers.options)),
        (columns["video"].astype(int), columns["answer"].astype(int)),
    )
    tables = []
    for power in powers:
        kind = float if power else np.int64 if shape[0] * shape[1] < LARGE else np.int32
        table = np.zeros(shape, dtype=kind)
        # Every pair of video and answer is there once.
        table[place] = columns[f"n{power}"]
        tables.append(table)
    return tables


def _by_cell(
    answers: Answers,
    where: str,
    method_code: Array,
    label_code: Array,
    kept: Array,
    item: Array | None,
    powers: tuple[int, ...],
) -> dict[str, Array]:
    codes = {
        "video": np.flatnonzero(kept).astype(np.int32),
        "method": method_code[kept].astype(np.int16),
        "label": label_code[kept].astype(np.int32),
    }
    cell = "worker, label, method"
    if item is not None:
        codes["item"], cell = item[kept], "worker, label, item, method"
    other, unclear = len(answers.options) - 2, len(answers.options) - 1
    answers.connection.register("kept_videos", codes)
    join, object_, direction = "", "false", "false"
    if have_directions(answers.labels):
        answers.connection.register("halves", _halves(answers.labels))
        join = "JOIN halves AS shown ON shown.option = label LEFT JOIN halves AS said ON said.option = answer "
        object_, direction = "shown.object = said.object", "shown.direction = said.direction"
    filters = ("true", "correct", f"answer = {other}", f"answer = {unclear}", object_, direction)
    totals = ", ".join(
        f"coalesce({_total(power)} FILTER ({chosen}), 0)::{'DOUBLE' if power else 'INT'} AS {name}{power}"
        for power in powers
        for name, chosen in zip(CELL_COLUMNS, filters, strict=True)
    )
    columns = answers.arrays(
        f"SELECT {cell}, {totals} FROM answers JOIN kept_videos USING (video) {join}"  # noqa: S608
        f"WHERE {where} GROUP BY ALL ORDER BY {cell}"
    )
    answers.connection.unregister("kept_videos")
    return columns


def _halves(labels: list[str]) -> dict[str, Array]:
    """Codes of the object and the direction of each label."""
    return {
        "object": half_codes(labels, 0),
        "direction": half_codes(labels, 1),
        "option": np.arange(len(labels)),
    }


def half_codes(labels: list[str], half: int) -> Array:
    """(labels,) a number for the object (0) or the direction (1) of each label: equal ones have equal numbers."""
    known: dict[str, int] = {}
    return np.array([known.setdefault((split(label) or ("", ""))[half], len(known)) for label in labels])
