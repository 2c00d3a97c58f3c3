"""Conjugate gradients for many right sides at once, and the logarithm of a matrix from their coefficients."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import linalg

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Solved:
    """Solutions of S x = b, and for each column cᵀ log(M) c with M = D^−½ S D^−½ and c = D^−½ b."""

    solution: Array
    log_forms: Array


def conjugate_gradients(
    multiply: Callable[[Array], Array], diagonal: Array, right: Array, tolerance: float, iterations: int = 500
) -> Solved:
    """Solve S x = b for several columns at once, with the diagonal of S as the preconditioner.

    The coefficients of the iteration are those of Lanczos' tridiagonal matrix, whose eigenvalues give the quadratic
    forms of the logarithm (Ubaru, Chen & Saad, SIAM J. Matrix Anal. Appl. 2017; Gardner et al., NeurIPS 2018).

    Args:
        multiply: S times (order, columns).
        diagonal: (order,) that of S.
        right: (order, columns) b.
        tolerance: relative to the norm of b, in the metric of the preconditioner.
        iterations: most of them.
    """
    scale = diagonal[:, None]
    x, residual = np.zeros_like(right), right.copy()
    direction = residual / scale
    square = (residual * direction).sum(axis=0)
    begin = square.copy()
    steps, ratios = [], []
    for _ in range(iterations):
        if (square <= tolerance**2 * begin).all():
            break
        product = multiply(direction)
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
