"""What tests of pages rely on: the same commands do the same in every browser."""

import base64
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.common.print_page_options import PrintOptions

from tests import browsers
from tests.browser.participant import Participant

pytestmark = pytest.mark.browser
PAGE = """<!DOCTYPE html><html lang="en"><meta name="viewport" content="width=device-width"><title>Page</title>
<h1>Page</h1><p>Some text</p><input id="name" aria-label="name">
<p id="off">Scripts are off</p><script>document.getElementById("off").remove()</script>
<button onclick="document.documentElement.requestFullscreen()">Full screen</button>
<button id="ask" onclick="confirm('Well?')">Ask</button>
<iframe id="inner" srcdoc="<p>Inner text</p>"></iframe></html>"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the page is; it allows no scripts from elsewhere."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Security-Policy", "img-src 'none'")
            self.end_headers()
            self.wfile.write(PAGE.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def person(browser: webdriver.Remote, address: str) -> Participant:
    """Somebody who has opened the page."""
    browser.get(address)
    return Participant(browser)


def test_screens(person: Participant) -> None:
    """A page has the size, the colours and the kind of pointer that it is shown with, at any width."""
    seen = (
        "return [innerWidth, innerHeight, matchMedia('(prefers-color-scheme: dark)').matches, 'ontouchstart' in window]"
    )
    for width, height, dark, touch in ((320, 640, True, True), (1280, 800, False, False)):
        browsers.emulate(person.driver, width, height, dark=dark, touch=touch)
        person.driver.refresh()
        assert person.driver.execute_script(seen) == [width, height, dark, touch]


def test_the_console_has_errors_and_broken_policies(person: Participant) -> None:
    """Whatever a page writes, throws, or loads against its own policy is read once."""
    assert [line for line in browsers.console(person.driver) if "favicon" not in line] == []
    person.driver.execute_script(
        "console.warn('written'); setTimeout(() => { throw new Error('thrown') });"
        "document.body.append(Object.assign(new Image(), {src: '/picture.png'}));"
    )
    found: list[str] = []

    def complete() -> bool:
        found.extend(browsers.console(person.driver))
        return all(any(words in line for line in found) for words in ("written", "thrown", "Content"))

    person.wait(complete)
    assert not [line for line in browsers.console(person.driver) if "written" in line]


def test_a_page_that_is_replaced_while_it_is_asked(person: Participant) -> None:
    """Whatever the browser answers while fifty pages take each other's place, a condition is true in the last one."""
    again = "sessionStorage.n = Number(sessionStorage.n || 0) + 1;"
    again += "if (sessionStorage.n < 50) addEventListener('load', () => location.reload());"

    def last() -> bool:
        heading = person.driver.find_element("tag name", "h1")
        return heading.is_displayed() and person.driver.execute_script("return sessionStorage.n >= 50")

    with browsers.on_every_page(person.driver, again):
        person.driver.execute_script("location.reload()")
        person.wait(last)


def test_scripts_before_a_page_s_own_and_none_at_all(person: Participant) -> None:
    """A script is run in every page for a while; for another while no script of the page is."""
    with browsers.on_every_page(person.driver, "window.early = 1"):
        person.driver.refresh()
        assert person.driver.execute_script("return window.early") == 1
    with browsers.without_scripts(person.driver):
        person.driver.refresh()
        assert "Scripts are off" in person.text
    person.driver.refresh()
    assert person.driver.execute_script("return window.early") is None
    assert "Scripts are off" not in person.text


def test_a_reset_leaves_nothing(person: Participant, address: str) -> None:
    """Tabs, cookies, storage and emulation of one test are gone in the next."""
    driver = person.driver
    driver.execute_script("localStorage.a = sessionStorage.a = document.cookie = 'a=1'")
    browsers.emulate(driver, 320, 640, dark=True, touch=True)
    driver.switch_to.new_window("tab")
    browsers.reset(driver)
    assert len(driver.window_handles) == 1
    assert driver.current_url == "about:blank"
    driver.get(address)
    assert driver.execute_script("return localStorage.length + sessionStorage.length + document.cookie.length") == 0
    assert driver.execute_script("return innerWidth") == 1280


def test_hands_and_eyes(person: Participant) -> None:
    """Keys, clicks, frames, alerts, history, pictures and print work alike."""
    driver = person.driver
    name = driver.find_element("id", "name")
    name.click()
    person.press("Ada", Keys.BACKSPACE)
    assert name.get_attribute("value") == "Ad"
    driver.switch_to.frame("inner")
    assert person.text == "Inner text"
    driver.switch_to.default_content()
    person.see("#ask").click()
    person.wait(lambda: driver.switch_to.alert.text == "Well?")
    driver.switch_to.alert.accept()
    driver.get("about:blank")
    driver.back()
    person.wait(lambda: driver.title == "Page")
    assert driver.get_screenshot_as_png().startswith(b"\x89PNG")
    assert base64.b64decode(driver.print_page(PrintOptions())).startswith(b"%PDF")
    assert browsers.overflow(driver) == 0
    assert not [line for line in browsers.axe(driver) if line.startswith("html-has-lang")]


def test_full_screen(person: Participant) -> None:
    """A click can fill the screen with the page, and Escape is the way back."""
    person.driver.find_element("tag name", "button").click()
    person.wait(lambda: person.driver.execute_script("return Boolean(document.fullscreenElement)"))
    person.driver.execute_script("document.exitFullscreen()")
    person.wait(lambda: not person.driver.execute_script("return Boolean(document.fullscreenElement)"))
