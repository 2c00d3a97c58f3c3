"""Sign flips and permutations, all of them or random ones, and the smallest p that they can give."""

import itertools
import math
from collections.abc import Iterator

import numpy as np

Array = np.ndarray

#: Up to this number of rearrangements a test is exact; above it `RESAMPLES` are drawn.
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
    sums = differences @ all_signs(pairs).T if exact else _drawn_sums(differences, rng)
    observed = np.abs(differences.sum(axis=-1))
    hits = (np.abs(sums) >= observed[..., None] - TOLERANCE).sum(axis=-1)
    return np.asarray(hits / 2**pairs if exact else (1 + hits) / (1 + RESAMPLES))


def all_signs(pairs: int) -> Array:
    """(2^pairs, pairs) every way to give signs."""
    return 1.0 - 2.0 * ((np.arange(2**pairs)[:, None] >> np.arange(pairs)) & 1)


def _drawn_sums(differences: Array, rng: np.random.Generator) -> Array:
    """(…, `RESAMPLES`) sums under random signs: eight pairs at a time, whose 256 sums a random byte chooses from."""
    total, signs_of_eight = np.zeros((*differences.shape[:-1], RESAMPLES)), all_signs(8)
    for start in range(0, differences.shape[-1], 8):
        eight = differences[..., start : start + 8]
        signs = signs_of_eight if eight.shape[-1] == 8 else all_signs(eight.shape[-1])
        sums = eight @ signs.T
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
    return min(RESAMPLES, max(999, 2_000_000 // sum(a + b for a, b in sizes)))


def num_arrangements(sizes: list[tuple[int, int]]) -> int:
    """How many ways there are to share out the videos of each stratum."""
    return math.prod(math.comb(a + b, a) for a, b in sizes)


def batches(
    sizes: list[tuple[int, int]], rng: np.random.Generator, exact: bool, chunk: int, draws: int
) -> Iterator[list[Array]]:
    """Per stratum (arrangements, a + b) membership of the first group: all arrangements at once, or draws in chunks."""
    if exact:
        masks = [arrangements(a, b, rng, 0) for a, b in sizes]
        index = np.array(list(itertools.product(*(range(len(mask)) for mask in masks))))
        yield [mask[index[:, place]] for place, mask in enumerate(masks)]
        return
    for start in range(0, draws, chunk):
        yield [arrangements(a, b, rng, min(chunk, draws - start)) for a, b in sizes]


def smallest_permutation(sizes: list[tuple[int, int]]) -> float:
    """The smallest p that a permutation over so many videos can give; equal groups mirror each arrangement."""
    total = num_arrangements(sizes)
    mirrored = 2 if all(a == b for a, b in sizes) else 1
    return mirrored / total if total <= MAX_EXACT else 1 / (1 + num_draws(sizes))
