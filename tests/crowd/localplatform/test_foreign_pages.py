"""Task pages of other programs over HTTP: what a key opens, what is refused, and what is changed in a page."""

import re
import time
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
from botocore.exceptions import ClientError

from crowd.design.study import Study
from crowd.localplatform import running
from crowd.localplatform.foreignhtml import CROWD_ELEMENTS, FILES, check, served
from crowd.localplatform.tags import start_tags
from tests.browser.foreign import CROWD, GUIDE, external_question, html_question
from tests.crowd.localplatform.market import HTML_QUESTION, JSON, STRICT_QUESTION, Market, Person, requester

CSP = "content-security-policy"


def accepted(person: Person, hit_id: str) -> tuple[str, str, str]:
    """Take the HIT: the assignment's id, the address of its page, and what its page is told to submit to."""
    answer = person.accept(hit_id)
    address = urljoin(str(answer.url), answer.json()["frame_url"])
    (submit_to,) = parse_qs(urlsplit(address).query)["turkSubmitTo"]
    return answer.json()["assignment_id"], address, submit_to


def submit(http: httpx.Client, submit_to: str, assignment_id: str, **headers: str) -> httpx.Response:
    """Send an answer as a page does."""
    return http.post(
        f"{submit_to}/mturk/externalSubmit", data={"assignmentId": assignment_id, "a": "b"}, headers=headers
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://study.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("question", [html_question(GUIDE), external_question("https://study.example/task?a=1")])
def test_a_key_submits_from_any_origin(market: Market, question: str, headers: dict[str, str]) -> None:
    """A form that any site sends arrives, once; whoever sends it is told nothing of the participant's link or code."""
    hit_id, person = market.hit(Question=question), market.person()
    assignment_id, address, submit_to = accepted(person, hit_id)
    sent = submit(market.http, submit_to, assignment_id, **headers)
    assert sent.status_code == 303
    receipt = market.http.get(urljoin(str(sent.url), sent.headers["location"]))
    assert receipt.status_code == 200
    code = person.get(f"/thanks/{assignment_id}").json()["completion_code"]
    for text in (address, submit_to, sent.headers["location"], receipt.text, str(receipt.headers)):
        assert person.token not in text
        assert code not in text
    assert submit(market.http, submit_to, assignment_id, **headers).status_code == 303
    (found,) = market.client.list_assignments_for_hit(HITId=hit_id)["Assignments"]
    assert found["WorkerId"] == person.worker_id


def test_a_key_submits_one_assignment_and_no_more(market: Market) -> None:
    """It is refused for another assignment of the same participant, for a preview, and where it is one letter off."""
    first, second = (market.hit(Question=html_question(GUIDE)) for _ in range(2))
    person = market.person()
    preview = person.get(f"/hits/{second}").json()["frame_url"]
    one, _, key = accepted(person, first)
    other, _, other_key = accepted(person, second)
    preview_key = urljoin(f"{market.server.endpoint_url}/p/x/y/z", preview.partition("?")[0])
    for submit_to, assignment_id in (
        (key, other), (other_key, one), (key[:-1] + ("0" if key[-1] != "0" else "1"), one), (preview_key, other),
        (preview_key, "ASSIGNMENT_ID_NOT_AVAILABLE"), (key, ""), (key, "3NONE"),
    ):  # fmt: skip
        assert submit(market.http, submit_to, assignment_id).status_code == 404
    assert set(person.offers().values()) == {"accepted"}


def test_an_assignment_s_id_alone_submits_nothing(market: Market) -> None:
    """Programs are refused; what a browser sends is handed to the participant's page, with the right to send it."""
    hit_id, person = market.hit(Question=html_question(GUIDE)), market.person()
    assignment_id, _, _ = accepted(person, hit_id)
    root = market.server.endpoint_url
    assert submit(market.http, root, assignment_id, **JSON).status_code == 403
    handed = submit(market.http, root, assignment_id)
    assert (handed.status_code, person.token in handed.text) == (202, False)
    assert submit(market.http, root, "").status_code == 400
    assert submit(market.http, f"{root}/p/{person.token}x", assignment_id).status_code == 404
    assert person.offers() == {hit_id: "accepted"}


def test_answers_may_stand_in_the_address(market: Market) -> None:
    """A page that goes to an address submits as a form does; a form's own fields come before those of its address."""
    for method in ("GET", "POST"):
        hit_id = market.hit(Question=external_question("https://study.example/"))
        assignment_id, _, submit_to = accepted(market.person(), hit_id)
        address = f"{submit_to}/mturk/externalSubmit?assignmentId={assignment_id}&a=1&b=2"
        assert market.http.request(method, address, data={"a": "3"} if method == "POST" else None).status_code == 303
        answer = market.client.get_assignment(AssignmentId=assignment_id)["Assignment"]["Answer"]
        assert re.findall("<FreeText>(.*?)</FreeText>", answer) == [["1", "2"], ["3", "2"]][method == "POST"]
    assert market.http.get(f"{submit_to}/mturk/externalSubmit").status_code == 404
    assert market.http.get(f"{address}&{'&'.join('c' * 4000)}").status_code in (400, 414)


def test_a_returned_assignment_is_not_shown_or_taken(market: Market) -> None:
    """After a return its key opens nothing any more."""
    hit_id, person = market.hit(Question=html_question(GUIDE)), market.person()
    assignment_id, address, submit_to = accepted(person, hit_id)
    assert market.http.get(address).status_code == 200
    person.give_back(assignment_id)
    assert market.http.get(address).status_code == 410
    assert submit(market.http, submit_to, assignment_id).status_code == 410


def test_pages_elsewhere_get_the_public_address(study: Path, http: httpx.Client) -> None:
    """`turkSubmitTo` begins with the address that participants open, and parameters stand before a fragment."""
    with (
        running(study, public_url="https://example.org/study") as server,
        requester(server.endpoint_url, study) as client,
    ):
        market = Market(server, study, client, http)
        hit_id = market.hit(Question=external_question("https://other.example/?x=1#/start"))
        frame_url = market.person().accept(hit_id).json()["frame_url"]
    assert re.fullmatch(
        r"https://other\.example/\?x=1&assignmentId=3\w+&hitId=3\w+&workerId=A\w+"
        r"&turkSubmitTo=https%3A%2F%2Fexample\.org%2Fstudy%2Ftasks%2F[0-9a-f]{40}#/start",
        frame_url,
    )


def test_frames_have_the_policy_that_is_asked_for(market: Market) -> None:
    """Open by default; strict where the page, its annotation or the study file says so; the page comes first."""
    cases = [
        ("", {"Question": HTML_QUESTION}, "open"),
        ("", {"Question": STRICT_QUESTION}, "strict"),
        (
            "",
            {"Question": HTML_QUESTION.replace("<title>", '<meta name="task-contract" content="1"><title>')},
            "strict",
        ),
        ("", {"Question": HTML_QUESTION, "RequesterAnnotation": "vidgen/0123/r1b1"}, "strict"),
        ("strict", {"Question": HTML_QUESTION}, "strict"),
        ("strict", {"Question": STRICT_QUESTION.replace("strict", "open")}, "open"),
    ]
    for asked, values, expected in cases:
        Study(foreign_pages=asked or "open").save(market.study / "study.toml")
        person = market.person()
        answer = person.accept(market.hit(**values))
        frame = market.http.get(urljoin(str(answer.url), answer.json()["frame_url"]))
        assert frame.status_code == 200
        policy = frame.headers[CSP]
        assert ("default-src 'none'" in policy, "allow-same-origin" in policy) == ((expected == "strict"),) * 2
        assert "frame-ancestors 'self'" in policy
        assert (person.token in str(frame.url)) is (expected == "strict")


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<crowd-form><crowd-bounding-box name=a></crowd-bounding-box></crowd-form>", "crowd-bounding-box; it has"),
        ("<p>Play</p><embed src='game.swf'>", "Flash"),
        ('<object type="application/x-java-applet"></object><script></script>', "Java"),
        ("<applet code=A.class></applet>", "Java"),
        ('<form action="https://www.mturk.com/mturk/externalSubmit"><input name=a></form>', "form and no script"),
        ('<form action="https://elsewhere.example/"><input name=a></form>', "form and no script"),
        ('<meta name="task-policy" content="loose"><p>x</p>', "task-policy"),
    ],
)  # fmt: skip
def test_what_nobody_could_do_is_refused_with_the_reason(market: Market, page: str, reason: str) -> None:
    """CreateHIT says what the page needs, and no HIT is made."""
    with pytest.raises(ClientError, match=reason) as caught:
        market.hit(Question=html_question(page))
    assert caught.value.response["Error"]["Code"] == "RequestError"
    assert market.client.list_hits()["HITs"] == []


@pytest.mark.parametrize("piece", ["<!--", "<a ", "<a b='", "</", "<!", "<?", "<![CDATA[", "<script>", "<title>", "//"])
def test_no_page_takes_long_to_look_through(piece: str) -> None:
    """Whatever a question of the largest size repeats, it is looked through in a moment."""
    page = piece * (65_000 // len(piece))
    begun = time.process_time()
    check(page)
    served(page, root="../", submit_to="../tasks/k")
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    ("page", "tags"),
    [
        ("<P CLASS=a ID='b' hidden>x</p>", [("p", {"class": "a", "id": "b", "hidden": ""})]),
        ('<!-- <form> --><a\nhref="x&amp;y"/>', [("a", {"href": "x&y"})]),
        ("<script>'<form>'</script><br/>", [("script", {}), ("br", {})]),
        ("1 < 2 <b <i>", [("b", {}), ("i", {})]),
        ("<!-- <form>", []),
    ],
)
def test_start_tags_are_found(page: str, tags: list[tuple[str, dict[str, str]]]) -> None:
    """Those of elements, not those in comments and scripts; with their attributes as browsers read them."""
    assert list(start_tags(page)) == tags


@pytest.mark.parametrize("page", [GUIDE, CROWD, "<form onsubmit='go()'></form>", '<object data="a.svg"></object>'])
def test_what_can_be_done_is_taken(market: Market, page: str) -> None:
    """Pages of the usual kinds are no error."""
    assert market.hit(Question=html_question(page))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"https://s3.amazonaws.com/mturk-public/externalHIT_v1.js"', '"../assets/foreign/externalHIT_v1.js"'),
        ("'//s3.amazonaws.com/mturk-public/externalHIT_v1.js'", "'../assets/foreign/externalHIT_v1.js'"),
        ('"https://assets.crowd.aws/crowd-html-elements.js"', '"../assets/foreign/crowd-html-elements.js"'),
        ('"https://www.mturk.com/mturk/externalSubmit"', '"../tasks/k/mturk/externalSubmit"'),
        ("https://workersandbox.mturk.com/mturk/externalSubmit", "../tasks/k/mturk/externalSubmit"),
        ('host = "https://www.mturk.com"', 'host = "../tasks/k"'),
        ('action="/mturk/externalSubmit"', 'action="../tasks/k/mturk/externalSubmit"'),
        ('to + "/mturk/externalSubmit"', 'to + "/mturk/externalSubmit"'),
        ('<a href="https://www.mturk.com">', '<a href="https://www.mturk.com">'),
        ("'/media/0f.mp4'", "'../media/0f.mp4'"),
        ('"https://cdn.example/jquery.js"', '"https://cdn.example/jquery.js"'),
    ],
)
def test_amazon_s_addresses_become_ours(before: str, after: str) -> None:
    """Scripts and submissions lead here, and everything else is left as it was."""
    assert served(before, root="../", submit_to="../tasks/k") == after


def test_nothing_stands_before_the_document_type() -> None:
    """What gives the page its storage comes first, but behind the document type, and only where there is a script."""
    page = "\n<!DOCTYPE html><!-- <script> --><html><script>1</script></html>"
    assert served(page, root="../", submit_to="").startswith("\n<!DOCTYPE html><script src=")
    assert served("<p>x</p>", root="../", submit_to="") == "<p>x</p>"


def test_the_files_can_be_loaded_without_an_origin(market: Market) -> None:
    """They are there under their names, for pages of any origin, and nothing else is."""
    address = f"{market.server.endpoint_url}/assets/foreign/"
    for name in FILES:
        file = market.http.get(address + name)
        assert file.headers["content-type"].startswith("text/javascript")
        assert (file.headers["cross-origin-resource-policy"], file.headers["access-control-allow-origin"]) == (
            "cross-origin",
            "*",
        )
    script = market.http.get(f"{address}crowd-html-elements.js").text
    assert set(re.findall(r'"(crowd-[a-z-]+)": Crowd', script)) == CROWD_ELEMENTS
    for name in ("__init__.py", "..%2Fparticipant%2Fparticipant.js", "x"):
        assert market.http.get(address + name).status_code == 404
