"""Reproducible random orders, the same in Python and in JavaScript.

The page shuffles in the participant's browser, with a seed that is a hash of public ids, and sends the seed with the
answers. `templates/task/ordering.js` implements the same functions.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

MASK = 0xFFFFFFFF
#: Between the seeds of two parts of a task.
_APART = 0x10000


def seed_of(*parts: str | int) -> int:
    """The 32-bit FNV-1a hash of the parts, joined by a slash, as UTF-8.

    Source: Fowler, Noll and Vo, RFC 9923. Similar ids can have related hashes; `shuffled` mixes them.
    """
    value = 0x811C9DC5
    for byte in "/".join(map(str, parts)).encode():
        value = ((value ^ byte) * 0x01000193) & MASK
    return value


def shuffled(values: Sequence[T], seed: int) -> list[T]:
    """The values in random order, by a Fisher-Yates shuffle with the generator mulberry32 started with `seed`."""
    result, state = list(values), seed & MASK
    for last in range(len(result) - 1, 0, -1):
        state = (state + 0x6D2B79F5) & MASK
        mixed = ((state ^ (state >> 15)) * (state | 1)) & MASK
        mixed ^= (mixed + (((mixed ^ (mixed >> 7)) * (mixed | 61)) & MASK)) & MASK
        other = int((mixed ^ (mixed >> 14)) / 2**32 * (last + 1))
        result[last], result[other] = result[other], result[last]
    return result


def option_order(options: Sequence[str], seed: int) -> list[str]:
    """The options as a participant sees them: shuffled, except the last two, "Other" and "Unclear"."""
    return [*shuffled(options[:-2], seed), *options[-2:]]


def item_order(parts: Sequence[Sequence[Sequence[T]]], seed: int, checks: Sequence[T] = ()) -> list[T]:
    """The items as an assignment shows them: part after part, in each the windows in random order, and their items.

    A part has the items about videos, pairs or sets. Each of `checks` is then put at a random place, neither
    first nor last; with a single item it is last.
    """
    items: list[T] = []
    for part, windows in enumerate(parts):
        start = (seed + part * _APART) & MASK
        order = shuffled(windows, start)
        items += [item for place, window in enumerate(order) for item in shuffled(window, (start + place + 1) & MASK)]
    for number, check in enumerate(checks, start=1):
        (place, *_) = shuffled(range(1, max(2, len(items))), (seed - number) & MASK)
        items.insert(place, check)
    return items


def shown_order(number: int, key: str, seed: int, worker_id: str) -> list[int]:
    """The places of an item's videos from left to right, as that participant sees them.

    Pairs are either all as designed or all the other way round, so that each method stays balanced between the sides;
    sets are in random order, item by item.
    """
    if number == 2:
        return shuffled([0, 1], seed_of("sides", seed, worker_id))
    return shuffled(range(number), seed_of("sides", seed, worker_id, key))


def question_order(questions: Sequence[Mapping[str, Any]], seed: int) -> list[Mapping[str, Any]]:
    """The questions of an item in random order; one with ``ask_if`` on another of them follows that one."""
    known = {question["id"] for question in questions}

    def parent(question: Mapping[str, Any]) -> str | None:
        name = (question.get("ask_if") or {}).get("question")
        return name if name in known else None

    def with_dependents(question: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        dependents = [other for other in questions if parent(other) == question["id"]]
        return [question, *(one for other in dependents for one in with_dependents(other))]

    free = shuffled([question for question in questions if parent(question) is None], seed)
    return [one for question in free for one in with_dependents(question)]
