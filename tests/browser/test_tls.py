"""Participants in real browsers that reach the server through a real proxy with TLS, set up as deploy/ does it."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException

from crowd.design.study import Study
from crowd.lifecycle.collect import collect
from crowd.lifecycle.publish import publish
from crowd.localplatform import invite, running
from tests import browsers
from tests.browser.conftest import SMALL
from tests.browser.participant import Participant
from tests.browser.test_deadlines import CLOCK, seconds_left, warning
from tests.browser.test_sending import WAITING
from tests.reverseproxy import CADDY, NGINX, authority, deployed_caddy, deployed_nginx, free_port, nginx
from tests.trusted import CERTUTIL

needs_certutil = pytest.mark.skipif(not CERTUTIL, reason="no certutil on this machine: Debian's package libnss3-tools")
pytestmark = [pytest.mark.thorough, pytest.mark.browser("chromium", "firefox"), needs_certutil]

#: The proxies of deploy/; each needs its program.
PROXIES: dict[str, tuple[Callable[[Path, str], AbstractContextManager[str]], str | None]] = {
    "Caddy": (deployed_caddy, CADDY),
    "nginx": (deployed_nginx, NGINX),
}
#: Two clips and an attention item.
ITEMS = 3
STUDY = SMALL | {"answers_per_video": 2, "training_items": 0, "videos_per_hit": 2}
#: Which browser meets which proxy.
PAIRS = [("chromium", "Caddy"), ("firefox", "nginx")]
#: Counts how often a page has asked the server for something.
COUNT_TRIES = "const ask = fetch; window.tries = 0; window.fetch = (...all) => { window.tries++; return ask(...all); };"
#: What a proxy may say of the address that was asked for: nothing, or what is not true.
HEADERS = {
    "missing": "",
    "wrong": "proxy_set_header Host evil.example; proxy_set_header X-Forwarded-Proto http;"
    "proxy_set_header X-Forwarded-Host evil.example; proxy_set_header X-Forwarded-Prefix /evil;"
    "proxy_set_header X-Forwarded-For unknown; proxy_set_header Forwarded host=evil.example;",
}


@dataclass(frozen=True)
class Way:
    """A browser that trusts one authority alone, and a proxy whose certificate is of that authority."""

    driver: webdriver.Remote
    address: str
    port: int
    """Where the proxy expects the server."""
    folder: Path
    """Where the certificate is."""


@pytest.fixture(scope="module", params=PAIRS, ids=" and ".join)
def way(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    """The two, started once for each pair."""
    browser, proxy = request.param
    start, program = PROXIES[proxy]
    if not program:
        pytest.skip(f"no {proxy} on this machine")
    folder, port = tmp_path_factory.mktemp("proxy"), free_port()
    with (
        start(folder, f"http://127.0.0.1:{port}") as address,
        browsers.start(browser, authority=authority(folder)) as driver,
    ):
        yield Way(driver, address, port, folder)


@dataclass(frozen=True)
class Online:
    """A published study of one small task for two people, behind the proxy, and somebody before the browser."""

    participant: Participant
    study_dir: Path
    address: str
    upstream: str

    def link(self) -> str:
        """A new participant's own link."""
        return self.address + invite(self.study_dir, 1)[0]

    def join(self, person: str) -> str:
        """Where the panel sends that person."""
        return f"{self.address}/join?who={person}"

    def back(self, person: str) -> str:
        """Where the panel wants them when they are done: a page that is there, behind the same proxy."""
        return f"{self.address}/healthz?done={person}"

    def is_done(self, person: str) -> bool:
        """Whether the browser shows the way back to the panel, or has gone it."""
        shown = "[location.href, document.getElementById('back-to-recruiter')?.href]"
        return bool(self.participant.driver.execute_script(f"return {shown}.includes(arguments[0])", self.back(person)))

    def send(self, person: str) -> None:
        """Send the answers from the last step, and see the way back."""
        press_send(self.participant)
        self.participant.wait(lambda: self.is_done(person))

    def answers(self) -> pd.DataFrame:
        """The answers of everybody who has finished, a row for each item."""
        collect(self.study_dir)
        return pd.read_parquet(self.study_dir / "answers.parquet")


@contextmanager
def serving(way: Way, address: str, study_dir: Path, videos: Path) -> Iterator[Online]:
    """The study, served behind the proxy at that address; the browser is in its first state."""
    browsers.reset(way.driver)
    panel = {"id_parameter": "who", "complete": f"{address}/healthz?done={{id}}"}
    study_dir.mkdir()
    Study.from_videos(videos, **STUDY, recruiter="panel", recruit={"panel": panel}).save(study_dir / "study.toml")
    with running(study_dir, port=way.port, public_url=address, trusted_proxies=["127.0.0.1"]) as server:
        publish(study_dir, videos)
        yield Online(Participant(way.driver), study_dir, address, server.endpoint_url)


@pytest.fixture
def online(way: Way, tmp_path: Path, four_clips: Path) -> Iterator[Online]:
    """The study behind the pair's proxy."""
    with serving(way, way.address, tmp_path / "study", four_clips) as online:
        yield online


def begin(participant: Participant, address: str) -> None:
    """Take the task at the link, or by way of the panel, and see its first item, in its frame."""
    participant.take(address)
    participant.go_on()


def resume(participant: Participant, address: str) -> None:
    """Go on with a task that was begun, and see an item, in its frame."""
    participant.driver.get(address)
    participant.see(".card a").click()
    participant.into_frame()
    participant.wait(lambda: participant.item)


def press_send(participant: Participant) -> None:
    """Send the answers from the last step, and leave its frame."""
    participant.see(".bar .primary").click()
    participant.driver.switch_to.default_content()


def answer_everything(participant: Participant) -> set[str]:
    """Answer with "Unclear" to the last step; the addresses of all that was loaded, as far as the browser tells.

    Firefox lists no clip among a page's resources that it takes from an earlier page without a request.
    """
    look = (
        "return [...performance.getEntriesByType('resource').map(one => one.name),"
        " ...[...document.querySelectorAll('video')].map(clip => clip.currentSrc)]"
    )
    loaded: set[str] = set()

    def choose(key: str) -> str:
        participant.wait(participant.unlocked)
        loaded.update(participant.driver.execute_script(look))
        return "Unclear"

    participant.answer_everything(choose)
    return loaded


def test_a_task_is_done_over_tls(online: Online) -> None:
    """The certificate is believed, the page knows that it is safe, and nothing is loaded without TLS."""
    participant, link = online.participant, online.link()
    begin(participant, link)
    participant.driver.switch_to.default_content()
    assert participant.driver.execute_script("return isSecureContext && location.protocol") == "https:"
    participant.driver.refresh()
    participant.into_frame()
    loaded = answer_everything(participant)
    assert len([one for one in loaded if one.endswith(".mp4")]) == STUDY["videos_per_hit"]
    assert [one for one in loaded if not one.startswith((f"{online.address}/", "data:", "blob:"))] == []
    press_send(participant)
    code = participant.see("#code").text
    participant.driver.get(link)
    assert participant.see(".done code").text == code
    assert len(online.answers()) == ITEMS


def test_a_panel_gets_its_people_back(online: Online) -> None:
    """Sent by a panel, somebody joins, answers, and is led back to it, where their browser ends by itself."""
    participant = online.participant
    begin(participant, online.join("ann"))
    participant.answer_everything(lambda key: "Unclear")
    press_send(participant)
    participant.wait(lambda: participant.address == online.back("ann"))
    participant.driver.get(online.join("ann"))
    participant.wait(lambda: online.is_done("ann"))
    assert len(online.answers()) == ITEMS


@pytest.mark.skipif(not NGINX, reason="no nginx on this machine")
@pytest.mark.parametrize("headers", HEADERS.values(), ids=list(HEADERS))
def test_headers_of_a_proxy_change_nothing(way: Way, tmp_path: Path, four_clips: Path, headers: str) -> None:
    """Under a path and whatever it says of where it stands, its people join, answer and are led back."""
    folder, upstream = tmp_path / "proxy", f"http://127.0.0.1:{way.port}"
    folder.mkdir()
    for file in way.folder.glob("*.pem"):
        shutil.copy(file, folder)
    with (
        nginx(folder, upstream, path="/study", strip=True, tls=True, headers=headers) as address,
        serving(way, address, tmp_path / "study", four_clips) as online,
    ):
        begin(online.participant, online.join("ann"))
        online.participant.answer_everything(lambda key: "Unclear")
        online.send("ann")
        assert len(online.answers()) == ITEMS


def test_a_certificate_of_nobody_known_is_refused(online: Online, tmp_path: Path) -> None:
    """The test's authority is what makes the browser believe: another one's certificate stops it."""
    folder = tmp_path / "other"
    folder.mkdir()
    start = deployed_caddy if CADDY else deployed_nginx
    with start(folder, online.upstream) as address:
        try:
            online.participant.driver.get(f"{address}/healthz")
            shown = online.participant.driver.page_source
        except WebDriverException as error:
            shown = str(error)
    assert "<pre" not in shown
    assert re.search("(?i)cert|privacy error", shown)


def test_two_people_share_a_browser(online: Online) -> None:
    """The second one's task holds nothing of the first one's, who is in the middle; each gives their own answers."""
    participant = online.participant
    begin(participant, online.join("ann"))
    participant.choose("Other")
    participant.go_on()
    participant.driver.switch_to.default_content()
    begin(participant, online.join("bob"))
    assert participant.chosen() is None
    participant.answer_everything(lambda key: "Unclear")
    online.send("bob")
    participant.wait(lambda: participant.address == online.back("bob"))  # else it would go there in the middle
    resume(participant, online.join("ann"))
    participant.answer_everything(lambda key: "Other")
    online.send("ann")
    given = [set(rows["answer"]) for _, rows in online.answers().groupby("worker_id")]
    assert sorted(given, key=sorted) == [{"Other"}, {"Unclear"}]


@pytest.mark.parametrize("minutes", [35, -35])
def test_a_clock_that_is_wrong_changes_nothing(online: Online, minutes: int) -> None:
    """The time left is the server's, and the task can be done."""
    participant = online.participant
    with browsers.on_every_page(participant.driver, CLOCK.replace("SHIFT", str(minutes * 60))):
        begin(participant, online.join("ann"))
        participant.driver.switch_to.default_content()
        assert 1700 <= seconds_left(participant) <= 1800
        participant.into_frame()
        participant.answer_everything(lambda key: "Unclear")
        participant.driver.switch_to.default_content()
        assert warning(participant) == ""
        participant.into_frame()
        online.send("ann")
    assert len(online.answers()) == ITEMS


def test_two_tabs_send_one_set_of_answers(online: Online) -> None:
    """Begun in one tab and finished in another, the task is sent once; the first tab finds out by itself."""
    participant, driver = online.participant, online.participant.driver
    begin(participant, online.join("ann"))
    participant.choose("Other")
    participant.go_on()
    first_tab = driver.current_window_handle
    driver.switch_to.new_window("tab")
    resume(participant, online.join("ann"))
    participant.answer_everything(lambda key: "Unclear")
    online.send("ann")
    driver.switch_to.window(first_tab)
    participant.wait(lambda: online.is_done("ann"))
    assert sorted(online.answers()["answer"]) == ["Other", *["Unclear"] * (ITEMS - 1)]


def test_a_network_that_goes_and_comes_back_loses_nothing(online: Online) -> None:
    """Offline from the middle of the task on: sending fails again and again, and works when the network is back."""
    participant = online.participant
    with browsers.on_every_page(participant.driver, COUNT_TRIES):
        begin(participant, online.join("ann"))
    participant.choose("Other")
    with browsers.offline(participant.driver):
        participant.go_on()
        participant.answer_everything(lambda key: "Unclear")
        participant.see(".bar .primary").click()
        participant.wait(lambda: participant.heading == WAITING)
        assert "not sent yet" in participant.text
        participant.wait(lambda: participant.driver.execute_script("return window.tries > 2"))
        assert participant.heading == WAITING
    participant.driver.switch_to.default_content()
    participant.wait(lambda: online.is_done("ann"))
    assert sorted(online.answers()["answer"]) == ["Other", *["Unclear"] * (ITEMS - 1)]
