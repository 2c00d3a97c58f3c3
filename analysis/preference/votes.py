"""Votes on two videos of one prompt: which methods were shown where, who was asked, and what was answered."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

Array = np.ndarray

#: Outcomes in the order of tables: the left video is better, neither is, the right one is.
LEFT, TIE, RIGHT = 0, 1, 2

#: Answers in words, as outcomes.
WORDS = {"left": LEFT, "tie": TIE, "both_good": TIE, "both_bad": TIE, "right": RIGHT}

#: The strongest preference that a scale may have.
STRONGEST = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Votes:
    """One entry per vote in every array; codes count from 0."""

    methods: list[str]
    #: (votes,) codes of the two methods, of the participant and of the prompt.
    left: Array
    right: Array
    participant: Array
    prompt: Array
    #: (votes,) `LEFT`, `TIE` or `RIGHT`.
    outcome: Array
    #: (votes,) how much better the right video is, −3 to 3, NaN where a word says only which; None where no number is.
    strength: Array | None = None
    #: (votes,) 1 where both were called good, −1 where both were called bad, else 0; None where nobody said so.
    both: Array | None = None

    def __post_init__(self) -> None:
        same = np.flatnonzero(self.left == self.right)
        if len(same):
            name = self.methods[int(self.left[same[0]])]
            raise ValueError(f"a vote has the method {name!r} on both sides; a preference is between two methods")

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def signs(self) -> Array:
        """(votes,) 1 where the left video is better, −1 where the right one is, 0 for ties."""
        return 1 - self.outcome.astype(float)

    def take(self, places: Array) -> "Votes":
        """The votes at some places; codes keep their meaning."""
        return Votes(
            methods=self.methods,
            left=self.left[places],
            right=self.right[places],
            participant=self.participant[places],
            prompt=self.prompt[places],
            outcome=self.outcome[places],
            strength=None if self.strength is None else self.strength[places],
            both=None if self.both is None else self.both[places],
        )


def votes(
    left_method: Sequence[str],
    right_method: Sequence[str],
    participant: Sequence[str],
    prompt: Sequence[str],
    answer: Sequence[str | int],
) -> Votes:
    """Votes from the columns of an answers table; methods in the order of the alphabet.

    Args:
        left_method: the method whose video stood on the left.
        right_method: the other one.
        participant: who answered.
        prompt: what both videos show.
        answer: `left`, `right`, `tie`, `both_good` or `both_bad`, or a whole number from −3 to 3, negative where the
            left video is better.

    Raises:
        ValueError: another answer, or a method on both sides.
    """
    codes, names = pd.factorize(np.concatenate([np.asarray(left_method, object), np.asarray(right_method, object)]))
    order = np.argsort(names.astype(str), kind="stable")
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    left, right = np.split(rank[codes], 2)
    outcome, strength, both = outcomes(answer)
    return Votes(
        methods=[str(names[place]) for place in order],
        left=left,
        right=right,
        participant=pd.factorize(np.asarray(participant, object))[0],
        prompt=pd.factorize(np.asarray(prompt, object))[0],
        outcome=outcome,
        strength=strength,
        both=both,
    )


def outcomes(answer: Sequence[str | int]) -> tuple[Array, Array | None, Array | None]:
    """Outcomes of answers, their strengths, and which ties say that both are good or bad.

    Numbers are strengths, and ties in words are 0; `left` and `right` have no strength. Without any number there are no
    strengths.

    Raises:
        ValueError: an answer is neither a word of `WORDS` nor a whole number from −3 to 3.
    """
    codes, found = pd.factorize(np.asarray(answer, object), use_na_sentinel=False)
    words = [str(word) for word in found]
    strengths = np.array([_strength(word) for word in words], float)
    asked = not np.isnan(strengths).all()
    kinds = np.array([_outcome(word, own) for word, own in zip(words, strengths, strict=True)], np.intp)
    strengths = np.where(np.isnan(strengths) & (kinds == TIE), 0.0, strengths)
    both = np.array([(word == "both_good") - (word == "both_bad") for word in words], np.intp)
    return (
        kinds[codes],
        strengths[codes] if asked else None,
        both[codes] if both.any() else None,
    )


def _outcome(word: str, strength: float) -> int:
    if word not in WORDS and math.isnan(strength):
        raise ValueError(f"answer {word!r} is no preference: expected {', '.join(WORDS)}, or −3 to 3")
    return WORDS[word] if word in WORDS else int(np.sign(strength)) + 1


def _strength(word: str) -> float:
    """A whole number from −3 to 3, NaN for everything else."""
    try:
        number = float(word.replace("−", "-"))
    except ValueError:
        return math.nan
    return number if number.is_integer() and abs(number) <= STRONGEST else math.nan
