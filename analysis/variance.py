"""Two-way variances with small-sample corrections, and their degrees of freedom.

V = participants + units − what both count (Cameron, Gelbach & Miller, JBES 2011), each one-way term with its leverage
(Bell & McCaffrey 2002), and with what centring takes from it added. `signs` has a sign per method of the layout:
(1, −1) is the difference, (1, 0) the first method alone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.counts import distinct
from analysis.layout import Layout, Unit

Array = np.ndarray
Signs = Sequence[float]

#: A share of a method's answers from which on one participant, or video, is taken to be the only one.
ALL = 1 - 1e-9
#: A cluster's sum of deviations is 0 where it is so many times smaller than its answers: exact sums would cancel.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Part:
    """A variance and its degrees of freedom; infinite where it cannot be estimated."""

    variance: float
    df: float

    @property
    def known(self) -> bool:
        """Whether there is anything to infer from."""
        return math.isfinite(self.variance) and self.df > 0


NOTHING = Part(math.inf, 0.0)


def satterthwaite(parts: Sequence[Part]) -> float:
    """Degrees of freedom of a sum of independent variances (Satterthwaite 1946)."""
    below = sum(part.variance**2 / part.df for part in parts if part.variance > 0)
    total = sum(part.variance for part in parts)
    return total**2 / below if below > 0 else min(part.df for part in parts)


def two_way(layout: Layout, signs: Signs, unit: Unit) -> Part:
    """Participants and units are random; never below the participants' term alone."""
    workers, units = over_workers(layout, signs), over_units(layout, signs, unit)
    if not workers.known or not units.known:
        return NOTHING
    both = workers.variance + units.variance - overlap(layout, signs, unit)
    if unit != "class":
        both += shortfall(layout, signs) + (cross_shortfall(layout) if unit == "item" and all(signs) else 0.0)
    return Part(max(both, workers.variance), satterthwaite([workers, units]))


def over_workers(layout: Layout, signs: Signs) -> Part:
    """Σ(Σψ/√(1 − h))² over participants, h being their share of a method's answers; N/(N − 1) where all are equal.

    Degrees of freedom: (Σh²)²/Σh⁴ − 1, that is N − 1 where all are equal; Satterthwaite's over the methods where nobody
    answered about both.
    """
    used = [place for place, sign in enumerate(signs) if sign]
    shares = [layout.workers[place].share for place in used]
    if any(share.max(initial=0.0) >= ALL or not share.any() for share in shares):
        return NOTHING
    adjusted = np.zeros(layout.num_workers)
    for place, share in zip(used, shares, strict=True):
        adjusted += signs[place] * layout.workers[place].psi / np.sqrt(1 - share)
    squares = _exact(adjusted, np.sum(shares, axis=0)) ** 2
    if len(used) == 2 and layout.nested:
        parts = [Part(float(squares[share > 0].sum()), _effective(share**2) - 1) for share in shares]
        return Part(sum(part.variance for part in parts), satterthwaite(parts))
    return Part(float(squares.sum()), _effective(np.sum([share**2 for share in shares], axis=0)) - 1)


def over_units(layout: Layout, signs: Signs, unit: Unit) -> Part:
    """Over videos or items within classes, or over classes."""
    if unit == "class":
        return _over_classes(layout, signs)
    if unit == "item":
        return _over_items(layout, signs)
    parts = [_over_videos(layout, place) for place, sign in enumerate(signs) if sign]
    if not all(part.known for part in parts):
        return NOTHING
    return Part(sum(part.variance for part in parts), satterthwaite(parts))


def _over_videos(layout: Layout, place: int) -> Part:
    n = layout.of_videos(place, layout.scored.video_n)
    psi = layout.by_video(place, layout.coefficient) * _exact(layout.deviations[place], n)
    share = n / np.maximum(layout.by_video(place, layout.n), 1e-300)
    adjusted = psi / np.sqrt(np.maximum(1 - share, 1 - ALL))
    expected = _expected_spread(layout.num_answers[place], layout.p[place])
    return _within_classes(psi, adjusted, layout.video_label[place], layout.num_videos[place], layout.weights, expected)


def _over_items(layout: Layout, signs: Signs) -> Part:
    label, units = layout.units
    psi, adjusted, weight = np.zeros(len(label)), np.zeros(len(label)), np.zeros(len(label))
    for place, sign in enumerate(signs):
        if sign:
            own = sign * layout.by_video(place, layout.coefficient) * layout.deviations[place]
            n, total = layout.of_videos(place, layout.scored.video_n), layout.by_video(place, layout.n)
            share = np.bincount(units[place], n / np.maximum(total, 1e-300), len(label))
            summed = np.bincount(units[place], own, len(label))
            psi += summed
            adjusted += summed / np.sqrt(np.maximum(1 - share, 1 - ALL))
            weight += layout.weights.take(label) * share
    psi, adjusted = _exact(psi, weight), _exact(adjusted, weight)
    used = [place for place, sign in enumerate(signs) if sign]
    expected = np.sum([_expected_spread(layout.num_answers[place], layout.p[place]) for place in used], axis=0)
    return _within_classes(psi, adjusted, label, layout.units_per_class, layout.weights, expected)


def _expected_spread(n: Array, p: Array) -> Array:
    """(labels,) how much units of each class vary, but for a factor: p(1 − p), with one answer more, half right."""
    smooth = (n * p + 0.5) / (n + 1)
    return np.asarray(smooth * (1 - smooth))


def _within_classes(psi: Array, adjusted: Array, label: Array, sizes: Array, weights: Array, expected: Array) -> Part:
    """Σ of squares within classes; a class of one unit takes the spread of the other classes' units.

    Degrees of freedom are those of the sum where a class's units vary as `expected`; taken from the squares themselves,
    of which a class has few, they would be far too small.
    """
    many, lone = sizes > 1, sizes == 1
    spare = float((sizes[many] - 1).sum())
    if not spare:
        return NOTHING
    several = many.take(label)
    own_size, own_weight = sizes.take(label)[several], weights.take(label)[several]
    spread = float(((psi[several] / own_weight * own_size) ** 2).sum()) / spare
    extra = float((weights[lone] ** 2).sum())
    factor = weights[many] ** 2 / sizes[many] + extra * (sizes[many] - 1) / spare
    factor = factor * expected[many]
    df = float(factor.sum()) ** 2 / float((factor**2 / (sizes[many] - 1)).sum())
    return Part(float((adjusted[several] ** 2).sum()) + extra * spread, df)


def _over_classes(layout: Layout, signs: Signs) -> Part:
    weights = layout.weights[layout.counting]
    if len(weights) < 2:
        return NOTHING
    means = np.asarray(signs) @ layout.p[:, layout.counting]
    psi = weights * _exact(means - weights @ means, 1.0)
    return Part(float((psi**2 / (1 - weights)).sum()), _effective(weights) - 1)


def overlap(layout: Layout, signs: Signs, unit: Unit) -> float:
    """Σ over participant × unit of (Σψ)², which both one-way terms count."""
    if unit == "video":
        return sum(_single_answers(layout, place) for place, sign in enumerate(signs) if sign)
    keys, psi, alone = [], [], 0.0
    counts = layout.scored.counts
    for place, sign in enumerate(signs):
        labels = layout.cell_label[place]
        key, values = labels.astype(np.int64), sign * layout.cell_rests(place) * layout.coefficient[place].take(labels)
        worker = layout.of_cells(place, counts.cell_worker).astype(np.int64)
        if unit == "item" and counts.cell_item is not None:
            item = layout.of_cells(place, counts.cell_item).astype(np.int64)
            shared = item >= 0
            key, values, worker = (key * counts.num_items + item)[shared], values[shared], worker[shared]
            if sign:
                without = layout.of_videos(place, _items(layout)) < 0
                alone += _single_answers(layout, place, without)
        keys.append(worker * np.int64(layout.num_labels * max(counts.num_items, 1)) + key)
        psi.append(values)
    codes = distinct(np.concatenate(keys))[1]
    return alone + float((np.bincount(codes, np.concatenate(psi)) ** 2).sum())


def _items(layout: Layout) -> Array:
    items = layout.scored.counts.video_item
    return np.full(len(layout.scored.counts.video), -1) if items is None else items


def _single_answers(layout: Layout, place: int, chosen: Array | None = None) -> float:
    """Σψ² over the method's single answers, or those to some videos."""
    values = layout.by_video(place, layout.coefficient) ** 2 * layout.squares[place]
    return float((values if chosen is None else values[chosen]).sum())


def shortfall(layout: Layout, signs: Signs) -> float:
    """What centring takes from the two one-way terms of each method, by moments.

    Whoever sees k of a class's K videos sees deviations whose products are −σ²/(K − 1) in the mean, since those of all
    K add up to nothing; the same holds for the participants who see a video. Where everybody sees everything, the
    variance would be too small by (σ²_video + σ²_worker)/(N·K).
    """
    return sum(_of_videos(layout, place) + _of_workers(layout, place) for place, sign in enumerate(signs) if sign)


def video_products(layout: Layout, place: int) -> tuple[Array, Array]:
    """(labels,) products of two answers' deviations, over pairs of answers to one video, and how many pairs."""
    size, labels = layout.num_labels, layout.video_label[place]
    n, nn = (layout.of_videos(place, values) for values in (layout.scored.video_n, layout.scored.video_nn))
    products = np.bincount(labels, layout.deviations[place] ** 2 - layout.squares[place], size)
    return np.asarray(products), np.asarray(np.bincount(labels, n**2 - nn, size))


def _of_videos(layout: Layout, place: int) -> float:
    spread = _positive_ratio(*video_products(layout, place))
    several = layout.num_videos[place] > 1
    gone = layout.coefficient[place] ** 2 * spread * pairs_seen(layout, place)
    return float((gone[several] / (layout.num_videos[place][several] - 1)).sum())


def pairs_seen(layout: Layout, place: int) -> Array:
    """(labels,) Σ over participants of k² − k, k being the videos of the class that each saw."""
    labels = layout.cell_label[place]
    n, nn = (layout.of_cells(place, values) for values in (layout.scored.cell_n, layout.scored.cell_nn))
    if len(labels) and (layout.scored.counts.cell_item is not None or layout.num_labels == 1):
        worker = layout.of_cells(place, layout.scored.counts.cell_worker)
        first = np.flatnonzero(np.r_[True, (np.diff(worker) != 0) | (np.diff(labels) != 0)])
        n, nn, labels = np.add.reduceat(n, first), np.add.reduceat(nn, first), labels.take(first)
    return np.asarray(np.bincount(labels, n**2 - nn, layout.num_labels))


def _of_workers(layout: Layout, place: int) -> float:
    own, present = layout.workers[place], layout.num_present[place]
    counting = layout.counting.take(layout.video_label[place])
    products = float((own.rest**2).sum() - (layout.squares[place] * counting).sum())
    spread = _positive_ratio(np.array(products), np.array((own.n**2 - own.nn).sum()))
    n, nn = (layout.of_videos(place, values) for values in (layout.scored.video_n, layout.scored.video_nn))
    pairs = float(((n**2 - nn) * layout.by_video(place, layout.coefficient) ** 2).sum())
    return pairs * float(spread) / (present - 1) if present > 1 else 0.0


def cross_shortfall(layout: Layout) -> float:
    """The same for the products of two methods' answers, which share items: their covariances, with the other sign."""
    counts = layout.scored.counts
    assert counts.cell_item is not None  # noqa: S101  only asked where items are shared
    label, units = layout.units
    size, places = len(label), (0, 1)
    a, b = (np.bincount(units[place], layout.deviations[place], size) for place in places)
    r_a, r_b = (np.bincount(units[place], layout.of_videos(place, layout.scored.video_n), size) for place in places)
    both = _seen_together(layout)
    coefficient = (layout.coefficient[0] * layout.coefficient[1]).take(label)
    # Between items: what different participants' answers to the two videos of one item have in common.
    per_label = [
        np.bincount(label, values, layout.num_labels)
        for values in (a * b - both.products, r_a * r_b - both.pairs, both.pairs)
    ]
    covariance = np.divide(per_label[0], per_label[1], out=np.zeros(layout.num_labels), where=per_label[1] > 1e-12)
    several = layout.units_per_class > 1
    crossed = both.workers_pairs - per_label[2]
    items = (layout.coefficient[0] * layout.coefficient[1] * covariance * crossed)[several]
    total = float((items / (layout.units_per_class[several] - 1)).sum())
    # Between participants: what one participant's answers to two items' videos have in common.
    first, second = layout.workers
    pairs = float((first.n * second.n).sum() - both.pairs.sum())
    products = float((first.rest * second.rest).sum() - both.products.sum())
    present = max(layout.num_present)
    if pairs > 0 and present > 1:
        total += products / pairs * float((coefficient * (r_a * r_b - both.pairs)).sum()) / (present - 1)
    return -2 * total


@dataclass(frozen=True, slots=True)
class _Together:
    """(units,) products of Σ(y − p̂) and of answers of those who saw both videos; (labels,) those of all answers."""

    products: Array
    pairs: Array
    workers_pairs: Array


def _seen_together(layout: Layout) -> _Together:
    """What participants who answered about both videos of an item add."""
    counts, (label, units) = layout.scored.counts, layout.units
    assert counts.cell_item is not None  # noqa: S101
    width = np.int64(layout.num_labels * max(counts.num_items, 1))
    keys, rests, answers = [], [], []
    for place in (0, 1):
        item = layout.of_cells(place, counts.cell_item).astype(np.int64)
        shared = item >= 0
        key = layout.cell_label[place].astype(np.int64) * counts.num_items + item
        keys.append((layout.of_cells(place, counts.cell_worker).astype(np.int64) * width + key)[shared])
        rests.append(layout.cell_rests(place)[shared])
        answers.append(layout.of_cells(place, layout.scored.cell_n)[shared])
    _, first, second = np.intersect1d(keys[0], keys[1], assume_unique=True, return_indices=True)
    unit_of: dict[int, int] = {}
    for place in (0, 1):
        items = layout.of_videos(place, _items(layout)).astype(np.int64)
        named = layout.video_label[place].astype(np.int64) * counts.num_items + items
        unit_of |= dict(zip(named[items >= 0].tolist(), units[place][items >= 0].tolist(), strict=True))
    where = np.array([unit_of[int(key % width)] for key in keys[0][first]], dtype=np.intp)
    products = np.bincount(where, rests[0][first] * rests[1][second], len(label))
    pairs = np.bincount(where, answers[0][first] * answers[1][second], len(label))
    return _Together(products, pairs, _products_by_label(layout))


def _products_by_label(layout: Layout) -> Array:
    """(labels,) Σ over participants of the product of their answers about the two methods."""
    tables = []
    for place in (0, 1):
        worker = layout.of_cells(place, layout.scored.counts.cell_worker).astype(np.int64)
        found, inverse = distinct(worker * layout.num_labels + layout.cell_label[place])
        tables.append((found, np.bincount(inverse, layout.of_cells(place, layout.scored.cell_n), len(found))))
    key, first, second = np.intersect1d(tables[0][0], tables[1][0], assume_unique=True, return_indices=True)
    return np.asarray(
        np.bincount(
            (key % layout.num_labels).astype(np.intp), tables[0][1][first] * tables[1][1][second], layout.num_labels
        )
    )


def _positive_ratio(above: Array, below: Array) -> Array:
    return np.asarray(
        np.maximum(np.divide(above, below, out=np.zeros_like(above, dtype=float), where=below > 1e-12), 0.0)
    )


def _exact(sums: Array, sizes: Array | float) -> Array:
    """Sums of deviations, 0 where they cancel but for rounding."""
    return np.asarray(np.where(np.abs(sums) > ROUNDING * sizes, sums, 0.0))


def _effective(weights: Array) -> float:
    """How many equal weights are as uneven as these: (Σw)²/Σw²."""
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares > 0 else 0.0
