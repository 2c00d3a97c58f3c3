"""The task page with questions of every kind, in real browsers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from crowd.lifecycle.collect import collect
from crowd.questions.instructions import QuizQuestion
from crowd.task import page as task_page
from crowd.task.ordering import option_order, question_order, seed_of, shown_order, shuffled
from tests import browsers
from tests.browser.asking import CAPTIONS, clip, item, page, question
from tests.browser.conftest import Served
from tests.browser.participant import Participant
from tests.browser.taskserver import TaskServer
from tests.crowd.clips import write_clip

pytestmark = pytest.mark.browser
BOTH = pytest.mark.browser("chromium", "firefox")
#: For what does not differ between browsers.
ONE = pytest.mark.browser("chromium")

ABOUT_ONE = ("naming", "caption", "statement", "rating", "choice", "number", "text")
PAIR = [clip("new-0-0"), clip("old-0-0")]
SET = [*PAIR, clip("real-0-0"), clip("new-1-0")]
EVERY_KIND = [
    *(question(kind) for kind in ("naming", "caption", "statement", "rating", "choice", "number", "text", "moment")),
    question("preference"),
    question("preference", "motion", text="Which clip moves better?", answers=[*map(str, range(-3, 4))], strength=7),
    question("ranking"),
]
ASKED = {"caption": {"captions": CAPTIONS}, "statement": {"statement": "The ball rolls."}}
EVERY_ITEM = [
    item("v00", [clip("real-0-0")], *ABOUT_ONE, asked=ASKED),
    item("v01", [clip("real-1-0")], "moment"),
    item("p00", PAIR, "preference", "motion", prompt="a ball that rolls to the left"),
    item("s00", SET, "ranking"),
]


def sent_of(tasks: TaskServer, key: str) -> dict[str, Any]:
    """What was sent of an item."""
    (sent,) = tasks.sent
    found: dict[str, Any] = json.loads(sent[f"item.{key}"])
    return found


def answers_of(tasks: TaskServer, key: str) -> dict[str, Any]:
    """The answers that were sent about an item, by question."""
    return {name: given["answer"] for name, given in sent_of(tasks, key)["answers"].items()}


def start(participant: Participant, tasks: TaskServer, first: str, **address: str) -> None:
    """Open the page and go to its first item, without a pointer; items come in random order."""
    participant.driver.get(tasks.address(**address))
    participant.press(Keys.ENTER)
    participant.press(Keys.ENTER)
    assert participant.item == first


def in_order(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Keeps the items in their order: each is a part of its own."""
    return {"items": items, "parts": [[[entry]] for entry in items]}


def field(participant: Participant, name: str) -> WebElement:
    """The question's fields."""
    return participant.see(f"fieldset[data-question='{name}']")


def is_active(participant: Participant, name: str) -> bool:
    """Whether keys answer that question."""
    return bool(participant.driver.find_elements("css selector", f"fieldset.active[data-question='{name}']"))


def option(participant: Participant, name: str, value: str) -> WebElement:
    """The row of a question's option."""
    rows = field(participant, name).find_elements("css selector", ".option")
    return next(row for row in rows if row.find_element("tag name", "input").get_attribute("value") == value)


def pick(participant: Participant, name: str, value: str) -> None:
    """Click on a question's option, where no clip is in front of it."""
    row = option(participant, name, value)
    participant.driver.execute_script("arguments[0].scrollIntoView({block: 'end'})", row)
    row.click()


@BOTH
def test_every_kind_by_keyboard_alone(tasks: TaskServer, participant: Participant) -> None:
    """Digits answer question after question, letters and numbers go into their fields, Enter goes on."""
    tasks.page = page(EVERY_KIND, **in_order(EVERY_ITEM))
    start(participant, tasks, "v00")
    participant.wait(participant.unlocked)
    captions = option_order(
        [*CAPTIONS, "None of these", "Unclear"],
        seed_of(seed_of("options", 0, "AWORKER1"), "v00", "caption"),
    )
    participant.press("o", "2", "3", "1", "2")
    participant.wait(lambda: is_active(participant, "number"))
    participant.press("41", Keys.ENTER)
    participant.wait(lambda: is_active(participant, "text"))
    participant.press("It rolls.", Keys.TAB, Keys.ENTER)  # in the text, Enter begins a line
    participant.wait(lambda: participant.item == "v01")
    participant.wait(participant.unlocked)
    participant.press(*"," * 15, *"[..]2", Keys.ENTER)
    participant.wait(lambda: participant.item == "p00")
    participant.wait(participant.unlocked)
    participant.press("3", "1", Keys.ENTER)
    participant.wait(lambda: participant.item == "s00")
    participant.wait(participant.unlocked)
    participant.press("3", "1", "4", "1", "2", "1")  # the first is taken back, and put last
    participant.press(Keys.ENTER)
    participant.see("#comment")
    participant.press(Keys.ENTER)
    participant.wait(lambda: participant.driver.title == "Thank you")
    assert answers_of(tasks, "v00") == {
        "naming": "Other",
        "caption": captions[1],
        "statement": "cannot_tell",
        "rating": "5",
        "choice": "seldom",
        "number": 41,
        "text": "It rolls.",
    }
    assert sent_of(tasks, "v00")["answers"]["caption"]["options"] == captions
    moment = answers_of(tasks, "v01")["moment"]
    assert moment["what"] == "something vanishes"
    assert moment["end_s"] - moment["start_s"] == pytest.approx(0.08, abs=0.01)
    assert answers_of(tasks, "p00") == {"preference": "right", "motion": "-3"}
    assert answers_of(tasks, "s00") == {"ranking": [2, 3, 1, 0]}
    times = [given["time_to_answer_s"] for given in sent_of(tasks, "v00")["answers"].values()]
    assert times == sorted(times)


@pytest.mark.thorough
@BOTH
def test_every_kind_by_touch_on_a_phone(tasks: TaskServer, participant: Participant) -> None:
    """At 360×640 fingers answer every kind, nothing sticks out, and what is touched is at least 44 pixels high."""
    driver = participant.driver
    browsers.emulate(driver, 360, 640, touch=True)
    tasks.page = page(EVERY_KIND, **in_order(EVERY_ITEM))
    start(participant, tasks, "v00")

    def tap(name: str, value: str) -> None:
        participant.tap(option(participant, name, value))

    def check() -> None:
        assert browsers.overflow(driver) == 0
        small = driver.execute_script(
            "return [...document.querySelectorAll('.option, button:not(.small), [type=range], [type=number]')]"
            ".filter(one => one.offsetParent && one.offsetHeight < 44).map(one => one.outerHTML)"
        )
        assert small == []

    participant.wait(participant.unlocked)
    check()
    tap("naming", "ball going up")
    tap("caption", CAPTIONS[2])
    tap("statement", "yes")
    tap("rating", "2")
    tap("choice", "often")
    participant.tap(field(participant, "number").find_element("tag name", "input"))
    participant.press("33")
    participant.tap(field(participant, "text").find_element("tag name", "textarea"))
    participant.press("By hand.")
    participant.go_on(participant.tap)
    participant.wait(participant.unlocked)
    check()
    tap("moment", "on")
    participant.go_on(participant.tap)
    participant.wait(participant.unlocked)
    check()
    tap("preference", "tie")
    tap("motion", "2")
    participant.go_on(participant.tap)
    participant.wait(participant.unlocked)
    check()
    for place in (1, 0, 3, 2):
        participant.tap(field(participant, "ranking").find_elements("tag name", "button")[place])
    participant.go_on(participant.tap)
    participant.go_on(participant.tap)
    participant.wait(lambda: driver.title == "Thank you")
    assert answers_of(tasks, "v00") == {
        "naming": "ball going up",
        "caption": CAPTIONS[2],
        "statement": "yes",
        "rating": "2",
        "choice": "often",
        "number": 33,
        "text": "By hand.",
    }
    assert answers_of(tasks, "v01") == {"moment": "none"}
    assert answers_of(tasks, "p00") == {"preference": "tie", "motion": "2"}
    assert answers_of(tasks, "s00") == {"ranking": [1, 0, 3, 2]}


SCALES = {
    "preference": question("preference", answers=["left", "both_good", "both_bad", "right"]),
    "strength": question("preference", "strength", answers=["-2", "-1", "1", "2"], strength=5),
    "nine": question("rating", "nine", low=1, high=9, points=9, labels=["superb", "awful"], best_first=False),
    "eleven": question("rating", "eleven", low=0, high=10, points=11),
    "slider": question("rating", "slider", high=100, low=0, points=100),
    "several": question("choice", "several", several=True, options=["headphones", "loudspeakers", "none"]),
    "best_worst": question("ranking", "best_worst", best_worst=True),
}


def test_every_scale_by_keyboard(tasks: TaskServer, participant: Participant) -> None:
    """Scales of points, a slider, several options, and best and worst: each has its keys."""
    names = list(SCALES)[2:6]
    tasks.page = page(
        list(SCALES.values()),
        **in_order(
            [item("p00", PAIR, "preference", "strength"), item("v00", PAIR[:1], *names), item("s00", SET, "best_worst")]
        ),
    )
    start(participant, tasks, "p00")
    participant.wait(participant.unlocked)
    participant.press("3", "4", Keys.ENTER)
    participant.wait(lambda: participant.item == "v00")
    participant.wait(participant.unlocked)
    participant.press("9", "-")
    participant.wait(lambda: is_active(participant, "slider"))
    assert not participant.see(".bar .primary").is_enabled()
    participant.press(Keys.HOME, Keys.ARROW_UP)
    participant.press(Keys.ENTER)
    participant.wait(lambda: is_active(participant, "several"))
    participant.press("1", "3", "1", "2", Keys.ENTER)
    participant.wait(lambda: participant.item == "s00")
    participant.wait(participant.unlocked)
    participant.press("2", "6")  # B cannot be the worst and the best
    assert not participant.see(".bar .primary").is_enabled()
    participant.press("1", Keys.ENTER, Keys.ENTER)
    participant.wait(lambda: participant.driver.title == "Thank you")
    assert answers_of(tasks, "p00") == {"preference": "both_bad", "strength": "2"}
    assert answers_of(tasks, "v00") == {
        "nine": "9",
        "eleven": "10",
        "slider": "1",
        "several": ["none", "loudspeakers"],
    }
    assert answers_of(tasks, "s00") == {"best_worst": [0, 1]}


@ONE
@pytest.mark.parametrize("dark", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["light", "dark"])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_every_kind_is_accessible(dark: bool, direction: str, tasks: TaskServer, participant: Participant) -> None:
    """axe-core finds nothing about any kind of question, on phones and desktops, in either direction of writing."""
    driver = participant.driver
    items = [*EVERY_ITEM, item("v02", PAIR[:1], "nine", "eleven", "slider", "several"), item("s01", SET, "best_worst")]
    items[3] |= {"reference": clip("real-2-0")}
    tasks.page = page(
        [*EVERY_KIND, *SCALES.values()], **in_order(items), wording={"direction": direction}, prompt="beside"
    )
    browsers.emulate(driver, dark=dark)
    driver.get(tasks.address("ASSIGNMENT_ID_NOT_AVAILABLE"))
    found = {}
    for number in range(len(items) + 2):
        if number:
            participant.go_on()
        for width, touch in ((390, True), (1280, False)):
            browsers.emulate(driver, width, 800, dark=dark, touch=touch)
            participant.wait(lambda width=width: driver.execute_script("return innerWidth") == width)
            assert browsers.overflow(driver) == 0
            found[participant.item, width] = browsers.axe(driver)
    assert participant.item == "s01"
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_left_is_left_from_the_right_too(tasks: TaskServer, participant: Participant) -> None:
    """Where texts run from the right, the first clip is still on the left, and so is the answer that prefers it."""
    words = {"direction": "rtl", "next": "التالي", "question_preference": "أي مقطع أفضل؟"}
    tasks.page = page([question("preference")], [item("p00", PAIR, "preference")], wording=words)
    start(participant, tasks, "p00")
    lefts = participant.driver.execute_script(
        "return [...document.querySelectorAll('.picture')].map(one => one.getBoundingClientRect().left)"
    )
    assert lefts[0] < lefts[1]
    left, right = (option(participant, "preference", value).rect["x"] for value in ("left", "right"))
    assert left < right
    assert participant.see("figcaption").text == "A"
    assert (
        participant.driver.execute_script("return getComputedStyle(document.querySelector('legend')).direction")
        == "rtl"
    )
    assert browsers.overflow(participant.driver) == 0


#: The largest distance of two clips in each of ten loops, in seconds, while the page gets to run: one that does not can
#: keep nothing in step.
IN_STEP = """
const done = arguments[0], videos = [...document.querySelectorAll('video')], loops = [];
let most = 0, frames = 0, before = 0, steady = 0, last = 0;
requestAnimationFrame(function look(now) {
  const at = videos.map(video => video.currentTime);
  steady = now - last < 40 ? steady + 1 : 0;
  last = now;
  if (at[1] < before - 0.1) { if (frames > 9) loops.push(most); most = frames = 0; }
  before = at[1];
  if (steady > 2 && videos.every(video => !video.ended && !video.seeking)) {
    frames++;
    most = Math.max(most, Math.max(...at) - Math.min(...at));
  }
  if (loops.length < 10) requestAnimationFrame(look); else done(loops);
});
"""


@pytest.fixture(scope="session")
def uneven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two clips, of 1 and of 1.25 seconds."""
    folder = tmp_path_factory.mktemp("uneven")
    write_clip(folder / "short.mp4", frames=16)
    write_clip(folder / "long.mp4", frames=20)
    return folder


def test_two_clips_play_in_step(tasks: TaskServer, participant: Participant, uneven: Path) -> None:
    """Of ten loops of two clips, of which one is longer, eight or more have them within 50 ms throughout.

    The others are those in which another program had the processor.
    """
    tasks.media = uneven
    tasks.page = page([question("preference")], [item("p00", [clip("short"), clip("long")], "preference")])
    start(participant, tasks, "p00")
    participant.wait(participant.unlocked)
    participant.driver.set_script_timeout(60)
    loops = participant.driver.execute_async_script(IN_STEP)
    assert sorted(loops)[7] <= 0.05


SOURCES = "return [...document.querySelectorAll('.pictures video')].map(video => video.getAttribute('src'))"
VIDEOS = "const videos = [...document.querySelectorAll('.pictures video')]; return "


def test_controls_act_on_all_clips(tasks: TaskServer, participant: Participant, uneven: Path) -> None:
    """Pause stops both clips, replay starts both from the beginning, full screen shows both."""
    tasks.media = uneven
    tasks.page = page([question("preference")], [item("p00", [clip("long"), clip("short")], "preference")])
    driver = participant.driver
    start(participant, tasks, "p00")
    participant.wait(participant.unlocked)
    pause, replay, full = driver.find_elements("css selector", ".controls button")
    pause.click()
    assert driver.execute_script(VIDEOS + "videos.every(video => video.paused)")
    assert pause.accessible_name == "Play"
    stood = driver.execute_script(VIDEOS + "videos.map(video => video.currentTime)")
    replay.click()
    assert pause.accessible_name == "Pause"
    assert driver.execute_script(VIDEOS + "videos.every(video => video.currentTime < 0.1)") or min(stood) < 0.1
    participant.wait(lambda: driver.execute_script(VIDEOS + "videos.every(video => !video.paused)"))
    full.click()
    participant.wait(lambda: driver.execute_script("return document.fullscreenElement"))
    assert len(driver.find_elements("css selector", ":fullscreen video")) == 2
    assert driver.execute_script(VIDEOS + "videos.every(video => video.getBoundingClientRect().bottom <= innerHeight)")
    full.click()
    participant.wait(lambda: not driver.execute_script("return document.fullscreenElement"))
    pick(participant, "preference", "left")
    participant.press(Keys.ENTER, Keys.ENTER)
    participant.wait(lambda: tasks.sent)
    sent = sent_of(tasks, "p00")
    assert (sent["replays"], sent["watched_fraction"], sent["playback_errors"]) == (1, 1, 0)


def test_a_clip_of_a_pair_that_fails_has_its_fallback(tasks: TaskServer, participant: Participant) -> None:
    """One clip is shown as a picture beside the other; where there is none, the pair can be left out."""
    tasks.missing = {"new-0-0.mp4", "old-1-0.mp4"}
    without_fallback = {key: value for key, value in clip("old-1-0").items() if key != "fallback"}
    pairs = [
        item("p00", PAIR, "preference"),
        item("p01", [clip("new-1-0"), without_fallback], "preference"),
    ]
    tasks.page = page([question("preference")], **in_order(pairs))
    start(participant, tasks, "p00")
    participant.wait(participant.unlocked)
    assert len(participant.driver.find_elements("css selector", ".pictures video")) == 1
    assert len(participant.driver.find_elements("css selector", ".pictures img")) == 1
    participant.press("1", Keys.ENTER)
    participant.wait(lambda: participant.item == "p01")
    participant.wait(lambda: participant.driver.find_elements("css selector", ".cover button"))
    assert not participant.unlocked()
    participant.driver.find_elements("css selector", ".cover button")[1].click()
    participant.go_on()
    participant.go_on()
    participant.wait(lambda: tasks.sent)
    assert answers_of(tasks, "p00") == {"preference": "left"}
    assert answers_of(tasks, "p01") == {}
    assert sent_of(tasks, "p00")["playback_errors"] == 1


def test_orders_of_clips_questions_and_options(tasks: TaskServer, participant: Participant) -> None:
    """Sides, sets, questions and options stand as `crowd.task.ordering` orders them for the same participant."""
    questions = [
        question("preference"),
        question("choice", shuffled=True, ask_if={"question": "text", "is": ["because"]}),
        question("text"),
        question("number"),
    ]
    names = [each["id"] for each in questions]
    items = in_order([item("p00", PAIR, *names), item("s00", SET, "number")])
    tasks.page = page(questions, **items, shuffle_questions=True)
    seen = set()
    for worker in ("A1", "A2", "AÉ3"):
        start(participant, tasks, "p00", assignment_id=worker, worker_id=worker)
        expected = [each["id"] for each in question_order(questions, seed_of("questions", 0, worker))]
        shown = [
            each.get_attribute("data-question") for each in participant.driver.find_elements("tag name", "fieldset")
        ]
        assert shown == expected
        order = shown_order(2, "p00", 0, worker)
        assert participant.wait(lambda: participant.driver.execute_script(SOURCES)) == [
            PAIR[place]["url"] for place in order
        ]
        participant.wait(participant.unlocked)
        field(participant, "text").find_element("tag name", "textarea").send_keys("because")
        values = [
            each.get_attribute("value") for each in field(participant, "choice").find_elements("tag name", "input")
        ]
        assert values == shuffled(questions[1]["options"], seed_of("options", 0, worker))
        pick(participant, "choice", "often")
        field(participant, "number").find_element("tag name", "input").send_keys("20")
        pick(participant, "preference", "right")
        participant.go_on()
        order = shown_order(4, "s00", 0, worker)
        participant.wait(lambda: len(participant.driver.find_elements("css selector", ".pictures video")) == 4)
        assert participant.driver.execute_script(SOURCES) == [SET[place]["url"] for place in order]
        seen.add((tuple(expected), tuple(values), tuple(order)))
    assert len(seen) == 3


def test_a_question_is_asked_after_certain_answers(tasks: TaskServer, participant: Participant) -> None:
    """It appears with the answer that it waits for, and goes with it; what was answered meanwhile is not sent."""
    after = {"question": "rating", "is": ["1", "2"]}
    questions = [question("rating"), question("text", ask_if=after), question("number", required=False)]
    tasks.page = page(questions, [item("v00", PAIR[:1], "rating", "text", "number")])
    start(participant, tasks, "v00")
    participant.wait(participant.unlocked)
    why = participant.driver.find_element("css selector", "fieldset[data-question=text]")
    assert not why.is_displayed()
    pick(participant, "rating", "2")
    assert why.is_displayed()
    assert not participant.see(".bar .primary").is_enabled()
    why.find_element("tag name", "textarea").send_keys("It flickers.")
    assert participant.see(".bar .primary").is_enabled()
    pick(participant, "rating", "4")
    assert not why.is_displayed()
    participant.go_on()
    participant.go_on()
    participant.wait(lambda: tasks.sent)
    assert answers_of(tasks, "v00") == {"rating": "4"}


def test_what_is_asked_once_comes_once(tasks: TaskServer, participant: Participant) -> None:
    """Before and after the items, in the first task only; a question about an item may depend on it in every task."""
    questions = [
        question("choice", "sight", options=["good", "poor"]),
        question("number", "age"),
        question("rating", ask_if={"question": "sight", "is": ["good"]}),
        question("statement"),
    ]
    items = [item("v00", PAIR[:1], "rating", "statement", asked=ASKED)]
    tasks.page = page(questions, items, once={"before": ["sight"], "after": ["age"]})
    participant.driver.get(tasks.address("FIRST"))
    participant.begin()
    assert participant.heading == "About you"
    participant.press("1", Keys.ENTER)
    participant.wait(lambda: participant.item)
    participant.wait(participant.unlocked)
    participant.press("1", "1", Keys.ENTER)
    participant.press(Keys.TAB)
    field(participant, "age").find_element("tag name", "input").send_keys("17")
    assert not participant.see(".bar .primary").is_enabled()
    field(participant, "age").find_element("tag name", "input").send_keys(Keys.BACKSPACE, "8")
    participant.press(Keys.ENTER, Keys.ENTER)
    participant.wait(lambda: participant.driver.title == "Thank you")
    once = {name: given["answer"] for name, given in json.loads(tasks.sent[0]["once"]).items()}
    assert once == {"sight": "good", "age": 18}
    tasks.page = tasks.page.replace('"hit":"b001-r1"', '"hit":"b002-r1"')
    participant.driver.get(tasks.address("SECOND"))
    participant.begin()
    assert participant.item == "v00"
    assert field(participant, "rating").is_displayed()
    participant.wait(participant.unlocked)
    participant.press("1", "1", Keys.ENTER, Keys.ENTER)
    participant.wait(lambda: len(tasks.sent) == 2)
    assert "once" not in tasks.sent[1]


QUIZ = [
    {"text": "What do you watch?", "options": ["clips", "books"], "right": "clips"},
    {"text": "May you guess?", "options": ["yes", "no"], "right": "no"},
]


@pytest.mark.parametrize("failed", ["continue", "end"])
def test_a_quiz_has_two_tries(failed: str, tasks: TaskServer, participant: Participant) -> None:
    """Right answers lead on; twice wrong leads on too, or to the end, as the study says, after a reload too.

    The server of this page keeps no tries, so that the browser counts them.
    """
    tasks.page = page([question("rating")], [item("v00", PAIR[:1], "rating")], quiz=QUIZ, quiz_failed=failed)

    def take(who: str, *tries: str) -> None:
        participant.driver.get(tasks.address(who, who))
        participant.begin()
        assert participant.heading == "A short check"
        assert browsers.axe(participant.driver) == []
        for number, keys in enumerate(tries):
            for place, key in enumerate(keys):
                groups = participant.driver.find_elements("tag name", "fieldset")
                groups[place].find_elements("tag name", "input")[int(key) - 1].click()
            participant.see(".bar .primary:enabled").click()
            participant.wait(lambda number=number: tried(participant) > number)

    take("RIGHT", "11", "12")
    assert "All answers are right" in participant.text
    participant.go_on()
    participant.wait(participant.unlocked)
    participant.press("1", Keys.ENTER, Keys.ENTER)
    participant.wait(lambda: tasks.sent)
    assert json.loads(tasks.sent[0]["quiz"]) == {"passed": True, "answers": [["clips", "yes"], ["clips", "no"]]}
    participant.wait(lambda: participant.driver.title == "Thank you")  # or it takes the place of the next page
    take("WRONG", "11", "11")
    if failed == "end":
        assert participant.heading == "Thank you for your time"
        participant.driver.refresh()
        assert participant.heading == "Thank you for your time"
        return
    assert "go on all the same" in participant.text
    participant.go_on()
    participant.wait(participant.unlocked)
    participant.press("1", Keys.ENTER, Keys.ENTER)
    participant.wait(lambda: len(tasks.sent) == 2)
    assert json.loads(tasks.sent[1]["quiz"])["passed"] is False


def tried(participant: Participant) -> int:
    """How many tries of the quiz this browser remembers of the task that was shown last."""
    found: int = participant.driver.execute_script(
        "const keys = Object.keys(localStorage).filter(key => key.startsWith('vidgen:'));"
        "const states = keys.map(key => JSON.parse(localStorage[key])).sort((a, b) => b.saved - a.saved);"
        "return states[0].quiz ? states[0].quiz.answers.length : 0"
    )
    return found


@pytest.mark.thorough
@BOTH
def test_a_quiz_is_taken_once_for_all_tasks(serve: Callable[..., Served], participant: Participant) -> None:
    """On the platform a passed quiz is asked once; failed tries stay used up after a return, without memory too."""
    settings: dict[str, Any] = {"training_items": 0, "attention_items": 0, "videos_per_hit": 2, "answers_per_video": 2}
    served = serve(**settings, quiz=tuple(map(QuizQuestion.of, QUIZ)))
    passing, failing = served.invite(), served.invite()

    def answer_quiz(right: int, *, result: str) -> None:
        participant.see("input[name='quiz-0']:enabled")
        for place, option in enumerate((0, right)):
            participant.driver.find_elements("css selector", f"input[name='quiz-{place}']")[option].click()
        participant.see(".bar .primary:enabled").click()
        participant.wait(lambda: result in participant.text)

    participant.take(passing)
    participant.go_on()
    answer_quiz(1, result="All answers are right")
    participant.go_on()
    participant.answer_everything(lambda key: "Unclear")
    participant.see(".bar .primary").click()
    participant.driver.switch_to.default_content()
    participant.see("#code")
    participant.take(passing)
    participant.go_on()
    assert participant.item is not None
    participant.driver.switch_to.default_content()
    participant.take(failing)
    participant.go_on()
    answer_quiz(0, result="try once more")
    answer_quiz(0, result="go on all the same")
    participant.driver.execute_script("localStorage.clear()")
    participant.driver.switch_to.default_content()
    participant.see("#return").click()
    participant.wait(lambda: participant.driver.switch_to.alert).accept()
    participant.take(failing)
    participant.go_on()
    participant.wait(lambda: "go on all the same" in participant.text)
    assert not participant.driver.find_elements("css selector", "input[name='quiz-0']:enabled")


def test_examples_prompt_and_reference(tasks: TaskServer, participant: Participant) -> None:
    """Instructions show example clips, an item shows its prompt, and its reference stands before it."""
    examples = [{"clips": [clip("real-0-0")], "text": "This one is good."}]
    shown = item("v00", PAIR[:1], "rating", prompt="a <b>ball</b>", reference=clip("real-0-0"))
    tasks.page = page([question("rating", reference=True)], [shown], examples=examples)
    participant.driver.get(tasks.address())
    participant.go_on()
    participant.wait(
        lambda: participant.driver.execute_script("return document.querySelector('.example video').currentTime > 0")
    )
    assert "This one is good." in participant.text
    assert "Rate each clip" in participant.text
    participant.go_on()
    assert participant.see(".prompt").text == "It should show: a <b>ball</b>"
    assert "Perceptible but not annoying" in participant.text
    names = [each.text for each in participant.driver.find_elements("tag name", "figcaption")]
    assert names == ["Reference", "Clip"]
    participant.wait(participant.unlocked)
    participant.press("1", Keys.ENTER, Keys.ENTER)
    participant.wait(lambda: tasks.sent)
    assert sent_of(tasks, "v00")["shown"] == [0]


def test_checks_and_practice_of_other_kinds(tasks: TaskServer, participant: Participant) -> None:
    """A check names an answer in the words that are shown, and speaks of no clip; practice tells the right caption."""
    questions = [question("caption"), question("rating")]
    practice = item("t00", PAIR[:1], "caption", "rating", asked=ASKED, kind="training", labels=[CAPTIONS[0]])
    check = {"key": "a00", "kind": "attention", "asked": "4", "question": "rating"}
    tasks.page = page(questions, [item("v00", PAIR[1:], "rating")], training=[practice], checks=[check])
    start(participant, tasks, "t00")
    participant.wait(participant.unlocked)
    pick(participant, "caption", CAPTIONS[1])
    assert f"Not quite. This clip shows: {CAPTIONS[0]}" in participant.text
    assert field(participant, "caption").get_property("disabled")
    pick(participant, "rating", "3")
    participant.go_on()
    participant.wait(participant.unlocked)
    participant.press("1", Keys.ENTER)
    participant.wait(lambda: participant.item == "a00")
    assert "choose “Good”" in participant.text
    assert "Watch" not in participant.text  # there is no clip to watch
    participant.wait(participant.unlocked)
    participant.press("2", Keys.ENTER, Keys.ENTER)
    participant.wait(lambda: tasks.sent)
    assert answers_of(tasks, "a00") == {"rating": "4"}


def test_one_of_two_clips_is_heard(tasks: TaskServer, participant: Participant) -> None:
    """With sound, buttons choose which clip is heard; the other is muted."""
    tasks.page = page([question("preference")], [item("p00", PAIR, "preference")], sound=True)
    participant.driver.get(tasks.address())
    participant.begin()
    tones = "const start = OscillatorNode.prototype.start; let tones = 0;"
    tones += "OscillatorNode.prototype.start = function (at) { tones++; return start.call(this, at); };"
    tones += "document.querySelector('.sound-check > button').click(); return tones;"
    participant.press(str(participant.driver.execute_script(tones)), Keys.ENTER)
    participant.wait(lambda: participant.item)
    participant.wait(participant.unlocked)
    muted = VIDEOS + "videos.map(video => video.muted)"
    assert participant.driver.execute_script(muted) == [False, True]
    other = participant.driver.find_elements("css selector", "[aria-pressed]")[1]
    assert other.text == "Listen to B"
    other.click()
    assert participant.driver.execute_script(muted) == [True, False]
    assert browsers.axe(participant.driver) == []


@BOTH
def test_a_compressed_page_asks_and_sends(
    serve: Callable[..., Served], participant: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the platform, in its frame and under its rules for scripts, a page whose script is compressed does all."""
    monkeypatch.setattr(task_page, "MAX_QUESTION_BYTES", 50_000)
    served = serve(training_items=0, attention_items=0)
    participant.take(served.invite())
    assert participant.driver.find_elements("id", "packed")
    participant.go_on()
    keys = participant.answer_everything(lambda key: "Unclear")
    participant.see(".bar .primary").click()
    participant.driver.switch_to.default_content()
    participant.see("#code")
    assert collect(served.study_dir).rows == len(keys) == 2


def test_a_browser_that_cannot_unpack_says_so(tasks: TaskServer, participant: Participant) -> None:
    """Where a browser is too old for a compressed page, people read what to do."""
    tasks.page = page([question("rating")], [item("v00", PAIR[:1], "rating")], smaller=True)
    with browsers.on_every_page(participant.driver, "delete window.DecompressionStream"):
        participant.driver.get(tasks.address())
        assert "This browser is too old" in participant.see("#old").text


@ONE
@pytest.mark.parametrize("height", [560, 584, 640, 844])
def test_the_letters_of_a_pair_are_beside_their_clips_on_a_phone(
    tasks: TaskServer, participant: Participant, height: int
) -> None:
    """However little height there is, no letter lies over the other clip or beyond the window's edge."""
    browsers.emulate(participant.driver, 360, height, touch=True)
    tasks.page = page([question("preference")], [item("p00", PAIR, "preference")])
    start(participant, tasks, "p00")
    participant.wait(participant.unlocked)
    boxes = participant.driver.execute_script(
        "return ['figcaption', '.picture'].map(each => [...document.querySelectorAll(`figure ${each}`)]"
        ".map(one => one.getBoundingClientRect().toJSON()))"
    )
    letters, clips = boxes
    assert len(letters) == len(clips) == 2
    for letter in letters:
        assert letter["left"] >= 0
        for shown in clips:
            apart = letter["right"] <= shown["left"] + 1 or letter["left"] >= shown["right"] - 1
            assert apart or letter["bottom"] <= shown["top"] + 1 or letter["top"] >= shown["bottom"] - 1


@ONE
def test_no_answer_shows_through_the_clips_that_stay_above(tasks: TaskServer, participant: Participant) -> None:
    """At every place of a long page, whatever is seen at the clips' middle is theirs, a slider that is not set too."""
    browsers.emulate(participant.driver, 1280, 700)
    sliders = [question("rating", f"s{number}", low=0, high=100, points=100) for number in range(12)]
    tasks.page = page(sliders, [item("v00", PAIR, *[each["id"] for each in sliders])])
    start(participant, tasks, "v00")
    participant.wait(participant.unlocked)
    seen = participant.driver.execute_script(
        "const own = document.querySelector('.clip'), found = [];"
        "for (let y = 0; y < document.body.scrollHeight; y += 20) {"
        "  scrollTo(0, y); const { left, top, width, height } = own.getBoundingClientRect();"
        "  for (let part = 1; part < 10; part++)"
        "    found.push(own.contains(document.elementFromPoint(left + width / 4, top + height * part / 10)));"
        "} return found"
    )
    assert all(seen)
