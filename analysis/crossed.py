"""The linear algebra of crossed random effects: solving with H = I + Λ Zᵀ W Z Λ, its determinant and its inverse.

H is positive definite, with a row per level of each grouping factor. One factor (say participant × method), with the
one it is nested in (participants), is eliminated exactly: its block of H is a forest, so its Cholesky factor has no
fill-in. What remains is the Schur complement S on the other factors (videos), as a dense matrix where it is small, or
by conjugate gradients with fixed probes where it is large.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import linalg, sparse

Array = np.ndarray

#: Largest order of S, and largest number of its rows times eliminated levels, for which its inverse is exact.
DENSE_ORDER = 400
DENSE_CELLS = 1_000_000
#: Largest order of S for which its determinant is found exactly once, at the end.
FACTORED_ORDER = 4_000
#: Largest order of S for which a single system is solved by factorising S.
DIRECT_ORDER = 150
#: Random vectors by which traces and the determinant are estimated where S is not dense.
PROBES = 16


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


class Layout:
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
        starts = np.arange(0, columns.size + 1, len(groups))
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


@dataclass(frozen=True, slots=True)
class Inverse:
    """What the gradient needs of H⁻¹.

    `leverage`: (rows,) zᵀ Λ H⁻¹ Λ z of each row; `freedom`: (factors,) levels less the trace of each factor's block.
    """

    leverage: Array
    freedom: Array


class System:
    """H at given weights and standard deviations, with its eliminated part factorised.

    Args:
        layout: factors and patterns.
        weights: (rows,) W, not negative.
        sd: (factors,) Λ, not negative.
    """

    def __init__(self, layout: Layout, weights: Array, sd: Array) -> None:
        self.layout = layout
        totals = layout.z.T @ weights
        self.diagonal = 1 + layout.by_level(sd**2) * totals
        self.sd, child, parent = sd, layout.child, layout.parent
        self.child = layout.part(self.diagonal, child)
        cross = layout.cross.total(np.tile(weights, len(layout.kept)))
        kept_sd = sd[layout.kept_factor]
        scale = kept_sd[layout.cross.row] * sd[child] / np.sqrt(self.child)[layout.cross.column]
        self.to_child = layout.cross.matrix(cross * scale)
        self.of_child = sd[child] / np.sqrt(self.child)
        if parent is not None:
            weight = layout.part(totals, child)
            reduced = np.bincount(layout.parent_of, weight / self.child, layout.sizes[parent])
            self.parent = 1 + sd[parent] ** 2 * reduced
            upper = layout.upper
            data = upper.total(cross / self.child[layout.cross.column]) * kept_sd[upper.row] * sd[parent]
            self.to_parent = upper.matrix(data / np.sqrt(self.parent)[upper.column])
            self.link = sd[child] * sd[parent] * weight
            self.of_parent = sd[parent] / (self.child * np.sqrt(self.parent)[layout.parent_of])
        self.kept_diagonal = np.concatenate([layout.part(self.diagonal, f) for f in layout.kept] or [np.zeros(0)])
        if layout.num_pairs:
            total = layout.between.total(np.concatenate([weights] * layout.num_pairs))
            between = layout.between
            half = between.matrix(total * kept_sd[between.row] * kept_sd[between.column])
            self.between = (half + half.T).tocsr()

    def multiply(self, x: Array) -> Array:
        """S x, for x of shape (order, columns)."""
        product = self.kept_diagonal[:, None] * x - self.to_child @ (self.to_child.T @ x)
        if self.layout.parent is not None:
            product -= self.to_parent @ (self.to_parent.T @ x)
        if self.layout.num_pairs:
            product += self.between @ x
        return np.asarray(product)

    @cached_property
    def schur_diagonal(self) -> Array:
        """(order,) the diagonal of S."""
        values = self.kept_diagonal - _squares_by_row(self.to_child)
        return values if self.layout.parent is None else np.asarray(values - _squares_by_row(self.to_parent))

    @cached_property
    def factor(self) -> Array:
        """The lower Cholesky factor of S as a dense matrix."""
        dense = np.diag(self.kept_diagonal) - (self.to_child @ self.to_child.T).toarray()
        if self.layout.parent is not None:
            dense -= (self.to_parent @ self.to_parent.T).toarray()
        if self.layout.num_pairs:
            dense += self.between.toarray()
        return np.asarray(linalg.cholesky(dense, lower=True, check_finite=False)) if len(dense) else dense

    def solve(self, right: Array) -> Array:
        """H⁻¹ times (levels, columns)."""
        layout = self.layout
        parts = [layout.part(right, factor) for factor in range(len(layout.sizes))]
        root = np.sqrt(self.child)[:, None]
        own = parts[layout.child] / root
        kept = np.concatenate([parts[factor] for factor in layout.kept] or [np.zeros((0, right.shape[1]))])
        kept = kept - self.to_child @ own
        if layout.parent is not None:
            tie = (self.link / np.sqrt(self.child))[:, None]
            upper = np.sqrt(self.parent)[:, None]
            above = parts[layout.parent] - self._sum_by_parent(tie * own)
            above /= upper
            kept = kept - self.to_parent @ above
        kept = self._solve_schur(kept)
        own = own - self.to_child.T @ kept
        if layout.parent is not None:
            above = (above - self.to_parent.T @ kept) / upper
            own -= tie * above[layout.parent_of]
            parts[layout.parent] = above
        parts[layout.child] = own / root
        for factor, start, stop in zip(layout.kept, layout.kept_offsets, layout.kept_offsets[1:], strict=False):
            parts[factor] = kept[start:stop]
        return np.concatenate(parts)

    def _sum_by_parent(self, values: Array) -> Array:
        layout = self.layout
        size = layout.sizes[layout.parent] if layout.parent is not None else 0
        return np.stack([np.bincount(layout.parent_of, column, size) for column in values.T], axis=1)

    def _solve_schur(self, right: Array) -> Array:
        if not self.layout.order:
            return right
        if self.layout.dense and (self.layout.order <= DIRECT_ORDER or "factor" in self.__dict__):
            return np.asarray(linalg.cho_solve((self.factor, True), right, check_finite=False))
        return conjugate_gradients(self, right, 1e-8).solution

    @cached_property
    def _probed(self) -> tuple[Array, Array, float, float]:
        """X and Y with E[X Yᵀ] = S⁻¹, and log det S with its Monte Carlo standard error."""
        root = np.sqrt(self.schur_diagonal)[:, None]
        signs = np.random.default_rng(0).choice([-1.0, 1.0], (self.layout.order, PROBES))
        found = conjugate_gradients(self, root * signs, 1e-6)
        logs = np.log(self.schur_diagonal).sum() + found.log_forms
        x, y = found.solution / np.sqrt(PROBES), signs / root / np.sqrt(PROBES)
        return x, y, float(logs.mean()), float(logs.std(ddof=1) / np.sqrt(PROBES))

    def log_determinant(self, *, final: bool = False) -> tuple[float, float]:
        """Of H, and the Monte Carlo standard error of it: 0 where S is factorised, as it may be for a final value."""
        value = float(np.log(self.child).sum())
        if self.layout.parent is not None:
            value += float(np.log(self.parent).sum())
        if self.layout.dense or (final and self.layout.order <= FACTORED_ORDER):
            return value + 2 * float(np.log(np.diag(self.factor)).sum()), 0.0
        return value + self._probed[2], self._probed[3]

    def inverse(self) -> Inverse:
        """Leverages and degrees of freedom: exact where S is dense, else estimated by the probes."""
        layout = self.layout
        child, parent = layout.codes[layout.child], layout.parent
        cell = self.of_child**2
        own = 1 / self.child
        above = np.zeros(0)
        if parent is not None:
            cell = cell + self.of_parent**2
            ratio = self.link / self.child
            own = own + ratio**2 / self.parent[layout.parent_of]
            above = 1 / self.parent
        leverage = cell[child]
        kept = np.zeros(layout.order)
        if layout.order and layout.dense:
            kept, own_more, above_more = self._add_dense(leverage)
            own, above = own + own_more, above + above_more
        elif layout.order:
            kept, own_more, above_more = self._add_probed(leverage)
            own, above = own + own_more, above + above_more
        traces = np.zeros(len(layout.sizes))
        traces[layout.child] = own.sum()
        if parent is not None:
            traces[parent] = above.sum()
        for factor, start, stop in zip(layout.kept, layout.kept_offsets, layout.kept_offsets[1:], strict=False):
            traces[factor] = kept[start:stop].sum()
        return Inverse(leverage, np.array(layout.sizes) - traces)

    def _columns(self, to_child: Array, to_parent: Array | None) -> tuple[Array, Array, Array]:
        """From Bᵀ X for both eliminated factors: that of each child's rows, of each child, and of each parent."""
        if to_parent is None:
            return self.of_child[:, None] * to_child, to_child / np.sqrt(self.child)[:, None], np.zeros((0, 0))
        scaled = to_parent / np.sqrt(self.parent)[:, None]
        up = scaled[self.layout.parent_of]
        ratio = (self.link / self.child)[:, None]
        child = to_child / np.sqrt(self.child)[:, None] - ratio * up
        rows = self.of_child[:, None] * to_child + self.of_parent[:, None] * to_parent[self.layout.parent_of]
        return rows, child, scaled

    def _add_dense(self, leverage: Array) -> tuple[Array, Array, Array]:
        layout = self.layout
        low = linalg.solve_triangular(self.factor, np.eye(layout.order), lower=True, check_finite=False)
        inverse = low.T @ low
        upper = self.to_parent.T.toarray() if layout.parent is not None else None
        rows, child, parent = self._columns(self.to_child.T.toarray(), upper)
        times, child_times = rows @ inverse, child @ inverse
        code = layout.codes[layout.child]
        leverage += (times * rows).sum(axis=1)[code]
        for first, factor in zip(layout.kept_rows, layout.kept, strict=True):
            leverage -= 2 * self.sd[factor] * times[code, first]
            for second, other in zip(layout.kept_rows, layout.kept, strict=True):
                leverage += self.sd[factor] * self.sd[other] * inverse[first, second]
        above = ((parent @ inverse) * parent).sum(axis=1) if layout.parent is not None else np.zeros(0)
        return np.diag(inverse), (child_times * child).sum(axis=1), above

    def _add_probed(self, leverage: Array) -> tuple[Array, Array, Array]:
        layout = self.layout
        sides = []
        for x in self._probed[:2]:
            upper = self.to_parent.T @ x if layout.parent is not None else None
            sides.append((x * self.sd[layout.kept_factor][:, None], *self._columns(self.to_child.T @ x, upper)))
        (x, rows_x, child_x, parent_x), (y, rows_y, child_y, parent_y) = sides
        code = layout.codes[layout.child]
        for probe in range(PROBES):
            left, right = -rows_x[:, probe][code], -rows_y[:, probe][code]
            for place in layout.kept_rows:
                left += x[:, probe][place]
                right += y[:, probe][place]
            left *= right
            leverage += left
        kept = (self._probed[0] * self._probed[1]).sum(axis=1)
        return kept, (child_x * child_y).sum(axis=1), (parent_x * parent_y).sum(axis=1)


def _squares_by_row(matrix: sparse.csr_array) -> Array:
    return np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()


@dataclass(frozen=True, slots=True)
class Solved:
    """Solutions of S x = b, and for each column cᵀ log(M) c with M = D^−½ S D^−½ and c = D^−½ b."""

    solution: Array
    log_forms: Array


def conjugate_gradients(system: System, right: Array, tolerance: float, iterations: int = 500) -> Solved:
    """Solve S x = b for several columns at once, with the diagonal of S as the preconditioner.

    The coefficients of the iteration are those of Lanczos' tridiagonal matrix, whose eigenvalues give the quadratic
    forms of the logarithm (Ubaru, Chen & Saad, SIAM J. Matrix Anal. Appl. 2017; Gardner et al., NeurIPS 2018).

    Args:
        system: where S is.
        right: (order, columns) b.
        tolerance: relative to the norm of b, in the metric of the preconditioner.
        iterations: most of them.
    """
    scale = system.schur_diagonal[:, None]
    x, residual = np.zeros_like(right), right.copy()
    direction = residual / scale
    square = (residual * direction).sum(axis=0)
    begin = square.copy()
    steps, ratios = [], []
    for _ in range(iterations):
        if (square <= tolerance**2 * begin).all():
            break
        product = system.multiply(direction)
        curve = (direction * product).sum(axis=0)
        going = (square > 1e-28 * begin) & (curve > 0)
        step = np.where(going, square / np.where(going, curve, 1), 0)
        x += step * direction
        residual -= step * product
        fresh = residual / scale
        following = (residual * fresh).sum(axis=0)
        ratio = np.where(going, following / np.where(going, square, 1), 0)
        direction = fresh + ratio * direction
        square = following
        steps.append(step)
        ratios.append(ratio)
    return Solved(x, begin * _log_forms(np.array(steps), np.array(ratios)))


def _log_forms(steps: Array, ratios: Array) -> Array:
    """Per column, the first entry of log T for Lanczos' tridiagonal T from (iterations, columns) coefficients."""
    forms = np.zeros(steps.shape[1] if steps.ndim > 1 else 0)
    for column in range(len(forms)):
        used = int(np.count_nonzero(steps[:, column]))
        if not used:
            continue
        step, ratio = steps[:used, column], ratios[: used - 1, column]
        diagonal = 1 / step
        diagonal[1:] += ratio / step[:-1]
        values, vectors = linalg.eigh_tridiagonal(diagonal, np.sqrt(ratio) / step[:-1])
        forms[column] = float(vectors[0] ** 2 @ np.log(np.maximum(values, 1e-12)))
    return forms
