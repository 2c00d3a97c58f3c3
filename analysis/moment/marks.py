"""Marks as arrays: who marked what in which video, or that nothing breaks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """The answers to one question that asks for the moment at which something breaks.

    Raises:
        ValueError: arrays of different lengths, or a span that is no span.
    """

    #: Names of the methods; a method's place in this list is its code.
    methods: Sequence[str]
    #: Names of the kinds of break; a kind's place in this list is its code.
    kinds: Sequence[str]
    #: (answers,) codes of each answer's participant, video, prompt and method, from 0 on.
    participant: Array
    video: Array
    prompt: Array
    method: Array
    #: (answers,) seconds from the start of the video; NaN where nothing breaks. One moment starts and ends at once.
    start_s: Array
    end_s: Array
    #: (answers,) code of the kind of break; −1 where nothing breaks, or where no kind was named.
    kind: Array

    def __post_init__(self) -> None:
        """Check that these are spans."""
        for name in ("video", "prompt", "method", "start_s", "end_s", "kind"):
            if len(getattr(self, name)) != len(self.participant):
                raise ValueError(f"{name}: has {len(getattr(self, name))} values for {len(self.participant)} answers")
        wrong = np.isnan(self.start_s) != np.isnan(self.end_s)
        wrong |= (self.start_s < 0) | (self.end_s < self.start_s)
        if wrong.any():
            first = int(wrong.argmax())
            raise ValueError(f"span: answer {first} goes from {self.start_s[first]} to {self.end_s[first]} s")
        if ((self.kind >= 0) & ~self.broken).any():
            raise ValueError("kind: an answer names a kind of break where nothing breaks")

    @property
    def broken(self) -> Array:
        """(answers,) whether something breaks."""
        return np.asarray(np.isfinite(self.start_s))

    @property
    def num_videos(self) -> int:
        """How many videos have codes."""
        return int(self.video.max(initial=-1)) + 1

    def table(self, codes: Array, size: int, chosen: Array) -> Array:
        """(videos, size) how many of the chosen answers to each video have each code."""
        cell = self.video[chosen] * size + codes[chosen]
        return np.asarray(np.bincount(cell, minlength=self.num_videos * size).reshape(self.num_videos, size))
