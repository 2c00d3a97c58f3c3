"""Whether one strength per method explains the pairs: a clustered test against free pairs, and circular triads."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse, special

from analysis.clustering import Clustered, Target, cluster
from analysis.preference.fitting import Fit, scores_of
from analysis.preference.rates import majorities
from analysis.preference.votes import Votes

Array = np.ndarray

#: Eigenvalues below this share of the largest are 0.
RANK = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Transitivity:
    """`p_value` is small where pairs differ from what one strength per method predicts; None where nothing tests it."""

    p_value: float | None
    #: How many free differences the test has.
    constraints: int
    #: Triads a > b > c > a of majorities, and triads in which each pair has a majority (Kendall & Babington Smith,
    #: Biometrika 1940, doi:10.1093/biomet/31.3-4.324).
    circular: int
    triads: int


def transitivity(votes: Votes, fitted: Fit, target: Target = "new") -> Transitivity:
    """Test a fitted model against one free parameter for each pair of methods, and count circular triads.

    The score statistic of the pairs' residuals, divided by the mean of its eigenvalues under clustering, with
    Satterthwaite's degrees of freedom (Rao & Scott, Annals of Statistics 1984, doi:10.1214/aos/1176346391).
    """
    circular, triads = circular_triads(majorities(votes))
    p_value, constraints = _score_test(votes, fitted, target)
    return Transitivity(p_value=p_value, constraints=constraints, circular=circular, triads=triads)


def circular_triads(preferred: Array) -> tuple[int, int]:
    """Circular triads, and all triads without an even pair, of a (methods, methods) matrix of signs."""
    above, decided = (preferred > 0).astype(float), (preferred != 0).astype(float)
    circular = np.trace(above @ above @ above) / 3
    triads = np.trace(decided @ decided @ decided) / 6
    return round(float(circular)), round(float(triads))


def _score_test(votes: Votes, fitted: Fit, target: Target) -> tuple[float | None, int]:
    """The p, and how many pairs are free beyond the model's strengths."""
    column = _columns(fitted)
    number = int(column.max(initial=-1)) + 1
    if number <= int((np.bincount(fitted.connected.group) - 1).sum()):
        return None, 0
    directions, onto = _directions(fitted, column, number)
    if not directions.shape[1]:
        return None, 0
    own = column[votes.left, votes.right]
    inside = np.flatnonzero(own >= 0)
    towards = np.where(votes.left < votes.right, 1.0, -1.0) * fitted.scores[votes.left, votes.right, votes.outcome, 0]
    pairs = sparse.csr_array((towards[inside], (inside, own[inside])), shape=(len(votes), number))
    sums = np.bincount(own[inside], towards[inside], number)
    residual = directions.T @ sums
    # Every vote takes its share of the residual off, so that a large residual does not count as variance.
    share = sparse.csr_array(np.full((len(votes), 1), 1 / len(votes)))
    features = sparse.hstack([pairs, scores_of(fitted, votes), share], format="csr")
    matrix = np.concatenate([directions, onto, -residual[None]])
    clustered = cluster(features, votes.participant, votes.prompt).mapped(matrix)
    return _p_value(residual, clustered, target), directions.shape[1]


def _columns(fitted: Fit) -> Array:
    """(methods, methods) the number of each pair with votes, whichever stood left; −1 for pairs without."""
    seen = np.triu(fitted.information[..., 0] + fitted.information[..., 0].T, 1) > 0
    column = np.where(seen, np.cumsum(seen).reshape(seen.shape) - 1, -1)
    return np.maximum(column, column.T)


def _directions(fitted: Fit, column: Array, number: int) -> tuple[Array, Array]:
    """(pairs, constraints) combinations of the pairs' residuals with variance 1 if votes were independent.

    With them (parameters, constraints) what they lose since the model's parameters are estimated from the same votes.
    """
    left, right = np.nonzero(column >= 0)
    own, size = column[left, right], len(column)
    by_d, by_tie = fitted.information[left, right].T
    towards = np.where(left < right, 1.0, -1.0)
    cross = np.zeros((number, fitted.width))
    np.add.at(cross, (own, left), towards * by_d)
    np.add.at(cross, (own, right), -towards * by_d)
    if fitted.position is not None:
        cross[:, size] = np.bincount(own, towards * by_d, number)
    if fitted.tie is not None:
        cross[:, -1] = np.bincount(own, towards * by_tie, number)
    values, vectors = np.linalg.eigh(np.diag(np.bincount(own, by_d, number)) - cross @ fitted.inverse @ cross.T)
    kept = values > RANK * values.max(initial=0.0)
    directions = vectors[:, kept] / np.sqrt(values[kept])
    return directions, -fitted.inverse @ cross.T @ directions


def _p_value(residual: Array, clustered: Clustered, target: Target) -> float | None:
    """Of independent residuals with variance 1, whose covariance under clustering is another."""
    total = clustered.total(target)
    if not total.known or not total.variance > 0:
        return None
    root = clustered.root(target)
    eigenvalues = np.linalg.eigvalsh(root @ root.T)
    constraints = float(eigenvalues.sum() ** 2 / (eigenvalues**2).sum())
    statistic = float((residual**2).sum()) / total.variance
    return float(special.fdtrc(constraints, constraints * total.df, statistic))
