"""Shares of the answers that give each option, for each method, or over all participants who are asked once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.shares import Share, by_method, share_of

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class OptionShare:
    """How many answers give one option."""

    #: None where the question is not about a method's video.
    method: str | None
    option: str
    count: int
    share: Share


def option_shares(
    ticked: Array,
    options: Sequence[str],
    participants: Array,
    units: Array | None = None,
    method: Array | None = None,
    methods: Sequence[str] = (),
) -> list[OptionShare]:
    """Count the answers that give each option.

    Of a question that each participant is asked once, give neither units nor methods: both targets are then the same,
    and the interval is Wilson's with Student's quantile.

    Args:
        ticked: (answers, options) whether an answer gives the option; one or several in a row.
        options: their names.
        participants: (answers,) codes from 0.
        units: (answers,) codes from 0 of prompts or videos; None where the question is not about any.
        method: (answers,) codes of methods.
        methods: their names.

    Raises:
        ValueError: `ticked` has another number of options.
    """
    if ticked.shape[1:] != (len(options),):
        raise ValueError(f"ticked: must be (answers, {len(options)}), is {ticked.shape}")
    units = participants if units is None else units
    found = []
    for name, rows in by_method(len(ticked), method, methods):
        for place, option in enumerate(options):
            share = share_of(ticked[rows, place], participants[rows], units[rows])
            if share is not None:
                found.append(OptionShare(name, option, int(ticked[rows, place].sum()), share))
    return found
