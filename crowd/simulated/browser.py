"""Simulated participants that drive a real Chromium: they watch and click as a person would, in real time."""

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from crowd.design.design import Design, HitDesign
from crowd.questions.question import pressed
from crowd.simulated.qualities import Qualities, all_alike
from crowd.simulated.response_probabilities import ResponseProbabilities
from crowd.simulated.workers import JSON, ResponseStyle, SimulatedWorker, open_hits
from crowd.task.clip_data import task_in
from crowd.task.ordering import shown_order

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver
    from selenium.webdriver.remote.webelement import WebElement

Answer = TypeVar("Answer")

#: Longest wait for anything on the page, in seconds.
PATIENCE_S = 60
#: From one question to the next, in seconds.
POLL_S = 0.03
#: Chromium without a window, which asks nothing of the network by itself.
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
)


def browse(
    links: Sequence[str],
    design: Design,
    probabilities: ResponseProbabilities,
    *,
    style: ResponseStyle | None = None,
    seed: int = 0,
    qualities: Qualities = all_alike,
    callback: Callable[[str], None] = lambda assignment_id: None,
) -> list[str]:
    """Let one simulated participant per link do every HIT it is offered, in Chromium; gives the assignments' ids.

    Raises:
        ModuleNotFoundError: selenium is not installed.
        ValueError: Chromium is missing, or the page did not do what it should.
    """
    done = []
    with open_browser() as driver, httpx.Client(timeout=PATIENCE_S, trust_env=False) as client:
        for number, link in enumerate(links):
            worker = SimulatedWorker(design, probabilities, style or ResponseStyle(), seed, str(number), qualities)
            refused: set[str] = set()
            while offered := [hit_id for hit_id in open_hits(_home(client, link)) if hit_id not in refused]:
                accepted = client.post(f"{link}/hits/{offered[0]}/accept", headers=JSON)
                if not accepted.is_success:
                    refused.add(offered[0])
                    continue
                frame_url = urljoin(str(accepted.url), accepted.json()["frame_url"])
                _do_task(driver, frame_url, client.get(frame_url).text, design, worker)
                done.append(accepted.json()["assignment_id"])
                callback(done[-1])
    return done


def _home(client: httpx.Client, link: str) -> dict[str, Any]:
    home: dict[str, Any] = client.get(link, headers=JSON).raise_for_status().json()
    return home


def until(ask: Callable[[], Answer], patience_s: float = PATIENCE_S) -> Answer:
    """Ask the page until the answer is true, and give that answer.

    While one page takes another's place, browsers answer with any of a dozen errors (elements that are stale, documents
    that were unloaded, unhandled inspector errors, frames that are gone): they all mean "ask again". `ask` must do
    nothing but ask, and ask one thing, so that no answer is half of one page and half of the next.

    Raises:
        selenium.common.exceptions.TimeoutException: it does not become true; the browser's last error is its cause.
    """
    from selenium.common import exceptions

    late, last = time.monotonic() + patience_s, None
    while time.monotonic() < late:
        try:
            if answer := ask():
                return answer
            last = None
        except (exceptions.InvalidSessionIdException, exceptions.UnexpectedAlertPresentException):
            raise
        except exceptions.WebDriverException as error:
            last = error
        time.sleep(POLL_S)
    raise exceptions.TimeoutException(f"not so within {patience_s} s" + (f": {last.msg}" if last else "")) from last


def _do_task(driver: "WebDriver", frame_url: str, page: str, design: Design, worker: SimulatedWorker) -> None:
    """Go through one task, from consent to sending."""
    task = task_in(page)
    sent_to = urljoin(frame_url, parse_qs(urlsplit(frame_url).query)["turkSubmitTo"][0])
    driver.get(frame_url)
    for _ in screens(driver, task, design, worker):
        pass
    driver.find_element("css selector", ".bar .primary").click()
    address = _wait(
        driver,
        "return !document.getElementById('task') && document.readyState === 'complete' && location.href",
    )
    if not str(address).startswith(sent_to.rstrip("/") + "/thanks/"):
        words = re.sub(r"\s+", " ", driver.find_element("tag name", "body").text)
        raise ValueError(f"browser: sending was refused: {words[:200]}")


def screens(
    driver: "WebDriver", task: Mapping[str, Any], design: Design, worker: SimulatedWorker
) -> Iterator["WebDriver"]:
    """Go through the task that is open, and give the browser at each screen, once it is answered; the last one sends.

    Raises:
        ValueError: the page does not do what it should.
    """
    hit = design.hit(task["hit"])
    for _ in range(len(hit.items) + 9):
        _count_tones_if_asked(driver)
        _pass_quiz_if_asked(driver, task)
        _answer_if_asked(driver, task, hit, worker)
        _wait(driver, "return document.querySelector('.bar .primary:enabled')")
        last = bool(driver.find_elements("id", "comment"))
        yield driver
        if last:
            return
        driver.execute_script("document.querySelector('h1').dataset.left = ''")
        driver.find_element("css selector", ".bar .primary").click()
        _wait(driver, "return document.querySelector('h1:not([data-left])')")
    raise ValueError(f"browser: the task at {driver.current_url} does not come to its end")


def _count_tones_if_asked(driver: "WebDriver") -> None:
    """Pass the sound check, which a program does not hear: it counts the tones as they are made."""
    if not driver.find_elements("css selector", ".sound-check"):
        return
    tones = driver.execute_script(
        "const start = OscillatorNode.prototype.start; let tones = 0;"
        "OscillatorNode.prototype.start = function (at) { tones++; return start.call(this, at); };"
        "document.querySelector('.sound-check > button').click();"
        "OscillatorNode.prototype.start = start; return tones;"
    )
    driver.find_elements("css selector", ".tones button")[tones - 1].click()


def _answer_if_asked(driver: "WebDriver", task: Mapping[str, Any], hit: HitDesign, worker: SimulatedWorker) -> None:
    """Answer the questions that are shown, once they are unlocked."""
    shown = driver.find_elements("css selector", "section[data-item]")
    if shown:
        item = next(item for item in hit.items if item.key == shown[0].get_attribute("data-item"))
        query = parse_qs(urlsplit(driver.current_url).query)
        worker_id = query.get("workerId", query["assignmentId"])[0]
        order = shown_order(len(item.video_ids), item.key, task["seed"], worker_id)
        answers = worker.answer(item, 0, 0, order)["answers"]
        _wait(driver, "return !document.querySelector('fieldset').disabled")
    else:
        answers = worker.once()
    for fieldset in driver.find_elements("css selector", "fieldset[data-question]"):
        question = worker.question(str(fieldset.get_attribute("data-question")))
        if question.id in answers and fieldset.is_displayed():
            for selector, entered in question.actions(answers[question.id]["answer"]):
                _act(driver, fieldset.find_element("css selector", selector), entered)


def _pass_quiz_if_asked(driver: "WebDriver", task: Mapping[str, Any]) -> None:
    """Give the right answers, and let the page check them."""
    if not driver.find_elements("css selector", "input[name='quiz-0']"):
        return
    for place, question in enumerate(task["quiz"]):
        selector, _ = pressed(question["right"], f"quiz-{place}")
        _act(driver, driver.find_element("css selector", selector), None)
    _wait(driver, "return document.querySelector('.bar .primary:enabled')")
    driver.find_element("css selector", ".bar .primary").click()
    _wait(driver, "return document.querySelector('.bar .message.right')")


def _act(driver: "WebDriver", element: "WebElement", entered: str | None) -> None:
    """Click on an element of the page, move a slider to a place, or type."""
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    if entered is None:
        until(lambda: _clicked(driver, element))
    elif element.get_attribute("type") == "range":
        driver.execute_script(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))",
            element,
            entered,
        )
    else:
        element.send_keys(entered)


def _clicked(driver: "WebDriver", element: "WebElement") -> bool:
    """Click, unless something else is in front while the page scrolls."""
    from selenium.common.exceptions import ElementClickInterceptedException

    try:
        element.click()
    except ElementClickInterceptedException:
        driver.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
        return False
    return True


def _wait(driver: "WebDriver", script: str) -> Any:
    """What the script gives, as soon as that is true.

    Raises:
        ValueError: it does not become so.
    """
    from selenium.common.exceptions import TimeoutException

    try:
        return until(lambda: driver.execute_script(script))
    except TimeoutException as error:
        raise ValueError(f"browser: waited {PATIENCE_S} s at {driver.current_url} for: {script}") from error


def find_chromium() -> str:
    """The path of Chromium.

    Raises:
        ValueError: it is missing.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        raise ValueError("browser: the program chromium is not on PATH; install Chromium and chromedriver")
    return program


def find_programs() -> tuple[str, str]:
    """The paths of Chromium and of its driver, after a look whether selenium is there.

    Raises:
        ModuleNotFoundError: selenium is not installed.
        ValueError: a program is missing.
    """
    import selenium  # noqa: F401

    program, driver_program = find_chromium(), shutil.which("chromedriver")
    if not driver_program:
        raise ValueError("browser: the program chromedriver is not on PATH; install Chromium and chromedriver")
    return program, driver_program


@contextmanager
def open_browser() -> Iterator["WebDriver"]:
    """A headless Chromium with a profile of its own.

    Raises:
        ModuleNotFoundError: selenium is not installed.
        ValueError: Chromium or its driver is missing.
    """
    program, driver_program = find_programs()
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ChromeOptions()
        options.binary_location = program
        for flag in FLAGS:
            options.add_argument(flag)
        options.add_argument("--window-size=1000,900")
        options.add_argument(f"--user-data-dir={profile}")
        driver = Chrome(options, Service(driver_program))
        try:
            yield driver
        finally:
            driver.quit()
