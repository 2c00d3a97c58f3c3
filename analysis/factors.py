"""Grouping factors of a crossed design: which are eliminated from its linear system, and where the rest has entries."""

import numpy as np
from scipy import sparse

Array = np.ndarray

#: Largest order of S, and largest number of its rows times eliminated levels, for which its inverse is exact.
DENSE_ORDER = 400
DENSE_CELLS = 1_000_000


class Pattern:
    """Where a weighted cross table of two factors has entries, and a quick way to fill them."""

    def __init__(self, row: Array, column: Array, shape: tuple[int, int]) -> None:
        key, self.place = np.unique(row.astype(np.int64) * shape[1] + column, return_inverse=True)
        self.place = self.place.astype(np.int32)
        self.row, self.column = (key // shape[1]).astype(np.int32), (key % shape[1]).astype(np.int32)
        self.starts = np.searchsorted(self.row, np.arange(shape[0] + 1)).astype(np.int32)
        self.shape = shape

    def total(self, values: Array) -> Array:
        """Sum values by entry."""
        return np.bincount(self.place, values, len(self.row))

    def matrix(self, data: Array) -> sparse.csr_array:
        """The sparse matrix with these entries."""
        return sparse.csr_array((data, self.column, self.starts), shape=self.shape)


class FactorLayout:
    """Which factors are eliminated, and the patterns of what remains; made once per fit.

    Args:
        groups: (codes, number of levels) per grouping factor; codes are (rows,) integers.
    """

    def __init__(self, groups: list[tuple[Array, int]]) -> None:
        self.codes = [np.ascontiguousarray(codes, dtype=np.int32) for codes, _ in groups]
        self.sizes = [size for _, size in groups]
        self.offsets = np.cumsum([0, *self.sizes])
        self.rows = len(self.codes[0])
        columns = np.stack([codes + start for codes, start in zip(self.codes, self.offsets, strict=False)], axis=1)
        columns, starts = columns.astype(np.int32), np.arange(0, columns.size + 1, len(groups), dtype=np.int32)
        shape = (self.rows, int(self.offsets[-1]))
        self.z = sparse.csr_array((np.ones(columns.size), columns.ravel(), starts), shape=shape)
        self.child, self.parent = self._eliminated()
        self.kept = [factor for factor in range(len(groups)) if factor not in (self.child, self.parent)]
        self.kept_offsets = np.cumsum([0, *(self.sizes[factor] for factor in self.kept)])
        self.order = int(self.kept_offsets[-1])
        self.kept_factor = np.repeat(self.kept, [self.sizes[factor] for factor in self.kept]).astype(int)
        rows = [self.codes[factor] + start for factor, start in zip(self.kept, self.kept_offsets, strict=False)]
        self.kept_rows = [row.astype(np.int32) for row in rows]
        self.num_children = self.sizes[self.child]
        joined = np.concatenate(self.kept_rows) if self.kept else np.zeros(0, np.int32)
        child = np.tile(self.codes[self.child], len(self.kept))
        self.cross = Pattern(joined, child, (self.order, self.num_children))
        self.parent_of = np.zeros(self.num_children, np.int32)
        if self.parent is not None:
            self.parent_of[self.codes[self.child]] = self.codes[self.parent]
            shape = (self.order, self.sizes[self.parent])
            self.upper = Pattern(self.cross.row, self.parent_of[self.cross.column], shape)
        pairs = [(a, b) for at, a in enumerate(self.kept_rows) for b in self.kept_rows[at + 1 :]]
        self.num_pairs = len(pairs)
        if pairs:
            first, second = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
            self.between = Pattern(first, second, (self.order, self.order))

    def _eliminated(self) -> tuple[int, int | None]:
        """The factor, and one that it is nested in if any, whose elimination leaves the fewest levels."""
        best: tuple[int, int | None] = (0, None)
        most = 0
        for child, size in enumerate(self.sizes):
            if size > most:
                best, most = (child, None), size
            for parent in range(len(self.sizes)):
                both = size + self.sizes[parent]
                if parent != child and both > most and self._nested(child, parent):
                    best, most = (child, parent), both
        return best

    def _nested(self, child: int, parent: int) -> bool:
        """Whether each level of one factor occurs with one level of the other only."""
        of = np.zeros(self.sizes[child], np.int32)
        of[self.codes[child]] = self.codes[parent]
        return bool(np.array_equal(of[self.codes[child]], self.codes[parent]))

    @property
    def dense(self) -> bool:
        """Whether S is small enough for exact dense algebra."""
        cells = self.order * (self.num_children + (self.sizes[self.parent] if self.parent is not None else 0))
        return self.order <= DENSE_ORDER and cells <= DENSE_CELLS

    def by_level(self, per_factor: Array) -> Array:
        """(levels,) a figure per factor repeated for its levels."""
        return np.repeat(per_factor, self.sizes)

    def part(self, values: Array, factor: int) -> Array:
        """The levels of one factor among (levels, ...)."""
        return values[self.offsets[factor] : self.offsets[factor + 1]]
