"""The reviewers' model: a logistic regression of right answers with crossed random effects.

Methods and labels are fixed; videos, participants and participant × method are random. It stands beside the primary
analysis, and rests on more assumptions: normal effects on the logit scale, and one difference between methods for all
labels.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import sparse, special

from analysis.estimates import Interval
from analysis.laplace import MixedModel, SeparationError, fit

Array = np.ndarray

#: Beyond so many labels they are random.
MOST_FIXED_LABELS = 50
#: Beyond so many answers the model is fitted to those of a random sample of participants.
MOST_ANSWERS = 1_500_000
#: Nodes of the Gauss–Hermite quadrature over the sum of all random effects.
NODES = 61
#: The grouping factors, as they are called in `ReviewersModel.sd`.
VIDEO, PARTICIPANT, INTERACTION, LABEL = "video", "participant", "participant × method", "label"


@dataclass(frozen=True, slots=True)
class MethodContrast:
    """Method `a` against method `b`."""

    a: str
    b: str
    #: On the logit scale, given video and participant: log odds of `a` less those of `b`.
    log_odds: float
    standard_error: float
    z: float
    #: Two-sided, from the normal distribution.
    p: float
    odds_ratio: float
    odds_ratio_interval: Interval
    #: Marginal accuracy of `a` less that of `b`, in [−1, 1]: over new videos and participants, each label with the
    #: same weight; with an interval by the delta method.
    difference: float
    difference_interval: Interval


@dataclass(frozen=True, slots=True)
class ReviewersModel:
    """The fitted model of a study, with what a reader must know of it in `notes`."""

    methods: list[str]
    #: (methods,) marginal accuracies in [0, 1].
    accuracy: Array
    #: One per pair of methods, in their order.
    contrasts: list[MethodContrast]
    #: Standard deviation on the logit scale by grouping factor; 0 is the bound of what it can be.
    sd: dict[str, float]
    log_likelihood: float
    num_answers: int
    num_videos: int
    num_workers: int
    converged: bool
    #: Whether the answers of a random sample of participants were used.
    sampled: bool
    #: Labels of which all answers are right, or all wrong: they say nothing of methods' odds.
    labels_left_out: list[str]
    random_labels: bool
    notes: list[str]
    model: MixedModel


@dataclass(frozen=True, slots=True)
class _Answers:
    """Codes per row and how many of its answers are right; a row is a participant and a video."""

    worker: Array
    video: Array
    method: Array
    label: Array
    right: Array
    total: Array

    def where(self, kept: Array) -> "_Answers":
        return _Answers(*(getattr(self, name)[kept] for name in self.__slots__))


def mixed_model(
    worker: Array,
    video: Array,
    method: Array,
    label: Array,
    right: Array,
    *,
    methods: list[str],
    labels: list[str],
    pair: tuple[str, str] | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> ReviewersModel:
    """Fit the model to all methods together, or to the answers about two of them.

    Args:
        worker: (answers,) integer codes of participants, from 0.
        video: (answers,) integer codes of videos; a video has one method and one label.
        method: (answers,) codes into `methods`.
        label: (answers,) codes into `labels`.
        right: (answers,) whether the answer is right.
        methods: names.
        labels: names.
        pair: the two methods to compare, `a` and `b`.
        confidence: of the intervals.
        seed: of the sample of participants, where one is drawn.

    Raises:
        ValueError: arrays of different lengths, a video with two methods or labels, an unknown method, fewer than two
            methods with answers, or methods that share no labels, so that their effects cannot be told apart.
        SeparationError: a method, or a combination with labels, is always right or always wrong.
    """
    answers = _rows(worker, video, method, label, right)
    if pair is not None:
        unknown = [name for name in pair if name not in methods]
        if unknown or pair[0] == pair[1]:
            raise ValueError(f"pair {pair}: two different methods of {methods} are needed")
        answers = answers.where(np.isin(answers.method, [methods.index(name) for name in pair]))
    present = np.flatnonzero(np.bincount(answers.method, minlength=len(methods)))
    if len(present) < 2:
        raise ValueError(f"two methods with answers are needed, found {[methods[code] for code in present]}")
    order = [methods.index(name) for name in pair] if pair else [int(code) for code in present]
    sampled = bool(answers.total.sum() > MOST_ANSWERS)
    if sampled:
        answers = _sample(answers, seed)
    random_labels = int(np.count_nonzero(np.bincount(answers.label))) > MOST_FIXED_LABELS
    left_out = [] if random_labels else _decided(answers.label, answers)
    answers = answers.where(~np.isin(answers.label, left_out))
    decided = _decided(answers.method, answers) if len(answers.right) else order
    if decided or len(np.unique(answers.method)) < len(order):
        names = [methods[code] for code in decided] or [methods[code] for code in order]
        raise SeparationError(
            decided,
            f"{', '.join(names)}: every answer right or every answer wrong, so that odds have no finite estimate",
        )
    used = np.unique(answers.label)
    x = _design(answers, order, [] if random_labels else [int(code) for code in used])
    factors = _factors(answers, random_labels)
    names = [*(["intercept"] if random_labels else [labels[code] for code in used]), *(methods[c] for c in order[1:])]
    try:
        model = fit(answers.right, answers.total, x, list(factors.values()))
    except SeparationError as error:
        told = ", ".join(names[column] for column in error.columns)
        raise SeparationError(error.columns, f"{told}: together always right or always wrong") from error
    sd = dict(zip(factors, (float(value) for value in model.sd), strict=True))
    margins = _margins(model, len(order), 1 if random_labels else len(used))
    share = len(used) / (len(used) + len(left_out))
    gone = sum(float(answers_right) for answers_right in _shares(right, label, left_out)) / (len(used) + len(left_out))
    quantile = float(special.ndtri((1 + confidence) / 2))
    contrasts = [
        _contrast(model, margins, (a, b), (methods[order[a]], methods[order[b]]), share, quantile)
        for a, b in combinations(range(len(order)), 2)
    ]
    out = [labels[code] for code in left_out]
    return ReviewersModel(
        [methods[code] for code in order],
        margins.accuracy * share + gone,
        contrasts,
        sd,
        model.log_likelihood,
        int(answers.total.sum()),
        len(np.unique(answers.video)),
        len(np.unique(answers.worker)),
        model.converged,
        sampled,
        out,
        random_labels,
        list(_notes(model, sd, out, sampled=sampled, random_labels=random_labels)),
        model,
    )


def _rows(worker: Array, video: Array, method: Array, label: Array, right: Array) -> _Answers:
    """Answers of the same participant to the same video as one row."""
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
    return _Answers(worker[first], video[first], method[first], label[first], hits, total)


def _sample(answers: _Answers, seed: int) -> _Answers:
    """Participants drawn at random until the answers are as many as can be fitted."""
    count = np.bincount(answers.worker, answers.total)
    drawn = np.random.default_rng(seed).permutation(len(count))
    kept = np.zeros(len(count), bool)
    kept[drawn[np.cumsum(count[drawn]) <= MOST_ANSWERS]] = True
    return answers.where(kept[answers.worker])


def _decided(code: Array, answers: _Answers) -> list[int]:
    """Codes of which every answer is right, or every answer wrong."""
    right, total = np.bincount(code, answers.right), np.bincount(code, answers.total)
    return [int(one) for one in np.flatnonzero((total > 0) & ((right == 0) | (right == total)))]


def _shares(right: Array, label: Array, codes: list[int]) -> Iterator[float]:
    for code in codes:
        yield float(np.mean(right[label == code]))


def _design(answers: _Answers, order: list[int], used: list[int]) -> sparse.csr_array:
    """An indicator per label, or an intercept where there are none, and one per method but the first."""
    rows = np.arange(len(answers.right))
    first = np.searchsorted(used, answers.label) if used else np.zeros(len(rows), int)
    width = max(len(used), 1)
    place = np.full(max(order) + 1, -1)
    place[order] = np.arange(len(order)) - 1
    later = place[answers.method]
    row, column = np.r_[rows, rows[later >= 0]], np.r_[first, width + later[later >= 0]]
    return sparse.csr_array((np.ones(len(row)), (row, column)), shape=(len(rows), width + len(order) - 1))


def _factors(answers: _Answers, random_labels: bool) -> dict[str, tuple[Array, int]]:
    """The grouping factors that the answers can tell apart: two levels or more, and one with two answers."""
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


@dataclass(frozen=True, slots=True)
class _Margins:
    """`accuracy`: (methods,); `slope`: (methods, columns + factors) its derivatives by β and then the variances."""

    accuracy: Array
    slope: Array


def _margins(model: MixedModel, num_methods: int, width: int) -> _Margins:
    """Each method's accuracy, the mean over labels of E logit⁻¹(α + β + e), e normal with the sum of all variances."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    spread = max(math.sqrt(float((model.sd**2).sum())), 1e-6)
    effects = np.concatenate([[0.0], model.beta[width:]])
    p = special.expit(model.beta[:width][None, :, None] + effects[:, None, None] + spread * nodes)
    density = p * (1 - p)
    slope = np.zeros((num_methods, len(model.covariance)))
    by_label = density @ weights / width
    slope[:, :width] = by_label
    slope[range(1, num_methods), range(width, width + num_methods - 1)] = by_label[1:].sum(axis=1)
    slope[:, len(model.beta) :] = ((density * nodes) @ weights).mean(axis=1)[:, None] / (2 * spread)
    return _Margins((p @ weights).mean(axis=1), slope)


def _contrast(
    model: MixedModel, margins: _Margins, at: tuple[int, int], names: tuple[str, str], share: float, quantile: float
) -> MethodContrast:
    columns, (a, b) = len(model.beta), at
    width = columns - (len(margins.accuracy) - 1)
    sign = np.zeros(len(model.covariance))
    for place, value in ((a, 1.0), (b, -1.0)):
        if place:
            sign[width + place - 1] = value
    log_odds = float(sign[:columns] @ model.beta)
    error = math.sqrt(float(sign @ model.covariance @ sign))
    slope = share * (margins.slope[a] - margins.slope[b])
    difference = share * float(margins.accuracy[a] - margins.accuracy[b])
    half = quantile * math.sqrt(float(slope @ model.covariance @ slope))
    z = log_odds / error
    return MethodContrast(
        *names,
        log_odds,
        error,
        z,
        float(2 * special.ndtr(-abs(z))),
        math.exp(log_odds),
        Interval(math.exp(log_odds - quantile * error), math.exp(log_odds + quantile * error)),
        difference,
        Interval(max(-1.0, difference - half), min(1.0, difference + half)),
    )


def _notes(
    model: MixedModel, sd: dict[str, float], left_out: list[str], *, sampled: bool, random_labels: bool
) -> Iterator[str]:
    if not model.converged:
        yield f"The fit did not converge: its largest gradient is {model.gradient:.2g} per standard error."
    for name, value in sd.items():
        if value == 0:
            yield f"The variance of {name} is zero, the least it can be: the answers show no such differences."
    missing = [name for name in (VIDEO, PARTICIPANT, INTERACTION) if name not in sd]
    if missing:
        yield f"Left out, since the answers cannot show it: differences by {', '.join(missing)}."
    if left_out:
        yield f"Not in the model, since all answers are right or all are wrong: {', '.join(left_out)}."
    if random_labels:
        yield f"With more than {MOST_FIXED_LABELS} labels, they are random: accuracies are those of new labels."
    if sampled:
        yield "The model is fitted to the answers of a random sample of participants."
    if model.errors_from == "information":
        yield "Standard errors are those given the variances, since there are too many answers for the full Hessian."
