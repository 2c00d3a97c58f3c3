"""The documentation site: its pages, its links, its tutorial, and what a browser makes of it."""

import json
import os
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

from docs import generate_site, generate_study_file, generate_tutorial
from docs.generate_site import ROOT, TARGET, linked, outside_code, pages
from tests import browsers

CONFIG = tomllib.loads(generate_site.CONFIG.read_text(encoding="utf-8"))["project"]
#: Pages in the navigation or on their way to it; records of measurements are linked by those that quote them.
PAGES = {source: address for source, address in pages().items() if not address.startswith("benchmarks/")}
#: What differs between pages: a home page, code, tables, pictures, mathematics, the longest one.
LOOKED_AT = ("index", "tutorial", "gallery", "study-file", "questions", "statistics", "examples/pairwise", "cli")


def addresses(nav: Any) -> list[str]:
    """The pages of a navigation, in its order."""
    if isinstance(nav, str):
        return [nav]
    entries = nav if isinstance(nav, list) else nav.values()
    return [address for entry in entries for address in addresses(entry)]


def test_the_navigation_has_every_page_once() -> None:
    """A page that is added is found by readers, and none is listed that does not exist."""
    assert sorted(addresses(CONFIG["nav"])) == sorted(PAGES.values())


@pytest.mark.parametrize("source", pages())
def test_links_lead_to_files_of_the_repository(source: str) -> None:
    """On a code host and in a checkout as well as on the site."""
    for part in outside_code((ROOT / source).read_text(encoding="utf-8"))[::2]:
        for found in TARGET.finditer(part):
            assert linked(source, found[2])


def test_a_link_to_nothing_is_an_error(tmp_path: Path) -> None:
    """It names the page and the target."""
    with pytest.raises(FileNotFoundError, match=r"docs/faq.md: links to gone.md"):
        linked("docs/faq.md", "gone.md")


def test_the_study_file_is_up_to_date() -> None:
    """docs/study-file.md is what `python -m docs.generate_study_file` writes today."""
    written = generate_study_file.PAGE.read_text(encoding="utf-8")
    assert written == generate_study_file.text(), "run: python -m docs.generate_study_file"


def test_the_notebook_is_up_to_date() -> None:
    """docs/tutorial.ipynb is what `python -m docs.generate_tutorial` writes today."""
    written = generate_tutorial.PAGE.read_text(encoding="utf-8")
    assert written == generate_tutorial.text(), "run: python -m docs.generate_tutorial"


@pytest.mark.thorough
def test_the_tutorial_runs_in_a_notebook(tmp_path: Path) -> None:
    """Its cells run from top to bottom where an event loop runs already, and call the participants simulated."""
    cells = json.loads(generate_tutorial.PAGE.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    (tmp_path / "cells.json").write_text(json.dumps(code), encoding="utf-8")
    script = """
import asyncio, json
async def notebook():
    names = {"__name__": "__main__"}
    for cell in json.load(open("cells.json", encoding="utf-8")):
        exec(cell, names)
asyncio.run(notebook())
"""
    run = [sys.executable, "-c", script]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert "24 clips\n" in done.stdout
    assert "simulated: True\n" in done.stdout
    found = {name: int(rate) for name, rate in re.findall(r"^(\w+): net win rate (-?\d+)%", done.stdout, re.MULTILINE)}
    assert found["smooth"] > 20 > found["jerky"]
    assert "Simulated participants" in (tmp_path / "tutorial/rehearsal/report/report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site, without a warning."""
    if find_spec("zensical") is None:
        pytest.skip("no zensical: `make docs` installs it")
    place = tmp_path_factory.mktemp("docs")
    assert generate_site.build(place) == 0
    return place / "build/site"


@pytest.mark.thorough
def test_the_site_is_built_and_loads_nothing_from_elsewhere(site: Path) -> None:
    """Every page is there, all can be searched, and no script, style, font or picture is another site's."""
    search = (site / "search.json").read_text(encoding="utf-8")
    for address in PAGES.values():
        page = (site / address).with_suffix(".html")
        text = page.read_text(encoding="utf-8")
        assert f'"{address.removesuffix(".md")}.html' in search
        assert not re.search(r"""<(?:script|img|iframe|source)[^>]+src="?(?:https?:)?//""", text)
        assert not re.search(r"""<link[^>]+rel="?(?:stylesheet|preconnect)[^>]+href="?(?:https?:)?//""", text)


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and prints no line for each."""

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    """The address of the site on a server of files."""
    handler = partial(Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.thorough
@pytest.mark.browser("chromium")
def test_pages_can_be_searched(served: str, browser: webdriver.Remote) -> None:
    """Words lead to the page that has them."""
    browser.get(f"{served}/index.html?q=Plackett")
    wait = WebDriverWait(browser, 30)
    wait.until(lambda driver: "statistics.html" in (driver.page_source or ""))


@pytest.mark.thorough
@pytest.mark.browser("chromium")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_pages_can_be_read_by_everybody(served: str, browser: webdriver.Remote, width: int, dark: bool) -> None:
    """Axe finds nothing, no page is wider than the screen, and no script fails."""
    browsers.emulate(browser, width, 800, dark=dark, touch=width < 600)
    for name in LOOKED_AT:
        browser.get(f"{served}/{name}.html")
        assert browsers.axe(browser) == [], name
        assert browsers.overflow(browser) <= 0, name
    assert browsers.console(browser) == []
