"""The local platform's pages, for `tests.screenshots`; simulated participants answer their study."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver

from crowd.design.study import Study
from crowd.lifecycle.publish import publish
from crowd.localplatform import Running, invite, running
from crowd.localplatform.clock import Clock, ManualClock, wall_clock
from crowd.localplatform.people import end_visit
from crowd.recruiters import Outcome
from crowd.simulated.http import simulate_study
from crowd.simulated.response_probabilities import by_accuracy
from tests.browser.participant import Participant
from tests.crowd.clips import write_videos
from tests.screenshots import scene


@contextmanager
def _study(clock: Clock = wall_clock, **values: Any) -> Iterator[tuple[Path, Running]]:
    """Two HITs for five people each; three programs have done them."""
    with tempfile.TemporaryDirectory() as directory:
        videos_dir, study_dir = write_videos(Path(directory) / "videos", per_label=4), Path(directory) / "study"
        study_dir.mkdir()
        values = {"answers_per_video": 5, "training_items": 0, "attention_items": 0, **values}
        study = Study.from_videos(videos_dir, **values)
        study.save(study_dir / "study.toml")
        with running(study_dir, clock=clock) as server:
            publish(study_dir, videos_dir)
            simulate_study(study_dir, 3, by_accuracy(0.8, study.all_options), seed=1)
            yield study_dir, server


@scene("participant")
def participant_pages(driver: webdriver.Chrome) -> Iterator[str]:
    """From the link to the completion code."""
    with _study() as (study_dir, server):
        (link,) = invite(study_dir, 1)
        home = server.endpoint_url + link
        person = Participant(driver)
        driver.get(home)
        yield from _up_to_instructions(person)
        person.go_on()
        person.wait(person.unlocked)
        yield "work"
        person.answer_everything(lambda key: "Unclear")
        person.see(".bar .primary").click()
        driver.switch_to.default_content()
        person.see("#code")
        yield "thanks"
        driver.get(home)
        yield "home-later"
        driver.get(home[:-3] + "abc")
        yield "unknown-link"


@scene("deadline")
def deadline(driver: webdriver.Chrome) -> Iterator[str]:
    """A task that runs out of time, with a grace period."""
    clock = ManualClock()
    with _study(clock, grace_s=100, payment="in cash after the session", contact="ask@example.org") as (
        study_dir,
        server,
    ):
        person = Participant(driver)
        (link,) = invite(study_dir, 1)
        person.take(server.endpoint_url + link)
        person.go_on()
        driver.switch_to.default_content()
        for view, seconds, words in (("warning", 1750, "nearly over"), ("grace", 60, "still taken"), ("late", 91, "")):
            clock.advance(seconds)
            driver.execute_script("document.dispatchEvent(new Event('visibilitychange'))")
            person.wait(lambda words=words: words in person.text if words else "not lost" in person.text)
            yield view
        driver.get(server.endpoint_url + link)
        yield "home"


@scene("recruited")
def recruited(driver: webdriver.Chrome) -> Iterator[str]:
    """What people see whom a panel sends."""
    yield from _recruited(driver)


@scene("recruited-japanese")
def recruited_in_japanese(driver: webdriver.Chrome) -> Iterator[str]:
    """The same in Japanese."""
    yield from _recruited(driver, language="ja", title="短い動画を見て、何が映っているかを答える")


def _recruited(driver: webdriver.Chrome, **values: Any) -> Iterator[str]:
    """From the panel's address to every way out; the browser stays on the pages that lead back."""
    elsewhere = "https://panel.example/back?who={id}"
    codes = {"no_consent": "N0-C0NSENT", "screened_out": elsewhere, "full": elsewhere}
    panel = {"id_parameter": "who", "session_parameter": "visit", "complete": elsewhere} | codes
    quiz = ({"text": "How often?", "options": ["once", "twice"], "right": "once"},)
    values |= {"quiz": quiz, "quiz_failed": "end", "contact": "study@example.org", "tasks_per_participant": 2}
    with _study(**values, recruiter="panel", recruit={"panel": panel}) as (study_dir, server):
        person = Participant(driver)
        join = f"{server.endpoint_url}/join?visit={{0}}&who={{0}}"
        driver.get(join.format("ann"))
        yield from _up_to_instructions(person)
        person.go_on()
        yield "quiz"
        for right in (False, True):
            person.see(f"label:has(input[value={'once' if right else 'twice'}])").click()
            person.see(".bar .primary:enabled").click()
            person.see(".message.right" if right else ".message.not-right")
            yield "quiz-right" if right else "quiz-wrong"
        person.go_on()
        person.wait(person.unlocked)
        yield "work"
        yield from _through(person, "sent-one-of-two")
        driver.get(join.format("ann"))
        yield "home-one-of-two"
        person.see(".card button").click()
        person.agree()
        person.go_on()
        yield from _through(person, "thanks")
        driver.get(join.format("ann"))
        yield "end-complete"
        driver.get(join.format("ann").replace("visit=ann", "visit=new"))
        yield "came-before"
        driver.get(join.format("bob"))
        person.see(".card button").click()
        person.into_frame()
        person.see(".bar nav button:not(.primary)").click()
        driver.switch_to.default_content()
        person.see("#code")
        yield "end-no-consent"
        driver.get(join.format("cid"))
        person.see("main > form button").click()
        person.see(".fine")
        yield "end-device"
        driver.get(join.format("dan"))
        person.see(".card button").click()
        person.agree()
        person.go_on()
        for _ in range(2):
            person.see("label:has(input[value=twice])").click()
            person.see(".bar .primary:enabled").click()
        driver.switch_to.default_content()
        person.see("#back-to-recruiter")
        yield "end-screened-out"
        for who, outcome in (("eve", Outcome.TIMED_OUT), ("fay", Outcome.RETURNED), ("gil", Outcome.FULL)):
            driver.get(join.format(who))
            end_visit(study_dir, "panel", who, outcome)
            driver.get(join.format(who))
            yield f"end-{outcome}"
        driver.get(join.format("").replace("visit=", ""))
        yield "nobody"
        driver.get(join.format("%7B%7B%25ID%25%7D%7D"))
        yield "placeholder"


def _through(person: Participant, view: str) -> Iterator[str]:
    """Answer everything and send it; what is shown then."""
    person.answer_everything(lambda key: "Unclear")
    person.see(".bar .primary").click()
    person.driver.switch_to.default_content()
    person.wait(lambda: "/thanks/" in person.address)
    yield view


@scene("requester")
def requester_page(driver: webdriver.Chrome) -> Iterator[str]:
    """How far the study is."""
    with _study() as (_, server):
        driver.get(server.endpoint_url + server.requester_path)
        yield "progress"


def _up_to_instructions(person: Participant) -> Iterator[str]:
    """From the list of tasks, through consent, into the first task."""
    yield "home"
    person.see(".card button").click()
    person.into_frame()
    yield "consent"
    person.driver.switch_to.default_content()
    person.agree()
    yield "instructions"
