"""Pictures of what participants see: every different screen of a study's task, in Chromium."""

import base64
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from crowd.design.design import Design
from crowd.design.study import Study
from crowd.simulated.browser import open_browser, screens
from crowd.simulated.qualities import all_alike
from crowd.simulated.response_probabilities import by_accuracy
from crowd.simulated.workers import ResponseStyle, SimulatedWorker
from crowd.task.page import page_data, page_of

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

#: The address of the page names nobody, and no server that could keep anything.
_QUERY = "?assignmentId=EXAMPLE&workerId=EXAMPLE&hitId=EXAMPLE&turkSubmitTo=https%3A%2F%2Fexample.invalid"
#: What tells screens apart: their heading without numbers, their questions, and how many clips they show.
_LOOK = """return JSON.stringify([
  document.querySelector('h1').textContent.replace(/[0-9]+/g, ''),
  [...document.querySelectorAll('fieldset[data-question]')].map((one) => one.dataset.question),
  document.querySelectorAll('main video, main img').length])"""


def screenshots(study: Study, design: Design, videos_dir: Path, *, pay: str = "") -> list[bytes]:
    """A picture of every different screen of the first task, in its order, as PNG.

    A program answers in Chromium, and each clip plays once, so this takes as long as the task's clips last.

    Args:
        study: the settings.
        design: as published.
        videos_dir: the videos.
        pay: what pages say of the pay (`crowd.task.page.pay_shown`).

    Raises:
        ModuleNotFoundError: selenium is not installed.
        ValueError: Chromium is missing, or the page does not do what it should.
    """
    from selenium.common.exceptions import WebDriverException  # selenium is an extra

    try:
        return list(_taken(study, design, videos_dir, pay).values())
    except WebDriverException as error:
        raise ValueError(f"browser: {(error.msg or type(error).__name__).splitlines()[0]}") from error


def _taken(study: Study, design: Design, videos_dir: Path, pay: str) -> dict[str, bytes]:
    """The pictures by how screens look."""
    hit = design.hits[0]
    task = page_data(study, design, hit, lambda name: (videos_dir / name).resolve().as_uri(), pay=pay)
    worker = SimulatedWorker(design, by_accuracy(1, design.options), ResponseStyle(), 0, "example", all_alike)
    taken: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder, open_browser() as driver:
        page = Path(folder) / "task.html"
        page.write_text(page_of(task, study.language), encoding="utf-8")
        driver.get(page.as_uri() + _QUERY)
        for shown in screens(driver, task, design, worker):
            look = str(shown.execute_script(_LOOK))
            if look not in taken:
                taken[look] = _picture(shown)
    return taken


def _picture(driver: "WebDriver") -> bytes:
    """The whole page, also what is below the window's edge."""
    driver.execute_script("window.scrollTo(0, 0)")
    shown = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
    return base64.b64decode(shown["data"])
