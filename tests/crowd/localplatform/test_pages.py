"""The platform's own pages: what they say, and how they work in a real browser."""

import base64
import re
from pathlib import Path

import pytest
from selenium import webdriver

from crowd.design.study import Study
from crowd.lifecycle.publish import publish
from crowd.localplatform.clock import ManualClock
from crowd.localplatform.refusals import STATUS
from crowd.localplatform.studyfile import StudyFile
from crowd.recruiters import Outcome
from crowd.recruiters.qrsheet import write_sheet
from crowd.wording import wording
from templates import environment
from tests import chromium as headless
from tests.browser.participant import Participant
from tests.crowd import answering, clips
from tests.crowd.localplatform.market import HTML_QUESTION, Market

_PAGE = """<!DOCTYPE html><html lang="en"><title>Task</title><h1>Task</h1><form method="post" id="f">
<input name="assignmentId" type="hidden"><input name="kept" aria-label="kept"><button>Send</button></form>
<script>
const query = new URLSearchParams(location.search);
const kept = document.forms.f.elements.kept;
document.forms.f.elements.assignmentId.value = query.get("assignmentId");
document.forms.f.action = query.get("turkSubmitTo") + "/mturk/externalSubmit";
kept.value = localStorage.getItem("kept") || "";
kept.oninput = () => localStorage.setItem("kept", kept.value);
</script></html>"""
_QUESTION = HTML_QUESTION.replace("<!DOCTYPE html><title>Q</title><p>What do you see?</p>", _PAGE)


@pytest.fixture
def visitor(browser: webdriver.Remote) -> Participant:
    """Somebody before an empty tab."""
    return Participant(browser)


def _enter(visitor: Participant) -> None:
    """Go into the frame of the task, when it shows the question."""
    visitor.driver.switch_to.frame(visitor.see("#task"))
    visitor.see("[name=kept]")


@pytest.mark.browser("chromium", "firefox")
def test_a_task_in_a_browser(market: Market, visitor: Participant) -> None:
    """Start, work in the frame, reload, submit: the whole page thanks with the code, and the answer is there."""
    hit_id, person = market.hit(Question=_QUESTION), market.person()
    visitor.driver.get(person.link)
    visitor.see(".card button").click()
    visitor.wait(lambda: visitor.address.endswith(f"/hits/{hit_id}"))
    assert visitor.see(".countdown").text
    _enter(visitor)
    visitor.see("[name=kept]").send_keys("a ball")
    visitor.driver.switch_to.default_content()
    visitor.driver.refresh()
    _enter(visitor)
    assert visitor.see("[name=kept]").get_attribute("value") == "a ball"
    visitor.see("button").click()
    visitor.driver.switch_to.default_content()
    code = visitor.see("#code").text
    listed = market.client.list_assignments_for_hit(HITId=hit_id)["Assignments"][0]
    assert "a ball" in listed["Answer"]
    assert person.get(f"/thanks/{listed['AssignmentId']}").json()["completion_code"] == code


@pytest.mark.browser
def test_returning_in_a_browser(market: Market, visitor: Participant) -> None:
    """Preview, accept and return are a button each; who returns is asked first, and then the task is open again."""
    hit_id, person = market.hit(Question=_QUESTION), market.person()
    driver = visitor.driver
    driver.get(f"{person.link}/hits/{hit_id}")
    assert "preview" in visitor.see(".what").text
    visitor.see(".workbar button").click()
    visitor.see(".countdown")
    assert person.offers() == {hit_id: "accepted"}
    visitor.see(".workbar button").click()
    assert "are not kept" in visitor.wait(lambda: driver.switch_to.alert.text)
    driver.switch_to.alert.dismiss()
    assert person.offers() == {hit_id: "accepted"}
    visitor.see(".workbar button").click()
    visitor.wait(lambda: driver.switch_to.alert.text)
    driver.switch_to.alert.accept()
    visitor.wait(lambda: visitor.address == person.link)
    assert person.offers() == {hit_id: "available"}


@pytest.fixture
def pages(market: Market) -> dict[str, str]:
    """An address for each kind of page."""
    person, newcomer = market.person(), market.person(simulated=True)
    done, rejected, started = (market.hit(Question=_QUESTION, MaxAssignments=2) for _ in range(3))
    for hit_id in (done, rejected):
        assignment_id = person.accept(hit_id).json()["assignment_id"]
        person.submit(assignment_id)
        if hit_id == rejected:
            market.client.reject_assignment(AssignmentId=assignment_id, RequesterFeedback="The videos were not played.")
        else:
            market.client.approve_assignment(AssignmentId=assignment_id)
    person.accept(started)
    market.client.notify_workers(Subject="Round two", MessageText="It is open.", WorkerIds=[person.worker_id])
    return {
        "home": person.link,
        "newcomer": newcomer.link,
        "work": f"{person.link}/hits/{started}",
        "preview": f"{newcomer.link}/hits/{done}",
        "thanks": f"{person.link}/thanks/{assignment_id}",
        "refused": f"{person.link}/hits/3NONE",
        "progress": market.server.endpoint_url + market.server.requester_path,
    }


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
def test_pages_are_accessible(pages: dict[str, str], chromium: webdriver.Chrome, dark: bool) -> None:
    """Axe finds nothing on any page, dark or light, and none is wider than a small phone."""
    headless.emulate(chromium, 320, 640, dark=dark, touch=True)
    for name, url in pages.items():
        chromium.get(url)
        assert headless.axe(chromium) == [], name
        assert headless.overflow(chromium) == 0, name


@pytest.mark.browser
def test_no_page_breaks_its_own_policy(pages: dict[str, str], chromium: webdriver.Chrome) -> None:
    """The console stays empty: nothing is blocked by the pages' own security policy."""
    for name, url in pages.items():
        chromium.get(url)
        noise = ("escape its sandboxing", "404 (Not Found)")
        assert [line for line in headless.console(chromium) if not any(known in line for known in noise)] == [], name


@pytest.mark.browser("chromium")
def test_a_late_task_says_so(market: Market, visitor: Participant, clock: ManualClock) -> None:
    """An answer that is sent after the deadline is told that it came too late."""
    hit_id, person = market.hit(Question=_QUESTION), market.person()
    person.accept(hit_id)
    visitor.driver.get(f"{person.link}/hits/{hit_id}")
    _enter(visitor)
    clock.advance(700)
    visitor.see("button").click()
    visitor.wait(lambda: "time for this task is over" in visitor.driver.page_source)


def test_groups_offer_one_card(market: Market) -> None:
    """HITs of one type are one card with their number; other types have their own."""
    for _ in range(3):
        market.hit()
    market.hit(Title="Another task")
    page = market.person().get(headers={}).text
    assert page.count(">What do you see?</h3>") == 1
    assert "3 tasks" in page
    assert page.count(">Another task</h3>") == 1


def test_participants_are_spoken_to_in_the_study_s_language(market: Market) -> None:
    """List, preview, task, thanks and refusals are in Japanese in a Japanese study; in English while none is known."""
    hit_id, person = market.hit(), market.person()
    assert '<html lang="en">' in person.get("", headers={}).text
    Study(language="ja").save(market.study / "study.toml")
    pages = [person.get(path, headers={}).text for path in ("", f"/hits/{hit_id}")]
    assignment_id = person.accept(hit_id).json()["assignment_id"]
    pages.append(person.get(f"/hits/{hit_id}", headers={}).text)
    person.submit(assignment_id)
    pages += [person.get(path, headers={}).text for path in (f"/thanks/{assignment_id}", "", "/hits/3NONE")]
    for page, words in zip(
        pages, ("参加できる課題", "引き受ける", "返却", "完了コード", "確認待ち", "見つかりません"), strict=True
    ):
        assert '<html lang="ja">' in page
        assert words in page


def test_every_refusal_has_its_words() -> None:
    """For each reason there is a title and what to do, and no word of the participants' pages goes unused."""
    words = wording("en", "participant")
    for reason in STATUS:
        assert reason in words
        assert f"{reason}-help" in words
    loader = environment().loader
    assert loader is not None
    names = [name for name in loader.list_templates() if name.startswith("participant/") and name.endswith(".j2")]
    sources = "".join(loader.get_source(environment(), name)[0] for name in names)
    states = {"submitted", "approved", "rejected"}
    ends = {f"end-{outcome}{help}" for outcome in Outcome for help in ("", "-help")}
    unused = [key for key in words if f"words.{key}" not in sources and key.removesuffix("-help") not in STATUS]
    assert set(unused) <= states | ends <= words.keys()


def test_simulated_participants_are_labelled(market: Market) -> None:
    """Every page of a simulated participant says that it is a program; a person's page does not."""
    hit_id = market.hit()
    program, person = market.person(simulated=True), market.person()
    for path in ("", f"/hits/{hit_id}"):
        assert "imulated" in program.get(path, headers={}).text
        assert "imulated" not in person.get(path, headers={}).text


def test_progress_counts_without_telling_results(market: Market, tmp_path: Path) -> None:
    """The requester's page shows answers per video, people, times and failures, and nothing about right answers."""
    publish(market.study, clips.write_videos(tmp_path / "videos"))
    answering.answer(market.server, market.study, 2)
    url = market.server.endpoint_url + market.server.requester_path
    values = market.http.get(url, headers={"Accept": "application/json"}).json()
    assert len(values["videos"]) == 9
    assert all(video["answers"] == 2 for video in values["videos"])
    leaver = market.person()
    hit_id = next(iter(leaver.offers()))
    leaver.give_back(leaver.accept(hit_id).json()["assignment_id"])
    stray = market.person()
    stray.submit(stray.accept(hit_id).json()["assignment_id"], **{"item.v01": "[]"})
    values = market.http.get(url, headers={"Accept": "application/json"}).json()
    assert (values["invited"], values["simulated"], values["answered"], values["returned"]) == (4, 2, 3, 1)
    assert all(video["answers"] == 0 for video in values["videos"]), "with people there, programs' answers do not count"
    assert (values["submitted"], values["unreadable"]) == (1, 1)
    assert values["wanted"] >= 3
    page = market.http.get(url).text
    assert "2 of 4 participants are simulated" in page
    assert "accuracy" not in page.replace("accuracy-report", "")
    for wrong in ("/requester/" + "0" * 32, "/requester/"):
        assert market.http.get(market.server.endpoint_url + wrong).status_code == 404


def _sheet(folder: Path, links: list[str]) -> Path:
    """The sheet of these links, numbered from 1."""
    return write_sheet(folder / "participants.html", links, range(1, len(links) + 1), StudyFile(folder).values())


def test_the_sheet_has_a_code_per_link(tmp_path: Path) -> None:
    """The sheet of links has one QR code each, and only its owner may read it."""
    links = [f"http://127.0.0.1:8000/p/{name}" for name in ("a", "b", "c")]
    path = _sheet(tmp_path, links)
    text = path.read_text(encoding="utf-8")
    assert text.count("<svg") == 3
    assert all(link in text for link in links)
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.browser
def test_twenty_cards_are_two_pages(tmp_path: Path, chromium: webdriver.Chrome) -> None:
    """Three by four cards fit a printed page, A4 or Letter."""
    links = [f"http://192.168.100.107:8000/p/{'x' * 22}{number:02}" for number in range(20)]
    chromium.get(_sheet(tmp_path, links).as_uri())
    for width, height in ((8.27, 11.69), (8.5, 11)):
        printed = chromium.execute_cdp_cmd("Page.printToPDF", {"paperWidth": width, "paperHeight": height})
        assert len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(printed["data"]))) == 2


@pytest.mark.browser
def test_a_code_of_any_length_is_whole(tmp_path: Path, chromium: webdriver.Chrome) -> None:
    """However long a link is, its code is scaled to its place, with the white border that scanners need."""
    links = [f"https://study.example.org/{'x' * length}" for length in (1, 50, 100, 200)]
    chromium.get(_sheet(tmp_path, links).as_uri())
    codes = chromium.execute_script(
        "return [...document.querySelectorAll('svg')].map(code => {"
        " const all = code.getBoundingClientRect(), dark = code.querySelector('path').getBoundingClientRect();"
        " return [all.width, dark.left - all.left, all.right - dark.right]; })"
    )
    assert len(codes) == 4
    for width, left, right in codes:
        assert width == pytest.approx(codes[0][0])
        assert left > 0.01 * width
        assert right > 0.01 * width
