"""Separation: where a combination of fixed effects predicts every answer, no finite estimate exists."""

import numpy as np
from scipy import sparse

Array = np.ndarray

#: Most distinct rows of X for which separation is looked for.
MOST_ROWS = 50_000


class SeparationError(ValueError):
    """No finite estimate exists, since a combination of effects predicts every answer.

    `columns` are the columns of X in that combination, `factors` the grouping factors whose variance has no bound.
    """

    def __init__(self, message: str, *, columns: list[int] | None = None, factors: list[int] | None = None) -> None:
        self.columns, self.factors = columns or [], factors or []
        super().__init__(message)


def refuse_separated(y: Array, n: Array, x: sparse.csr_array) -> None:
    """Look for a direction in which β improves the fit without end, by linear programming (Konis, thesis, Oxford 2007).

    Raises:
        SeparationError: there is one.
    """
    from scipy import optimize  # slow to load, and few reports need it

    # Equal rows have equal products with a random vector.
    _, first, place = np.unique(
        x @ np.random.default_rng(0).normal(size=x.shape[1]), return_index=True, return_inverse=True
    )
    if len(first) > MOST_ROWS:
        return
    right, all_ = np.bincount(place, y), np.bincount(place, n)
    side = (right == all_).astype(float) - (right == 0)
    if not side.any():
        return
    rows = x[first]
    directed = sparse.csr_array(rows.multiply(side[:, None]))[side != 0]
    mixed = rows[side == 0]
    found = optimize.linprog(
        -np.asarray(directed.sum(axis=0)).ravel(),
        A_ub=-directed,
        b_ub=np.zeros(directed.shape[0]),
        A_eq=mixed if mixed.shape[0] else None,
        b_eq=np.zeros(mixed.shape[0]) if mixed.shape[0] else None,
        bounds=(-1, 1),
    )
    if found.status == 0 and -found.fun > 1e-6:
        columns = [int(column) for column in np.flatnonzero(np.abs(found.x) > 1e-6)]
        raise SeparationError(f"columns {columns} of x separate successes from failures", columns=columns)
