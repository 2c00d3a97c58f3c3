"""Task pages that other people wrote for Mechanical Turk, done in Chromium and Firefox."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

from crowd.localplatform import running
from tests.browser import foreign
from tests.browser.participant import Participant
from tests.browsers import console
from tests.crowd.localplatform.market import Market, requester
from tests.reverseproxy import certificate, small_proxy

pytestmark = pytest.mark.browser


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Market]:
    """A platform with a requester."""
    with (
        running(tmp_path / "study") as server,
        requester(server.endpoint_url, tmp_path / "study") as client,
        httpx.Client(trust_env=False, timeout=60) as http,
    ):
        yield Market(server, tmp_path / "study", client, http)


def start(participant: Participant, market: Market, question: str) -> str:
    """Accept a HIT of that question and be in its frame; the HIT's id."""
    hit_id, person = market.hit(Question=question), market.person()
    participant.driver.get(person.link)
    participant.see(".card button").click()
    enter(participant)
    return hit_id


def enter(participant: Participant) -> None:
    """Into the frame of the task, when it has its page."""
    participant.driver.switch_to.frame(participant.see("#task"))
    participant.see("h1")


def thanked(participant: Participant, market: Market, hit_id: str) -> dict[str, str]:
    """The participant's page shows the completion code; the answers that the requester gets."""
    participant.driver.switch_to.default_content()
    assert participant.see("#code").text
    (found,) = market.client.list_assignments_for_hit(HITId=hit_id)["Assignments"]
    root = ElementTree.fromstring(found["Answer"])  # noqa: S314  ours
    return {answer[0].text or "": answer[1].text or "" for answer in root}


@pytest.mark.browser("chromium", "firefox")
def test_the_form_of_the_guide_is_done(market: Market, participant: Participant) -> None:
    """Its address and its script are this server's; in a preview its button cannot be pressed."""
    hit_id, person = market.hit(Question=foreign.html_question(foreign.GUIDE)), market.person()
    driver = participant.driver
    driver.get(f"{person.link}/hits/{hit_id}")
    enter(participant)
    assert participant.see("#submitButton").get_attribute("value").startswith("You must ACCEPT")
    assert not participant.see("#submitButton").is_enabled()
    driver.switch_to.default_content()
    participant.see("#accept button").click()
    participant.see("#return")
    enter(participant)
    participant.see("textarea").send_keys("a ball\nor two")
    participant.see("#submitButton").click()
    assert thanked(participant, market, hit_id) == {"comment": "a ball\nor two"}
    assert [line for line in console(driver) if "error" in line.lower()] == []


@pytest.mark.parametrize("form", foreign.FORMS)
def test_forms_with_other_scripts_are_done(market: Market, participant: Participant, form: str) -> None:
    """However a page's own script names the assignment and Mechanical Turk's address, the answers arrive."""
    hit_id = start(participant, market, foreign.html_question(foreign.FORMS[form]))
    participant.see("button").click()
    assert thanked(participant, market, hit_id) == {"comment": "a ball"}


def test_crowd_elements_are_done(market: Market, participant: Participant) -> None:
    """Each has its control; what is required, and what the page checks, holds the form back; the answer is JSON."""
    hit_id, person = market.hit(Question=foreign.html_question(foreign.CROWD)), market.person()
    participant.driver.get(f"{person.link}/hits/{hit_id}")
    enter(participant)
    assert not participant.see("crowd-button button").is_enabled(), "nothing can be sent in a preview"
    participant.driver.switch_to.default_content()
    participant.see("#accept button").click()
    participant.see("#return")
    enter(participant)
    button = participant.see("crowd-button button")
    button.click()
    participant.see("crowd-image-classifier input[value=Dog]").click()
    participant.see("crowd-input input").send_keys("x")
    button.click()
    participant.see("crowd-input input").clear()
    participant.see("crowd-input input").send_keys("ball")
    participant.see("crowd-text-area textarea").send_keys('it is "round"')
    participant.see("crowd-checkbox[value=Red] input").click()
    participant.see("crowd-checkbox[value=Blue] input").click()
    participant.see("crowd-radio-button[value=small] input").click()
    participant.see("crowd-radio-button[value=large] input").click()
    button.click()
    answers = thanked(participant, market, hit_id)
    assert list(answers) == ["taskAnswers"]
    assert json.loads(answers["taskAnswers"]) == [
        {
            "animal": {"label": "Dog"},
            "word": "ball",
            "why": 'it is "round"',
            "colors": {"Red": True, "Blue": False},
            "size": {"small": False, "large": True},
            "sure": 4,
            "plain": "as it is",
        }
    ]


def test_scripts_windows_and_storage_of_others_work(market: Market, participant: Participant) -> None:
    """A script of another site runs, a window that the page opens speaks to it, what it stores outlives a reload."""
    pages = {"/jquery.js": ("text/javascript", foreign.JQUERY), "/popup": ("text/html", foreign.POPUP)}
    with foreign.site(pages) as (address, asked):
        page = foreign.BUSY.replace("{jquery}", f"{address}/jquery.js").replace("{popup}", f"{address}/popup")
        hit_id = start(participant, market, foreign.html_question(page))
        driver = participant.driver
        participant.see("#ask").click()
        participant.wait(lambda: participant.heading == "said 0")
        assert driver.execute_script("return document.cookie") == "seen=1"
        participant.see("[name=kept]").send_keys("a ball")
        participant.wait(lambda: driver.execute_script("return localStorage.kept") == "a ball")
        driver.switch_to.default_content()
        driver.refresh()
        enter(participant)
        participant.wait(lambda: participant.see("[name=kept]").get_attribute("value") == "a ball")
        participant.see("#f button").click()
        assert thanked(participant, market, hit_id) == {"kept": "a ball"}
        assert not any("/p/" in header for request in asked for header in request.values())


def test_a_form_sent_to_the_root_arrives(market: Market, participant: Participant) -> None:
    """The participant's own page sends what comes without a key, every field and line of it."""
    hit_id = start(participant, market, foreign.html_question(foreign.AT_THE_ROOT))
    participant.see("button").click()
    answers = thanked(participant, market, hit_id)
    assert answers["lines"] == "one\ntwo"
    assert set(answers) == {"workerId", "hitId", "lines"}


def test_a_page_of_others_reaches_nothing_of_the_participant_s(market: Market, participant: Participant) -> None:
    """No address in the page's reach has the link, no page of ours can be read from there, and no act is done."""
    hit_id = start(participant, market, foreign.html_question(foreign.GUIDE))
    driver = participant.driver
    link = driver.execute_script("return document.referrer + location.href + document.baseURI + window.name")
    assert "/p/" not in link
    assert driver.execute_script("return self.origin") == "null"
    for reach in ("parent.document.body", "parent.location.href", "top.frames[0].parent.localStorage"):
        with pytest.raises(Exception, match=r"(?i)cross-origin|permission denied|security"):
            driver.execute_script(f"return {reach}")
    read = driver.execute_async_script(
        "const [address, done] = arguments;"
        "fetch(address, {credentials: 'include'}).then(a => a.text()).then(done, () => done(null));",
        market.person().link,
    )
    assert read is None
    driver.execute_script("for (const vidgen of ['accept', 'decline', 'home']) parent.postMessage({vidgen}, '*');")
    driver.execute_script(
        "parent.postMessage({vidgen: 'submit', fields: [['assignmentId', '3OTHER'], ['a', 'b']]}, '*');"
    )
    with pytest.raises(Exception):  # noqa: B017, PT011  each browser has a word of its own for it
        driver.execute_script("top.location = 'about:blank'")
    driver.switch_to.default_content()
    participant.see("#return")
    assert market.client.list_assignments_for_hit(HITId=hit_id)["Assignments"] == []


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A page of another site with TLS; its address, and what is asked of it."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl on this machine")
    tls = certificate(tmp_path_factory.mktemp("site"))
    with foreign.site({"/task": ("text/html", foreign.ELSEWHERE)}, tls) as (address, asked):
        yield f"{address}/task?condition=a%20b", asked


def test_a_page_elsewhere_is_done(
    market: Market, participant: Participant, elsewhere: tuple[str, list[dict[str, str]]]
) -> None:
    """It has its own origin and its own storage, learns nothing but its assignment, and its form arrives."""
    address, asked = elsewhere
    asked.clear()
    hit_id, person = market.hit(Question=foreign.external_question(address)), market.person()
    driver = participant.driver
    driver.get(f"{person.link}/hits/{hit_id}")
    enter(participant)
    participant.wait(lambda: participant.heading == "Preview")
    driver.switch_to.default_content()
    participant.see("#accept button").click()
    participant.see("#return")
    enter(participant)
    assert int(driver.execute_script("return localStorage.visits")) == 2
    query = dict(driver.execute_script("return [...new URLSearchParams(location.search)]"))
    assert set(query) == {"condition", "assignmentId", "hitId", "workerId", "turkSubmitTo"}
    assert (query["condition"], query["hitId"], query["workerId"]) == ("a b", hit_id, person.worker_id)
    participant.see("[name=answer]").send_keys("a ball")
    participant.see("button").click()
    assert thanked(participant, market, hit_id) == {"answer": "a ball"}
    assert not any(person.token in header for request in asked for header in request.values())


def test_a_page_elsewhere_may_have_a_window_of_its_own(
    market: Market, participant: Participant, elsewhere: tuple[str, list[dict[str, str]]]
) -> None:
    """Sent from a window without the participant's page around it, the answers arrive, and that page then knows it."""
    hit_id = start(participant, market, foreign.external_question(elsewhere[0]))
    driver, (tab,) = participant.driver, participant.driver.window_handles
    address = driver.execute_script("return location.href")
    driver.switch_to.new_window("tab")
    driver.get(address)
    participant.see("[name=answer]").send_keys("a ball")
    participant.see("button").click()
    participant.wait(lambda: "arrived" in participant.text)
    assert "/p/" not in driver.current_url + driver.page_source
    driver.close()
    driver.switch_to.window(tab)
    driver.execute_script("document.dispatchEvent(new Event('visibilitychange'))")
    assert thanked(participant, market, hit_id) == {"answer": "a ball"}


@pytest.mark.parametrize("told", [False, True])
def test_pages_of_others_are_done_behind_a_proxy(
    tmp_path: Path, participant: Participant, elsewhere: tuple[str, list[dict[str, str]]], told: bool
) -> None:
    """Under a path, with every hint about the proxy lost: a page here, and one elsewhere, whether told the address."""
    study = tmp_path / "study"
    hints = frozenset({"sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-fetch-user", "referer", "origin"})
    with running(study) as first:
        upstream = first.endpoint_url
    with (
        small_proxy(tmp_path, upstream, path="/study", strip=True, drop=hints) as address,
        running(study, port=int(upstream.rpartition(":")[2]), public_url=address if told else None) as server,
        requester(server.endpoint_url, study) as client,
        httpx.Client(trust_env=False, timeout=60) as http,
    ):
        market = Market(server, study, client, http)
        for question in (foreign.html_question(foreign.GUIDE), foreign.external_question(elsewhere[0])):
            hit_id, person = market.hit(Question=question), market.person()
            participant.driver.get(f"{address}/p/{person.token}")
            participant.see(".card button").click()
            enter(participant)
            participant.see("input[type=submit], button").click()
            thanked(participant, market, hit_id)
            assert participant.address.startswith(f"{address}/p/{person.token}/thanks/")


def test_a_page_elsewhere_that_is_not_elsewhere_has_no_origin(tmp_path: Path, participant: Participant) -> None:
    """An ExternalQuestion at the platform's own address reads nothing of the pages beside it."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl on this machine")
    study = tmp_path / "study"
    with running(study) as first:
        upstream = first.endpoint_url
    with (
        small_proxy(tmp_path, upstream, path="", strip=True, tls=True) as address,
        running(study, port=int(upstream.rpartition(":")[2])) as server,
        requester(server.endpoint_url, study) as client,
        httpx.Client(trust_env=False, timeout=60) as http,
    ):
        market = Market(server, study, client, http)
        market.hit(Question=foreign.external_question(f"{address}/assets/foreign/frame.js"))
        driver = participant.driver
        driver.get(f"{address}/p/{market.person().token}")
        participant.see(".card button").click()
        driver.switch_to.frame(participant.see("#task"))
        participant.wait(lambda: "turkSubmitTo" in participant.text)
        assert driver.execute_script("return self.origin") == "null"
