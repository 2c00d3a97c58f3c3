"""What was answered instead: confusions, kinds of mistake, and a test of whether two methods are mistaken alike."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis.counts import Counts, half_codes
from analysis.formats import isolated
from analysis.labels import have_directions
from analysis.permutations import (
    MAX_EXACT,
    TOLERANCE,
    arrangements,
    num_arrangements,
    num_draws,
    smallest_permutation,
)
from analysis.records.answers import AnswerDistanceTest, AnswerShares

Array = np.ndarray

#: Most labels whose confusion tables stand in the report and its figure.
MOST_CONFUSED = 60

#: Rearrangements handled at a time.
CHUNK = 200


def confusion(counts: Counts) -> Array:
    """(labels, options) answers by what the videos should show and by what was chosen."""
    table = np.zeros((len(counts.labels), counts.by_video.shape[1]), dtype=np.int64)
    np.add.at(table, counts.video_label, counts.by_video)
    return table


def kinds(labels: list[str]) -> tuple[list[str], Array]:
    """Names of the kinds of answer and (labels, options) which kind each answer to each label is."""
    other, unclear = len(labels), len(labels) + 1
    if not have_directions(labels):
        code = np.ones((len(labels), len(labels) + 2), dtype=np.int8)
        names = ["right", "another label", "Other", "Unclear"]
    else:
        names = [
            "right",
            "right object, wrong direction",
            "wrong object, right direction",
            "both wrong",
            "Other",
            "Unclear",
        ]
        # Right in both halves: 0; in the object: 1; in the direction: 2; in neither: 3.
        wrong = [codes[:, None] != codes for codes in (half_codes(labels, half) for half in (0, 1))]
        code = np.zeros((len(labels), len(labels) + 2), dtype=np.int8)
        code[:, : len(labels)] = wrong[1] + 2 * wrong[0]
    np.fill_diagonal(code, 0)
    code[:, other], code[:, unclear] = len(names) - 2, len(names) - 1
    return names, code


def shares_of_kinds(counts: Counts) -> tuple[list[str], Array]:
    """Names of the kinds and their shares among all answers."""
    names, code = kinds(counts.labels)
    totals = np.bincount(code.ravel(), confusion(counts).ravel(), len(names))
    return names, totals / max(totals.sum(), 1)


@dataclass(frozen=True, slots=True)
class DistanceTest:
    """How far apart the answers to two methods' videos are, from 0 (alike) to 1 (nothing in common)."""

    distance: float
    p_value: float
    smallest_attainable_p: float
    what: str


def answered(counts: Counts, methods: list[str]) -> AnswerShares:
    """What was answered to each method's videos, without tests."""
    tables = {method: confusion(counts.where(methods=[method])) for method in methods}
    names, few = kinds(counts.labels)[0], len(counts.labels) <= MOST_CONFUSED
    shares = {method: shares_of_kinds(counts.where(methods=[method]))[1].tolist() for method in methods}
    return AnswerShares(
        kinds=names,
        shares=shares,
        confusion={method: table.tolist() if few else [] for method, table in tables.items()},
        left_out=None if few else _commonest(counts.labels, tables),
        tests=[],
    )


def distance_tests(counts: Counts, methods: list[str], rng: np.random.Generator) -> list[AnswerDistanceTest]:
    """Whether two methods are answered alike: of each pair of which both have videos."""
    tests = [_test_row(counts, a, b, rng) for a, b in combinations(methods, 2)]
    return [test for test in tests if test is not None]


def _test_row(counts: Counts, a: str, b: str, rng: np.random.Generator) -> AnswerDistanceTest | None:
    found = distance_test(counts, a, b, rng)
    if found is None:
        return None
    return AnswerDistanceTest(
        a=a,
        b=b,
        distance=found.distance,
        p_value=found.p_value,
        smallest_attainable_p=found.smallest_attainable_p,
        over=found.what,
    )


def _commonest(labels: list[str], tables: dict[str, Array]) -> str:
    """The sentence that says why the confusion tables are left out, and what was confused most often."""
    texts = []
    for method, table in tables.items():
        mistakes = table[:, : len(labels)].copy()
        np.fill_diagonal(mistakes, 0)
        first = np.argsort(-mistakes, axis=None, kind="stable")[:5]
        pairs = [(labels[place // len(labels)], labels[place % len(labels)], mistakes.flat[place]) for place in first]
        found = "; ".join(
            f"{isolated(shown)} as {isolated(said)} ({number})" for shown, said, number in pairs if number
        )
        texts.append(f"{isolated(method)}: {found or 'no label taken for another'}.")
    return (
        f"Confusion tables of {len(labels)} labels are left out, as are those of more than {MOST_CONFUSED}. "
        f"Confused most often, {' '.join(texts)}"
    )


def distance_test(counts: Counts, a: str, b: str, rng: np.random.Generator) -> DistanceTest | None:
    """Total-variation distance between the methods' answers, tested by permuting methods over videos.

    Where each class has at least two videos of each method, the distance is taken per class over all options, averaged
    over classes, and videos are permuted within classes. Otherwise it is taken over kinds of answer, classes together.
    None where a method has no video.
    """
    pair = counts.where(methods=[a, b])
    first = pair.video_method == counts.methods.index(a)
    if not first.any() or first.all():
        return None
    shares = pair.by_video / pair.by_video.sum(axis=1, keepdims=True)
    classes = np.unique(pair.video_label)
    groups = [np.flatnonzero(pair.video_label == label) for label in classes]
    if all(min(first[group].sum(), (~first[group]).sum()) > 1 for group in groups):
        what = "all options, by label"
    else:
        names, code = kinds(counts.labels)
        kind = code[pair.video_label]
        shares = np.stack([(shares * (kind == place)).sum(axis=1) for place in range(len(names))], axis=1)
        groups, what = [np.arange(len(shares))], "kinds of answer"
    ordered = [np.concatenate([group[first[group]], group[~first[group]]]) for group in groups]
    sizes = [(int(first[group].sum()), int((~first[group]).sum())) for group in groups]
    strata = [shares[order] for order in ordered]
    observed = float(_distance(strata, sizes, [np.r_[np.ones(a), np.zeros(b)][None] for a, b in sizes])[0])
    smallest = smallest_permutation(sizes)
    hits, total = 0, 0
    exact = len(sizes) == 1 and num_arrangements(sizes) <= MAX_EXACT
    wanted = num_draws(sizes)
    while total < (1 if exact else wanted):
        draws = min(CHUNK, wanted - total)
        masks = [arrangements(a, b, rng, 0 if exact else draws) for a, b in sizes]
        hits += int((_distance(strata, sizes, masks) >= observed - TOLERANCE).sum())
        total += len(masks[0])
    p = hits / total if exact else (1 + hits) / (1 + total)
    return DistanceTest(observed, p, smallest if exact else max(smallest, 1 / (1 + wanted)), what)


def _distance(strata: list[Array], sizes: list[tuple[int, int]], masks: list[Array]) -> Array:
    """(arrangements,) mean over strata of half the summed absolute differences between mean shares."""
    total: Array | float = 0.0
    for shares, (a, b), mask in zip(strata, sizes, masks, strict=True):
        first = mask @ shares
        total = total + 0.5 * np.abs(first / a - (shares.sum(axis=0) - first) / b).sum(axis=1)
    return np.asarray(total) / len(strata)
