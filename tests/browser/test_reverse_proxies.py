"""Participants in Chromium behind reverse proxies: under a path, with TLS before them, with headers lost on the way."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from crowd.design.study import Study
from crowd.lifecycle.collect import collect
from crowd.lifecycle.publish import publish
from crowd.localplatform import Running, invite, running
from tests import chromium as headless
from tests.browser.conftest import SMALL
from tests.browser.participant import Participant
from tests.crowd.clips import LABELS, write_videos
from tests.reverseproxy import CADDY, NGINX, caddy, nginx, small_proxy

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

needs_nginx = pytest.mark.skipif(not NGINX, reason="no nginx on this machine")
needs_caddy = pytest.mark.skipif(not CADDY, reason="no caddy on this machine")
FORWARDED = "proxy_set_header Host $host:$server_port; proxy_set_header X-Forwarded-Proto $scheme;"
#: What browsers send to sites with TLS only, and all that tells where a form comes from.
OF_TLS = frozenset({"sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-fetch-user"})
HINTS = OF_TLS | {"referer", "origin"}

#: What stands before the server: which proxy, and whether the server is told its public address.
CASES: dict[str, tuple[Callable[..., AbstractContextManager[str]], dict[str, object], bool]] = {
    "small, at the root": (small_proxy, {"path": "", "strip": True}, False),
    "small, under a path": (small_proxy, {"path": "/study", "strip": True}, False),
    "small, as without TLS": (small_proxy, {"path": "/study", "strip": True, "drop": OF_TLS}, False),
    "small, headers lost": (small_proxy, {"path": "/study", "strip": True, "drop": HINTS}, False),
    "small, no hint but the origin": (small_proxy, {"path": "/a/b", "strip": True, "drop": HINTS - {"origin"}}, True),
    "small, the path passed on": (small_proxy, {"path": "/study", "strip": False}, True),
    "small, TLS": (small_proxy, {"path": "/study", "strip": True, "tls": True}, False),
    "nginx, default headers": (nginx, {"path": "", "strip": False}, False),
    "nginx, under a path": (nginx, {"path": "/study", "strip": True}, False),
    "nginx, a slash too many": (nginx, {"path": "/study", "strip": True, "slash": False}, False),
    "nginx, the path passed on": (nginx, {"path": "/study", "strip": False}, True),
    "nginx, usual headers": (nginx, {"path": "/study", "strip": True, "headers": FORWARDED}, True),
    "Caddy": (caddy, {"path": "", "strip": False}, False),
    "Caddy, under a path": (caddy, {"path": "/study", "strip": True}, True),
    "Caddy, TLS": (caddy, {"path": "/study", "strip": True, "tls": True}, True),
    "nginx, TLS": (nginx, {"path": "/study", "strip": True, "tls": True}, True),
}
#: Nothing listens there.
PANEL = {"id_parameter": "who", "complete": "https://localhost:8443/back?done={id}"}
#: For two people: one with a link of their own, and one whom the panel sends.
STUDY = SMALL | {"answers_per_video": 2, "recruiter": "panel", "recruit": {"panel": PANEL}}
#: The cases of the quick suite; each takes ten seconds.
QUICK = {"small, headers lost", "nginx, default headers"}


def marked(name: str) -> object:
    """The case, with the marks of the programs that it needs."""
    marks = [needs_nginx] * ("nginx" in name) + [needs_caddy] * ("Caddy" in name)
    marks += [pytest.mark.slow] * (name not in QUICK)
    return pytest.param(*CASES[name], id=name, marks=marks)


@pytest.fixture(scope="module")
def videos_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four real clips: one will be practice."""
    return write_videos(tmp_path_factory.mktemp("videos"), methods=("real",), labels=LABELS[:2], per_label=2)


@pytest.fixture(scope="module")
def trusting() -> Iterator[webdriver.Chrome]:
    """A Chromium that takes a certificate that nobody signed."""
    with headless.chromium("--ignore-certificate-errors") as driver:
        yield driver


@pytest.mark.parametrize(("proxy", "options", "told"), [marked(name) for name in CASES])
def test_a_task_is_done_behind_a_reverse_proxy(
    tmp_path: Path,
    videos_dir: Path,
    trusting: webdriver.Chrome,
    proxy: Callable[..., AbstractContextManager[str]],
    options: dict[str, object],
    told: bool,
) -> None:
    """From the link to the completion code, clips played, the requester's page in its style: all at the proxy."""
    headless.reset(trusting)
    study_dir = tmp_path / "study"
    study_dir.mkdir()
    study = Study.from_videos(
        videos_dir, **SMALL | {"answers_per_video": 2}, recruiter="panel", recruit={"panel": PANEL}
    )
    study.save(study_dir / "study.toml")
    with running(study_dir) as first:
        publish(study_dir, videos_dir)
        upstream = first.endpoint_url
    port = int(upstream.rpartition(":")[2])
    with (
        proxy(tmp_path, upstream, **options) as address,
        running(study_dir, port=port, public_url=address if told else None) as server,
    ):
        do_a_task(Participant(trusting), address, study_dir)
        come_from_a_panel(Participant(trusting), address)
        check_requester_page(trusting, address, server)
        assert collect(study_dir).assignments == 2


def do_a_task(person: Participant, address: str, study_dir: Path) -> None:
    """Read the consent, come back, agree, reload, answer everything, send, read the code, and find it on the list."""
    driver, (link,) = person.driver, invite(study_dir, 1)
    home = address + link
    driver.get(home)
    person.see(".card button").click()
    person.wait(lambda: "/hits/" in driver.current_url)
    person.see(".workbar .home").click()
    person.wait(lambda: driver.current_url == home)
    person.take(home)
    driver.switch_to.default_content()
    driver.refresh()
    person.into_frame()
    person.go_on()
    keys = person.answer_everything(lambda key: "Unclear")
    assert len(keys) == 5
    assert not driver.find_elements(By.CSS_SELECTOR, ".picture img"), "clips play, not what stands in for them"
    person.see(".bar .primary").click()
    driver.switch_to.default_content()
    code = person.see("#code").text
    assert driver.current_url.startswith(f"{home}/thanks/")
    driver.find_element(By.CSS_SELECTOR, "main a").click()
    person.wait(lambda: driver.current_url == home)
    assert person.see(".done code").text == code
    usual = ("escape its sandboxing", "'beforeunload' confirmation panel")  # the reload above had nobody's gesture
    assert [line for line in headless.console(driver) if not any(words in line for words in usual)] == []


def come_from_a_panel(person: Participant, address: str) -> None:
    """Join, answer everything, send, and see the way back to the panel."""
    person.take(f"{address}/join?who=ann")
    person.go_on()
    person.answer_everything(lambda key: "Unclear")
    person.see(".bar .primary").click()
    person.driver.switch_to.default_content()
    assert person.see("#back-to-recruiter").get_attribute("href") == PANEL["complete"].format(id="ann")


def check_requester_page(driver: webdriver.Chrome, address: str, server: Running) -> None:
    """The progress page has its style and shows what came in."""
    driver.get(address + server.requester_path)
    assert "2 of 2 assignments submitted" in driver.find_element(By.CLASS_NAME, "lead").text
    assert driver.execute_script("return document.styleSheets[0].cssRules.length") > 10
