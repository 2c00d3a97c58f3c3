"""The task page in real browsers: a participant's whole way, and everything that can go wrong on it."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from selenium.webdriver.common.keys import Keys

from crowd.design.blocks import design
from crowd.design.design import ANYWHERE, Design
from crowd.design.study import Study
from crowd.task.answers import answer_rows
from crowd.task.ordering import item_order, option_order, seed_of
from crowd.task.page import render_page
from crowd.videos.metadata import read_videos
from tests import browsers
from tests.browser.participant import Participant, answers_in
from tests.browser.taskserver import TaskServer
from tests.crowd.clips import write_metadata

pytestmark = pytest.mark.browser
#: For what does not differ between browsers: markup and the steps' order.
ONE = pytest.mark.browser("chromium")
Publish = Callable[..., Design]
#: Whether the browser would ask before it leaves the page.
ASKS_BEFORE_LEAVING = (
    "const leave = new Event('beforeunload', {cancelable: true}); dispatchEvent(leave); return leave.defaultPrevented;"
)


def rows_of(design: Design, sent: dict[str, str]) -> list[dict[str, object]]:
    """What was sent as rows of the answers table."""
    return answer_rows(design, "b001-r1", sent["assignmentId"], "HIT1", "w1", "2026-11-22T00:00:00Z", False, sent)


@pytest.mark.browser("chromium", "firefox")
def test_a_whole_task_by_keyboard_alone(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """Enter, digits, letters, Space and Backspace lead from consent to sent answers, without a pointer."""
    design = publish()
    participant.driver.get(tasks.address())
    participant.press(Keys.ENTER)
    participant.press(Keys.ENTER)
    seen = []
    while participant.item:
        seen.append(participant.item)
        participant.wait(participant.unlocked)
        if len(seen) == 2:
            participant.press(" ")
            participant.press(Keys.BACKSPACE)  # the first clip after practice has nothing before it
            assert participant.item == seen[1]
        if len(seen) == 3:
            participant.press(Keys.BACKSPACE)
            assert participant.item == seen[1]
            assert participant.chosen() == participant.options()[1]
            participant.press(Keys.ENTER)
        participant.press("o" if len(seen) == 4 else "2")
        participant.press(Keys.ENTER)
    participant.press(Keys.TAB, "by keyboard")
    participant.press(Keys.TAB, Keys.ENTER)  # Back …
    participant.press(Keys.ENTER)  # … and forth again
    participant.press(Keys.ENTER)
    participant.wait(lambda: participant.driver.title == "Thank you")
    (sent,) = tasks.sent
    rows = rows_of(design, sent)
    assert [row["kind"] for row in rows].count("attention") == 1
    assert len(rows) == len(seen) == 5
    assert {row["comment"] for row in rows} == {"by keyboard"}
    answers = answers_in(sent)
    assert answers[seen[1]]["replays"] == 1
    assert answers[seen[3]]["answer"] == "Other"
    assert answers[seen[1]]["answer"] == answers[seen[1]]["options"][1]


def test_orders_are_those_of_their_recorded_seeds(
    publish: Publish, tasks: TaskServer, participant: Participant
) -> None:
    """The page's JavaScript and `crowd.task.ordering` shuffle alike, and "Other" and "Unclear" stay last."""
    design = publish(training_items=0, videos_per_hit=6)
    worker, assignment = "AÉWÖRKER", "ASSIGNMENT77"
    participant.driver.get(tasks.address(assignment, worker))
    windows: dict[int, list[str]] = {}
    for item in design.hits[0].items:
        windows.setdefault(item.window, []).append(item.key)
    checks = windows.pop(ANYWHERE)
    expected = item_order([list(windows.values())], seed_of("items", design.seed, assignment), checks)
    options = option_order(design.options, seed_of("options", design.seed, worker))
    participant.begin()
    found = participant.driver.execute_script(
        "return Object.keys(JSON.parse(localStorage.getItem('vidgen:ASSIGNMENT77')).items)"
    )
    assert found == expected
    assert participant.options() == options
    assert options[-2:] == ["Other", "Unclear"]


def test_what_is_measured_of_each_item(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """Options are locked until the clip was seen once; times, replays and focus losses arrive with the answer."""
    design = publish(training_items=0, attention_items=0)
    tasks.delivering.clear()
    calm = "const wait = window.setTimeout; window.setTimeout = (action, ms) => wait(action, ms * 100);"
    with browsers.on_every_page(participant.driver, calm):  # what a busy machine takes its time for is no stall
        participant.open(tasks.address())
        participant.begin()
        assert not participant.unlocked()
        assert "Watch the clip once" in participant.text
        tasks.delivering.set()
        participant.wait(participant.unlocked)
        participant.see(".controls button:nth-child(2)").click()
        participant.driver.execute_script("dispatchEvent(new Event('blur')); dispatchEvent(new Event('focus'));")
        first = participant.item
        participant.answer_everything(lambda key: "Unclear")
        participant.go_on()
    participant.wait(lambda: tasks.sent)
    answers = answers_in(tasks.sent[0])
    assert first is not None
    assert answers[first]["replays"] == 1
    assert answers[first]["focus_losses"] == 1
    for position, answer in enumerate(sorted(answers.values(), key=lambda answer: answer["position"])):
        assert answer["position"] == position
        assert answer["watched_fraction"] == 1
        assert 0 <= answer["time_to_play_s"] < answer["time_to_answer_s"]
        assert answer["time_to_answer_s"] >= 0.4
        assert answer["playback_errors"] == answer["stalls"] == 0
    assert len(rows_of(design, tasks.sent[0])) == 3


def test_nothing_is_loaded_but_the_videos(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """All that the page asks the network for lies in the videos directory, and the console stays empty."""
    publish()
    participant.driver.get(tasks.address())
    participant.begin()
    participant.wait(participant.unlocked)
    loaded = participant.driver.execute_script("return performance.getEntriesByType('resource').map(one => one.name)")
    assert loaded
    assert all(name.startswith(f"{tasks.base}/media/") for name in loaded if not name.endswith("/favicon.ico"))
    assert [line for line in browsers.console(participant.driver) if "favicon" not in line] == []


@ONE
def test_practice_tells_the_right_answer(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """A practice clip names what it shows, once answered for good; no other clip's label is anywhere in the page."""
    design = publish(training_items=1, attention_items=0)
    participant.driver.get(tasks.address())
    participant.begin()
    label = design.video(design.hits[0].items[0].video_id).label
    wrong = next(option for option in design.options if option != label)
    participant.choose(wrong)
    assert f"Not quite. This clip shows: {label}" in participant.text
    assert not participant.unlocked()
    participant.go_on()
    participant.choose(participant.options()[0])
    assert "This clip shows" not in participant.text
    assert tasks.page.count('"labels":') == 1


@ONE
def test_practice_comes_once(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """Whoever has practised goes straight to the clips in the study's next task."""
    publish(attention_items=0)
    participant.driver.get(tasks.address("FIRST"))
    participant.begin()
    assert participant.heading.startswith("Practice")
    participant.choose("Unclear")
    participant.go_on()
    tasks.page = tasks.page.replace('"hit":"b001-r1"', '"hit":"b002-r1"')
    participant.driver.get(tasks.address("SECOND"))
    participant.begin()
    assert participant.heading == "Question 1 of 3"
    participant.driver.get(tasks.address("THIRD", "ASOMEBODY_ELSE"))
    participant.begin()
    assert participant.heading.startswith("Practice")


def test_preview_shows_everything_and_sends_nothing(
    publish: Publish, tasks: TaskServer, participant: Participant
) -> None:
    """A preview can be walked through to the end, says that it is one, keeps nothing and cannot be sent."""
    publish()
    participant.driver.get(f"{tasks.base}/task?assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE&hitId=HIT1")
    assert "This is a preview" in participant.text
    participant.begin()
    while participant.item:
        participant.go_on()
    assert not participant.see(".bar .primary").is_enabled()
    participant.press(Keys.ENTER)
    assert participant.driver.execute_script("return localStorage.length") == 0
    assert tasks.sent == []


def test_a_reload_in_the_middle_loses_nothing(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """After a reload the same clip is there, answers and orders are kept, and what was measured goes on."""
    design = publish(training_items=0)
    participant.driver.get(tasks.address())
    participant.begin()
    first = participant.item
    participant.choose("Other")
    order = participant.options()
    participant.go_on()
    second = participant.item
    participant.driver.refresh()
    participant.wait(lambda: participant.item == second)
    assert participant.options() == order
    participant.press(Keys.BACKSPACE)
    assert (participant.item, participant.chosen()) == (first, "Other")
    participant.go_on()
    participant.answer_everything(lambda key: "Unclear")
    comment = participant.see("#comment")
    comment.send_keys("reloaded")
    participant.driver.refresh()
    assert participant.see("#comment").get_attribute("value") == "reloaded"
    participant.go_on()
    participant.wait(lambda: tasks.sent)
    answers = answers_in(tasks.sent[0])
    assert first is not None
    assert answers[first]["answer"] == "Other"
    assert len(rows_of(design, tasks.sent[0])) == 4


def test_nothing_of_the_person_is_stored(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """Browser storage holds answers under the assignment's id, never the worker's id, and no cookie is set."""
    publish(training_items=0)
    participant.driver.get(tasks.address("ASSIGNMENT9", "ASECRETWORKER"))
    participant.begin()
    stored = participant.driver.execute_script("return JSON.stringify({...localStorage, ...sessionStorage})")
    assert "ASSIGNMENT9" in stored
    assert "ASECRETWORKER" not in stored
    assert participant.driver.execute_script("return document.cookie") == ""


def test_a_browser_without_storage_can_take_part(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """Where storage is refused the task works; only a reload begins again."""
    publish(training_items=0, attention_items=0)
    refuse = (
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }});"
    )
    with browsers.on_every_page(participant.driver, refuse):
        participant.driver.get(tasks.address())
        participant.begin()
        participant.answer_everything(lambda key: "Unclear")
        participant.go_on()
        participant.wait(lambda: tasks.sent)


def test_sending_twice_sends_once(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """A double click sends one form; going back afterwards shows that it was sent."""
    publish(training_items=0, attention_items=0)
    participant.driver.get(tasks.address())
    participant.begin()
    participant.answer_everything(lambda key: "Unclear")
    participant.driver.execute_script(
        "const send = document.querySelector('.bar .primary'); send.click(); send.click(); send.click();"
    )
    participant.wait(lambda: participant.driver.title == "Thank you")
    assert len(tasks.sent) == 1
    participant.driver.get(tasks.address())
    assert participant.heading == "Your answers have been sent"
    assert len(tasks.sent) == 1


def test_answers_survive_a_refusal(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """When the platform refuses (the time is over), its words are shown, and the answers are still there."""
    publish(training_items=0, attention_items=0)
    participant.driver.get(tasks.address())
    participant.begin()
    participant.answer_everything(lambda key: "Unclear")
    tasks.refuse_answers = True
    participant.see(".bar .primary").click()
    participant.wait(lambda: "The time for this task is over" in participant.text)
    tasks.refuse_answers = False
    participant.driver.back()
    participant.wait(lambda: participant.heading == "One last thing")
    participant.see(".bar .primary").click()
    participant.wait(lambda: participant.driver.title == "Thank you")
    assert {answer["answer"] for answer in answers_in(tasks.sent[0]).values()} == {"Unclear"}


def test_two_tabs_do_not_undo_each_other(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """The tab opened last goes on; the other says so, can be closed unasked, and can take over with all answers."""
    publish(training_items=0, attention_items=0)
    driver = participant.driver
    driver.get(tasks.address())
    participant.begin()
    participant.choose("Other")
    participant.go_on()
    first_tab = driver.current_window_handle
    driver.switch_to.new_window("tab")
    driver.get(tasks.address())
    second = participant.item
    participant.choose("Unclear")
    participant.go_on()
    third = participant.item
    driver.switch_to.window(first_tab)
    participant.wait(lambda: participant.heading == "This task is open in another tab")
    take_over = participant.see("main button")
    assert driver.execute_script(ASKS_BEFORE_LEAVING) is False
    driver.execute_script(  # the other tab goes on writing, which replaces no button under anybody's finger
        "const key = 'vidgen:ASSIGNMENT1', newValue = localStorage.getItem(key);"
        "dispatchEvent(new StorageEvent('storage', {key, newValue}));"
    )
    take_over.click()
    assert participant.item == third
    participant.press(Keys.BACKSPACE)
    assert (participant.item, participant.chosen()) == (second, "Unclear")


def test_leaving_with_unsent_answers_warns(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """The browser asks before it leaves a begun task, not before one that was only opened."""
    publish(training_items=0)
    driver = participant.driver
    driver.get(tasks.address())
    assert driver.execute_script(ASKS_BEFORE_LEAVING) is False
    participant.begin()
    assert driver.execute_script(ASKS_BEFORE_LEAVING) is True


def test_a_missing_video_falls_back(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """A clip that cannot be loaded is shown as GIF, the error is counted, and the answer unlocks."""
    publish(training_items=0, attention_items=0)
    tasks.missing = {".mp4"}
    participant.driver.get(tasks.address())
    participant.begin()
    assert participant.see(".picture img").get_attribute("src").partition("?")[0].endswith(".gif")
    assert "simpler version" in participant.see(".note").text
    participant.answer_everything(lambda key: "Unclear")
    participant.go_on()
    participant.wait(lambda: tasks.sent)
    for answer in answers_in(tasks.sent[0]).values():
        assert answer["playback_errors"] == 1
        assert (answer["answer"], answer["watched_fraction"]) == ("Unclear", 1)


def test_no_clip_at_all_can_be_retried_or_skipped(
    publish: Publish, tasks: TaskServer, participant: Participant
) -> None:
    """Without video and fallback a retry works once the clip is back, and a way on sends no answer."""
    design = publish(training_items=0, attention_items=0)
    tasks.missing = {".mp4", ".gif"}
    participant.driver.get(tasks.address())
    participant.begin()
    first = participant.item
    participant.wait(lambda: "This clip could not be loaded" in participant.text)
    (shown,) = (design.video(item.video_id).file_name for item in design.hits[0].items if item.key == first)
    tasks.missing = {path.name for path in tasks.media.iterdir() if path.stem != Path(shown).stem}
    participant.see(".cover .primary").click()
    participant.choose("Other")
    participant.go_on()
    second = participant.item
    skip = participant.wait(
        lambda: [
            one for one in participant.driver.find_elements("css selector", ".cover button") if "without" in one.text
        ]
    )
    skip[0].click()
    assert "Skipped" in participant.text
    tasks.missing = set()
    participant.go_on()
    participant.answer_everything(lambda key: "Unclear")
    participant.go_on()
    participant.wait(lambda: tasks.sent)
    answers = answers_in(tasks.sent[0])
    assert first is not None
    assert second is not None
    assert (answers[first]["answer"], answers[first]["playback_errors"]) == ("Other", 2)
    assert answers[second]["answer"] is None
    assert len(rows_of(design, tasks.sent[0])) == 2


def test_blocked_autoplay_leaves_a_button(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """Where a browser refuses to start a clip by itself, a button starts it and the refusal is counted."""
    publish(training_items=0, attention_items=0)
    block = (
        "const play = HTMLMediaElement.prototype.play; HTMLMediaElement.prototype.play = function () {"
        " return navigator.userActivation.isActive ? play.call(this)"
        " : Promise.reject(new DOMException('autoplay', 'NotAllowedError')); };"
    )
    with browsers.on_every_page(participant.driver, block):
        participant.driver.get(tasks.address())
        participant.driver.execute_script("for (const _ of [1, 2]) document.querySelector('.bar .primary').click();")
        first = participant.item
        participant.see(".cover .primary").click()
        participant.choose("Other")
    stored = participant.driver.execute_script("return JSON.parse(localStorage.getItem('vidgen:ASSIGNMENT1')).items")
    assert stored[first]["playback_errors"] == 1
    assert stored[first]["answers"]["naming"]["answer"] == "Other"


def test_a_slow_clip_offers_a_retry(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """While a clip is on its way the page says so, and after a while offers to load it again."""
    publish(training_items=0, attention_items=0)
    tasks.delivering.clear()
    hurry = "const wait = window.setTimeout; window.setTimeout = (action, ms) => wait(action, ms / 20);"
    with browsers.on_every_page(participant.driver, hurry):
        participant.open(tasks.address())
        participant.begin()
        participant.wait(lambda: "Loading the clip …" in participant.text)
        participant.wait(lambda: participant.see(".cover button").text == "Try again")
        participant.see(".cover button").click()
        tasks.delivering.set()
        participant.wait(participant.unlocked)


def test_without_javascript_there_is_a_message(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """Where scripts are off, the page says what to do and shows nothing that does not work."""
    publish()
    with browsers.without_scripts(participant.driver):
        participant.driver.get(tasks.address())
        shown = participant.driver.find_element("tag name", "body").text
    assert shown.startswith("This task needs JavaScript.")
    assert shown.endswith("or return the task.")


def test_japanese(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """A study in Japanese says everything in Japanese, its options too where it translates them."""
    publish(language="ja", option_texts={"ball going left": "左へ動くボール"}, training_items=0)
    participant.driver.get(tasks.address())
    assert participant.driver.execute_script("return document.documentElement.lang") == "ja"
    assert participant.heading == "はじめる前に"
    participant.begin()
    assert {"左へ動くボール", "その他", "わからない"} < set(participant.see(".options").text.split("\n"))
    assert "ball going left" in participant.options()


@pytest.mark.browser("chromium", "firefox")
def test_a_whole_task_by_touch_on_a_small_phone(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """At 320×640 fingers do the whole task: nothing sticks out, and what is touched is at least 44 pixels high."""
    publish()
    driver = participant.driver
    browsers.emulate(driver, 320, 640, touch=True)
    driver.get(tasks.address())
    for _ in range(8):
        assert browsers.overflow(driver) == 0
        small = driver.execute_script(
            "return [...document.querySelectorAll('.option, .bar button')].filter(one => one.offsetHeight < 44).length"
        )
        assert small == 0
        if participant.item:
            participant.wait(participant.unlocked)
            participant.tap(driver.find_elements("css selector", ".option")[1])
            participant.wait(participant.chosen)
        participant.go_on(participant.tap)
    participant.wait(lambda: driver.title == "Thank you")
    assert {answer["answer"] for answer in answers_in(tasks.sent[0]).values()} <= set(
        answers_in(tasks.sent[0])["v00"]["options"]
    )


@ONE
@pytest.mark.parametrize("dark", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["light", "dark"])
def test_every_step_is_accessible(dark: bool, publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """axe-core finds nothing on any step, in either colour scheme, with every state that a step can have."""
    publish(contact="ask@example.org")
    driver = participant.driver
    browsers.emulate(driver, 390, 800, dark=dark, touch=True)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = browsers.axe(driver)

    driver.get(tasks.address("ASSIGNMENT_ID_NOT_AVAILABLE"))
    look("preview")
    driver.get(tasks.address())
    look("consent")
    participant.go_on()
    look("instructions")
    participant.go_on()
    look("practice, locked")
    participant.choose("Unclear")
    look("practice, answered")
    participant.go_on()
    while participant.item:
        if participant.item.startswith("a"):
            look("attention")
        participant.choose("Other")
        look(f"item {participant.item}")
        participant.go_on()
    look("comment")
    tasks.missing = {".mp4"}
    browsers.emulate(driver, 1280, 800, dark=dark)
    driver.get(tasks.address("ANOTHER", "AWORKER2"))
    participant.begin()
    participant.see(".picture img")
    look("fallback")
    tasks.missing = {".mp4", ".gif"}
    publish(training_items=0)
    driver.get(tasks.address("AND-ANOTHER", "AWORKER3"))
    participant.begin()
    participant.wait(lambda: "could not be loaded" in participant.text)
    look("no clip")
    assert len(found) == 13
    assert {name: problems for name, problems in found.items() if problems} == {}


ATTACK = '<img src=x onerror="window.attacked=1"><script>window.attacked=1</script></script>]]>{{7*7}}${7*7}'


@ONE
def test_markup_in_a_study_is_shown_as_text(tasks: TaskServer, participant: Participant, tmp_path: Path) -> None:
    """Labels, file names, methods, wording, title, consent and contact with script tags in them do nothing."""
    clip = next(tasks.media.glob("*.mp4")).read_bytes()
    rows = []
    for take in range(4):
        name = f"{take}<script>window.attacked=1</script>\"'&?#.mp4".replace("/", "⁄")
        (tmp_path / name).write_bytes(clip)
        rows.append({"file_name": name, "method": "real", "label": f"{ATTACK}{take % 2}"})
    write_metadata(tmp_path, rows)
    words = {"start": f"start {ATTACK}", "next": f"next {ATTACK}", "preview": ATTACK, "progress": ATTACK}
    study = Study.from_videos(
        tmp_path, title=ATTACK[:128], consent=ATTACK, contact=ATTACK, question=f"q {ATTACK}", wording=words
    )
    planned = design(study, read_videos(tmp_path))
    tasks.media = tmp_path
    tasks.page = render_page(study, planned, planned.hits[0], lambda name: f"{tasks.base}/media/{quote(name)}")
    driver = participant.driver
    driver.get(tasks.address())
    assert driver.title == ATTACK[:128]
    assert ATTACK in participant.text
    participant.go_on()
    assert f"start {ATTACK}" in participant.text
    participant.go_on()
    assert f"next {ATTACK}" in participant.text
    assert f"q {ATTACK}" in participant.text
    assert f"{ATTACK}1" in participant.options()
    participant.answer_everything(lambda key: f"{ATTACK}1")
    participant.see("#comment").send_keys(ATTACK)
    participant.go_on()
    participant.wait(lambda: tasks.sent)
    assert driver.execute_script("return window.attacked") is None
    rows_sent = rows_of(planned, tasks.sent[0])
    assert {row["comment"] for row in rows_sent} == {ATTACK}
    assert {row["answer"] for row in rows_sent} == {f"{ATTACK}1"}
    driver.get(tasks.address())
    assert driver.execute_script("return window.attacked") is None
