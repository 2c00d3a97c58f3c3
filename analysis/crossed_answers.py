"""Answers as a crossed design: rows, fixed effects and grouping factors of the reviewers' model."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

Array = np.ndarray

#: The grouping factors, as they are called in `ReviewersModel.sd`.
VIDEO, PARTICIPANT, INTERACTION, LABEL = "video", "participant", "participant × method", "label"


@dataclass(frozen=True, slots=True)
class Cells:
    """Codes per row and how many of its answers are right; a row is a participant and a video."""

    worker: Array
    video: Array
    method: Array
    label: Array
    right: Array
    total: Array

    def where(self, kept: Array) -> "Cells":
        """The chosen rows."""
        return Cells(*(getattr(self, name)[kept] for name in self.__slots__))


def gather(worker: Array, video: Array, method: Array, label: Array, right: Array) -> Cells:
    """Answers of the same participant to the same video as one row.

    Raises:
        ValueError: lengths differ, there are no answers, or a video has two methods or labels.
    """
    columns = {"video": video, "method": method, "label": label, "right": right}
    for name, column in columns.items():
        if len(column) != len(worker):
            raise ValueError(f"{name} has {len(column)} answers, worker has {len(worker)}")
    if not len(worker):
        raise ValueError("there are no answers")
    for name, column in (("method", method), ("label", label)):
        of_video = np.zeros(int(video.max()) + 1, np.int64)
        of_video[video] = column
        if not np.array_equal(of_video[video], column):
            raise ValueError(f"video {int(video[of_video[video] != column][0])} has more than one {name}")
    key = worker.astype(np.int64) * (int(video.max()) + 1) + video
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    total, hits = np.bincount(place).astype(float), np.bincount(place, right)
    return Cells(worker[first], video[first], method[first], label[first], hits, total)


def sample(answers: Cells, most: int, seed: int) -> Cells:
    """Participants drawn at random, as many as together have at most so many answers."""
    count = np.bincount(answers.worker, answers.total)
    drawn = np.random.default_rng(seed).permutation(len(count))
    kept = np.zeros(len(count), bool)
    kept[drawn[np.cumsum(count[drawn]) <= most]] = True
    return answers.where(kept[answers.worker])


def decided(code: Array, answers: Cells) -> dict[int, float]:
    """Codes of which every answer is right, with 1, or every answer wrong, with 0."""
    right, total = np.bincount(code, answers.right), np.bincount(code, answers.total)
    found = np.flatnonzero((total > 0) & ((right == 0) | (right == total)))
    return {int(one): float(right[one] > 0) for one in found}


def design(answers: Cells, order: list[int], used: list[int]) -> sparse.csr_array:
    """Fixed effects: an indicator per label of `used`, or an intercept where it is empty; and one per method.

    Args:
        answers: rows.
        order: codes of the methods; the first has no column.
        used: ascending codes of the labels that have a column.
    """
    rows = np.arange(len(answers.right))
    first = np.searchsorted(used, answers.label) if used else np.zeros(len(rows), int)
    width = max(len(used), 1)
    place = np.full(max(order) + 1, -1)
    place[order] = np.arange(len(order)) - 1
    later = place[answers.method]
    row, column = np.r_[rows, rows[later >= 0]], np.r_[first, width + later[later >= 0]]
    return sparse.csr_array((np.ones(len(row)), (row, column)), shape=(len(rows), width + len(order) - 1))


def grouping(answers: Cells, *, random_labels: bool) -> dict[str, tuple[Array, int]]:
    """Codes and numbers of levels of the factors that can be told apart: two levels or more, and one with two answers.

    Raises:
        ValueError: there is no such factor.
    """
    _, worker = np.unique(answers.worker, return_inverse=True)
    both = np.unique(worker.astype(np.int64) * (int(answers.method.max()) + 1) + answers.method, return_inverse=True)
    candidates = {
        VIDEO: np.unique(answers.video, return_inverse=True)[1],
        PARTICIPANT: worker,
        INTERACTION: both[1],
    }
    if len(both[0]) == int(worker.max()) + 1:
        del candidates[INTERACTION]
    if random_labels:
        candidates[LABEL] = np.unique(answers.label, return_inverse=True)[1]
    factors = {}
    for name, codes in candidates.items():
        size = int(codes.max()) + 1
        if size > 1 and np.bincount(codes, answers.total).max() > 1:
            factors[name] = (codes, size)
    if not factors:
        raise ValueError("no participant and no video has two answers: random effects cannot be told from chance")
    return factors
