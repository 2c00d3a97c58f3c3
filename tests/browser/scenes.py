"""The task page step by step, for `tests.screenshots`."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver

from crowd.design.blocks import design
from crowd.design.study import Study
from crowd.task.page import render_page
from crowd.videos.metadata import read_videos
from tests.browser.participant import Participant
from tests.browser.taskserver import TaskServer, serving
from tests.crowd.clips import write_videos
from tests.screenshots import scene

OBJECTS = ("car", "rocket", "airplane", "ship", "bicycle")
LABELS = (*(f"{thing} moving {way}" for thing in OBJECTS for way in ("left", "right")), "balloon moving up")


@contextmanager
def _task(**values: Any) -> Iterator[TaskServer]:
    """A study like the paper's: eleven labels and "Other" and "Unclear"."""
    with tempfile.TemporaryDirectory() as directory:
        sound = values.get("sound") == "on"
        videos_dir = write_videos(Path(directory), methods=("new", "real"), labels=LABELS, per_label=2, sound=sound)
        values = {"training_items": 1, "videos_per_hit": 4, "contact": "study@example.org", **values}
        study = Study.from_videos(videos_dir, **values)
        planned = design(study, read_videos(videos_dir))
        with serving(videos_dir) as tasks:
            tasks.page = render_page(study, planned, planned.hits[0], lambda name: f"{tasks.base}/media/{name}")
            yield tasks


@scene("task-page")
def task_page(driver: webdriver.Chrome) -> Iterator[str]:
    """Every step in English."""
    with _task() as tasks:
        yield from _steps(Participant(driver), tasks)


@scene("task-page-japanese")
def task_page_in_japanese(driver: webdriver.Chrome) -> Iterator[str]:
    """Every step in Japanese, the options too."""
    things = dict(zip(OBJECTS, ("車", "ロケット", "飛行機", "船", "自転車"), strict=True))
    ways = {"left": "左", "right": "右"}
    texts = {f"{thing} moving {way}": f"{ways[way]}へ動く{things[thing]}" for thing in OBJECTS for way in ways}
    title = "短い動画を見て、何が映っているかを答える"
    with _task(language="ja", title=title, option_texts=texts | {"balloon moving up": "上へ動く風船"}) as tasks:
        yield from _steps(Participant(driver), tasks)


@scene("clips")
def clips(driver: webdriver.Chrome) -> Iterator[str]:
    """Declared sizes, full screen, a sound check, and labels that are long or run from the right."""
    participant = Participant(driver)
    sizes: tuple[int | str, ...] = ("native", 640)
    for size in sizes:
        with _task(size=size, training_items=0) as tasks:
            driver.get(tasks.address())
            participant.begin()
            participant.wait(participant.unlocked)
            yield f"size-{size}"
    participant.see(".controls button:last-child").click()
    participant.wait(lambda: driver.execute_script("return document.fullscreenElement"))
    yield "full-screen"
    with _task(sound="on", training_items=0) as tasks:
        driver.get(tasks.address("SOUND", "AWORKER2"))
        yield "sound-consent"
        participant.begin()
        participant.see(".sound-check > button").click()
        yield "sound-check"
    texts = {LABELS[0]: "سيارة تتحرك إلى اليسار.", LABELS[1]: "a car that goes to the right " * 6, LABELS[2]: "x" * 170}
    with _task(option_texts=texts, training_items=0, question="ماذا يظهر هذا الفيديو؟") as tasks:
        driver.get(tasks.address("TEXTS", "AWORKER3"))
        participant.begin()
        participant.wait(participant.unlocked)
        yield "labels"


def _steps(participant: Participant, tasks: TaskServer) -> Iterator[str]:
    driver = participant.driver
    driver.get(tasks.address("ASSIGNMENT_ID_NOT_AVAILABLE"))
    yield "preview"
    driver.get(tasks.address())
    yield "consent"
    participant.go_on()
    yield "instructions"
    participant.go_on()
    participant.wait(lambda: not participant.driver.find_element("class name", "cover").is_displayed())
    yield "practice"
    participant.choose(participant.options()[0])
    yield "feedback"
    participant.go_on()
    seen: set[str] = set()
    while participant.item:
        name = "attention" if participant.item.startswith("a") else "answered"
        participant.choose(participant.options()[3])
        if name not in seen:
            yield name
        seen.add(name)
        participant.go_on()
    yield "comment"
    tasks.missing = {".mp4"}
    tasks.page = tasks.page.replace('.mp4"', '.mp4?again"')  # Chromium remembers the clips under their old address
    driver.get(tasks.address("OTHER", "AWORKER2"))
    participant.begin()
    participant.wait(lambda: driver.find_elements("css selector", ".picture img"))
    participant.wait(participant.unlocked)
    yield "fallback"
    tasks.missing = {".mp4", ".gif"}
    tasks.page = tasks.page.replace('.gif"', '.gif?again"')
    driver.get(tasks.address("THIRD", "AWORKER3"))
    participant.begin()
    participant.wait(lambda: driver.find_elements("css selector", ".cover .primary"))
    yield "no-clip"
