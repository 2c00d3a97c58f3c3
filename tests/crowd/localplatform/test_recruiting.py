"""People whom a recruiter sends: they arrive, do their tasks, and go back to where the recruiter wants them."""

import html
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

from crowd.design.study import Study
from crowd.lifecycle.came_from import came_from, in_words
from crowd.lifecycle.completion_codes import completion_codes
from crowd.lifecycle.serve import serve
from crowd.localplatform import invite, people, running
from crowd.localplatform.clock import ManualClock
from crowd.localplatform.limits import ServerLimits
from crowd.localplatform.store import arrivals, assignments
from crowd.recruiters import Outcome
from crowd.recruiters.panel import Panel
from tests.crowd.localplatform.market import JSON, Market, Person, requester

TABLE = {
    "id_parameter": "who",
    "session_parameter": "visit",
    "complete": "https://panel.example/done?who={id}&visit={session}",
    "screened_out": "https://panel.example/out?who={id}",
    "no_consent": "N0-C0NSENT",
    "full": "https://panel.example/full?who={id}",
}


def declare(study: Path, **values: Any) -> None:
    """Write a study file with a panel."""
    table = TABLE | values.pop("table", {})
    Study(recruiter="panel", recruit={"panel": table}, **values).save(study / "study.toml")


@pytest.fixture
def panel(market: Market) -> Market:
    """A market to which a panel sends people, for one task each."""
    declare(market.study)
    return market


def come(market: Market, who: str = "ann", visit: str | None = None, **more: str) -> httpx.Response:
    """Open the address to which the panel sends somebody."""
    parameters = {"who": who, "visit": visit or f"visit of {who}", **more}
    return market.http.get(f"{market.server.endpoint_url}/join", params=parameters)


def arrive(market: Market, who: str = "ann", visit: str | None = None) -> Person:
    """Somebody who has come and was let in."""
    answer = come(market, who, visit)
    assert answer.status_code == 303
    return Person(market, urljoin(str(answer.url), answer.headers["location"]).removesuffix("/end"))


def work(person: Person, hit_id: str) -> str:
    """Let them do the task; the assignment's id."""
    assignment_id = str(person.accept(hit_id).json()["assignment_id"])
    assert person.submit(assignment_id).status_code == 303
    return assignment_id


def outcomes(market: Market) -> list[tuple[str, str | None]]:
    """The visits with their outcomes, in the order of arrival."""
    return [(row["person_id"], row["outcome"]) for row in market.server.platform.transact(arrivals.every)]


def test_from_the_panel_and_back(panel: Market) -> None:
    """They come by the panel's address, do their task, and go back with their own id; nothing is cached or referred."""
    hit_id = panel.hit(MaxAssignments=2)
    came = come(panel, "ann & bob")
    assert came.headers["location"].startswith("./p/")
    assert (came.headers["cache-control"], came.headers["referrer-policy"]) == ("no-store", "same-origin")
    person = arrive(panel, "ann & bob")
    assert person.get().json()["left"] == 1
    assert person.get().json()["end"] is None
    done = work(person, hit_id)
    url = "https://panel.example/done?who=ann%20%26%20bob&visit=visit%20of%20ann%20%26%20bob"
    end = {"outcome": "complete", "url": url, "code": None}
    assert person.get(f"/thanks/{done}").json()["end"] == end
    assert person.get("/end").json() == end == person.get().json()["end"]
    page = person.get(f"/thanks/{done}", headers={})
    assert f'href="{html.escape(url)}"' in page.text
    assert page.headers["refresh"] == f"5; url={url}"
    assert "arrived" in page.text
    assert person.get(headers={}).headers["location"].endswith("/end")
    assert outcomes(panel) == [("ann & bob", "complete")]


def test_the_way_back_is_shown_after_the_answers_are_stored(panel: Market) -> None:
    """Neither the address nor its code is on any page before the last answer is in the store."""
    hit_id, person = panel.hit(), arrive(panel)
    assignment_id = person.accept(hit_id).json()["assignment_id"]
    for path in ("", f"/hits/{hit_id}", f"/frame/{hit_id}?assignmentId={assignment_id}", "/end", "/thanks/x"):
        for headers in ({}, JSON):
            assert "panel.example" not in person.get(path, headers=headers, follow_redirects=True).text
    assert outcomes(panel) == [("ann", None)]
    person.submit(assignment_id)
    rows = panel.server.platform.transact(assignments.answers)
    assert [row[0] for row in rows] == [assignment_id]
    assert "panel.example" in person.get(f"/thanks/{assignment_id}", headers={}).text


def test_no_frame_leads_away(panel: Market) -> None:
    """Inside the task's frame the thank-you page does not refresh: the page around it follows."""
    hit_id, person = panel.hit(), arrive(panel)
    done = work(person, hit_id)
    framed = person.get(f"/thanks/{done}", headers={"Sec-Fetch-Dest": "iframe"})
    assert framed.status_code == 200
    assert "refresh" not in framed.headers


def test_arriving_again_is_the_same_visit(panel: Market) -> None:
    """However often the address is opened, there is one participant and one visit; unknown parameters are ignored."""
    panel.hit()
    tokens = {arrive(panel).token for _ in range(3)} | {
        urljoin(str(came.url), came.headers["location"]).rpartition("/")[2]
        for came in [come(panel, lang="de", who_else="x")]
    }
    assert len(tokens) == 1
    assert len(outcomes(panel)) == 1
    assert people.invited(panel.study) == (1, 0)


def test_a_person_by_another_visit_is_the_same_participant(panel: Market) -> None:
    """Whoever left without finishing goes on as who they were; the visit before is over, and its task still theirs."""
    hit_id, first = panel.hit(MaxAssignments=3), arrive(panel, "ann", "1")
    assignment_id = first.accept(hit_id).json()["assignment_id"]
    second = arrive(panel, "ann", "2")
    assert second.token == first.token
    assert outcomes(panel) == [("ann", "returned"), ("ann", None)]
    assert second.submit(assignment_id).status_code == 303
    assert second.get("/end").json()["url"].endswith("visit=2")
    assert outcomes(panel) == [("ann", "returned"), ("ann", "complete")]


@pytest.mark.parametrize("repeat", [False, True])
def test_who_has_finished_comes_again_only_if_the_study_says_so(market: Market, repeat: bool) -> None:
    """Another visit of theirs is refused in words, or is another task; the first one stays as it is."""
    declare(market.study, table={"repeat": repeat}, contact="ask@example.org")
    first_hit, second_hit = market.hit(), market.hit()
    person = arrive(market, "ann", "1")
    work(person, first_hit)
    came = come(market, "ann", "2")
    assert (came.status_code == 303) == repeat
    assert come(market, "ann", "1").status_code == 303
    if repeat:
        assert person.offers()[second_hit] == "available"
        work(person, second_hit)
        assert outcomes(market) == [("ann", "complete")] * 2
    else:
        assert "taken part already" in came.text
        assert "ask@example.org" in came.text
        assert "panel.example" not in came.text
        assert outcomes(market) == [("ann", "complete")]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "lacks the parameter who"),
        ("?who=ann", "lacks the parameter visit"),
        ("?who=&visit=1", "lacks the parameter who"),
        ("?who=ann&who=bob&visit=1", "lacks the parameter who"),
        ("?who=%7B%7B%25ID%25%7D%7D&visit=1", "should have put an id"),
        ("?who=" + "x" * 129 + "&visit=1", "is no id"),
        ("?who=a%00b&visit=1", "is no id"),
        ("?who=ann&visit=1&more=" + "x" * 5000, "lacks the parameter who"),
        ("?who=%FF%FE&visit=%E2%80%AE", "is no id"),
        ("?who=<script>alert(1)</script>&visit=1", "should have put an id"),
    ],
)
def test_an_address_that_names_nobody_is_explained(panel: Market, query: str, said: str) -> None:
    """The page says what to do in plain words, and what the author must know; nobody is let in."""
    panel.hit()
    for headers in ({}, JSON):
        answer = panel.http.get(f"{panel.server.endpoint_url}/join{query}", headers=headers)
        assert answer.status_code == 400
        assert said in answer.text
        assert "<script>alert" not in answer.text or answer.headers["content-type"] == "application/json"
    assert outcomes(panel) == []
    assert people.invited(panel.study) == (0, 0)


def test_a_visit_of_somebody_else_is_refused(panel: Market) -> None:
    """Whoever joins another's visit to their own id gets neither; nothing is left behind."""
    panel.hit(MaxAssignments=3)
    arrive(panel, "ann", "1")
    assert come(panel, "eve", "1").status_code == 400
    assert outcomes(panel) == [("ann", None)]
    assert people.invited(panel.study) == (1, 0)


def test_without_a_sending_recruiter_nobody_joins(market: Market) -> None:
    """A study of links answers as it does to everybody who comes without one."""
    assert come(market).status_code == 404
    Study().save(market.study / "study.toml")
    assert come(market).status_code == 404
    assert "open your own link" in come(market).text


def test_no_place_left_is_told_before_consent(panel: Market) -> None:
    """Who comes too late sees neither task nor consent, and goes back by an address of its own."""
    panel.work(panel.hit())
    late = come(panel, "late")
    assert late.headers["location"].endswith("/end")
    person = arrive(panel, "late")
    page = person.get("/end", headers={})
    assert "no place left" in page.text
    assert page.headers["refresh"] == "5; url=https://panel.example/full?who=late"
    assert person.get().json()["hits"] == []
    assert outcomes(panel) == [("late", "full")]


def test_places_are_held_for_those_who_have_come(panel: Market, clock: ManualClock) -> None:
    """No more are let in than there are places; one that was not begun goes to the next after ten minutes."""
    hit_id = panel.hit(MaxAssignments=2)
    persons = {who: arrive(panel, who) for who in "abcd"}
    assert outcomes(panel) == [("a", None), ("b", None), ("c", "full"), ("d", "full")]
    work(persons["a"], hit_id)
    clock.advance(601)
    arrive(panel, "e")
    assert outcomes(panel)[-1] == ("e", None)
    assert persons["b"].accept(hit_id).status_code == 200, "whoever is first"
    assert persons["c"].accept(hit_id).json()["error"] == "gone"


def test_a_returned_place_is_dealt_anew_and_finished_answers_stay(panel: Market) -> None:
    """After the recruiter says that a person has gone, their task is open to others, and what they sent is kept."""
    declare(panel.study, tasks_per_participant=2)
    first, second = panel.hit(), panel.hit()
    person = arrive(panel, "ann", "1")
    done = work(person, first)
    begun = person.accept(second).json()["assignment_id"]
    assert people.end_visit(panel.study, "panel", "1", Outcome.RETURNED)
    assert not people.end_visit(panel.study, "panel", "1", Outcome.TIMED_OUT), "it has ended"
    assert person.submit(begun).json()["error"] == "late"
    assert person.accept(second).json()["error"] == "enough"
    assert "given your place back" in person.get("/end", headers={}).text
    other = arrive(panel, "bob")
    assert other.offers() == {second: "available"}
    assert [row[0] for row in panel.server.platform.transact(assignments.answers)] == [done]
    with pytest.raises(ValueError, match="recruiter panel sent nobody by visit '9'"):
        people.end_visit(panel.study, "panel", "9", Outcome.RETURNED)


def test_who_ran_out_of_time_may_go_on_while_there_is_a_place(panel: Market, clock: ManualClock) -> None:
    """Their visit ends only when somebody else has the place."""
    hit_id, slow = panel.hit(), arrive(panel, "slow")
    slow.accept(hit_id)
    clock.advance(700)
    assert "take the task again" in slow.get(f"/hits/{hit_id}", headers={}).text
    quick = arrive(panel, "quick")
    work(quick, hit_id)
    assert slow.get().json()["end"]["outcome"] == "timed_out"
    assert outcomes(panel) == [("slow", "timed_out"), ("quick", "complete")]


def test_several_tasks_are_counted_truly(panel: Market) -> None:
    """The pages say how many are done of how many; nobody begins more, and the visit is complete after the last."""
    declare(panel.study, tasks_per_participant=2)
    hit_ids = [panel.hit(MaxAssignments=2) for _ in range(4)]
    person = arrive(panel)
    assert "Tasks done: 0 of 2" in person.get(headers={}).text
    assert person.num_offers() == 2
    first = work(person, hit_ids[0])
    page = person.get(f"/thanks/{first}", headers={}).text
    assert "Tasks done: 1 of 2" in page
    assert "panel.example" not in page
    code = person.get(f"/thanks/{first}").json()["completion_code"]
    assert code not in page + person.get(headers={}).text, "the panel takes no code of a task"
    assert person.num_offers() == 1
    assert person.accept(hit_ids[1]).status_code == 200
    assert person.accept(hit_ids[2]).json()["error"] == "enough"
    assert outcomes(panel) == [("ann", None)]
    work(person, hit_ids[1])
    assert outcomes(panel) == [("ann", "complete")]


def test_who_finds_no_further_task_has_done_their_part(panel: Market) -> None:
    """With fewer tasks left than were asked for, whoever has finished one is complete, and not sent away as full."""
    declare(panel.study, tasks_per_participant=3)
    hit_id, person = panel.hit(), arrive(panel)
    done = work(person, hit_id)
    assert person.get(f"/thanks/{done}").json()["end"]["outcome"] == "complete"


def test_tasks_per_participant_holds_for_links_too(market: Market) -> None:
    """People with a link of their own do as many as the study says; programs do all."""
    Study(tasks_per_participant=1).save(market.study / "study.toml")
    hit_ids = [market.hit(MaxAssignments=2) for _ in range(2)]
    person, program = market.person(), market.person(simulated=True)
    assert "Tasks done: 0 of 1" in person.get(headers={}).text
    done = work(person, hit_ids[0])
    assert person.accept(hit_ids[1]).json()["error"] == "enough"
    thanks = person.get(f"/thanks/{done}", headers={}).text
    assert "completion code" in thanks, "as ever"
    for hit_id in hit_ids:
        work(program, hit_id)


@pytest.mark.parametrize("outcome", ["no_consent", "incompatible_device"])
def test_leaving_ends_the_visit(panel: Market, outcome: str) -> None:
    """Before or after accepting, the task is free for others; the page says where to go, or that it can be closed."""
    hit_id, person = panel.hit(), arrive(panel)
    person.accept(hit_id)
    for _ in range(2):
        left = person.post("/leave", data={"outcome": outcome})
        assert left.headers["location"].endswith("/end")
    page = person.get("/end", headers={}).text
    assert ("N0-C0NSENT" in page) == (outcome == "no_consent")
    assert ("When you have entered it, you can close" if outcome == "no_consent" else "You can close") in page
    assert outcomes(panel) == [("ann", outcome)]
    assert arrive(panel, "bob").offers() == {hit_id: "available"}


def test_nobody_ends_a_visit_with_an_outcome_that_they_did_not_have(panel: Market) -> None:
    """A form cannot say that somebody is complete, came too late, or failed a quiz that there is not."""
    hit_id, person = panel.hit(), arrive(panel)
    person.accept(hit_id)
    for forged in ("complete", "full", "timed_out", "returned", "screened_out", "", "x"):
        assert person.post("/leave", data={"outcome": forged}).status_code == 400
    assert outcomes(panel) == [("ann", None)]


def test_a_link_of_ones_own_has_no_visit_to_leave(panel: Market) -> None:
    """Where an author tries the tasks of a panel's study by a link, nothing ends and nothing leads to the panel."""
    hit_id, person = panel.hit(), panel.person()
    assert person.post("/leave", data={"outcome": "no_consent"}).status_code == 400
    done = work(person, hit_id)
    assert person.get(f"/thanks/{done}").json()["end"] is None
    assert person.get("/end").status_code == 303
    assert "panel.example" not in person.get(f"/thanks/{done}", headers={}).text


def test_the_persons_id_is_in_no_answer(panel: Market) -> None:
    """What requesters fetch has the worker id; the recruiter's ids stay in the store."""
    hit_id, person = panel.hit(), arrive(panel, "ann-from-the-panel", "visit-77")
    work(person, hit_id)
    fetched = str(panel.client.list_assignments_for_hit(HITId=hit_id)) + str(person.get().json()["worker_id"])
    assert "ann-from-the-panel" not in fetched
    assert "visit-77" not in fetched
    assert re.search(r"'WorkerId': 'A[A-Z0-9]+'", fetched)


def test_arrivals_are_limited_as_strangers_are(study: Path, http: httpx.Client) -> None:
    """One address cannot fill the store; the page says to try again."""
    limits = ServerLimits(strangers_per_s=1e-6, strangers_burst=3)
    study.mkdir(exist_ok=True)
    declare(study)
    with running(study, limits=limits) as server, requester(server.endpoint_url, study) as client:
        market = Market(server, study, client, http)
        assert [come(market, f"p{number}").status_code for number in range(5)] == [303, 303, 303, 429, 429]


def test_pay_is_named_only_where_it_comes_from_here(panel: Market) -> None:
    """A panel's people read at first that pay comes from there, nowhere a sum or that the task is unpaid."""
    hit_id = panel.hit(Reward="0.00")
    person = arrive(panel)
    assert "Any pay or credit comes from the service that sent you here" in person.get(headers={}).text
    for path in ("", f"/hits/{hit_id}"):
        page = person.get(path, headers={}).text
        assert "Not paid" not in page
        assert "$" not in page


def test_joined_people_are_on_no_sheet(panel: Market) -> None:
    """The links of people whom a recruiter sent are theirs alone; links are counted without them."""
    panel.hit(MaxAssignments=3)
    arrive(panel)
    assert people.links(panel.study) == []
    (own,) = invite(panel.study, 1)
    assert people.links(panel.study) == [own]
    assert people.invite_up_to(panel.study, 2) == 1
    assert [person.recruiter for person in people.everybody(panel.study)] == ["panel", None, None]


def test_where_people_came_from_is_counted(panel: Market) -> None:
    """By recruiter and outcome, people apart from programs; links count those who looked at a task."""
    hit_id = panel.hit(MaxAssignments=4)
    work(arrive(panel, "ann"), hit_id)
    arrive(panel, "bob").post("/leave", data={"outcome": "no_consent"})
    arrive(panel, "cem")
    looked, _ = panel.person(), panel.person()
    looked.get(f"/hits/{hit_id}")
    work(panel.person(simulated=True), hit_id)
    found = came_from(panel.study)
    assert [in_words(each) for each in found] == [
        "links: 1 person came, 1 under way",
        "links: 1 program came, 1 complete",
        "panel: 3 people came, 1 complete, 1 no consent, 1 under way",
    ]
    url = panel.server.endpoint_url + panel.server.requester_path
    assert "no consent 1" in panel.http.get(url).text
    assert panel.http.get(url, headers=JSON).json()["came_from"][-1]["people"] == 3


@pytest.mark.parametrize("name", ["ann-of-the-panel", "visit of ann-of-the-panel", "code", "code in small letters"])
def test_a_task_is_found_by_the_recruiters_ids(panel: Market, name: str) -> None:
    """The requester looks up what somebody at the recruiter asks about, by any name that they have for it."""
    hit_id, person = panel.hit(MaxAssignments=2), arrive(panel, "ann-of-the-panel")
    done = work(person, hit_id)
    work(panel.person(), hit_id)
    code = person.get(f"/thanks/{done}").json()["completion_code"]
    asked = {"code": code, "code in small letters": f"{code[:4]}-{code[4:]}".lower()}.get(name, name)
    found = completion_codes(panel.study, [asked, "nobody's"])
    assert [(work.worker_id, work.recruiter, work.completion_code) for work in found.work] == [
        (person.worker_id, "panel", code)
    ]
    assert found.unknown == ("nobody's",)


def test_the_address_for_the_recruiter_is_printed(study: Path) -> None:
    """It is the public one with the parameters; where only this machine can open it, a warning says so."""
    study.mkdir(exist_ok=True)
    declare(study)
    with serve(study, public_url="https://study.example/a") as served:
        assert served.join_url == "https://study.example/a/join?who=ID&visit=VISIT"
        assert served.warnings == ()
    with serve(study) as served:
        assert "panel sends people to this study, and only this machine can open" in served.warnings[0]
    Study().save(study / "study.toml")
    with serve(study, public_url="https://study.example/a") as served:
        assert served.join_url is None


def test_somebody_may_wait_for_a_place(panel: Market, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a recruiter tells of places that become free, the page looks again until there is one, or for so long."""
    monkeypatch.setattr(Panel, "patience_s", 120)
    hit_id, first = panel.hit(), arrive(panel, "first", "1")
    first.accept(hit_id)
    second, third = arrive(panel, "second"), arrive(panel, "third")
    page = second.get(headers={})
    assert "All places are taken at the moment" in page.text
    assert page.headers["refresh"] == "10"
    assert outcomes(panel) == [("first", None), ("second", None), ("third", None)]
    people.end_visit(panel.study, "panel", "1", Outcome.RETURNED)
    clock.advance(60)
    work(second, hit_id)
    assert "refresh" in third.get(headers={}).headers
    clock.advance(60)
    assert third.get().json()["end"]["outcome"] == "full"
    assert outcomes(panel) == [("first", "returned"), ("second", "complete"), ("third", "full")]


def test_a_person_does_not_wait_for_their_own_place(panel: Market) -> None:
    """The last place is held for whoever came for it, also when they come again by another visit."""
    panel.hit()
    arrive(panel, "ann", "1")
    arrive(panel, "ann", "2")
    assert outcomes(panel) == [("ann", "returned"), ("ann", None)]
