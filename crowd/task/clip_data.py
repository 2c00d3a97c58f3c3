"""What items of a page have in common stands in it once: clips, their size, parts of addresses, prompts, and questions.

A presigned address has some 370 characters, of which a hundred differ between the clips of a task.
"""

import json
import re
from collections.abc import Mapping
from os.path import commonprefix
from typing import Any, TypeVar

T = TypeVar("T")

#: Keys of a clip that hold an address, and those whose value may be the same for all clips.
_ADDRESSES, _SHARED = ("url", "fallback"), ("seconds", "width", "height")
#: Keys of an item whose values stand in a list of their own, with the name of that list.
_LISTS = {"reference": "clips", "questions": "asked_together", "prompt": "prompts"}


def shortened(task: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a page with each clip, each prompt and each list of questions once.

    They stand in ``clips``, ``prompts`` and ``asked_together``, and items have places in these lists. ``clip`` has the
    values that all clips share, ``address`` what all addresses share: the beginning of their paths and the beginning of
    their queries. `completed` undoes it, and so does the page (templates/task/clip.js).
    """
    short = _with_own_items(task)
    lists: dict[str, list[Any]] = {name: [] for name in _LISTS.values()}
    for item in items_of(short):
        if "clips" in item:
            item["clips"] = [_place(clip, lists["clips"]) for clip in item["clips"]]
        for key in _LISTS.keys() & item.keys():
            item[key] = _place(item[key], lists[_LISTS[key]])
    clips = lists["clips"]
    shared = [key for key in _SHARED if clips and all(clip.get(key) == clips[0].get(key, "") for clip in clips)]
    short["clip"] = {key: clips[0][key] for key in shared}
    addresses = [clip[key].partition("?") for clip in clips for key in _ADDRESSES if key in clip]
    short["address"] = [commonprefix([parts[place] for parts in addresses]) for place in (0, 2)]  # noqa: RUF071
    return short | lists | {"clips": [_shortened(clip, shared, *short["address"]) for clip in clips]}


def _with_own_items(task: Mapping[str, Any]) -> dict[str, Any]:
    """The data with copies of its items, which can be changed; copying everything would take longer than all else."""
    own = {
        "training": [dict(item) for item in task["training"]],
        "parts": [[[dict(item) for item in window] for window in part] for part in task["parts"]],
    }
    if task.get("examples"):
        own["examples"] = [dict(item) for item in task["examples"]]
    return {**task, **own}


def _place(value: T, values: list[T]) -> int:
    """Where a value is in the list, of which it becomes the last if it is not there."""
    if value not in values:
        values.append(value)
    return values.index(value)


def _shortened(clip: Mapping[str, Any], shared: list[str], start: str, start_of_query: str) -> dict[str, Any]:
    short = {key: value for key, value in clip.items() if key not in shared}
    for key in _ADDRESSES:
        if key in short:
            path, mark, query = short[key].partition("?")
            short[key] = path[len(start) :] + mark + query[len(start_of_query) :]
    return short


def task_in(page: str) -> dict[str, Any]:
    """The data that the page's script works with.

    Raises:
        ValueError: it is no task page.
    """
    found = re.search(r'<script type="application/json" id="task">(.*?)</script>', page, re.DOTALL)
    if not found:
        raise ValueError("page: holds no task")
    return completed(json.loads(found[1]))


def completed(task: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a page as they were before `shortened`; those of earlier releases are as they were."""
    if "clips" not in task:
        return dict(task)
    whole = _with_own_items(task)
    address, shared = whole.pop("address"), whole.pop("clip")
    lists = {name: whole.pop(name) for name in _LISTS.values()}
    lists["clips"] = [_completed({**clip, **shared}, *address) for clip in lists["clips"]]
    for item in items_of(whole):
        if "clips" in item:
            item["clips"] = [lists["clips"][place] for place in item["clips"]]
        for key in _LISTS.keys() & item.keys():
            item[key] = lists[_LISTS[key]][item[key]]
    return whole


def _completed(clip: dict[str, Any], start: str, start_of_query: str) -> dict[str, Any]:
    for key in _ADDRESSES:
        if key in clip:
            path, mark, query = clip[key].partition("?")
            clip[key] = start + path + mark + (start_of_query + query if mark else "")
    return clip


def items_of(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The items of a page in the order of its data, and the examples of its instructions."""
    items = (item for part in task["parts"] for window in part for item in window)
    return [*task["training"], *items, *(task.get("examples") or ())]
