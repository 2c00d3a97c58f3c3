"""Tests of a difference between two methods; each is a plain function over the means of videos or of classes."""

import itertools
import math
from collections.abc import Iterator

import numpy as np
from scipy import special

Array = np.ndarray

#: Up to so many rearrangements a test is exact; above it draws `RESAMPLES` of them.
MAX_EXACT = 20_000
RESAMPLES = 9_999

#: Two statistics that differ by less are ties.
TOLERANCE = 1e-9


def sign_flip(differences: Array, rng: np.random.Generator) -> Array:
    """Two-sided p of the mean of paired differences, by flipping their signs (Fisher 1935, §21; Pitman 1937).

    Assumes that under the null each difference is symmetric about 0 and independent of the others.

    Args:
        differences: (…, pairs).
        rng: draws signs where 2^pairs exceeds `MAX_EXACT`.

    Returns:
        (…,) p-values: exact shares, or (1 + hits)/(1 + draws).
    """
    pairs = differences.shape[-1]
    exact = 2**pairs <= MAX_EXACT
    sums = differences @ _signs(pairs).T if exact else _drawn_sums(differences, rng)
    observed = np.abs(differences.sum(axis=-1))
    hits = (np.abs(sums) >= observed[..., None] - TOLERANCE).sum(axis=-1)
    return np.asarray(hits / 2**pairs if exact else (1 + hits) / (1 + RESAMPLES))


def _signs(pairs: int) -> Array:
    """(2^pairs, pairs) every way to give signs."""
    return 1.0 - 2.0 * ((np.arange(2**pairs)[:, None] >> np.arange(pairs)) & 1)


def _drawn_sums(differences: Array, rng: np.random.Generator) -> Array:
    """(…, `RESAMPLES`) sums under random signs: eight pairs at a time, whose 256 sums a random byte chooses from."""
    total = np.zeros((*differences.shape[:-1], RESAMPLES))
    for start in range(0, differences.shape[-1], 8):
        eight = differences[..., start : start + 8]
        sums = eight @ _signs(eight.shape[-1]).T
        total += sums[..., rng.integers(0, sums.shape[-1], RESAMPLES, dtype=np.uint8)]
    return total


def smallest_sign_flip(pairs: int) -> float:
    """The smallest p that a sign-flip test over so many pairs can give."""
    return 2 / 2**pairs if 2**pairs <= MAX_EXACT else 1 / (1 + RESAMPLES)


def arrangements(a: int, b: int, rng: np.random.Generator, draws: int) -> Array:
    """(arrangements, a + b) membership of the first group: all of them where `draws` is 0, else random ones."""
    if draws:
        keys = rng.random((draws, a + b))
        return (keys <= np.partition(keys, a - 1, axis=1)[:, a - 1 : a]).astype(float)
    chosen = np.array(list(itertools.combinations(range(a + b), a)))
    masks = np.zeros((len(chosen), a + b))
    np.put_along_axis(masks, chosen, 1.0, axis=1)
    return masks


def num_draws(sizes: list[tuple[int, int]]) -> int:
    """How many rearrangements are drawn: `RESAMPLES`, fewer for thousands of videos, where each costs much."""
    return min(RESAMPLES, max(999, 10_000_000 // sum(a + b for a, b in sizes)))


def num_arrangements(sizes: list[tuple[int, int]]) -> int:
    """How many ways there are to share out the videos of each stratum."""
    return math.prod(math.comb(a + b, a) for a, b in sizes)


def permutation(strata: list[tuple[Array, Array]], rng: np.random.Generator, *, chunk: int = 500) -> Array:
    """Two-sided p of a difference in means by permuting methods over videos, studentised (Chung & Romano 2013).

    The statistic is Σ(ā − b̄)/√Σ(s²_a/n_a + s²_b/n_b) over strata, which keeps the level where the groups differ in size
    and spread; the plain difference does not. Where a group is a single video it is not studentised.

    Args:
        strata: per class (or once, for all) the video means of both methods, (…, n_a) and (…, n_b).
        rng: draws rearrangements where there are more than `MAX_EXACT`.
        chunk: rearrangements handled at a time.

    Returns:
        (…,) p-values.
    """
    sizes = [(a.shape[-1], b.shape[-1]) for a, b in strata]
    exact = num_arrangements(sizes) <= MAX_EXACT
    joined = [np.concatenate(pair, axis=-1) for pair in strata]
    first = [np.r_[np.ones(a), np.zeros(b)][None] for a, b in sizes]
    observed = np.abs(_studentised(joined, sizes, first))
    hits = np.zeros(observed.shape[:-1], dtype=int)
    total = 0
    for masks in _batches(sizes, rng, exact, chunk):
        hits += (np.abs(_studentised(joined, sizes, masks)) >= observed - TOLERANCE).sum(axis=-1)
        total += len(masks[0])
    return np.asarray(hits / total if exact else (1 + hits) / (1 + total))


def _batches(sizes: list[tuple[int, int]], rng: np.random.Generator, exact: bool, chunk: int) -> Iterator[list[Array]]:
    if exact:
        masks = [arrangements(a, b, rng, 0) for a, b in sizes]
        index = np.array(list(itertools.product(*(range(len(mask)) for mask in masks))))
        yield [mask[index[:, place]] for place, mask in enumerate(masks)]
        return
    total = num_draws(sizes)
    for start in range(0, total, chunk):
        draws = min(chunk, total - start)
        yield [arrangements(a, b, rng, draws) for a, b in sizes]


def _studentised(joined: list[Array], sizes: list[tuple[int, int]], masks: list[Array]) -> Array:
    """(…, arrangements) statistic; 0 where neither group varies and the means agree, infinite where they don't."""
    difference: Array | float = 0.0
    spread: Array | float = 0.0
    if any(min(size) < 2 for size in sizes):
        sums = (
            (v - v.mean(axis=-1, keepdims=True)) @ m.T * (1 / a + 1 / b)
            for v, (a, b), m in zip(joined, sizes, masks, strict=True)
        )
        return np.asarray(sum(sums))
    for values, (a, b), mask in zip(joined, sizes, masks, strict=True):
        centred = values - values.mean(axis=-1, keepdims=True)
        squares = centred**2
        sum_a, square_a = centred @ mask.T, squares @ mask.T
        sum_b, square_b = -sum_a, squares.sum(axis=-1, keepdims=True) - square_a
        difference = difference + sum_a / a - sum_b / b
        spread = spread + (square_a - sum_a**2 / a) / ((a - 1) * a) + (square_b - sum_b**2 / b) / ((b - 1) * b)
    difference, root = np.asarray(difference), np.sqrt(np.maximum(spread, 0.0))
    flat = root < TOLERANCE
    constant = np.where(np.abs(difference) < TOLERANCE, 0.0, np.copysign(np.inf, difference))
    return np.where(flat, constant, difference / np.where(flat, 1.0, root))


def smallest_permutation(sizes: list[tuple[int, int]]) -> float:
    """The smallest p that a permutation over so many videos can give; equal groups mirror each arrangement."""
    total = num_arrangements(sizes)
    mirrored = 2 if all(a == b for a, b in sizes) else 1
    return mirrored / total if total <= MAX_EXACT else 1 / (1 + num_draws(sizes))


def welch(a: Array, b: Array) -> float | None:
    """Welch's t on video means (Biometrika 1947); None where a group has one video or nothing varies."""
    if min(len(a), len(b)) < 2:
        return None
    v_a, v_b = float(a.var(ddof=1)) / len(a), float(b.var(ddof=1)) / len(b)
    if v_a + v_b < TOLERANCE**2:
        return None
    df = (v_a + v_b) ** 2 / (v_a**2 / (len(a) - 1) + v_b**2 / (len(b) - 1))
    return t_test(float(a.mean() - b.mean()), v_a + v_b, df)


def paired_t(differences: Array) -> float | None:
    """Student's t on paired differences; None below two pairs or where they do not vary."""
    if len(differences) < 2 or np.ptp(differences) < TOLERANCE:
        return None
    n = len(differences)
    return t_test(float(differences.mean()), float(differences.var(ddof=1)) / n, n - 1)


def t_test(difference: float, variance: float, df: float) -> float | None:
    """Two-sided p of a difference with its two-way variance; None where there is none."""
    if variance <= 0 or df < 1:
        return None
    return float(2 * special.stdtr(df, -abs(difference) / math.sqrt(variance)))


def holm(p_values: list[float]) -> list[float]:
    """Holm's step-down adjustment (1979), in the order given."""
    order = np.argsort(p_values, kind="stable")
    adjusted = np.empty(len(p_values))
    running = 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return [float(value) for value in adjusted]
