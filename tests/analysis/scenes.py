"""The report, section by section, for `tests.screenshots`."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from selenium import webdriver

from analysis import analyse
from tests.analysis.questions.tables import every_kind
from tests.analysis.tables import full_report
from tests.screenshots import scene


def sections(driver: webdriver.Chrome, page: str) -> Iterator[str]:
    """The first screen of a report, then each section from its heading, with its closed parts open."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "report.html")
        path.write_text(page, encoding="utf-8")
        driver.get(path.as_uri())
        yield "first"
        driver.execute_script("document.querySelectorAll('details').forEach(part => part.open = true)")
        for heading in driver.find_elements("css selector", "h2"):
            driver.execute_script("arguments[0].scrollIntoView()", heading)
            yield heading.get_attribute("id") or "section"


@scene("report")
def report_page(driver: webdriver.Chrome) -> Iterator[str]:
    """A report on naming with every section."""
    with tempfile.TemporaryDirectory() as directory:
        page = full_report(Path(directory)).to_html()
    yield from sections(driver, page)


@scene("report-of-questions")
def questions_page(driver: webdriver.Chrome) -> Iterator[str]:
    """A report on one question of every kind."""
    yield from sections(driver, analyse(every_kind()).to_html())
