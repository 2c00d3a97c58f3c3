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

from analysis.crossed_answers import (
    INTERACTION,
    PARTICIPANT,
    VIDEO,
    Cells,
    decided,
    design,
    gather,
    grouping,
    sample,
)
from analysis.formats import listed
from analysis.glmm import MixedModel, fit
from analysis.method_contrasts import Margins, MethodContrast, Widening, contrast_of, margins_of
from analysis.separation import SeparationError

Array = np.ndarray

#: Beyond so many labels they are random.
MOST_FIXED_LABELS = 50
#: Beyond so many answers the model is fitted to those of a random sample of participants.
MOST_ANSWERS = 1_500_000


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
    #: Of the answers in the model, those to labels left out not among them.
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
        SeparationError: a method, or a combination with labels, is always right or always wrong; or the answers are
            so few or so extreme that a variance grows without end.
    """
    answers = gather(worker, video, method, label, right)
    order = _order(answers, methods, pair)
    answers = answers.where(np.isin(answers.method, order))
    sampled = bool(answers.total.sum() > MOST_ANSWERS)
    if sampled:
        answers = sample(answers, MOST_ANSWERS, seed)
    num_labels = len(np.unique(answers.label))
    random_labels = num_labels > MOST_FIXED_LABELS
    left_out = {} if random_labels else decided(answers.label, answers)
    answers = answers.where(~np.isin(answers.label, list(left_out)))
    _refuse_separated(answers, order, methods)
    used = [] if random_labels else [int(code) for code in np.unique(answers.label)]
    factors = grouping(answers, random_labels=random_labels)
    columns = [*([labels[code] for code in used] or ["intercept"]), *(methods[code] for code in order[1:])]
    model = _fitted(answers, order, used, factors, columns)
    # Labels left out have the same accuracy for all methods.
    margins = margins_of(model, len(order), max(len(used), 1))
    share = 1 - len(left_out) / num_labels
    margins = Margins(share * margins.accuracy + sum(left_out.values()) / num_labels, share * margins.slope)
    num_videos = len(np.unique(answers.video))
    df = float(max(num_videos - len(model.beta), 0)) if VIDEO in factors else math.inf
    widening = Widening(df, math.sqrt(num_videos / df) if 0 < df < math.inf else 1.0, confidence)
    names = [methods[code] for code in order]
    sd = {name: float(value) for name, value in zip(factors, model.sd, strict=True)}
    out = [labels[code] for code in left_out]
    return ReviewersModel(
        names,
        margins.accuracy,
        [contrast_of(model, margins, places, names, widening) for places in combinations(range(len(order)), 2)],
        sd,
        model.log_likelihood,
        int(answers.total.sum()),
        num_videos,
        len(np.unique(answers.worker)),
        model.converged,
        sampled,
        out,
        random_labels,
        list(_notes(model, sd, out, num_videos, sampled=sampled, random_labels=random_labels)),
        model,
    )


def _order(answers: Cells, methods: list[str], pair: tuple[str, str] | None) -> list[int]:
    """Codes of the methods to compare, all of which have answers."""
    present = [int(code) for code in np.unique(answers.method)]
    if pair is None:
        order = present
    elif pair[0] == pair[1] or not set(pair) <= set(methods):
        raise ValueError(f"pair {pair}: two different methods of {methods} are needed")
    else:
        order = [code for code in map(methods.index, pair) if code in present]
    if len(order) < 2:
        raise ValueError(f"two methods with answers are needed, found {[methods[code] for code in order]}")
    return order


def _refuse_separated(answers: Cells, order: list[int], methods: list[str]) -> None:
    """Raise where a method has only right or only wrong answers, or none since all its labels are left out."""
    always = decided(answers.method, answers) if len(answers.right) else {}
    names = [methods[code] for code in order if code in always or code not in answers.method]
    if names:
        raise SeparationError(
            f"{', '.join(names)}: every answer is right, or every answer is wrong; odds have no finite estimate"
        )


def _fitted(
    answers: Cells, order: list[int], used: list[int], factors: dict[str, tuple[Array, int]], columns: list[str]
) -> MixedModel:
    """The core's fit, with its errors in the words of a study."""
    try:
        return fit(answers.right, answers.total, design(answers, order, used), list(factors.values()))
    except SeparationError as error:
        names = [*(columns[column] for column in error.columns), *(list(factors)[k] for k in error.factors)]
        why = "their variance grows without end" if error.factors else "together always right or always wrong"
        raise SeparationError(f"{', '.join(names)}: {why}", columns=error.columns, factors=error.factors) from error


def _notes(
    model: MixedModel,
    sd: dict[str, float],
    left_out: list[str],
    num_videos: int,
    *,
    sampled: bool,
    random_labels: bool,
) -> Iterator[str]:
    if not model.converged:
        yield f"The fit did not converge: its largest gradient is {model.gradient:.2g} per standard error."
    zero = [name for name, value in sd.items() if value == 0]
    if zero:
        yield f"Estimated as zero: the variance of {listed(zero)}."
    missing = [name for name in (VIDEO, PARTICIPANT, INTERACTION) if name not in sd]
    if missing:
        yield f"Not in the model, since the answers do not suffice to estimate it: the variance of {listed(missing)}."
    if left_out:
        yield f"Not in the model, since all answers are right or all are wrong: {', '.join(left_out)}."
    if random_labels:
        yield f"Labels are random, since there are more than {MOST_FIXED_LABELS}: accuracies are for new labels."
    if sampled:
        yield "The model is fitted to the answers of a random sample of participants."
    if VIDEO in sd and num_videos < 10 * len(model.beta):
        yield (
            f"Videos are few ({num_videos}, with {len(model.beta)} fixed effects), so that Wald’s p is too small; "
            "the adjusted p allows for it."
        )
    if model.errors_from == "information":
        yield "Standard errors are those given the variances, since there are too many answers for the full Hessian."
