"""A page that is too large says which part of it is how large, and what to lower."""

import re
from dataclasses import replace
from typing import Any

import pytest

from crowd.design.blocks import design
from crowd.questions import KINDS
from crowd.task.page import MAX_QUESTION_BYTES, check_pages, page_data, page_of, render_page
from crowd.task.page_size import page_size
from tests.crowd.questions.made import BETTER, NATURAL, study, videos

EVERY = [{"id": kind, "kind": kind} | ({"options": ["one", "two"]} if kind == "choice" else {}) for kind in KINDS[1:]]


def refusal(*questions: dict[str, Any], prompts: int = 6, characters: int = 100, **values: Any) -> str:
    """What is said of the largest page of such a study, whose videos have long addresses."""
    own = study(*questions, videos_per_hit=500, **values)
    with pytest.raises(ValueError, match=r"^hit b001-r1: its page has \d+ bytes, 65535 are allowed; ") as caught:
        check_pages(own, design(own, videos(prompts)), lambda name: f"https://example.org/{name}?{name * characters}")
    return str(caught.value)


def test_many_items_are_to_be_fewer() -> None:
    """With one kind of question there is nothing else to lower."""
    text = refusal(NATURAL, prompts=40)
    assert "lower videos_per_hit (500) or use shorter addresses for the videos" in text
    parts = {name: int(size) for name, size in re.findall(r"(items|questions|rest)\D* (\d+)", text)}
    assert parts["items"] > MAX_QUESTION_BYTES // 2 > parts["questions"]


def test_many_kinds_may_be_fewer() -> None:
    """With several kinds of questions these are named."""
    assert "ask fewer kinds of questions (preference, rating)" in refusal(BETTER, NATURAL, prompts=40)


def test_texts_alone_may_be_too_much() -> None:
    """Where no number of items is small enough, it says so."""
    assert "without any item it would still be too large" in refusal(
        NATURAL | {"help": "x" * 70_000}, prompts=2, characters=1
    )


def test_a_study_may_ask_many_kinds() -> None:
    """A page with a pair, a set and videos and every kind but naming is small enough for some items."""
    own = study(*EVERY[:3], videos_per_hit=4)
    plan = design(own, videos())
    assert render_page(own, plan, plan.hits[0], str)


def test_the_parts_add_up() -> None:
    """The parts are those of the page, and none is empty."""
    own = study(BETTER, NATURAL)
    plan = design(own, videos())
    task = page_data(own, plan, plan.hits[0], str)
    total = len(page_of(task, own.language).encode())
    size = page_size(task, total=total, most=MAX_QUESTION_BYTES, kinds=3000)
    assert size.items + size.texts + size.kinds + size.rest == total
    assert min(size.items, size.texts, size.rest) > 0
    fewer = replace(plan.hits[0], items=plan.hits[0].items[:2])
    smaller = page_size(page_data(own, plan, fewer, str), total=total, most=MAX_QUESTION_BYTES, kinds=3000)
    assert smaller.items < size.items
    assert smaller.texts == size.texts
