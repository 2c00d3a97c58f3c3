"""Choices as an answers table has them: an option, or several with bars between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Array = np.ndarray

#: Between several options.
AND = " | "


@dataclass(frozen=True, slots=True)
class Ticks:
    """Answers that were read."""

    options: list[str]
    #: (answers, options) whether an answer gives the option.
    ticked: Array


def read_ticks(answers: Sequence[str], options: Sequence[str] = ()) -> Ticks:
    """The options as declared, then others that were given, in the order of the alphabet.

    Args:
        answers: of the table.
        options: those that the study file declares, which may hold a bar if a single one is chosen.
    """
    rows = [{answer} if answer in options else {own.strip() for own in answer.split(AND)} for answer in answers]
    found = [*options, *sorted({own for row in rows for own in row} - set(options))]
    return Ticks(found, np.array([[option in row for option in found] for row in rows], bool).reshape(-1, len(found)))
