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

from analysis.factors import FactorLayout
from analysis.lanczos import conjugate_gradients

Array = np.ndarray

#: Largest order of S for which its determinant is found exactly once, at the end.
FACTORED_ORDER = 4_000
#: Largest order of S for which a single system is solved by factorising S.
DIRECT_ORDER = 150
#: Random vectors by which traces and the determinant are estimated where S is not dense.
PROBES = 16


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

    def __init__(self, layout: FactorLayout, weights: Array, sd: Array) -> None:
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
        return conjugate_gradients(self.multiply, self.schur_diagonal, right, 1e-8).solution

    @cached_property
    def _probed(self) -> tuple[Array, Array, float, float]:
        """X and Y with E[X Yᵀ] = S⁻¹, and log det S with its Monte Carlo standard error."""
        root = np.sqrt(self.schur_diagonal)[:, None]
        signs = np.random.default_rng(0).choice([-1.0, 1.0], (self.layout.order, PROBES))
        found = conjugate_gradients(self.multiply, self.schur_diagonal, root * signs, 1e-6)
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
        times = rows @ inverse
        code = layout.codes[layout.child]
        leverage += (times * rows).sum(axis=1)[code]
        for first, factor in zip(layout.kept_rows, layout.kept, strict=True):
            leverage -= 2 * self.sd[factor] * times[code, first]
            for second, other in zip(layout.kept_rows, layout.kept, strict=True):
                leverage += self.sd[factor] * self.sd[other] * inverse[first, second]
        above = ((parent @ inverse) * parent).sum(axis=1) if layout.parent is not None else np.zeros(0)
        return np.diag(inverse), ((child @ inverse) * child).sum(axis=1), above

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
