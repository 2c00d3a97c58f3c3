"""Maximum likelihood of a model of votes, by Newton's method on counts."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.preference.connectedness import Connectedness, connectedness, position_is_estimable
from analysis.preference.models import MODELS, Derivatives, ModelName
from analysis.preference.votes import LEFT, RIGHT, TIE, Votes

Array = np.ndarray

#: Most of Newton's steps, and the length of a step that ends them.
MOST_STEPS, SMALL = 100, 1e-9
#: In a model of ties, a parameter beyond this is taken to grow without end.
BEYOND = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """Estimates, with what their covariance is made of.

    Parameters are the strengths, then the position effect and the parameter of ties, where the model has them.
    """

    model: ModelName
    connected: Connectedness
    #: (methods,) log strengths, whose mean is 0 in each group of methods with finite differences.
    strength: Array
    #: Log odds in favour of the left video; None where it is not asked for, or has no finite estimate.
    position: float | None
    #: log θ of Rao–Kupper, log ν of Davidson; None without ties.
    tie: float | None
    log_likelihood: float
    #: (parameters, parameters) inverse of the information, as far as strengths' differences go.
    inverse: Array
    #: (left, right, outcome, 2) derivatives of one vote's log likelihood by d and by the parameter of ties; 0 between
    #: groups, where votes say nothing of finite differences.
    scores: Array
    #: (left, right, 2) information of two methods' votes about d, and about d and the parameter of ties together.
    information: Array

    @property
    def width(self) -> int:
        """How many parameters there are."""
        return len(self.inverse)

    def d(self, left: int, right: int, side: float = 1.0) -> float:
        """Strength of the left method − that of the right one, with that many times the position effect."""
        return float(self.strength[left] - self.strength[right] + side * (self.position or 0.0))


def table_of(votes: Votes) -> Array:
    """(methods on the left, methods on the right, outcomes) votes."""
    size = len(votes.methods)
    key = (votes.left * size + votes.right) * 3 + votes.outcome
    return np.bincount(key, minlength=3 * size**2).reshape(size, size, 3).astype(float)


def fit(table: Array, model: ModelName = "bradley-terry", *, position: bool = True) -> Fit:
    """Fit a model to counts of votes.

    Where a model of ties has no finite estimate, as where all votes are ties or none is, the Bradley–Terry model takes
    its place; `Fit.model` says which one was fitted.

    Args:
        table: (methods on the left, methods on the right, outcomes) votes.
        model: `bradley-terry`, `rao-kupper` or `davidson`.
        position: whether the side has an effect; left out where votes do not tell it.

    Raises:
        ValueError: an unknown model.
    """
    if model not in MODELS:
        raise ValueError(f"model {model!r} is none of {', '.join(MODELS)}")
    connected = connectedness(table)
    left, right = np.nonzero(table.sum(axis=2) * (connected.group[:, None] == connected.group))
    counts, design = table[left, right], _design(left, right, len(table))
    if not (position and len(left) and position_is_estimable(design, counts)):
        design = design[:, :-1]
    name, solution = _solved(design, counts, model, connected.group)
    tied, found = name != "bradley-terry", solution.found
    information = np.zeros((*table.shape[:2], 2))
    information[left, right] = -np.stack([(counts * each).sum(axis=1) for each in (found.by_d_d, found.by_d_tie)], -1)
    scores = np.zeros((*table.shape, 2))
    scores[left, right] = np.stack([found.by_d, found.by_tie], axis=-1)
    return Fit(
        model=name,
        connected=connected,
        strength=solution.beta[: len(table)],
        position=float(solution.beta[-1]) if design.shape[1] > len(table) else None,
        tie=solution.tie if tied else None,
        log_likelihood=float((counts * found.log_p).sum()),
        inverse=np.linalg.inv(_information(design, counts, found, connected.group, tied=tied)),
        scores=scores,
        information=information,
    )


def scores_of(fitted: Fit, votes: Votes) -> sparse.csr_array:
    """(votes, parameters) the gradient of each vote's log likelihood; its sum is 0."""
    size, number = len(votes.methods), len(votes)
    by_d, by_tie = (fitted.scores[votes.left, votes.right, votes.outcome, place] for place in (0, 1))
    columns, values = [votes.left, votes.right], [by_d, -by_d]
    if fitted.position is not None:
        columns, values = [*columns, np.full(number, size)], [*values, by_d]
    if fitted.tie is not None:
        columns, values = [*columns, np.full(number, fitted.width - 1)], [*values, by_tie]
    starts = np.arange(number + 1) * len(columns)
    entries = (np.stack(values, axis=1).ravel(), np.stack(columns, axis=1).ravel(), starts)
    return sparse.csr_array(entries, shape=(number, fitted.width))


def _design(left: Array, right: Array, size: int) -> Array:
    """(rows, methods + 1) with the position effect last."""
    rows = np.arange(len(left))
    design = np.zeros((len(left), size + 1))
    design[rows, left], design[rows, right], design[:, -1] = 1.0, -1.0, 1.0
    return design


@dataclass(frozen=True, slots=True)
class _Solution:
    """Coefficients of the design, the parameter of ties, and the derivatives there."""

    beta: Array
    tie: float
    found: Derivatives


def _solved(design: Array, counts: Array, model: ModelName, group: Array) -> tuple[ModelName, _Solution]:
    """The model's estimates, or those of Bradley–Terry where it has none; within groups these are always finite."""
    decided, ties = counts[:, [LEFT, RIGHT]].any(), counts[:, TIE].any()
    if model != "bradley-terry" and decided and ties:
        found = _newton(design, counts, model, group)
        if found is not None:
            return model, found
    found = _newton(design, counts, "bradley-terry", group)
    assert found is not None  # noqa: S101  Ford 1957
    return "bradley-terry", found


def _newton(design: Array, counts: Array, model: ModelName, group: Array) -> _Solution | None:
    """The maximum of the likelihood; None where there is none."""
    tied = model != "bradley-terry"
    tie = _first_tie(counts, model)
    now = _Solution(np.zeros(design.shape[1]), tie, MODELS[model](np.zeros(len(counts)), tie))
    for _ in range(MOST_STEPS):
        by_d, by_tie = (counts * now.found.by_d).sum(axis=1), float((counts * now.found.by_tie).sum())
        gradient = np.append(by_d @ design, by_tie) if tied else by_d @ design
        try:
            step = np.linalg.solve(_information(design, counts, now.found, group, tied=tied), gradient)
            now = _improved(design, counts, model, now, step)
            np.linalg.inv(_information(design, counts, now.found, group, tied=tied))
        except np.linalg.LinAlgError:  # it rises for ever, and is flat by now
            break
        if np.abs(step).max(initial=0.0) < SMALL:
            return now
        if tied and max(np.abs(now.beta).max(), abs(now.tie)) > BEYOND:
            break
    return None


def _first_tie(counts: Array, model: ModelName) -> float:
    """The parameter of ties where all methods are equal."""
    share = float(counts[:, TIE].sum() / max(counts.sum(), 1.0))
    if model == "bradley-terry":
        return 0.0
    return 2 * np.arctanh(share) if model == "rao-kupper" else float(np.log(2 * share / (1 - share)))


def _improved(design: Array, counts: Array, model: ModelName, now: _Solution, step: Array) -> _Solution:
    """The step, halved until the likelihood does not fall and θ stays above 1."""
    width, before = design.shape[1], (counts * now.found.log_p).sum()
    for _ in range(60):
        beta, tie = now.beta + step[:width], now.tie + (float(step[width]) if len(step) > width else 0.0)
        if model != "rao-kupper" or tie > 0:
            found = MODELS[model](design @ beta, tie)
            if (counts * found.log_p).sum() >= before - 1e-9 * abs(before):
                return _Solution(beta, tie, found)
        step = step / 2
    return now


def _information(design: Array, counts: Array, found: Derivatives, group: Array, *, tied: bool) -> Array:
    """(parameters, parameters) minus the second derivatives, made regular where only differences count."""
    total = [-(counts * each).sum(axis=1) for each in (found.by_d_d, found.by_d_tie, found.by_tie_tie)]
    width = design.shape[1]
    information = np.zeros((width + tied, width + tied))
    information[:width, :width] = design.T @ (total[0][:, None] * design)
    if tied:
        information[:width, width] = information[width, :width] = total[1] @ design
        information[width, width] = total[2].sum()
    same = group[:, None] == group
    information[: len(group), : len(group)] += same * max(float(total[0].mean()) if len(total[0]) else 0.0, 1e-3)
    return information
