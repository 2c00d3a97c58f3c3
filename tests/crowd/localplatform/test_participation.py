"""What participants can do, and what they can't do to each other."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

import httpx
import pytest

from crowd.design.study import Study
from crowd.localplatform import invite, running
from crowd.localplatform.clock import ManualClock
from crowd.localplatform.limits import ServerLimits
from tests.crowd.localplatform.market import HTML_QUESTION, Market


def test_from_home_to_thanks(market: Market) -> None:
    """Home, preview, accept, frame, submit and thanks follow each other by the addresses they name."""
    hit_id, person = market.hit(), market.person()
    listed = person.get().json()["hits"][0]
    assert (listed["hit_id"], listed["title"], listed["reward"], listed["state"]) == (
        hit_id,
        "What do you see?",
        "0.40",
        "available",
    )
    preview = market.http.get(urljoin(person.link, listed["url"]), headers={"Accept": "application/json"}).json()
    assert "assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE" in preview["frame_url"]
    assert "turkSubmitTo" not in preview["frame_url"]
    answer = person.accept(hit_id)
    accepted = answer.json()
    frame_url = urljoin(str(answer.url), accepted["frame_url"])
    query = {name: values[0] for name, values in parse_qs(urlsplit(frame_url).query).items()}
    submit_to = query.pop("turkSubmitTo")
    assert person.token not in frame_url
    assert query == {"assignmentId": accepted["assignment_id"], "hitId": hit_id, "workerId": person.worker_id}
    assert market.http.get(frame_url).text.startswith("<!DOCTYPE html><title>Q</title>")
    sent = market.http.post(submit_to + "/mturk/externalSubmit", data={"assignmentId": query["assignmentId"], "a": "b"})
    assert sent.status_code == 303
    thanks = person.get(f"/thanks/{accepted['assignment_id']}").json()
    assert len(thanks["completion_code"]) == 8
    assert "arrived" in market.http.get(urljoin(str(sent.url), sent.headers["location"])).text
    assert person.offers() == {hit_id: "submitted"}


def test_accepting_again_changes_nothing(market: Market) -> None:
    """A double click on accept gives the same assignment; the HIT loses one place."""
    hit_id, person = market.hit(MaxAssignments=2), market.person()
    assert person.accept(hit_id).json()["assignment_id"] == person.accept(hit_id).json()["assignment_id"]
    assert market.client.get_hit(HITId=hit_id)["HIT"]["NumberOfAssignmentsAvailable"] == 1


def test_submitting_again_changes_nothing(market: Market) -> None:
    """A form that is sent twice, or again with other answers, keeps the first answers and thanks again."""
    hit_id, person = market.hit(MaxAssignments=2), market.person()
    assignment_id = person.accept(hit_id).json()["assignment_id"]
    first = person.submit(assignment_id, answer="ball")
    again = person.submit(assignment_id, answer="box")
    assert (again.status_code, again.headers["location"]) == (303, first.headers["location"])
    assert "ball" in market.client.get_assignment(AssignmentId=assignment_id)["Assignment"]["Answer"]
    assert person.accept(hit_id).json()["error"] == "done-before"
    assert person.give_back(assignment_id).json()["error"] == "done-before"
    assert market.client.list_assignments_for_hit(HITId=hit_id)["NumResults"] == 1


@pytest.mark.parametrize("text", ["[" * 10_000, '{"time_to_answer_s": ' + "9" * 400 + "}", '"' + "x" * 100_001 + '"'])
def test_answers_that_cannot_be_read_are_refused_when_sent(market: Market, text: str) -> None:
    """The task stays in hand, and the same form without them is taken."""
    hit_id, person = market.hit(), market.person()
    assignment_id = person.accept(hit_id).json()["assignment_id"]
    assert person.submit(assignment_id, **{"item.v00": text}).status_code == 400
    assert person.submit(assignment_id, **{"item.v00": '{"answer": "ball"}'}).status_code == 303


def test_a_place_has_one_owner(market: Market) -> None:
    """The last place of a HIT goes to who takes it first."""
    hit_id, first, second = market.hit(), market.person(), market.person()
    assert first.accept(hit_id).status_code == 200
    refused = second.accept(hit_id)
    assert (refused.status_code, refused.json()["error"]) == (409, "gone")
    assert second.offers() == {}


def test_returning_gives_the_place_back(market: Market) -> None:
    """A returned task can't be submitted any more, is offered to all, also to who returned it; twice is no error."""
    hit_id, person = market.hit(), market.person()
    assignment_id = person.accept(hit_id).json()["assignment_id"]
    assert [person.give_back(assignment_id).status_code for _ in range(2)] == [200, 200]
    assert person.submit(assignment_id).json()["error"] == "late"
    assert person.offers() == {hit_id: "available"}
    assert person.accept(hit_id).json()["assignment_id"] != assignment_id


def test_open_tasks_are_limited(market: Market) -> None:
    """Nobody can hold more tasks than the limit; finishing one makes room."""
    person = market.person()
    most = market.server.platform.limits.open_assignments
    ids = [person.accept(market.hit()).json()["assignment_id"] for _ in range(most)]
    refused = person.accept(market.hit())
    assert (refused.status_code, refused.json()) == (409, {"error": "too-many", "detail": str(most)})
    person.submit(ids[0])
    assert person.accept(market.hit()).status_code == 200


def test_the_clock_of_an_assignment(market: Market, clock: ManualClock) -> None:
    """The deadline is the assignment's duration after its acceptance, the same on every page."""
    hit_id, person = market.hit(), market.person()
    clock.advance(100)
    accepted = person.accept(hit_id).json()
    assert accepted["deadline"] == clock() + 600
    clock.advance(50)
    assert person.get(f"/hits/{hit_id}").json()["deadline"] == accepted["deadline"]


def test_somebody_elses_assignment_is_not_there(market: Market) -> None:
    """With another participant's link an assignment's frame, thanks, return and submission do not exist."""
    hit_id, owner, thief = market.hit(MaxAssignments=2), market.person(), market.person()
    assignment_id = owner.accept(hit_id).json()["assignment_id"]
    for response in (
        thief.submit(assignment_id, answer="stolen"),
        thief.give_back(assignment_id),
        thief.get(f"/thanks/{assignment_id}"),
        thief.get(f"/frame/{hit_id}?assignmentId={assignment_id}"),
    ):
        assert (response.status_code, response.json()["error"]) == (404, "no-such-task")
    owner.submit(assignment_id, answer="mine")
    assert thief.submit(assignment_id, answer="stolen").status_code == 404
    assert thief.get(f"/thanks/{assignment_id}").status_code == 404
    answer = market.client.get_assignment(AssignmentId=assignment_id)["Assignment"]["Answer"]
    assert "mine" in answer
    assert "stolen" not in answer


@pytest.mark.parametrize(
    "forged", ["", "3" + "A" * 29, "ASSIGNMENT_ID_NOT_AVAILABLE", "' OR 1=1 --", "\x00", "é" * 1000]
)
def test_forged_assignments_are_refused(market: Market, forged: str) -> None:
    """An assignment id that was never given out submits nothing, the preview's included."""
    hit_id, person = market.hit(), market.person()
    assert person.submit(forged).json()["error"] == "no-such-task"
    assert market.client.get_hit(HITId=hit_id)["HIT"]["NumberOfAssignmentsAvailable"] == 1


def test_an_assignment_opens_its_own_hit_only(market: Market) -> None:
    """The frame of another HIT can't be had with an assignment of this one."""
    person = market.person()
    mine, other = market.hit(), market.hit()
    assignment_id = person.accept(mine).json()["assignment_id"]
    assert person.get(f"/frame/{other}?assignmentId={assignment_id}").status_code == 404


def test_questions_elsewhere(market: Market) -> None:
    """An ExternalQuestion is framed from its own address with the protocol's parameters, and not served here."""
    question = (
        '<ExternalQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2006-07-14/'
        'ExternalQuestion.xsd"><ExternalURL>https://study.example/task?a=1&amp;b=2</ExternalURL>'
        "<FrameHeight>400</FrameHeight></ExternalQuestion>"
    )
    hit_id, person = market.hit(Question=question), market.person()
    accepted = person.accept(hit_id).json()
    assert accepted["frame_url"].startswith("https://study.example/task?a=1&b=2&assignmentId=")
    assert (
        'src="https://study.example/task?a=1&amp;b=2&amp;assignmentId='
        in person.get(f"/hits/{hit_id}", headers={}).text
    )
    assert person.get(f"/frame/{hit_id}").status_code == 404


def test_unknown_links_open_nothing(market: Market) -> None:
    """A guessed link shows, accepts and submits nothing, and says no more than that."""
    hit_id = market.hit()
    base = f"{market.server.endpoint_url}/p/{'A' * 32}"
    for response in (
        market.http.get(base),
        market.http.get(f"{base}/hits/{hit_id}"),
        market.http.get(f"{base}/frame/{hit_id}"),
        market.http.post(f"{base}/hits/{hit_id}/accept"),
        market.http.post(f"{base}/mturk/externalSubmit", data={"assignmentId": "3"}),
    ):
        assert response.status_code == 404
        assert "does not work" in response.text


@pytest.mark.parametrize(("language", "words"), [("en", "open your own link"), ("ja", "ご自分のリンク")])
def test_the_bare_address_says_what_is_missing(market: Market, language: str, words: str) -> None:
    """Who opens the address that the server prints, or shortens a link to it, reads that a link is needed."""
    (market.study / "study.toml").write_text(f'[study]\nlanguage = "{language}"\n', encoding="utf-8")
    answer = market.http.get(market.server.endpoint_url)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert words in answer.text
    assert "/p/" not in answer.text


@pytest.mark.parametrize("path", ["/study", "/p", "/media", "/requester/p", "/a:%20b"])
@pytest.mark.parametrize("passed_on", [True, False], ids=["passed on", "taken off"])
def test_a_public_path_may_be_called_as_one_of_ours(
    study: Path, http: httpx.Client, path: str, passed_on: bool
) -> None:
    """Whatever the path is that participants open, and whether or not the proxy takes it off, pages are found."""
    with running(study, public_url=f"https://example.org{path}") as server:
        base = server.endpoint_url + (path if passed_on else "")
        (link,) = invite(study, 1)
        for page in (link, server.requester_path, "/assets/participant.css"):
            assert http.get(base + page).status_code == 200, page
        assert http.get(f"{base}/").status_code == 404
        assert "open your own link" in http.get(f"{base}/").text
        if passed_on:
            slash = urljoin(base, http.get(base).headers["location"])
            assert unquote(slash) == unquote(f"{base}/"), "for who leaves the slash out"


def test_links_are_unguessable_and_ids_tell_programs_apart(market: Market) -> None:
    """Links have 192 random bits; only simulated participants have worker ids that begin with ASIMULATED."""
    paths = invite(market.study, 50)
    assert len({path.removeprefix("/p/") for path in paths}) == 50
    assert all(len(path) == len("/p/") + 32 for path in paths)
    program, person = market.person(simulated=True), market.person()
    assert program.worker_id.startswith("ASIMULATED")
    assert program.get().json()["simulated"] is True
    assert not person.worker_id.startswith("ASIMULATED")
    assert person.get().json()["simulated"] is False
    with pytest.raises(ValueError, match="count is 0"):
        invite(market.study, 0)
    with pytest.raises(ValueError, match="country 'Japan' is no code like JP"):
        invite(market.study, 1, country="Japan")


def test_rates_hold_people_and_not_programs(study: Path, http: httpx.Client) -> None:
    """Beyond a burst a person's requests and guesses of links get a 429; programs that take part are not held."""
    limits = ServerLimits(requests_per_s=1e-6, burst=3, strangers_per_s=1e-6, strangers_burst=2)
    with running(study, limits=limits) as server:
        person, program = (server.endpoint_url + invite(study, 1, simulated=fake)[0] for fake in (False, True))
        assert [http.get(person).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
        assert {http.get(program).status_code for _ in range(10)} == {200}
        guessed = f"{server.endpoint_url}/p/guess"
        assert [http.get(guessed).status_code for _ in range(3)] == [404, 404, 429]


def test_time_left_is_the_servers(market: Market, clock: ManualClock) -> None:
    """Programs and pages are told what is left, in seconds, rather than a time of day; it never is below zero."""
    hit_id, person = market.hit(), market.person()
    person.accept(hit_id)
    clock.advance(150)
    assert person.get(f"/hits/{hit_id}").json()["left_s"] == 450
    assert person.get().json()["hits"][0]["left_s"] == 450
    assert 'data-left="450.0"' in person.get(f"/hits/{hit_id}", headers={}).text


def test_a_grace_period_takes_late_answers(market: Market, clock: ManualClock) -> None:
    """With `grace_s` a task stays its participant's for that long after the deadline, and no longer."""
    Study(grace_s=60).save(market.study / "study.toml")
    hit_id, person, late = market.hit(MaxAssignments=2), market.person(), market.person()
    assignments = [one.accept(hit_id).json()["assignment_id"] for one in (person, late)]
    clock.advance(630)
    task = person.get(f"/hits/{hit_id}").json()
    assert (task["state"], task["left_s"], task["grace_left_s"]) == ("accepted", 0, 30)
    assert person.submit(assignments[0]).status_code == 303
    clock.advance(30)
    assert late.submit(assignments[1]).json()["error"] == "late"
    listed = market.client.list_assignments_for_hit(HITId=hit_id)["Assignments"]
    assert [each["AssignmentId"] for each in listed] == assignments[:1]


def test_who_ran_out_of_time_is_told(market: Market, clock: ManualClock) -> None:
    """The task's page says so and offers another attempt while there is a place; whoever returned it sees a preview."""
    hit_id, slow, quick = market.hit(), market.person(), market.person()
    slow.accept(hit_id)
    clock.advance(601)
    page = slow.get(f"/hits/{hit_id}", headers={}).text
    assert "The time for this task is over" in page
    assert f"/hits/{hit_id}/accept" in page
    quick.accept(hit_id)
    page = slow.get(f"/hits/{hit_id}", headers={}).text
    assert "Nobody can take this task any more" in page
    assert "open to others" not in page
    assert "/accept" not in page
    quick.give_back(quick.get(f"/hits/{hit_id}").json()["assignment_id"])
    assert "time for this task is over" not in quick.get(f"/hits/{hit_id}", headers={}).text


def test_a_reward_of_nothing_is_no_pay(market: Market) -> None:
    """A HIT of another program shows its reward, and one with none shows that it is not paid."""
    paid, free = market.hit(), market.hit(Reward="0.00")
    person = market.person()
    assert "$0.40" in person.get(f"/hits/{paid}", headers={}).text
    page = person.get(f"/hits/{free}", headers={}).text
    assert "Not paid" in page
    assert "$" not in page
    home = person.get(headers={}).text
    assert "Not paid" in home
    assert "$0.40" in home


def test_the_next_task_is_named_where_there_is_one(market: Market) -> None:
    """The thank-you page leads on while something can be done, and says so when nothing can."""
    first, second, person = market.hit(), market.hit(), market.person()
    done = person.accept(first).json()["assignment_id"]
    person.submit(done)
    assert f"/hits/{second}" in person.get(f"/thanks/{done}", headers={}).text
    last = person.accept(second).json()["assignment_id"]
    person.submit(last)
    page = person.get(f"/thanks/{last}", headers={}).text
    assert "next task" not in page
    assert "nothing to do" in page


@pytest.mark.parametrize("end", ["not yet published", "time over", "deleted", "places taken"])
def test_nobody_is_asked_to_come_back_after_the_end(market: Market, clock: ManualClock, end: str) -> None:
    """Who finds nothing reads that taking part is over, where the time of all tasks is; else to come back later."""
    person = market.person()
    if end != "not yet published":
        hit_id = market.hit()
        if end == "places taken":
            market.work(hit_id)
        else:
            clock.advance(3601)
        if end == "deleted":
            market.client.delete_hit(HITId=hit_id)
    page = person.get(headers={}).text
    over = end in ("time over", "deleted")
    assert ("The time for taking part is over." in page) == over
    assert ("Come back later." in page) == (not over)


@pytest.mark.parametrize("says", ["", "$0.40 (in cash)", None], ids=["unpaid", "paid by hand", "nothing"])
def test_a_bonus_is_read_by_who_got_it(market: Market, says: str | None) -> None:
    """The reason of each bonus stands beside the completion code; its amount does not where a task is not paid."""
    pay = "" if says is None else f'<meta name="task-contract" content="1"><meta name="task-pay" content="{says}">'
    hit_id, person = market.hit(Question=HTML_QUESTION.replace("<title>", f"{pay}<title>")), market.person()
    done = person.accept(hit_id).json()["assignment_id"]
    person.submit(done)
    for amount, reason in (("0.20", "For your <b>remarks</b>"), ("1.00", "And once more")):
        market.client.send_bonus(
            WorkerId=person.worker_id, AssignmentId=done, BonusAmount=amount, Reason=reason, UniqueRequestToken=reason
        )
    page = person.get(f"/thanks/{done}", headers={}).text
    assert "For your &lt;b&gt;remarks&lt;/b&gt;" in page
    assert page.index("For your") < page.index("And once more")
    assert ("Bonus: $0.20." in page) == (says != "")
    assert ("$" in page) == (says != "")
