"""In how many answers, and in how many videos, something breaks, and how far participants agree about it."""

from dataclasses import dataclass

import numpy as np

from analysis.agreement import Agreement, Bootstrap
from analysis.moment.marks import Marks
from analysis.shares import Share, ShareDifference, difference_of_shares, share_of

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class MethodBreaks:
    """How often participants see something break in one method's videos."""

    method: str
    num_answers: int
    num_videos: int
    #: Share of answers that mark a break.
    broken: Share
    #: Videos in which more than half of the participants mark one.
    videos_by_majority: int
    #: (kinds,) how many answers name each kind of break.
    kinds: list[int]


@dataclass(frozen=True, slots=True)
class BreaksCompared:
    """The difference of two methods' shares of answers that mark a break."""

    a: str
    b: str
    difference: ShareDifference


def method_breaks(marks: Marks) -> list[MethodBreaks]:
    """One row for each method with answers."""
    broken, found = marks.broken, []
    for code, method in enumerate(marks.methods):
        rows = np.flatnonzero(marks.method == code)
        share = share_of(broken[rows], marks.participant[rows], marks.prompt[rows])
        if share is not None:
            _, video = np.unique(marks.video[rows], return_inverse=True)
            sizes, marked = np.bincount(video), np.bincount(video, broken[rows])
            named = np.bincount(marks.kind[rows][marks.kind[rows] >= 0], minlength=len(marks.kinds))
            majority = int((2 * marked > sizes).sum())
            found.append(MethodBreaks(method, len(rows), len(sizes), share, majority, named.tolist()))
    return found


def compare_breaks(marks: Marks, a: int, b: int) -> BreaksCompared | None:
    """The difference between two methods, given by their codes; None where one has no answers.

    Answers about videos of one prompt are paired. Where methods share no prompts, let every video be its own.
    """
    rows = np.flatnonzero((marks.method == a) | (marks.method == b))
    found = difference_of_shares(
        marks.broken[rows], marks.method[rows] == b, marks.participant[rows], marks.prompt[rows]
    )
    return None if found is None else BreaksCompared(marks.methods[a], marks.methods[b], found)


def detection_agreement(marks: Marks, rng: np.random.Generator, confidence: float = 0.95) -> Agreement:
    """Nominal Krippendorff α of broken or not, with its bootstrap interval over videos."""
    every = np.arange(len(marks.video))
    return _alpha(marks.table(marks.broken.astype(np.intp), 2, every), rng, confidence)


def kind_agreement(marks: Marks, rng: np.random.Generator, confidence: float = 0.95) -> Agreement:
    """Nominal Krippendorff α of the kind of break, among the answers that name one."""
    return _alpha(marks.table(marks.kind, len(marks.kinds), np.flatnonzero(marks.kind >= 0)), rng, confidence)


def _alpha(table: Array, rng: np.random.Generator, confidence: float) -> Agreement:
    found = Bootstrap.of(table, rng)
    return Agreement(None, None, None) if found is None else found.agreement(confidence)[0]
