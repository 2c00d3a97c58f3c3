"""The log is JSON lines that say what happened, and never who it was, how to be them, or what they answered."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from crowd.credentials import load_or_create
from crowd.design.study import Study
from crowd.localplatform.logs import JsonLines, logging_to, without_links
from tests.crowd.localplatform.market import JSON, QUESTION_FORM, STRICT_QUESTION, Market, Person
from vidgen.cli.shared import messages

ANSWER = "a-very-secret-answer"


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.jsonl"


def be_busy(market: Market) -> set[str]:
    """Everything that people and the requester do, and much that they should not; gives what nobody may read."""
    secrets, url = load_or_create(market.study), market.server.endpoint_url
    hits = [market.hit(MaxAssignments=9, Question=question) for question in (STRICT_QUESTION, QUESTION_FORM)]
    hits.append(market.hit(MaxAssignments=9))
    private = {*hits, ANSWER, secrets.access_key_id, secrets.secret_access_key, secrets.pseudonym_key}
    private |= {secrets.metrics_key, secrets.media_key, market.server.requester_path.rpartition("/")[2]}
    for person in [market.person() for _ in range(3)]:
        private |= {person.token, person.worker_id}
        for hit in hits:
            person.get(f"/hits/{hit}", headers={})
            accepted = person.accept(hit).json()
            assignment = accepted["assignment_id"]
            private |= {assignment}
            market.http.get(f"{url}/{accepted['frame_url'].lstrip('./')}")
            person.submit(assignment, answer=ANSWER, ball="b")
            thanks = person.get(f"/thanks/{assignment}").json()
            private |= {thanks["completion_code"]}
            person.submit(assignment, answer=ANSWER)  # again
            person.give_back(assignment)
        person.get("/hits/NONE")
        person.post("/mturk/externalSubmit", content=ANSWER.encode())
        market.http.get(f"{person.link}/{ANSWER}", headers={"Cookie": ANSWER, "Referer": person.link})
    market.http.get(url + market.server.requester_path)
    market.http.get(f"{url}/requester/{ANSWER}")
    market.http.get(f"{url}/p/{ANSWER}")
    market.http.get(url + market.server.media_url(f"{ANSWER}.mp4"))
    market.http.get(url + "/metrics", headers={"Authorization": f"Bearer {secrets.metrics_key}"})
    market.client.list_assignments_for_hit(HITId=hits[0])
    return private


def be_recruited(market: Market) -> set[str]:
    """All that people do whom a panel sends, and what strangers try at its address; gives what nobody may read."""
    back = "https://panel.example/back?who={id}&visit={session}"
    panel = {"id_parameter": "who", "session_parameter": "visit", "complete": back, "no_consent": "N0-C0NSENT"}
    Study(recruiter="panel", recruit={"panel": panel}).save(market.study / "study.toml")
    hit, private = market.hit(MaxAssignments=2), {"panel.example", "N0-C0NSENT"}
    for who, declines in (("ann-of-the-panel", False), ("bob-of-the-panel", True), ("eve-of-the-panel", False)):
        visit, join = f"visit-{who}", f"{market.server.endpoint_url}/join"
        arrivals = [market.http.get(join, params={"who": who, "visit": visit}, headers=JSON) for _ in range(2)]
        person = Person(market, f"{join}/../{arrivals[0].json()['url']}")
        private |= {who, visit, person.token, person.worker_id}
        for wrong in ({}, {"who": who}, {"who": f"[{who}]", "visit": visit}, {"who": "mallory", "visit": visit}):
            assert market.http.get(join, params=wrong).status_code == 400
        if declines:
            person.post("/leave", data={"outcome": "no_consent", "why": ANSWER})
        elif (accepted := person.accept(hit)).is_success:
            private.add(accepted.json()["assignment_id"])
            person.submit(accepted.json()["assignment_id"], answer=ANSWER)
        person.get("/end", headers={"Referer": f"{join}?who={who}"})
        market.http.get(join, params={"who": who, "visit": f"another {visit}"})
    return private


def test_a_busy_log_holds_no_secret_and_no_answer(market: Market, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in requests, not in errors whose messages quote them, of participants, of the requester, and of strangers."""
    with logging_to(log):
        private = be_busy(market) | be_recruited(market)
        person = market.person()
        private |= {person.token, person.worker_id}

        def broken(*arguments: object, **named: object) -> None:
            raise RuntimeError(f"a mistake with {arguments} {named} {sorted(private)}")

        monkeypatch.setattr("crowd.localplatform.participation.home", broken)
        monkeypatch.setattr("crowd.localplatform.store.progress.summary", broken)
        monkeypatch.setattr("crowd.localplatform.visits.arrive", broken)
        assert person.get().status_code == 500
        assert market.http.get(market.server.endpoint_url + market.server.requester_path).status_code == 500
        late = {"who": "late-of-the-panel", "visit": "visit-late"}
        private |= set(late.values())
        assert market.http.get(f"{market.server.endpoint_url}/join", params=late).status_code == 500
    text = log.read_text(encoding="utf-8")
    assert len(private) > 40
    assert [secret for secret in private if secret in text] == []
    assert "127.0.0.1" not in text
    assert "httpx" not in text  # as clients call themselves
    found = lines(log)
    assert len(found) > 60
    assert {one["source"] for one in found} == {"crowd.requests", "crowd.localplatform.app"}
    faults = [one for one in found if one["level"] == "error"]
    assert [one["message"] for one in faults] == [
        "GET /p/{token} failed", "GET /requester/{key} failed", "GET /join failed",
    ]  # fmt: skip
    assert all(one["error"] == "RuntimeError" and " in broken" in one["stack"][-1] for one in faults)


def test_a_request_is_a_line(market: Market, log: Path) -> None:
    """With its method, the pattern of its path, its status, and the time it took."""
    person = market.person()
    with logging_to(log):
        person.get()
        market.http.get(market.server.endpoint_url + "/nowhere")
    known, unknown = lines(log)
    assert {key: known[key] for key in ("level", "message", "method", "route", "status")} == {
        "level": "info", "message": "request", "method": "GET", "route": "/p/{token}", "status": 200,
    }  # fmt: skip
    assert known["ms"] > 0
    assert known["time"].endswith("+00:00")
    assert (unknown["route"], unknown["status"]) == ("unknown", 404)


def test_warnings_are_lines_too(log: Path) -> None:
    """What `crowd` logs anywhere, without links; nothing is logged before and after."""
    logger = logging.getLogger("crowd.somewhere")
    logger.warning("before")
    with logging_to(log):
        logger.warning("see %s", "http://127.0.0.1/p/TOKEN/hits")
        try:
            raise KeyError(ANSWER)
        except KeyError:
            logger.exception("it failed")
    logger.warning("after")
    first, second = lines(log)
    assert first["message"] == "see http://127.0.0.1/p/[secret]/hits"
    assert (second["message"], second["error"]) == ("it failed", "KeyError")
    assert ANSWER not in log.read_text()


def test_a_log_goes_on_under_its_name(market: Market, log: Path) -> None:
    """After logrotate renamed it, a new file is written; a log that is there is appended to."""
    person = market.person()
    with logging_to(log):
        person.get()
        log.rename(log.with_suffix(".1"))
        person.get()
    with logging_to(log):
        person.get()
    assert (len(lines(log)), len(lines(log.with_suffix(".1")))) == (2, 1)


def test_standard_output_can_be_the_log(market: Market, capsys: pytest.CaptureFixture[str]) -> None:
    """As services want it."""
    person = market.person()
    with logging_to("-"):
        person.get()
    assert json.loads(capsys.readouterr().out)["route"] == "/p/{token}"


def test_requests_are_not_echoed_on_the_terminal(market: Market, capsys: pytest.CaptureFixture[str]) -> None:
    """Commands show what `crowd` has to say; requests are for logs only."""
    person = market.person()
    with messages():
        person.get()
        logging.getLogger("crowd").info("something else")
    assert capsys.readouterr().err == "note: something else\n"


def test_an_error_of_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """It is an error of its own, before anything is served."""
    with pytest.raises(OSError, match="No such file"), logging_to(tmp_path / "no" / "log"):
        pass


def test_a_line_is_one_line() -> None:
    """Whatever a message holds."""
    record = logging.LogRecord("crowd", logging.INFO, "", 0, "one\ntwo \u2028 \x1b[31m", None, None)
    assert "\n" not in JsonLines().format(record)
    assert without_links("/tasks/abc?x /requester/def") == "/tasks/[secret]?x /requester/[secret]"
