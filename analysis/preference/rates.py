"""How often methods are preferred: win, tie and loss rates, the net win rate, mean strength, and the share of the left.

Ties of every kind (`tie`, `both_good`, `both_bad`, strength 0) are ties. The score of a vote is 1 for a win, ½ for a
tie and 0 for a loss; its mean P(win) + ½ P(tie) is (1 + net win rate)/2, so that both have one interval and one test.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis import multiplicity
from analysis.clustering import Clustered, Contrast, Target, cluster, contrast
from analysis.counts import distinct
from analysis.intervals import Interval
from analysis.multiplicity import Adjusted
from analysis.preference.votes import LEFT, RIGHT, STRONGEST, TIE, Votes
from analysis.shares import Share

Array = np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class PreferenceRates:
    """What votes say of method `a` against method `b`, or against all others where `b` is empty."""

    a: str
    b: str
    #: Shares of the votes; they add up to 1.
    win: Share
    tie: Share
    loss: Share
    #: P(win) + ½ P(tie).
    score: Share
    #: Shares of votes that called both good, or both bad; 0 where the question did not ask.
    both_good: float
    both_bad: float
    #: Mean strength in favour of `a`, −3 to 3, over the votes that have one; None where none has.
    strength: Contrast | None

    @property
    def net(self) -> float:
        """Net win rate: wins − losses, −1 to 1."""
        return 2 * self.score.value - 1

    def net_interval(self, target: Target, confidence: float = 0.95) -> Interval:
        """The interval of the net win rate."""
        score = self.score.interval(target, confidence)
        return Interval(2 * score.low - 1, 2 * score.high - 1)

    def p_value(self, target: Target, value: float = 0.0) -> float:
        """Two-sided p of a net win rate of `value`; p < α exactly where the interval of 1 − α leaves it out."""
        return self.score.p_value(target, (1 + value) / 2)

    def strength_interval(self, target: Target, confidence: float = 0.95) -> Interval | None:
        """The interval of the mean strength, within the scale; None without strengths."""
        if self.strength is None:
            return None
        found = self.strength.interval(target, confidence)
        return Interval(max(found.low, -STRONGEST), min(found.high, STRONGEST))


def by_pair(votes: Votes) -> list[PreferenceRates]:
    """Every pair of methods that has votes, in the order of their codes."""
    return [
        _rates(votes.methods[low], votes.methods[high], votes.take(places), low) for low, high, places in _pairs(votes)
    ]


def by_method(votes: Votes) -> list[PreferenceRates]:
    """Every method against all that it was compared with; votes weigh the same, whoever the other method was.

    Where methods met others unequally often these rates depend on whom they met: compare strengths instead.
    """
    found = []
    for code, name in enumerate(votes.methods):
        own = np.flatnonzero((votes.left == code) | (votes.right == code))
        if len(own):
            found.append(_rates(name, "", votes.take(own), code))
    return found


def left_share(votes: Votes) -> Share | None:
    """The share of votes for the left video among those that are no tie, on pairs shown both ways round; None without.

    One half where the side does not matter and each method stood as often on either side. Of a pair that was shown one
    way round only, a preference for the method cannot be told from one for the side where it stood.
    """
    decided = votes.take(np.flatnonzero((votes.outcome != TIE) & shown_both_ways(votes)))
    return _shares(decided, (decided.outcome == LEFT).astype(float)[:, None], np.ones((1, 1)))[0] if decided else None


def shown_both_ways(votes: Votes) -> Array:
    """(votes,) whether the vote's pair of methods was shown both ways round, in any votes."""
    size = len(votes.methods)
    shown = np.bincount(votes.left * size + votes.right, minlength=size**2).reshape(size, size) > 0
    return np.asarray((shown & shown.T)[votes.left, votes.right])


def adjusted(
    pairs: Sequence[PreferenceRates],
    votes: Votes,
    target: Target,
    adjustment: str,
    alpha: float,
    rng: np.random.Generator,
) -> list[Adjusted]:
    """The tests of several net win rates adjusted for each other.

    Args:
        pairs: some of `by_pair`.
        votes: those that the pairs were made from.
        target: whose p-values.
        adjustment: `holm`, `max-t` or `none`.
        alpha: level of all together.
        rng: for max-t.

    Raises:
        ValueError: another adjustment.
    """
    p_values = [pair.p_value(target) for pair in pairs]
    if adjustment == "holm":
        return multiplicity.by_holm(p_values, alpha)
    if adjustment == "none" or len(pairs) < 2:
        return multiplicity.unadjusted(p_values, alpha)
    if adjustment != "max-t":
        raise ValueError(f"adjustment {adjustment!r} is none of holm, max-t, none")
    parts = [pair.score.found.part(target) for pair in pairs]
    if not all(part.known for part in parts):
        return multiplicity.by_holm(p_values, alpha)
    correlation = _columns(pairs, votes).correlation(np.eye(len(pairs)), target)
    return multiplicity.by_max_t(p_values, [part.df for part in parts], correlation, alpha, rng)


def _pairs(votes: Votes) -> Iterator[tuple[int, int, Array]]:
    """The two codes of each pair, the lower first, and the places of its votes."""
    low, high = np.minimum(votes.left, votes.right), np.maximum(votes.left, votes.right)
    keys, place = distinct(low.astype(np.int64) * len(votes.methods) + high)
    order = np.argsort(place, kind="stable")
    for key, places in zip(keys, np.split(order, np.cumsum(np.bincount(place))[:-1]), strict=True):
        yield int(key) // len(votes.methods), int(key) % len(votes.methods), places


def _towards(votes: Votes, code: int) -> Array:
    """(votes,) 1 where the method of that code stands on the left, −1 where it stands on the right."""
    return np.where(votes.left == code, 1.0, -1.0)


def _rates(a: str, b: str, votes: Votes, code: int) -> PreferenceRates:
    outcome = votes.signs * _towards(votes, code)
    values = np.stack([outcome > 0, outcome < 0], axis=1).astype(float)
    # Win, loss, and from them 1 − win − loss and ½ + (win − loss)/2.
    win, loss, tie, score = _shares(votes, values, np.array([[1, 0], [0, 1], [-1, -1], [0.5, -0.5]]), (0, 0, 1, 0.5))
    both = np.zeros(1) if votes.both is None else votes.both
    strength = None
    if votes.strength is not None:
        known = np.flatnonzero(~np.isnan(votes.strength))
        strength = _mean(votes.take(known), (-votes.strength * _towards(votes, code))[known]) if len(known) else None
    return PreferenceRates(
        a=a,
        b=b,
        win=win,
        tie=tie,
        loss=loss,
        score=score,
        both_good=float((both > 0).mean()),
        both_bad=float((both < 0).mean()),
        strength=strength,
    )


def _mean(votes: Votes, values: Array) -> Contrast:
    psi = (values - values.mean()) / len(values)
    return contrast([values.mean()], cluster(psi, votes.participant, votes.prompt))


def _shares(votes: Votes, values: Array, signs: Array, shift: Sequence[float] = (0.0,)) -> list[Share]:
    """Shares that are each a shift plus a combination of the columns' means."""
    means = values.mean(axis=0)
    clustered = cluster((values - means) / len(values), votes.participant, votes.prompt)
    people, prompts = (len(distinct(codes)[0]) for codes in (votes.participant, votes.prompt))
    found = []
    for row, start in zip(signs, shift, strict=True):
        parts = (clustered.part(row, "these"), clustered.part(row, "new"))
        value = round(float(start + row @ means), 12)
        found.append(
            Share(found=Contrast(value, *parts), num_answers=len(values), num_participants=people, num_units=prompts)
        )
    return found


def _columns(pairs: Sequence[PreferenceRates], votes: Votes) -> Clustered:
    """The scores of several pairs, each a column."""
    code = {name: place for place, name in enumerate(votes.methods)}
    column = np.full((len(code), len(code)), -1)
    towards = np.zeros((len(code), len(code)))
    for place, pair in enumerate(pairs):
        ends = code[pair.a], code[pair.b]
        column[ends], column[ends[::-1]] = place, place
        towards[ends], towards[ends[::-1]] = 1.0, -1.0
    own = column[votes.left, votes.right]
    rows = np.flatnonzero(own >= 0)
    own = own[rows]
    n = np.bincount(own, minlength=len(pairs)).astype(float)
    outcome = votes.signs[rows] * towards[votes.left[rows], votes.right[rows]]
    rest = outcome - (np.bincount(own, outcome, len(pairs)) / n)[own]
    shape, places = (len(rows), len(pairs)), np.arange(len(rows))
    psi, weights = (sparse.csr_array((each, (places, own)), shape=shape) for each in (rest / n[own], 1 / n[own]))
    return cluster(psi, votes.participant[rows], votes.prompt[rows], weights)


def majorities(votes: Votes) -> Array:
    """(methods, methods) 1 where most decided votes prefer the row's method to the column's, −1 where fewer, else 0."""
    size = len(votes.methods)
    key = votes.left * size + votes.right
    wins = np.bincount(key, votes.outcome == LEFT, size**2).reshape(size, size)
    wins = wins + np.bincount(key, votes.outcome == RIGHT, size**2).reshape(size, size).T
    return np.asarray(np.sign(wins - wins.T))
