"""The report in a real Chromium: readable on a phone, on a desk and on paper, by everybody."""

import base64
import re
from pathlib import Path

import pytest
from selenium import webdriver

from tests import chromium as headless
from tests.analysis.tables import full_report

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a saved report."""
    directory = tmp_path_factory.mktemp("report")
    path = directory / "report.html"
    path.write_text(full_report(directory).to_html(), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize(
    ("width", "height", "dark"), [(360, 640, False), (360, 640, True), (1280, 800, False), (1280, 800, True)]
)
def test_screens(chromium: webdriver.Chrome, page: str, width: int, height: int, dark: bool) -> None:
    """On a phone and a desk, light and dark: nothing overflows, axe finds nothing, the console is silent."""
    headless.emulate(chromium, width, height, dark=dark, touch=width < 500)
    chromium.get(page)
    chromium.execute_script("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert headless.overflow(chromium) <= 0
    assert headless.axe(chromium) == []
    assert headless.console(chromium) == []


@pytest.mark.parametrize(("width", "height"), [(360, 640), (1280, 800)])
def test_first_screen(chromium: webdriver.Chrome, page: str, width: int, height: int) -> None:
    """The first screen says that participants are simulated, which method wins, by how much, how sure and for whom."""
    headless.emulate(chromium, width, height, touch=width < 500)
    chromium.get(page)
    for selector, words in (
        (".notice", "Simulated participants:"),
        ("h1", "proposed is recognised more often than comparison, by"),
        (".answer", "95 % interval"),
        (".answer", "p = .0"),
        (".answer", "new videos"),
    ):
        element = chromium.find_element("css selector", selector)
        assert words in element.text
        assert element.rect["y"] + element.rect["height"] <= height, selector


def test_paper(chromium: webdriver.Chrome, page: str) -> None:
    """Printed, no part is cut off: every table and figure keeps within the page, and closed parts are open."""
    chromium.get(page)
    headless.emulate(chromium, 680, 960)
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    wide = chromium.execute_script(
        "return [...document.querySelectorAll('table, svg, p')].filter(part => part.scrollWidth > 680).length"
    )
    hidden = chromium.execute_script("return document.querySelector('table.heat').getBoundingClientRect().height")
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert wide == 0
    assert hidden > 50
    pdf = base64.b64decode(chromium.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    assert pdf.startswith(b"%PDF")
    assert headless.console(chromium) == []


def test_self_contained(page: str) -> None:
    """The page names no other file or host: nothing to load, nothing to run."""
    text = Path(page.removeprefix("file://")).read_text(encoding="utf-8")
    assert "http" not in text
    assert "<script" not in text
    assert all(part.startswith("data:") or part.startswith("#") for part in parts(text))


def parts(text: str) -> list[str]:
    """Every address in the page."""
    return re.findall(r'(?:src|href)="([^"]*)"', text)
