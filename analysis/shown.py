"""The videos and the participants of an answers table, by their codes: columns of equal length, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Videos:
    """The videos, one entry per code in each array; texts are objects."""

    video_id: Array
    method: Array
    label: Array
    #: What is the same across methods, or an empty text.
    item: Array
    #: Whether the video has a single label.
    single: Array

    def __len__(self) -> int:
        return len(self.video_id)

    @property
    def several(self) -> list[int]:
        """Codes of the videos of several labels."""
        return [int(code) for code in np.flatnonzero(~self.single)]


@dataclass(frozen=True, slots=True)
class Workers:
    """The participants, one entry per code in each array."""

    worker_id: Array
    #: Whether the participant is a program.
    simulated: Array

    def __len__(self) -> int:
        return len(self.worker_id)


def texts(values: Sequence[str | None]) -> Array:
    """The texts as an array of objects, whatever their lengths."""
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def places(values: Array, words: Sequence[str]) -> Array:
    """(values,) the place of each text among the words, −1 for those that are none."""
    code = {word: place for place, word in enumerate(words)}
    return np.array([code.get(value, -1) for value in values], dtype=np.intp)
