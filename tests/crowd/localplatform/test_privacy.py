"""What is kept of participants who come over HTTP: their consent, no address or browser, and nothing after erasure."""

import itertools
import json
import logging
import uuid
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowd.lifecycle.backup import back_up, restore
from crowd.lifecycle.check import check
from crowd.lifecycle.erase import erase, erase_expired
from crowd.lifecycle.invite import consent_texts, participants
from crowd.localplatform import people, running
from crowd.localplatform.consenting import consent_in
from crowd.localplatform.store import quiztries
from tests.cli.program import vidgen
from tests.crowd.lifecycle.test_erase import holding, yes
from tests.crowd.localplatform.market import HTML_QUESTION, JSON, Market, requester
from tests.crowd.localplatform.test_recruiting import arrive, declare, outcomes, work

ADDRESS, BROWSER = "203.0.113.77", "TellingBrowser/7.0 (of one person)"


def asking(text: str) -> str:
    """A page that asks for consent to this text."""
    data = f'<script type="application/json" id="task">{json.dumps({"title": "x", "consent": text})}</script>'
    return HTML_QUESTION.replace("<title>", f'<meta name="task-contract" content="1">{data}<title>')


def test_who_agreed_to_which_text_and_when(market: Market, tmp_path: Path) -> None:
    """The first task with a text is the consent to it; a changed text is a new version; backups hold both."""
    first, again, changed, foreign = (
        market.hit(Question=question)
        for question in (asking('We "keep"\nanswers.'), asking('We "keep"\nanswers.'), asking("同意"), HTML_QUESTION)
    )
    ann, bob = market.person(), market.person()
    ann.accept(foreign)
    assert participants(market.study)[0].consent_version is None
    for person, hit in ((ann, first), (bob, first), (ann, again)):
        person.accept(hit)
    before = participants(market.study)
    assert [one.consent_version for one in before] == [1, None], "Bob found the only place taken"
    ann.accept(changed)
    bob.accept(market.hit(Question=asking("同意")))
    back_up(market.study, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", tmp_path / "again")
    for study in (market.study, tmp_path / "again"):
        assert [(text.version, text.text) for text in consent_texts(study)] == [(1, 'We "keep"\nanswers.'), (2, "同意")]
    assert [one.consent_version for one in participants(market.study)] == [2, 2]
    shown = vidgen("invite", "--study", market.study, "--list").output
    assert f"2 {participants(market.study)[0].consented_at:%Y-%m-%d}" in shown
    assert f'consent 1 (SHA-256 {consent_texts(market.study)[0].sha256}): We "keep" answers.' in shown


@pytest.mark.parametrize("text", ["", 'a "b" \\ c', "同意", "</script>", '"consent": "no"'])
def test_the_text_of_consent_is_found_in_a_page(text: str) -> None:
    """Whatever it holds; a page that asks for none has none, and neither has one without a text."""
    assert consent_in(asking(text)) == (text or None)
    assert consent_in(asking(text).replace("task-contract", "other")) is None


def test_no_address_or_browser_is_kept(market: Market, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """After every kind of request, also failing ones, neither is in a file of the study, the log or a backup."""
    caplog.set_level(logging.DEBUG)
    telling = {"User-Agent": BROWSER, "X-Forwarded-For": ADDRESS, "X-Real-IP": ADDRESS, "Forwarded": f"for={ADDRESS}"}
    declare(market.study)
    market.http.headers.update(telling)
    study = market.study
    hit_id = market.hit(MaxAssignments=9, Question=asking("We keep answers."))
    work(arrive(market), hit_id)
    person = market.person()
    for path in ("", f"/hits/{hit_id}", f"/frame/{hit_id}", "/thanks/none", "/end", "/none", f"/hits/{hit_id}/accept"):
        for headers in ({}, JSON):
            person.get(path, headers=headers)
            person.post(path, headers=headers, data={"broken": "%%%"})
    for path in ("/", "/join", "/join?who=x", "/p/wrong", "/requester", "/media/none", "/healthz", "/metrics"):
        market.http.get(market.server.endpoint_url + path)
        market.http.post(market.server.endpoint_url + path, content=b"\xff")
    work(person, hit_id)
    back_up(study, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", tmp_path / "again")
    for folder in (study, tmp_path / "again"):
        assert holding(folder, {ADDRESS.encode(), BROWSER.encode(), b"TellingBrowser"}) == []
    assert ADDRESS not in caplog.text
    assert "TellingBrowser" not in caplog.text


def test_no_address_is_kept_behind_a_trusted_proxy(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, market: Market
) -> None:
    """Addresses are read there, to limit requests, and neither written nor logged."""
    caplog.set_level(logging.DEBUG)
    with (
        running(tmp_path / "proxied", trusted_proxies=["127.0.0.1"]) as server,
        requester(server.endpoint_url, tmp_path / "proxied") as client,
    ):
        proxied = Market(server, tmp_path / "proxied", client, market.http)
        hit_id = proxied.hit()
        market.http.headers.update({"User-Agent": BROWSER, "X-Forwarded-For": ADDRESS})
        work(proxied.person(), hit_id)
        for _ in range(50):
            market.http.get(f"{server.endpoint_url}/p/wrong")
        assert holding(tmp_path / "proxied", {ADDRESS.encode(), b"TellingBrowser"}) == []
    assert holding(tmp_path / "proxied", {ADDRESS.encode(), b"TellingBrowser"}) == []
    assert ADDRESS not in caplog.text


@pytest.mark.parametrize("name", ["person of ann", "visit of ann"])
def test_somebody_whom_a_recruiter_sent_is_erased_by_its_ids(name: str, market: Market) -> None:
    """Their ids are gone while served, their link leads nowhere, and whoever comes by the ids is somebody new."""
    declare(market.study)
    hit_id = market.hit(MaxAssignments=3, Question=asking("We keep answers."))
    ann, bob = arrive(market, "person of ann", "visit of ann"), arrive(market, "person of bob", "visit of bob")
    in_hand = ann.accept(hit_id).json()["assignment_id"]
    sought = {b"person of ann", b"visit of ann", ann.token.encode(), ann.worker_id.encode()}
    assert holding(market.study, sought)
    assert vidgen("erase", "--study", market.study, "--participant", name, typed="no\n").exit_code == 1
    done = vidgen("erase", "--study", market.study, "--participant", name, typed="erase\n")
    assert done.exit_code == 0
    assert "1 participant erased" in done.output
    assert holding(market.study, sought) == []
    assert ann.get().status_code == 404
    assert ann.submit(in_hand).status_code in (403, 404)
    assert [outcome for _, outcome in outcomes(market)] == ["returned", None]
    again = vidgen("erase", "--study", market.study, "--participant", name)
    assert f"{name}: was erased before" in again.output
    new = arrive(market, "person of ann", "visit of ann")
    assert new.worker_id.encode() not in sought
    work(new, hit_id)
    work(bob, hit_id)
    assert [outcome for _, outcome in outcomes(market)] == ["returned", "complete", "complete"]
    assert check(market.study) == []


def test_recruiters_ids_expire(market: Market) -> None:
    """After the days of the study file, ids of people and visits are gone; how visits ended is still counted."""
    declare(market.study, keep_days=30)
    hit_id = market.hit(MaxAssignments=1)
    work(arrive(market, "person of ann", "visit of ann"), hit_id)
    market.client.approve_assignment(AssignmentId=people.stored_answers(market.study)[0][0])
    sought = {b"person of ann", b"visit of ann"}
    now = market.server.platform.transact(lambda tx: tx.now)
    before = people.came_from(market.study)
    assert erase_expired(market.study, now=now + 29 * 86_400) == 0
    assert holding(market.study, sought)
    assert erase_expired(market.study, now=now + 31 * 86_400) == 1
    assert holding(market.study, sought) == []
    assert people.came_from(market.study) == before
    assert len(people.stored_answers(market.study)) == 1


actions = st.lists(
    st.tuples(st.sampled_from(["submit", "return", "accept", "look", "quiz"]), st.integers(0, 2)),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("num_examples", [2, pytest.param(25, marks=pytest.mark.slow)])
def test_after_any_history_nothing_of_the_erased_is_left(num_examples: int, market: Market) -> None:
    """Whatever three people did, the ids and answers of those erased are in no file, and those of others are."""
    hits = [market.hit(MaxAssignments=200, Question=asking("We keep answers.")) for _ in range(3)]
    serial = itertools.count()

    @settings(max_examples=num_examples, deadline=None)
    @given(st.lists(actions, min_size=2, max_size=3), st.data())
    def holds(histories: list[list[tuple[str, int]]], data: st.DataObject) -> None:
        persons = [market.person() for _ in histories]
        told = [{person.token.encode(), person.worker_id.encode()} for person in persons]
        for person, history, own in zip(persons, histories, told, strict=True):
            for action, place in history:
                text = f"{uuid.uuid4()} 動画 {next(serial)}"
                if action == "quiz":
                    market.server.platform.transact(quiztries.add, person.worker_id, "study", [text])
                    own.add(text.encode())
                    continue
                person.get(f"/hits/{hits[place]}")
                assignment_id = person.accept(hits[place]).json().get("assignment_id") if action != "look" else None
                if assignment_id and action == "return":
                    person.give_back(assignment_id)
                if assignment_id and action == "submit" and person.submit(assignment_id, said=text).status_code == 303:
                    own.update({text.encode()} if _is_kept(market, text) else set())
        gone = data.draw(st.sets(st.sampled_from(range(len(persons))), min_size=1))
        erase(market.study, [persons[place].worker_id for place in sorted(gone)], confirm=yes)
        for place, own in enumerate(told):
            for one in own:
                assert bool(holding(market.study, {one})) == (place not in gone)
        assert check(market.study) == []

    holds()


def _is_kept(market: Market, text: str) -> bool:
    """Whether the store has the answer; a second one to a task is not taken."""
    return any(text in answer for _, _, answer in people.stored_answers(market.study))
