"""Participants in real browsers that reach the server through a real proxy with TLS, set up as deploy/ does it."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
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
from tests.reverseproxy import CADDY, NGINX, authority, deployed_caddy, deployed_nginx, free_port
from tests.trusted import CERTUTIL

needs_certutil = pytest.mark.skipif(not CERTUTIL, reason="no certutil on this machine: Debian's package libnss3-tools")
# Slow: two cases wait a real minute, and two others have failed beside other tests.
pytestmark = [pytest.mark.slow, pytest.mark.browser("chromium", "firefox"), needs_certutil]

#: The proxies of deploy/; each needs its program.
PROXIES: dict[str, tuple[Callable[[Path, str], AbstractContextManager[str]], str | None]] = {
    "Caddy": (deployed_caddy, CADDY),
    "nginx": (deployed_nginx, NGINX),
}
#: Two clips and an attention item.
ITEMS = 3
#: Which browser meets which proxy.
PAIRS = [("chromium", "Caddy"), ("firefox", "nginx")]


@dataclass(frozen=True)
class Way:
    """A browser that trusts one authority alone, and a proxy whose certificate is of that authority."""

    driver: webdriver.Remote
    address: str
    port: int
    """Where the proxy expects the server."""


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
        yield Way(driver, address, port)


@dataclass(frozen=True)
class Online:
    """A published study of one small task for two people, behind the proxy, and somebody before the browser."""

    participant: Participant
    study_dir: Path
    address: str
    upstream: str

    def invite(self) -> str:
        """A new participant's link."""
        return self.address + invite(self.study_dir, 1)[0]

    def answers(self) -> pd.DataFrame:
        """The answers of everybody who has finished, a row for each item."""
        collect(self.study_dir)
        return pd.read_parquet(self.study_dir / "answers.parquet")


@pytest.fixture
def online(way: Way, tmp_path: Path, four_clips: Path) -> Iterator[Online]:
    """The study, served until the test ends; the browser is in its first state."""
    browsers.reset(way.driver)
    Study.from_videos(four_clips, **SMALL | {"answers_per_video": 2, "training_items": 0, "videos_per_hit": 2}).save(
        tmp_path / "study.toml"
    )
    with running(tmp_path, port=way.port, public_url=way.address, trusted_proxies=["127.0.0.1"]) as server:
        publish(tmp_path, four_clips)
        yield Online(Participant(way.driver), tmp_path, way.address, server.endpoint_url)


def begin(participant: Participant, link: str) -> None:
    """Take the task at the link, and see its first item, in its frame."""
    participant.take(link)
    participant.go_on()


def send(participant: Participant) -> str:
    """Send the answers from the last step; the completion code."""
    participant.see(".bar .primary").click()
    participant.driver.switch_to.default_content()
    return participant.see("#code").text


def test_a_task_is_done_over_tls(online: Online) -> None:
    """The certificate is believed, the page knows that it is safe, and nothing is loaded without TLS."""
    participant, link = online.participant, online.invite()
    begin(participant, link)
    participant.driver.switch_to.default_content()
    assert participant.driver.execute_script("return isSecureContext && location.protocol") == "https:"
    participant.driver.refresh()
    participant.into_frame()
    participant.answer_everything(lambda key: "Unclear")
    loaded = participant.driver.execute_script("return performance.getEntriesByType('resource').map(one => one.name)")
    assert loaded
    assert [one for one in loaded if not one.startswith((f"{online.address}/", "data:", "blob:"))] == []
    code = send(participant)
    participant.driver.get(link)
    assert participant.see(".done code").text == code
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
    """The second one's task holds nothing of the first one's, who is in the middle; each gets their own answers."""
    participant = online.participant
    first, second = online.invite(), online.invite()
    begin(participant, first)
    participant.choose("Other")
    participant.go_on()
    participant.driver.switch_to.default_content()
    begin(participant, second)
    assert participant.chosen() is None
    participant.answer_everything(lambda key: "Unclear")
    codes = {send(participant)}
    participant.driver.get(first)
    participant.see(".card a").click()
    participant.into_frame()
    participant.wait(lambda: participant.item)
    participant.answer_everything(lambda key: "Other")
    codes.add(send(participant))
    assert len(codes) == 2
    given = [set(rows["answer"]) for _, rows in online.answers().groupby("worker_id")]
    assert sorted(given, key=sorted) == [{"Other"}, {"Unclear"}]


@pytest.mark.parametrize("minutes", [35, -35])
def test_a_clock_that_is_wrong_changes_nothing(online: Online, minutes: int) -> None:
    """The time left is the server's, and the task can be done."""
    participant = online.participant
    with browsers.on_every_page(participant.driver, CLOCK.replace("SHIFT", str(minutes * 60))):
        begin(participant, online.invite())
        participant.driver.switch_to.default_content()
        assert 1700 <= seconds_left(participant) <= 1800
        participant.into_frame()
        participant.answer_everything(lambda key: "Unclear")
        participant.driver.switch_to.default_content()
        assert warning(participant) == ""
        participant.into_frame()
        send(participant)
    assert len(online.answers()) == ITEMS


def test_two_tabs_send_one_set_of_answers(online: Online) -> None:
    """Begun in one tab and finished in another, the task is sent once; both show its completion code."""
    participant, link = online.participant, online.invite()
    driver = participant.driver
    begin(participant, link)
    participant.choose("Other")
    participant.go_on()
    first_tab = driver.current_window_handle
    driver.switch_to.new_window("tab")
    driver.get(link)
    participant.see(".card a").click()
    participant.into_frame()
    participant.wait(lambda: participant.item)
    participant.answer_everything(lambda key: "Unclear")
    code = send(participant)
    driver.switch_to.window(first_tab)
    driver.get(link)
    assert participant.see(".done code").text == code
    assert sorted(online.answers()["answer"]) == ["Other", *["Unclear"] * (ITEMS - 1)]


def test_a_minute_without_a_network_loses_nothing(online: Online) -> None:
    """Offline from the middle of the task on, for a minute: the answers arrive when the network is back.

    The minute is waited for, since the pauses between attempts grow meanwhile to a quarter of it.
    """
    participant = online.participant
    begin(participant, online.invite())
    participant.choose("Other")
    with browsers.offline(participant.driver):
        cut = time.monotonic()
        participant.go_on()
        participant.answer_everything(lambda key: "Unclear")
        participant.see(".bar .primary").click()
        participant.wait(lambda: participant.heading == WAITING)
        assert "not sent yet" in participant.text
        participant.wait(lambda: time.monotonic() - cut > 60 and participant.heading == WAITING)
    participant.driver.switch_to.default_content()
    participant.see("#code")
    assert sorted(online.answers()["answer"]) == ["Other", *["Unclear"] * (ITEMS - 1)]
