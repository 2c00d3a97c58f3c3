"""The report in a real Chromium: readable on a phone, on a desk and on paper, by everybody."""

import base64
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from selenium import webdriver

from analysis import Report, analyse
from crowd.simulated.browser import until
from tests import chromium as headless
from tests.analysis.questions.tables import every_kind
from tests.analysis.tables import full_report, interim_report, table

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a saved report."""
    directory = tmp_path_factory.mktemp("report")
    path = directory / "report.html"
    path.write_text(full_report(directory).to_html(), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize(
    ("width", "height", "dark"),
    [
        (360, 640, False),
        pytest.param(360, 640, True, marks=pytest.mark.thorough),
        pytest.param(1280, 800, False, marks=pytest.mark.thorough),
        (1280, 800, True),
    ],
)
def test_screens(chromium: webdriver.Chrome, page: str, width: int, height: int, dark: bool) -> None:
    """On a phone and a desk, light and dark: nothing overflows, axe finds nothing, the console is silent."""
    headless.emulate(chromium, width, height, dark=dark, touch=width < 500)
    chromium.get(page)
    chromium.execute_script("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert headless.overflow(chromium) <= 0
    assert headless.axe(chromium) == []
    assert headless.console(chromium) == []


@pytest.mark.thorough
@pytest.mark.parametrize(("width", "height", "dark"), [(360, 640, True), (1280, 800, False)])
def test_every_kind_of_question(
    chromium: webdriver.Chrome, tmp_path: Path, width: int, height: int, dark: bool
) -> None:
    """A report on one question of every kind does not overflow, axe finds nothing, and the console is silent."""
    path = tmp_path / "report.html"
    path.write_text(analyse(every_kind()).to_html(), encoding="utf-8")
    headless.emulate(chromium, width, height, dark=dark, touch=width < 500)
    chromium.get(path.as_uri())
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
        (".answer", "p < .0001"),
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
    """The page names no other file or host: nothing to load, and nothing to run but what pauses its own videos."""
    text = Path(page.removeprefix("file://")).read_text(encoding="utf-8")
    assert "http" not in text
    assert text.count("<script") == text.count("<script>(function () {") == 1
    assert all(part.startswith("data:") or part.startswith("#") for part in parts(text))


def parts(text: str) -> list[str]:
    """Every address in the page."""
    return re.findall(r'(?:src|href)="([^"]*)"', text)


#: Names that break layouts: right to left, CJK, markup, 170 characters with and without spaces.
ODD = (
    "قطة تقفز فوق السور.",
    "כלב רץ (מהר)!",
    "猫が走っている動画です",
    "a very long description, " * 7,
    "Wort" * 42,
    "<i>x</i> & $$",
)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report whose methods and labels have such names."""
    report = analyse(table({"طريقة جديدة": 0.85, "שיטה": 0.5, ODD[4]: 0.6}, labels=ODD, workers=6))
    return saved(report, tmp_path_factory.mktemp("odd"))


def saved(report: Report, directory: Path) -> str:
    """The address of a report's page."""
    path = directory / "report.html"
    path.write_text(report.to_html(), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("width", [320, *(pytest.param(one, marks=pytest.mark.thorough) for one in (390, 1280))])
def test_names_of_any_script(chromium: webdriver.Chrome, odd: str, width: int) -> None:
    """Long names wrap, so that no screen scrolls sideways and nothing of a name lies outside its cell."""
    headless.emulate(chromium, width, 800, touch=width < 500)
    chromium.get(odd)
    chromium.execute_script("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert headless.overflow(chromium) <= 0
    assert headless.axe(chromium) == []
    cut = chromium.execute_script(
        "return [...document.querySelectorAll('th, h1, .name > *, .key li')]"
        ".filter(part => part.scrollWidth > part.clientWidth + 1 && part.clientWidth).map(part => part.outerHTML)"
    )
    assert cut == []


def test_right_to_left(chromium: webdriver.Chrome, odd: str) -> None:
    """Labels written right to left stay right and in their direction, in sentences written left to right."""
    chromium.get(odd)
    found = chromium.execute_script(
        "return [...document.querySelectorAll('#classes ~ details th.name, .chart.tight .name span')]"
        ".map(part => [part.textContent, getComputedStyle(part).direction, getComputedStyle(part).textAlign])"
    )
    for label in ODD[:2]:
        assert {(way, side) for text, way, side in found if text == label} == {("rtl", "right")}
    assert {way for text, way, _ in found if text in ODD[2:]} == {"ltr"}
    title = chromium.find_element("css selector", "h1")
    assert title.value_of_css_property("direction") == "ltr"
    assert "\u2068طريقة جديدة\u2069" in title.text


def test_films(chromium: webdriver.Chrome, page: str) -> None:
    """Sample videos play by themselves, muted and in a loop, with nothing over them, until one button stops them."""
    chromium.get(page)
    films = "[...document.querySelectorAll('.films video')]"
    for quality in ("autoplay", "muted", "loop", "playsInline"):
        assert chromium.execute_script(f"return {films}.every(film => film.{quality})"), quality
    assert not chromium.execute_script(f"return {films}.some(film => film.controls)")
    until(lambda: chromium.execute_script(f"return {films}.every(film => !film.paused)"))
    button = chromium.find_element("id", "pause")
    assert button.text == "Pause all"
    button.click()
    assert chromium.execute_script(f"return {films}.every(film => film.paused)")
    button.click()
    assert not chromium.execute_script(f"return {films}.some(film => film.paused)")


def test_reduced_motion(chromium: webdriver.Chrome, page: str) -> None:
    """Whoever asks their system for less motion sees videos that stand still until they start them."""
    reduced = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": reduced})
    chromium.get(page)
    films = "[...document.querySelectorAll('.films video')]"
    assert chromium.execute_script(f"return {films}.every(film => film.paused)")
    chromium.find_element("id", "pause").click()
    assert not chromium.execute_script(f"return {films}.some(film => film.paused)")


def test_interim_on_every_printed_page(chromium: webdriver.Chrome, tmp_path: Path) -> None:
    """Every printed page of an unfinished study of programs says both."""
    chromium.get(saved(interim_report(tmp_path), tmp_path))
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    running = chromium.find_element("css selector", ".running")
    assert running.value_of_css_property("display") == "table-header-group"
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(base64.b64decode(chromium.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]))
    if shutil.which("pdftotext"):
        text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True).stdout.decode()
        pages = text.split("\f")[:-1]
        assert len(pages) > 3
        for one in pages:
            assert "Simulated participants, not people" in one.splitlines()[0]
            assert "INTERIM: 40 of 198 tasks are in" in one.splitlines()[0]


@pytest.mark.thorough
def test_many_labels(chromium: webdriver.Chrome, tmp_path: Path) -> None:
    """With hundreds of labels their figure and table are closed, and the page stays a few screens long."""
    labels = tuple(f"thing {number}" for number in range(240))
    chromium.get(saved(analyse(table({"a": 0.9, "b": 0.6}, labels=labels, videos=1, workers=3)), tmp_path))
    height = chromium.execute_script("return document.documentElement.scrollHeight")
    assert height < 12 * 800
    assert headless.overflow(chromium) <= 0
    assert not chromium.find_elements("css selector", "table.heat")
    assert "Confusion tables of 240 labels are left out" in chromium.find_element("css selector", "main").text
