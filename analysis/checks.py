"""Tests by rearrangement, which stand beside the primary test: what each shuffles, and with which statistic.

The statistic is Δ/√V with the V of the primary inference, participants included, made anew for each rearrangement.
"""

from dataclasses import dataclass

import numpy as np

from analysis import permutations
from analysis.layout import Layout
from analysis.variance import ALL, Array, over_workers

#: Most videos of two methods, or labels, whose rearrangements are studentised; beyond, Student's t is as good as exact.
MAX_VIDEOS = 400
#: Most rearrangements where the videos are many.
MANY = 1_999

PERMUTATION = "permutation over videos"
LABELS = "sign-flip over labels"
PARTICIPANTS = "sign-flip over participants"


@dataclass(frozen=True, slots=True)
class Check:
    """The p of a test by rearrangement, and the smallest that its design can give."""

    p_value: float
    smallest: float


def over_participants(layout: Layout, rng: np.random.Generator) -> Check | None:
    """Flip the signs of participants' own differences, of those who answered about both methods; for these videos."""
    first, second = layout.workers
    both = (first.share > 0) & (second.share > 0)
    if both.sum() < 2:
        return None
    scored, means = layout.scored, []
    for place in (0, 1):
        counting = layout.counting.take(layout.cell_label[place])
        worker = layout.of_cells(place, scored.counts.cell_worker)
        n, s = (
            np.bincount(worker, layout.of_cells(place, values) * counting, layout.num_workers)
            for values in (scored.cell_n, scored.cell_s)
        )
        means.append(s[both] / n[both])
    differences = means[0] - means[1]
    p = float(permutations.sign_flip(differences, rng))
    return Check(p, permutations.smallest_sign_flip(len(differences)))


def over_labels(layout: Layout, rng: np.random.Generator) -> Check | None:
    """Flip which method is which within classes: Σ s·w·d/√V(s); for new labels too.

    None where there is one class, participants are nested in methods, or the classes are as many as too many videos.
    """
    classes = np.flatnonzero(layout.counting)
    if not 2 <= len(classes) <= MAX_VIDEOS or layout.nested:
        return None
    weights, gram = layout.weights[classes], _by_class(layout, classes)
    own = weights * (layout.p[0] - layout.p[1])[classes]
    lift = _lift(layout)

    def statistic(signs: Array) -> Array:
        flipped = signs * own
        total = flipped.sum(axis=1)
        units = ((flipped - weights * total[:, None]) ** 2 / (1 - weights)).sum(axis=1)
        workers = lift * np.einsum("ij,ij->i", signs @ gram, signs)
        return _ratio(total, np.maximum(workers + units - np.trace(gram), workers))

    count = len(classes)
    observed = abs(float(statistic(np.ones((1, count)))[0]))
    exact = 2**count <= permutations.MAX_EXACT
    signs = permutations.all_signs(count) if exact else rng.choice([-1.0, 1.0], (permutations.RESAMPLES, count))
    return Check(_share(np.abs(statistic(signs)), observed, exact), permutations.smallest_sign_flip(count))


def _by_class(layout: Layout, classes: Array) -> Array:
    """(classes, classes) Σ over participants of the products of their sums ψ by class."""
    place_of = np.zeros(layout.num_labels, np.intp)
    place_of[classes] = np.arange(len(classes))
    table = np.zeros(layout.num_workers * len(classes))
    for place, sign in enumerate((1.0, -1.0)):
        labels = layout.cell_label[place]
        chosen = layout.counting.take(labels)
        psi = sign * layout.cell_rests(place) * layout.coefficient[place].take(labels)
        worker = layout.of_cells(place, layout.scored.counts.cell_worker)
        table += np.bincount((worker * len(classes) + place_of.take(labels))[chosen], psi[chosen], len(table))
    sums = table.reshape(-1, len(classes))
    return np.asarray(sums.T @ sums)


def _lift(layout: Layout) -> float:
    """What the participants' term gains by leverage: N/(N − 1) where all did the same."""
    plain = float(((layout.workers[0].psi - layout.workers[1].psi) ** 2).sum())
    part = over_workers(layout, (1.0, -1.0))
    return part.variance / plain if plain > 0 and part.known else 1.0


def over_videos(layout: Layout, rng: np.random.Generator) -> Check | None:
    """Permute methods over videos within classes, or within items where the methods share them.

    None where the single answers are not at hand, the videos too many, or participants nested in methods, who would be
    torn from their method.
    """
    number = int(layout.num_videos.sum())
    if layout.scored.single is None or layout.nested or number > MAX_VIDEOS or layout.unit == "class":
        return None
    table = _Answers(layout)
    groups, sizes = table.groups()
    total = 2 ** len(groups) if table.paired else permutations.num_arrangements(sizes)
    exact = total <= permutations.MAX_EXACT
    draws = permutations.RESAMPLES if number <= 100 else MANY
    observed = abs(float(table.statistic(table.first[None])[0]))
    statistics = []
    for masks in table.arrangements(groups, sizes, rng, exact, draws):
        statistics.append(np.abs(table.statistic(masks)))
    p = _share(np.concatenate(statistics), observed, exact)
    if not exact:
        return Check(p, 1 / (1 + draws))
    # All signs turned give the same |Δ|, unless videos of no shared item stay where they are.
    whole = sum(map(sum, sizes)) == len(table.videos)
    mirrored = 2 if whole and (table.paired or all(a == b for a, b in sizes)) else 1
    return Check(p, mirrored / total)


class _Answers:
    """The single answers of two methods as products between videos, from which V follows for any arrangement."""

    def __init__(self, layout: Layout) -> None:
        single, scored = layout.scored.single, layout.scored
        assert single is not None  # noqa: S101  asked before
        videos = np.concatenate(layout.videos)
        counting = layout.counting.take(np.concatenate(layout.video_label))
        self.videos, self.layout = videos[counting], layout
        self.label = np.concatenate(layout.video_label)[counting]
        self.first = np.r_[np.ones(len(layout.videos[0])), np.zeros(len(layout.videos[1]))][counting]
        place = np.full(int(scored.counts.video.max()) + 1, -1)
        place[scored.counts.video[self.videos]] = np.arange(len(self.videos))
        own = place[np.minimum(single.video, len(place) - 1)]
        own = np.where(single.video < len(place), own, -1)
        chosen = own >= 0
        worker, column = np.unique(single.worker[chosen], return_inverse=True)[1].reshape(-1), own[chosen]
        size = (int(worker.max(initial=-1)) + 1, len(self.videos))
        seen, right = np.zeros(size), np.zeros(size)
        seen[worker, column] = 1.0
        right[worker, column] = single.value[chosen]
        self.n, self.s = seen.sum(axis=0), right.sum(axis=0)
        self.q = (right**2).sum(axis=0)
        self.seen, self.crossed, self.right = seen.T @ seen, right.T @ seen, right.T @ right
        self.lift = _lift(layout)
        items = layout.scored.counts.video_item
        self.item = None if items is None or layout.unit != "item" else items[self.videos]
        self.paired = self.item is not None

    def groups(self) -> tuple[list[Array], list[tuple[int, int]]]:
        """The videos among which methods are exchanged, and how many are of each method."""
        if self.item is not None:
            keys = self.label.astype(np.int64) * (int(self.item.max()) + 2) + self.item
            found = [np.flatnonzero(keys == key) for key in np.unique(keys[self.item >= 0])]
            groups = [group for group in found if 0 < self.first[group].sum() < len(group)]
        else:
            groups = [np.flatnonzero(self.label == label) for label in np.unique(self.label)]
        sizes = [(int(self.first[group].sum()), int(len(group) - self.first[group].sum())) for group in groups]
        return groups, sizes

    def arrangements(
        self, groups: list[Array], sizes: list[tuple[int, int]], rng: np.random.Generator, exact: bool, draws: int
    ) -> list[Array]:
        """Chunks of (arrangements, videos) which videos are the first method's."""
        if self.paired:
            signs = permutations.all_signs(len(groups)) if exact else rng.choice([-1.0, 1.0], (draws, len(groups)))
            masks = np.repeat(self.first[None], len(signs), axis=0)
            for place, group in enumerate(groups):
                flip = signs[:, place] < 0
                masks[np.ix_(flip, group)] = 1 - self.first[group]
            return np.array_split(masks, max(1, len(masks) // 500))
        found = []
        for batch in permutations.batches(sizes, rng, exact, 500, draws):
            masks = np.zeros((len(batch[0]), len(self.first)))
            for group, mask in zip(groups, batch, strict=True):
                order = np.concatenate([group[self.first[group] > 0], group[self.first[group] == 0]])
                masks[:, order] = mask
            found.append(masks)
        return found

    def statistic(self, masks: Array) -> Array:
        """(arrangements,) Δ/√V."""
        layout = self.layout
        onto = np.zeros((len(self.label), layout.num_labels))
        onto[np.arange(len(self.label)), self.label] = 1.0
        total, single = np.zeros(len(masks)), np.zeros(len(masks))
        outer, inner = np.zeros(masks.shape), np.zeros(masks.shape)
        psi = np.zeros(masks.shape)
        for mask, sign in ((masks, 1.0), (1 - masks, -1.0)):
            n, s = (mask * self.n) @ onto, (mask * self.s) @ onto
            p = np.divide(s, n, out=np.zeros_like(s), where=n > 0)
            coefficient = np.divide(layout.weights, n, out=np.zeros_like(n), where=n > 0)
            total += sign * (p @ layout.weights)
            w, p_of = (coefficient @ onto.T) * mask, p @ onto.T
            outer += sign * w
            inner += sign * w * p_of
            rest = w * (self.s - self.n * p_of)
            share = np.where(layout.weights.take(self.label) > 0, w * self.n / layout.weights.take(self.label), 0.0)
            psi += sign * rest / np.sqrt(np.maximum(1 - share, 1 - ALL))
            single += (w**2 * (self.q - 2 * p_of * self.s + p_of**2 * self.n)).sum(axis=1)
        if self.item is None:
            units = (psi**2).sum(axis=1)
        else:
            codes = np.where(self.item < 0, -1 - np.arange(len(self.item)), self.item)
            inverse = np.unique(np.stack([self.label, codes]), axis=1, return_inverse=True)[1].reshape(-1)
            members = np.zeros((len(self.label), int(inverse.max()) + 1))
            members[np.arange(len(self.label)), inverse] = 1.0
            units = ((psi @ members) ** 2).sum(axis=1)
        workers = (
            np.einsum("ij,ij->i", outer @ self.right, outer)
            - 2 * np.einsum("ij,ij->i", outer @ self.crossed, inner)
            + np.einsum("ij,ij->i", inner @ self.seen, inner)
        ) * self.lift
        return _ratio(total, np.maximum(workers + units - single, workers))


def _ratio(difference: Array, variance: Array) -> Array:
    """Δ/√V; 0 where both are nothing, infinite where only V is."""
    flat = variance < permutations.TOLERANCE**2
    none = np.abs(difference) < permutations.TOLERANCE
    return np.where(flat, np.where(none, 0.0, np.inf), difference / np.sqrt(np.where(flat, 1.0, variance)))


def _share(values: Array, observed: float, exact: bool) -> float:
    hits = int((values >= observed - permutations.TOLERANCE).sum())
    return hits / len(values) if exact else (1 + hits) / (1 + len(values))
