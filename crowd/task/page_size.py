"""Says of a page that is too large which part of it is how large, and what to lower."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crowd.questions.naming import Naming
from crowd.task.clip_data import items_of, shortened


@dataclass(frozen=True, kw_only=True, slots=True)
class PageSize:
    """The size of a page, in bytes of UTF-8, and of what it is made of."""

    total: int
    most: int
    """How large a page may be."""
    kinds: int
    """The script and the style of its kinds of questions."""
    items: int
    """Its items, with the addresses of their clips and with what people read there."""
    addresses: int
    """Of the items: the clips with their addresses."""
    read: int
    """Of the items: prompts, captions and statements."""
    texts: int
    """Its texts, options and questions."""

    @property
    def rest(self) -> int:
        """What every page has."""
        return self.total - self.kinds - self.items - self.texts


def page_size(task: Mapping[str, Any], *, total: int, most: int, kinds: int) -> PageSize:
    """The size of a page with these data, of which `total` and `kinds` are known."""
    short = shortened(task)
    items = sum(_bytes(short.get(name, ())) for name in ("training", "parts", "checks", "clips", "prompts", "examples"))
    asked = [item["asked"] for item in items_of(task) if "asked" in item]
    texts = sum(_bytes(short.get(name, ())) for name in ("words", "questions", "texts", "consent", "quiz"))
    return PageSize(
        total=total,
        most=most,
        kinds=kinds,
        items=items,
        addresses=_bytes(short["clips"]),
        read=_bytes(short["prompts"]) + _bytes(asked),
        texts=texts,
    )


def _bytes(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def too_large(size: PageSize, task: Mapping[str, Any], hit: str, videos_per_hit: int) -> str:
    """What is wrong with the page of a HIT that is too large, and what to do."""
    why = f"hit {hit}: its page has {size.total} bytes, {size.most} are allowed; {_remedy(size, task, videos_per_hit)}"
    return (
        f"{why} (its items have {size.items} bytes, its texts and questions {size.texts}, the parts of its kinds of"
        f" questions {size.kinds}, the rest {size.rest})"
    )


def _remedy(size: PageSize, task: Mapping[str, Any], videos_per_hit: int) -> str:
    beyond = size.total - size.most
    naming = (question for question in task["questions"] if question["kind"] == Naming.KIND)
    options: list[str] = next((question["options"] for question in naming), [])
    room = _bytes([options, task["texts"]])
    if room > beyond and room > size.most // 4:
        fit = (room - beyond) * len(options) // room
        return (
            f"{room} of them are {len(options)} options: ask about fewer or shorter labels, of which some {fit} fit, or"
            ' which of a few captions fits (a question of kind = "caption")'
        )
    kinds = list(dict.fromkeys(question["kind"] for question in task["questions"]))
    ways = [f"lower videos_per_hit ({videos_per_hit}){_room(size, task)}"]
    ways += [f"ask fewer kinds of questions ({', '.join(kinds)})"] if len(kinds) > 1 else []
    if size.read > size.addresses:
        ways.append(f"shorten what people read with the videos ({size.read} bytes of prompts, captions and statements)")
    else:
        ways.append(f"use shorter addresses for the videos ({size.addresses} bytes)")
    remedy = f"{', '.join(ways[:-1])} or {ways[-1]}"
    return remedy if size.items > beyond else f"{remedy}; without any item it would still be too large"


def _room(size: PageSize, task: Mapping[str, Any]) -> str:
    """How many items fit, if any do and they have about the same size."""
    number = sum(len(window) for part in task["parts"] for window in part)
    fit = number * (size.items - (size.total - size.most)) // size.items
    return f", of which this task has {number} and some {fit} fit" if fit > 0 else ""
