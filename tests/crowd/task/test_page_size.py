"""A page that is too large says which part of it is how large, and what to lower."""

import base64
import gzip
import re
from dataclasses import replace
from typing import Any

import pytest

from crowd.design.blocks import design
from crowd.design.study import Study
from crowd.questions import KINDS
from crowd.task.page import MAX_QUESTION_BYTES, check_pages, html_question, page_data, page_of, render_page
from crowd.task.page_size import page_size
from crowd.wording import LANGUAGES
from tests.crowd.questions.made import BETTER, NATURAL, study, videos
from tests.crowd.task.test_page import presigned

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
    found = re.search(
        r"lower videos_per_hit \(500\), of which this task has 120 and some (\d+) fit or use shorter", text
    )
    assert found is not None
    refusal(NATURAL, prompts=int(found[1]) // 3 + 2)  # somewhat more do not
    parts = {name: int(size) for name, size in re.findall(r"(items|questions|rest)\D* (\d+)", text)}
    assert parts["items"] > MAX_QUESTION_BYTES // 2 > parts["questions"]


def test_long_texts_are_to_be_shorter() -> None:
    """Where prompts have more bytes than addresses, these are named with their size."""
    long = [replace(video, prompt=f"{video.prompt} {'x' * 3000}") for video in videos(20)]
    own = study(NATURAL, prompt="above", videos_per_hit=60)
    with pytest.raises(
        ValueError, match=r"or shorten what people read with the videos \(6\d{4} bytes of prompts, capti"
    ):
        check_pages(own, design(own, long))


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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS[1:])
def test_twenty_items_of_each_kind_fit(kind: str, language: str) -> None:
    """With presigned addresses, fallbacks, prompts and references: 20 items, of a ranking 20 sets of four videos."""
    methods = ["a", "b", "c", "d"][: {"preference": 2, "ranking": 4}.get(kind, 1)]
    clips = [
        replace(
            video,
            fallback=f"{video.file_name}.gif",
            prompt=f"قطة حمراء تقفز {place // len(methods)}",
            reference="r.png",
        )
        for place, video in enumerate(videos(20, methods))
    ]
    about = {"choice": {"options": ["one", "two"]}, "rating": {"reference": True}}.get(kind, {})
    asked = {"asked": "video"} if kind in ("choice", "number", "text") else {}
    own = Study(
        questions=({"id": "q", "kind": kind, **about, **asked},),
        language=language,
        prompt="hidden" if kind == "caption" else "above",
        training_items=0,
        wording={"direction": "rtl"},
    )
    plan = design(own, clips)
    (hit,) = {hit.block: hit for hit in plan.hits}.values()
    assert len(hit.of_kind("evaluation")) == 20
    assert len(html_question(render_page(own, plan, hit, presigned)).encode()) <= MAX_QUESTION_BYTES


def test_a_page_is_compressed_only_if_it_must_be() -> None:
    """A page that fits has its script as it is; what a packed script unpacks to is the same script."""
    own = study(NATURAL)
    plan = design(own, videos())
    page = render_page(own, plan, plan.hits[0], str)
    assert 'id="packed"' not in page
    smaller = page_of(page_data(own, plan, plan.hits[0], str), "en", smaller=True)
    packed = re.search(r'id="packed">([^<]*)<', smaller)
    assert packed is not None
    assert gzip.decompress(base64.b64decode(packed[1])).decode() in page
    assert len(smaller) < len(page) - 15_000


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
