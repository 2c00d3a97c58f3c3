"""Attacks from browsers and from beside them: cross-site submits, framing, paths, sizes, XML."""

import json
import socket
from pathlib import Path

import httpx
import pytest

from crowd.credentials import load_or_create
from crowd.localplatform import Running, invite, running
from crowd.localplatform.limits import ServerLimits
from crowd.localplatform.rates import Rates
from tests.crowd.localplatform.market import HIT, HTML_QUESTION, JSON, STRICT_QUESTION, TYPE, Market
from tests.crowd.localplatform.test_signing import post, signed


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
def test_other_sites_cannot_submit(market: Market, headers: dict[str, str]) -> None:
    """A form that another site makes the browser send accepts, submits and returns nothing."""
    hit_id, person = market.hit(), market.person()
    refused = person.post(f"/hits/{hit_id}/accept", headers=headers | {"Accept": "application/json"})
    assert (refused.status_code, refused.json()["error"]) == (403, "cross-site")
    assignment_id = person.accept(hit_id).json()["assignment_id"]
    for path in ("/mturk/externalSubmit", f"/assignments/{assignment_id}/return"):
        assert person.post(path, data={"assignmentId": assignment_id}, headers=headers).status_code == 403
    assert market.client.list_assignments_for_hit(HITId=hit_id)["Assignments"] == []
    assert person.offers() == {hit_id: "accepted"}


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {}])
def test_the_own_page_can_submit(market: Market, headers: dict[str, str]) -> None:
    """The task's own page submits, with or without a browser's word for where it comes from."""
    hit_id, person = market.hit(), market.person()
    own = {"Origin": market.server.endpoint_url} | headers
    assignment_id = person.accept(hit_id).json()["assignment_id"]
    sent = person.post("/mturk/externalSubmit", data={"assignmentId": assignment_id, "a": "b"}, headers=own)
    assert sent.status_code == 303


@pytest.mark.parametrize(
    ("public_url", "origin", "ours"),
    [
        ("https://example.org/study", "https://example.org", True),
        ("https://example.org:443", "https://example.org", True),
        ("http://example.org:80/p", "http://example.org", True),
        ("https://Example.ORG", "https://example.org", True),
        ("https://b\u00fccher.example", "https://xn--bcher-kva.example", True),
        ("http://[2001:DB8::1]:8000", "http://[2001:db8::1]:8000", True),
        ("https://example.org:8443", "https://example.org", False),
        ("https://example.org", "https://example.org.evil.example", False),
        ("https://" + "a" * 64 + ".example", "https://evil.example", False),
    ],
)
def test_the_public_address_is_ours_however_it_is_written(
    study: Path, http: httpx.Client, public_url: str, origin: str, ours: bool
) -> None:
    """A page below the address that participants were given can send, though a proxy drops all but the origin."""
    with running(study, public_url=public_url) as server:
        (link,) = invite(study, 1)
        answer = http.post(f"{server.endpoint_url}{link}/hits/3NONE/accept", headers={"Origin": origin} | JSON)
    assert answer.json()["error"] == ("no-such-task" if ours else "cross-site")


def test_every_page_has_its_headers(market: Market) -> None:
    """Pages can't be framed by others, run scripts of their own only, and never tell other sites their address."""
    hit_id, person = market.hit(Question=STRICT_QUESTION), market.person()
    assignment_id = person.accept(hit_id).json()["assignment_id"]
    frame = f"/frame/{hit_id}?assignmentId={assignment_id}"
    pages = {path: person.get(path, headers={}) for path in ("", f"/hits/{hit_id}", frame, "/hits/3NONE")}
    for path, response in pages.items():
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "form-action 'self'" in policy, path
        assert "base-uri 'none'" in policy, path
        assert "frame-ancestors" in policy, path
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "same-origin"
        assert response.headers["cache-control"] == "no-store"
        assert ("'unsafe-inline'" in policy) is (path == frame)
        assert "server" not in response.headers
    assert "frame-ancestors 'none'" in pages[""].headers["content-security-policy"]
    assert "sandbox allow-scripts" in pages[frame].headers["content-security-policy"]


def test_study_text_is_shown_as_text(market: Market) -> None:
    """A title and a description with markup appear on every page as text."""
    evil = "<script>alert(1)</script>\"'&"
    hit_id, person = market.hit(Title=evil, Description=evil), market.person()
    for path in ("", f"/hits/{hit_id}"):
        page = person.get(path, headers={}).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_bodies_are_limited(market: Market) -> None:
    """A body above the limit is refused by its declared length, or as soon as it passes the limit without one."""
    person, limit = market.person(), market.server.platform.limits.body_bytes
    hit_id = market.hit()
    assignment_id = person.accept(hit_id).json()["assignment_id"]
    large = f"assignmentId={assignment_id}&a=".encode() + b"x" * limit
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert person.post("/mturk/externalSubmit", content=large, headers=form).status_code == 413
    pieces = (large[start : start + 65_536] for start in range(0, len(large), 65_536))
    assert person.post("/mturk/externalSubmit", content=pieces, headers=form).status_code == 413
    assert market.http.post(market.server.endpoint_url, content=large).status_code == 413
    assert person.submit(assignment_id, a="x" * (limit - 100)).status_code == 303


def test_field_counts_are_limited(market: Market) -> None:
    """A form with too many fields is refused, in both encodings."""
    person, most = market.person(), market.server.platform.limits.form_fields
    fields = {f"f{number}": "" for number in range(most + 1)}
    assert person.post("/mturk/externalSubmit", data=fields).status_code == 400
    parts = [(name, (None, value)) for name, value in fields.items()]
    assert person.post("/mturk/externalSubmit", files=parts).status_code == 400


_PART = b"--x\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n--x--\r\n"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"assignmentId": "3"}'),
        ("text/plain", b"assignmentId=3"),
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: nonsense"),
        ("multipart/form-data; boundary=x; charset=nonsense", _PART % (b'name="a"', b"\xff")),
        ("multipart/form-data; boundary=x", _PART % (b'name="a"; filename="b"', b"c")),
    ],
)  # fmt: skip
def test_malformed_forms(market: Market, kind: str, body: bytes) -> None:
    """What is no readable form is refused as malformed, files included."""
    response = market.person().post("/mturk/externalSubmit", content=body, headers={"Content-Type": kind})
    assert response.status_code in (400, 404)


def test_multipart_answers_count(market: Market) -> None:
    """A page that sends multipart/form-data is understood as well."""
    person, hit_id = market.person(), market.hit()
    assignment_id = person.accept(hit_id).json()["assignment_id"]
    parts = {"assignmentId": (None, assignment_id), "answer": (None, "bäll")}
    assert person.post("/mturk/externalSubmit", files=parts).status_code == 303
    assert "b&#228;ll" in market.client.get_assignment(AssignmentId=assignment_id)["Assignment"]["Answer"]


def _bomb() -> str:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE b [<!ENTITY e0 "ha">{entities}]><HTMLQuestion>&e9;</HTMLQuestion>'


@pytest.mark.parametrize(
    "xml",
    [
        _bomb(),
        '<!DOCTYPE b [<!ENTITY e SYSTEM "file:///etc/passwd">]><HTMLQuestion>&e;</HTMLQuestion>',
        '<!DOCTYPE b SYSTEM "http://127.0.0.1:1/x.dtd"><HTMLQuestion/>',
        HTML_QUESTION.replace("<HTMLQuestion", "<!DOCTYPE HTMLQuestion><HTMLQuestion"),
        "<?xml version='1.0' encoding='utf-7'?>" + HTML_QUESTION,
    ],
)
def test_xml_bombs_are_not_lit(market: Market, xml: str) -> None:
    """Entities, external documents and document types in a question are refused before they are expanded."""
    url, secrets = market.server.endpoint_url, load_or_create(market.study)
    body = json.dumps(TYPE | HIT | {"Question": xml}).encode()
    headers = signed(url, secrets, body, target="MTurkRequesterServiceV20170117.CreateHIT")
    answer = post(market, headers, body)
    assert (answer.status_code, answer.json()["__type"]) == (400, "ParameterValidationError")


def test_other_methods_and_paths(market: Market) -> None:
    """What the server does not have is 404 or 405, never a listing or an error of its own."""
    url = market.server.endpoint_url
    statuses = {
        (method, path): market.http.request(method, url + path).status_code
        for method, path in (
            ("GET", "/"), ("PUT", "/"), ("GET", "/secrets.json"), ("GET", "/p"), ("GET", "/p/"), ("GET", "/media"),
            ("GET", "/assets/base.html.j2"), ("GET", "/assets/..%2fbase.html.j2"), ("DELETE", "/p/x"), ("GET", "/docs"),
        )
    }  # fmt: skip
    assert set(statuses.values()) <= {404, 405}, statuses


def test_leaving_in_the_middle_is_no_mistake(market: Market, caplog: pytest.LogCaptureFixture) -> None:
    """A client that disconnects while it sends is forgotten, and nothing is logged as failed."""
    where = market.server.endpoint_url.removeprefix("http://").split(":")
    for path in ("/", f"/p/{market.person().token}/mturk/externalSubmit"):
        with socket.create_connection((where[0], int(where[1]))) as connection:
            head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
            connection.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\nassignm".encode())
    assert market.person().get().status_code == 200
    assert "failed" not in caplog.text


def test_our_mistakes_are_logged_and_not_shown(
    market: Market, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An unexpected error is a plain page with all headers for the client, and a traceback for the operator only."""

    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("crowd.localplatform.participation.home", broken)
    response = market.person().get()
    assert response.status_code == 500
    assert "secret detail" not in response.text
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "secret detail" in caplog.text


def test_limits_can_be_chosen(study: Path, http: httpx.Client) -> None:
    """A server can be run with narrower limits."""
    with running(study, limits=ServerLimits(body_bytes=100)) as server:
        assert http.post(server.endpoint_url, content=b"x" * 101).status_code == 413


def test_it_listens_on_this_machine_only(server: Running) -> None:
    """Unless told otherwise the server is bound to the loopback address."""
    assert server.endpoint_url.startswith("http://127.0.0.1:")


def test_buckets_refill_and_are_forgotten() -> None:
    """A bucket lets a burst through, refills with time, and the oldest is dropped beyond the number kept."""
    rates = Rates(per_s=1, burst=2, keep=2)
    assert [rates.allow("a", 0) for _ in range(3)] == [True, True, False]
    assert [rates.allow("a", 1), rates.allow("a", 1)] == [True, False]
    assert rates.allow("b", 1)
    assert rates.allow("c", 1)
    assert rates.allow("a", 1)
