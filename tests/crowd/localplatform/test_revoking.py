"""Links are listed and taken back; what their participants sent stays."""

import re
from pathlib import Path

import httpx
import pytest

import crowd
from crowd.localplatform import people, running
from tests.cli.program import said, vidgen
from tests.crowd.localplatform.market import Market


@pytest.fixture
def hit_id(market: Market) -> str:
    """A task with three places."""
    return market.hit(MaxAssignments=3)


def test_a_link_that_was_taken_back_leads_to_a_page_that_says_so(market: Market, hit_id: str) -> None:
    """Every address below it does, in HTML and JSON, also for a participant whom the server knows already."""
    person = market.person()
    assignment_id = person.accept(hit_id).json()["assignment_id"]
    people.revoke(market.study, person.worker_id)
    for path in ("", f"/hits/{hit_id}", f"/frame/{hit_id}", f"/thanks/{assignment_id}"):
        answer = person.get(path)
        assert (answer.status_code, answer.json()["error"]) == (403, "revoked")
    for path in (f"/hits/{hit_id}/accept", f"/assignments/{assignment_id}/return"):
        assert person.post(path).status_code == 403
    assert person.submit(assignment_id, ball="b").status_code == 403


def test_what_was_sent_stays_and_what_was_begun_is_free(market: Market, hit_id: str) -> None:
    """The requester gets and approves the answers; the place of a task in hand is somebody else's."""
    done, begun, other = market.person(), market.person(), market.person()
    sent = done.accept(hit_id).json()["assignment_id"]
    assert done.submit(sent, ball="b").is_redirect
    begun.accept(hit_id)
    people.revoke(market.study, "1")
    people.revoke(market.study, "2")
    assert market.client.get_hit(HITId=hit_id)["HIT"]["NumberOfAssignmentsAvailable"] == 2
    (kept,) = market.client.list_assignments_for_hit(HITId=hit_id)["Assignments"]
    market.client.approve_assignment(AssignmentId=kept["AssignmentId"])
    assert other.accept(hit_id).is_success
    listed = people.everybody(market.study)
    assert [(link.number, link.num_open, link.num_sent, link.revoked) for link in listed] == [
        (1, 0, 1, True),
        (2, 0, 0, True),
        (3, 1, 0, False),
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study of four people and their sheet."""
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "study.toml").touch()
    done = vidgen("invite", "--study", tmp_path / "s", "--count", 4, "--url", "https://study.example")
    assert done.exit_code == 0, done.output
    return tmp_path / "s"


@pytest.mark.parametrize("kind", ["number", "worker id", "path", "link"])
def test_a_participant_is_named_in_any_way(folder: Path, kind: str) -> None:
    """The number on the sheet, the worker id and the link all name the same one; numbers of others stay."""
    second = people.everybody(folder)[1]
    name = {"number": "2", "worker id": second.worker_id, "path": second.path}.get(
        kind, f"https://study.example{second.path}"
    )
    for again in ("", " (was before)"):
        done = vidgen("invite", "--study", folder, "--revoke", name)
        assert (done.exit_code, said(done.output)) == (0, [f"the link of participant 2 is taken back{again}"])
    sheet = (folder / "participants.html").read_text(encoding="utf-8")
    assert second.path not in sheet
    assert re.findall(r"<small>(.*?)</small>", sheet) == ["1 / 4", "3 / 4", "4 / 4"]
    assert sheet.count("https://study.example/p/") == 3
    shown = vidgen("invite", "--study", folder, "--list", "--url", "https://study.example").stdout
    assert len(said(shown)) == 5
    assert "taken back" in said(shown)[2]
    assert f"https://study.example{people.everybody(folder)[0].path}" in said(shown)[1]


def test_a_link_that_was_taken_back_is_replaced(folder: Path) -> None:
    """A target of people counts those who have links."""
    people.revoke(folder, "1")
    assert people.invite_up_to(folder, 4) == 1
    assert len(people.links(folder)) == 4


def test_nobody_of_that_name_is_one_line(folder: Path) -> None:
    """Nothing is taken back by a mistyped name."""
    done = vidgen("invite", "--study", folder, "--revoke", "5")
    assert done.exit_code == 1
    assert "nobody has this number, worker id or link; `" in said(done.stderr)[0]
    assert not any(link.revoked for link in people.everybody(folder))


def test_a_number_is_one_name(folder: Path) -> None:
    """Number 21 is nobody here, and its digits are not participants 2 and 1."""
    with pytest.raises(ValueError, match="'21': nobody has"):
        crowd.revoke(folder, "21")
    assert not any(link.revoked for link in people.everybody(folder))
    assert [person.number for person in crowd.revoke(folder, "2")] == [2]


@pytest.mark.parametrize(("language", "words"), [("en", "This link is no longer in use"), ("ja", "このリンクは")])
def test_the_page_is_polite_in_the_studys_language(folder: Path, language: str, words: str) -> None:
    """It says that what was sent is kept, and offers no way on."""
    (folder / "study.toml").write_text(f'[study]\nlanguage = "{language}"\n', encoding="utf-8")
    link = people.revoke(folder, "1")
    with running(folder) as server:
        answer = httpx.get(server.endpoint_url + link.path, trust_env=False)
    assert answer.status_code == 403
    assert words in answer.text
    assert "button primary" not in answer.text
