"""Questions of every kind, for `tests.screenshots`."""

import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver

from tests.browser.asking import CAPTIONS, clip, item, page, question
from tests.browser.participant import Participant
from tests.browser.taskserver import TaskServer, serving
from tests.crowd.clips import write_videos
from tests.screenshots import scene

PAIR = [clip("new-0-0"), clip("old-0-0")]
PROMPT = "a white square that moves over a blue ground, from the left to the right"
QUIZ = [
    {"text": "What do you watch?", "options": ["clips", "books"], "right": "clips"},
    {"text": "May you guess?", "options": ["yes", "no"], "right": "no"},
]
#: The views: the questions of one item, and what else the item has.
VIEWS: dict[str, tuple[Sequence[dict[str, Any]], dict[str, Any]]] = {
    "caption": ([question("caption")], {"asked": {"caption": {"captions": CAPTIONS}}}),
    "statement": ([question("statement")], {"asked": {"statement": {"statement": "The ball rolls to the left."}}}),
    "rating": (
        [question("rating", help="Of the whole clip."), question("rating", "sharp", text="How sharp is it?")],
        {},
    ),
    "points": (
        [
            question("rating", "nine", low=1, points=9, high=9, labels=["superb", "awful"], best_first=False),
            question("rating", "eleven", low=0, points=11, high=10),
            question("rating", "slider", low=0, points=100, high=100),
        ],
        {},
    ),
    "reference": (
        [question("rating", reference=True)],
        {"reference": clip("real-0-0")},
    ),
    "preference": (
        [
            question("preference", text="Which clip looks better?", answers=["left", "both_good", "both_bad", "right"]),
            question(
                "preference", "motion", text="Which clip moves better?", strength=7, answers=[*map(str, range(-3, 4))]
            ),
            question("text", required=False),
        ],
        {"clips": PAIR, "prompt": PROMPT},
    ),
    "one-preference": ([question("preference")], {"clips": PAIR}),
    "upright": ([question("preference")], {"clips": [{**each, "width": 48, "height": 64} for each in PAIR]}),
    "ranking": ([question("ranking")], {"clips": [*PAIR, clip("real-0-0"), clip("new-1-0")]}),
    "best-worst": ([question("ranking", best_worst=True)], {"clips": [*PAIR, clip("real-0-0")], "prompt": PROMPT}),
    "moment": ([question("moment")], {}),
    "survey": (
        [
            question("choice", text="How often do you watch clips?"),
            question(
                "choice", "several", text="What do you listen with?", several=True, options=["headphones", "speakers"]
            ),
            question("number", text="How old are you?"),
            question("text"),
        ],
        {},
    ),
}


@contextmanager
def _serving() -> Iterator[TaskServer]:
    with tempfile.TemporaryDirectory() as directory, serving(write_videos(Path(directory))) as tasks:
        yield tasks


def _show(
    participant: Participant,
    tasks: TaskServer,
    questions: Sequence[Mapping[str, Any]],
    entry: Mapping[str, Any],
    **values: Any,
) -> None:
    """Go to the item, and answer what has an option."""
    clips = entry.get("clips", [clip("real-0-0")])
    rest = {key: value for key, value in entry.items() if key != "clips"}
    names = [each["id"] for each in questions]
    tasks.page = page(questions, [item("v00", clips, *names, **rest)], **values)
    somebody = secrets.token_hex(4)
    participant.driver.get(tasks.address(somebody, somebody))
    participant.begin()
    participant.wait(participant.unlocked)


@scene("questions")
def questions(driver: webdriver.Chrome) -> Iterator[str]:
    """Each kind of question, before and after an answer."""
    participant = Participant(driver)
    with _serving() as tasks:
        for name, (asked, entry) in VIEWS.items():
            _show(participant, tasks, asked, entry)
            participant.press("2", "1")
            yield name
            if len(asked) > 1:
                driver.execute_script("scrollTo(0, document.body.scrollHeight)")
                yield f"{name}-below"


@scene("questions-japanese")
def questions_in_japanese(driver: webdriver.Chrome) -> Iterator[str]:
    """The kinds with the longest words."""
    with _serving() as tasks:
        for name in ("preference", "points", "ranking", "moment"):
            _show(Participant(driver), tasks, *VIEWS[name], language="ja")
            yield name


@scene("questions-right-to-left")
def questions_from_the_right(driver: webdriver.Chrome) -> Iterator[str]:
    """In a language that runs from the right."""
    words = {
        "direction": "rtl",
        "question_preference": "أي مقطع أفضل؟",
        "preference_left": "A أفضل",
        "preference_right": "B أفضل",
        "preference_tie": "متساويان",
        "next": "التالي",
    }
    with _serving() as tasks:
        _show(Participant(driver), tasks, *VIEWS["one-preference"], wording=words)
        yield "preference"
        _show(Participant(driver), tasks, *VIEWS["points"], wording={"direction": "rtl"})
        yield "points"


@scene("around-questions")
def around_questions(driver: webdriver.Chrome) -> Iterator[str]:
    """Examples, a quiz, questions that are asked once, and a pair in full screen."""
    participant = Participant(driver)
    asked, entry = VIEWS["one-preference"]
    survey = VIEWS["survey"][0]
    with _serving() as tasks:
        examples = [{"clips": [clip("real-0-0")], "text": "This is how the clips look."}]
        once = {"before": [each["id"] for each in survey], "after": []}
        tasks.page = page(
            [*asked, *survey], [item("p00", entry["clips"], "preference")], examples=examples, quiz=QUIZ, once=once
        )
        driver.get(tasks.address())
        participant.go_on()
        yield "examples"
        participant.go_on()
        for keys in ("11", "12"):
            for place, key in enumerate(keys):
                group = driver.find_elements("tag name", "fieldset")[place]
                group.find_elements("tag name", "input")[int(key) - 1].click()
            participant.see(".bar .primary:enabled").click()
            participant.see(".message:not(:empty)")
            yield f"quiz-{keys}"
        participant.go_on()
        yield "once"
        _show(participant, tasks, asked, entry)
        participant.see(".controls button:last-child").click()
        participant.wait(lambda: driver.execute_script("return document.fullscreenElement"))
        yield "full-screen"
