"""The report, section by section, for `tests.screenshots`."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from selenium import webdriver

from tests.analysis.tables import full_report
from tests.screenshots import scene


@scene("report")
def report_page(driver: webdriver.Chrome) -> Iterator[str]:
    """The first screen, then each section from its heading, with its closed parts open."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "report.html")
        path.write_text(full_report(path.parent).to_html(), encoding="utf-8")
        driver.get(path.as_uri())
        yield "first"
        driver.execute_script("document.querySelectorAll('details').forEach(part => part.open = true)")
        for heading in driver.find_elements("css selector", "h2"):
            driver.execute_script("arguments[0].scrollIntoView()", heading)
            yield heading.get_attribute("id") or "section"
