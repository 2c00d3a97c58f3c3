"""Task pages that ask questions of any kinds, made from the page's data alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from crowd.design.study import Study
from crowd.task.consent import consent_text
from crowd.task.page import page_of, page_words

#: A question of each kind, as its page's part needs it.
QUESTIONS: dict[str, dict[str, Any]] = {
    "naming": {"options": ["ball going left", "ball going right", "ball going up", "Other", "Unclear"]},
    "caption": {"always": ["None of these", "Unclear"]},
    "preference": {"answers": ["left", "tie", "right"], "strength": 1},
    "rating": {"low": 1, "high": 5, "points": 5, "labels": [], "best_first": True, "reference": False},
    "statement": {"answers": ["yes", "no", "cannot_tell"]},
    "ranking": {"best_worst": False},
    "moment": {"span": True, "breaks": ["an object changes", "something vanishes"]},
    "choice": {"options": ["never", "seldom", "often"], "several": False, "shuffled": False},
    "number": {"low": 18, "high": 120, "whole": True, "unit": "years"},
    "text": {"longest": 500},
}
CAPTIONS = ["a ball rolls to the left", "a ball rolls to the right", "a ball jumps over another ball"]


def question(kind: str, name: str = "", **values: Any) -> dict[str, Any]:
    """A question in the page's data; keywords change it."""
    return {"id": name or kind, "kind": kind, "text": "", **QUESTIONS[kind], **values}


def clip(name: str, **values: Any) -> dict[str, Any]:
    """A clip of `tests.crowd.clips`."""
    return {
        "url": f"/media/{name}.mp4",
        "fallback": f"/media/{name}.gif",
        "seconds": 0.5,
        "width": 64,
        "height": 48,
        **values,
    }


def item(key: str, clips: Sequence[Mapping[str, Any]], *questions: str, **values: Any) -> dict[str, Any]:
    """An item that asks these questions, by their ids."""
    return {"key": key, "clips": list(clips), "questions": list(questions), **values}


def page(
    questions: Sequence[Mapping[str, Any]],
    items: Sequence[Mapping[str, Any]],
    *,
    language: str = "en",
    smaller: bool = False,
    **values: Any,
) -> str:
    """The page of a task with these items in this order; `wording` and other data of the page by keyword."""
    own = values.pop("wording", {})
    parts = [part for part, there in (("sound_check", values.get("sound")), ("quiz", values.get("quiz"))) if there]
    words = page_words(language, own, {question["kind"] for question in questions}, *parts)
    task = {
        "study": "0123456789abcdef",
        "hit": "b001-r1",
        "seed": 0,
        "title": "Watch short videos",
        "contact": "",
        "consent": consent_text(Study(), words),
        "minutes": 5,
        "limit_s": 1800,
        "pay": "",
        "size": "fit",
        "sound": False,
        "questions": list(questions),
        "texts": {},
        "words": words,
        "training": [],
        "parts": [[[entry] for entry in items]],
        "checks": [],
        "quiz_tries": 2,
        **values,
    }
    return page_of(task, language, smaller=smaller)
