"""Which methods can be compared by a model at all: through wins and ties, directly or by way of others.

A difference of two strengths is finite where each method reaches the other by a chain of wins and ties (Ford, American
Mathematical Monthly 1957, doi:10.1080/00029890.1957.11989117). Where only one reaches the other, it never lost, and
its estimate is infinitely better; where neither does, nothing compares them.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from analysis.preference.votes import LEFT, RIGHT, TIE
from analysis.separation import SeparationError, refuse_separated

Array = np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class Connectedness:
    """`group` has, per method, the number of its group; within one all differences are finite.

    `reaches[a, b]` says whether a chain of wins and ties leads from a to b.
    """

    group: Array
    reaches: Array

    @property
    def main(self) -> int:
        """The group with the most methods, the first of several."""
        return int(np.bincount(self.group).argmax())

    def infinitely_better(self, a: int, b: int) -> bool:
        """Whether a's estimate is infinitely above b's: it never lost to b, directly or by way of others."""
        return bool(self.reaches[a, b] and not self.reaches[b, a])

    def comparable(self, a: int, b: int) -> bool:
        """Whether any chain of votes without a break leads from one to the other."""
        return bool(self.reaches[a, b] or self.reaches[b, a])


def connectedness(table: Array) -> Connectedness:
    """From a table (methods on the left, methods on the right, outcomes) of votes."""
    beats = table[:, :, LEFT] + table[:, :, RIGHT].T + table[:, :, TIE] + table[:, :, TIE].T
    graph = sparse.csr_array(beats > 0)
    group = csgraph.connected_components(graph, directed=True, connection="strong")[1]
    # In the order in which methods are listed, whatever order the search takes.
    _, first, group = np.unique(group, return_index=True, return_inverse=True)
    group = np.argsort(np.argsort(first))[group.reshape(-1)]
    reaches = np.isfinite(csgraph.shortest_path(graph, unweighted=True))
    return Connectedness(group=group, reaches=reaches)


def position_is_estimable(design: Array, counts: Array) -> bool:
    """Whether votes tell a finite effect of the side, beside the strengths.

    They do not where each method stood on one side only, or where the effect separates wins from losses, as where the
    left video always won.

    Args:
        design: (rows, methods + 1) 1 for the method on the left, −1 for that on the right, and 1 for the side.
        counts: (rows, 3) votes by outcome.
    """
    products = design.T @ design
    if np.linalg.matrix_rank(products) == np.linalg.matrix_rank(products[:-1, :-1]):
        return False
    wins, n = counts[:, LEFT] + counts[:, TIE] / 2, counts.sum(axis=1)
    try:
        # The last method has no column, since only differences count.
        refuse_separated(wins, n, sparse.csr_array(np.delete(design, -2, axis=1)))
    except SeparationError:
        return False
    return True
