"""Requests that no program of good will sends: odd bytes everywhere, two lengths, chosen addresses."""

import itertools
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crowd.credentials import load_or_create
from crowd.localplatform import Running, running
from crowd.localplatform.addresses import proxies
from crowd.localplatform.limits import ServerLimits
from crowd.localplatform.store import participants
from tests.crowd.localplatform.market import ANSWER_KEY, HTML_QUESTION, JSON, QUESTION_FORM, Market, requester
from tests.crowd.localplatform.test_signing import post, signed


@dataclass(frozen=True)
class Target:
    """A server with something of everything."""

    server: Running
    paths: list[str]
    """Paths that exist, and the parts that they are made of."""
    access_key: str


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    study = tmp_path_factory.mktemp("fuzz") / "study"
    study.mkdir(exist_ok=True)
    (study / "videos").mkdir()
    (study / "videos" / "clip.mp4").write_bytes(bytes(5000))
    (study / "design.json").write_text('{"videos_dir": "videos", "videos": [{"file_name": "clip.mp4"}]}')
    limits = ServerLimits(strangers_burst=10**9, open_assignments=100)
    with running(study, limits=limits) as server, httpx.Client(trust_env=False) as http:
        with requester(server.endpoint_url, study) as client:
            market = Market(server, study, client, http)
            person = market.person(simulated=True)
            test = client.create_qualification_type(
                Name="q", Description="q", QualificationTypeStatus="Active", Test=QUESTION_FORM, AnswerKey=ANSWER_KEY,
                TestDurationInSeconds=3600,
            )["QualificationType"]["QualificationTypeId"]  # fmt: skip
            hits = [market.hit(MaxAssignments=100), market.hit(Question=QUESTION_FORM, MaxAssignments=100)]
            mine = [person.accept(hit_id).json()["assignment_id"] for hit_id in hits]
            person.submit(mine[1])
        own = f"/p/{person.token}"
        person.post(f"/qualifications/{test}/request")
        paths = [
            "/", own, f"{own}/mturk/externalSubmit", server.requester_path, server.media_url("clip.mp4"), "/assets/x",
            "/assets/participant.css", "/p/x",
            *(f"{own}/qualifications/{test}/{what}" for what in ("request", "test")),
            *(f"{own}/{what}/{hit_id}" for what in ("hits", "frame") for hit_id in hits),
            *(f"{own}/frame/{hit_id}?assignmentId={one}" for hit_id, one in zip(hits, mine, strict=True)),
            *(f"{own}/hits/{hit_id}/accept" for hit_id in hits), f"{own}/assignments/{mine[1]}/return",
            *(f"{own}/thanks/{one}" for one in mine),
        ]  # fmt: skip
        yield Target(server, paths, load_or_create(study).access_key_id)


ODD = st.sampled_from(
    [
        b"http://[", b"http://[::1", b"https://\xe2\x84\x80.example", b"http://a:99999999", b"\xb2\xb3", b"\xff\xfe",
        b"bytes=\xb2-", b"bytes=0-,0-,0-", b"bytes=-99999999999999999999", b"bytes=9-1", b"null", b"[", b"]", b"%",
        b"%00", b"%ff", b"..%2f..", b"\x80", b"1e400", b"-1", b"0" * 5000, b"Thu, 99 Foo 99999 99:99:99 GMT", b'W/"',
        b"multipart/form-data; boundary=\xff", b"multipart/form-data; boundary=", b"multipart/form-data; boundary=b",
        b"application/x-www-form-urlencoded; charset=\xb2", b"application/x-www-form-urlencoded", b"application/json",
        b"AWS4-HMAC-SHA256 Credential=a/20260101/b/c/aws4_request, SignedHeaders=host, Signature=" + b"0" * 64,
        b"MTurkRequesterServiceV20170117.CreateHIT", b"chunked", b"100-continue", b"websocket", b"h2c", b"close", b"",
    ]
)  # fmt: skip
VALUES = ODD | st.binary(max_size=30).map(lambda value: value.translate(None, b"\r\n\x00"))
NAMES = st.sampled_from(
    [
        b"Origin", b"Referer", b"Host", b"Range", b"If-Range", b"If-Modified-Since", b"If-None-Match", b"Accept",
        b"Content-Type", b"Authorization", b"X-Amz-Date", b"X-Amz-Target", b"X-Amz-Content-Sha256", b"X-Forwarded-For",
        b"X-Forwarded-Proto", b"X-Forwarded-Host", b"Forwarded", b"Sec-Fetch-Site", b"Cookie", b"Expect", b"Upgrade",
        b"Connection", b"Transfer-Encoding", b"Content-Length", b"Accept-Encoding",
    ]
)  # fmt: skip
BODIES = st.binary(max_size=60) | st.sampled_from(
    [
        b"assignmentId=%ff&a=%00&\xff=\xb2&&=&", b'{"a": "\\ud800"}',
        b"--b\r\nContent-Disposition: form-data; name=\xff\r\n\r\n\xff\r\n--b--",
        b"ball=b&ball=\xb2", b"item.v00=[[[[", b"options=" + b"9" * 5000,
    ]
)  # fmt: skip


def ask(server: Running, request: bytes) -> int:
    """The status of the answer; 0 where the server ends the connection without one."""
    host, _, port = server.endpoint_url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while len(answer) < 12 and (chunk := connection.recv(4096)):
            answer += chunk
    return int(answer[9:12] or 0)


def fuzz(
    target: Target, method: bytes, path: str, tail: bytes, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    given_names = {name.lower() for name, _ in headers}
    lines = [method + b" " + path.encode() + tail + b" HTTP/1.1"]
    lines += [name + b": " + value for name, value in headers]
    lines += [b"Host: x"] * (b"host" not in given_names)
    lines += [b"Content-Length: %d" % len(body)] * (not given_names & {b"content-length", b"transfer-encoding"})
    assert ask(target.server, b"\r\n".join(lines) + b"\r\n\r\n" + body) < 500


METHODS = st.sampled_from([b"GET", b"POST", b"POST", b"HEAD", b"PUT", b"OPTIONS", b"BREW"])
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=5)
TAILS = st.sampled_from(
    [b"", b"", b"", b"/", b"%00", b"%ff", b"?", b"?assignmentId=%ff", b"?assignmentId=\xb2", b"%2e%2e/", b"//x"]
)
RELAXED = {"suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow], "database": None}


def check(target: Target, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(target.paths))
    fuzz(target, data.draw(METHODS), path, data.draw(TAILS), data.draw(HEADERS), data.draw(BODIES))


@settings(max_examples=150, **RELAXED)
@given(data=st.data())
def test_no_request_brings_a_server_error(target: Target, data: st.DataObject) -> None:
    """Whatever stands in path, headers and body: the answer is never 5xx."""
    check(target, data)


@pytest.mark.slow
@settings(max_examples=20_000, **RELAXED)
@given(data=st.data())
def test_no_request_of_very_many_brings_a_server_error(target: Target, data: st.DataObject) -> None:
    """The same for 20,000."""
    check(target, data)


@pytest.mark.thorough
def test_no_odd_value_in_any_header_of_any_page_brings_a_server_error(target: Target) -> None:
    """Every header that is read, on every page, with values that tripped such programs before."""
    odd = [b"http://[", b"\xb2\xb3", b"\xff\xfe", b"bytes=\xb2-\xb3", b"Thu, 99 Foo 99999 99:99:99 GMT"]
    names = [
        b"Origin",
        b"Referer",
        b"Range",
        b"If-Modified-Since",
        b"Content-Type",
        b"Accept",
        b"X-Forwarded-For",
        b"Host",
    ]
    for path, name, value in itertools.product(target.paths, names, odd):
        for method in (b"GET", b"POST"):
            fuzz(target, method, path, b"", [(name, value)], b"assignmentId=x")


@pytest.mark.parametrize("host", ["[", "a b", "\xb2"])
def test_a_signed_request_to_no_host_is_refused(market: Market, host: str) -> None:
    """A Host header that is none cannot be signed for."""
    body, secrets = b"{}", load_or_create(market.study)
    headers = signed(
        market.server.endpoint_url, secrets, body, target="MTurkRequesterServiceV20170117.GetAccountBalance"
    )
    assert post(market, headers | {"Host": host.encode("latin-1")}, body).status_code == 400


@pytest.mark.parametrize("version", [b"1.1", b"1.0"])
def test_a_body_with_two_lengths_is_refused(market: Market, version: bytes) -> None:
    """Content-Length and Transfer-Encoding together, which proxies read differently: 400, and the connection ends."""
    head = b"POST /p/x/mturk/externalSubmit HTTP/%b\r\nHost: x\r\n%b\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"
    lengths = b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"
    host, _, port = market.server.endpoint_url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(head % (version, lengths))
        answer = b""
        while chunk := connection.recv(4096):
            answer += chunk
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


def tries(server: Running, http: httpx.Client, addresses: list[str]) -> Counter[int]:
    """The statuses of wrong links, asked for by a client that says that it is at these addresses."""
    wrong = f"{server.endpoint_url}/p/wrong"
    return Counter(
        http.get(wrong, headers=[(b"X-Forwarded-For", one.encode("latin-1"))]).status_code for one in addresses
    )


FEW = ServerLimits(strangers_burst=3, strangers_per_s=0.001)


def test_nobody_chooses_the_address_that_counts(study: Path, http: httpx.Client) -> None:
    """X-Forwarded-For of a client, also one on the server's machine, is nothing."""
    with running(study, limits=FEW) as server:
        assert tries(server, http, [f"10.0.0.{number}" for number in range(9)]) == {404: 3, 429: 6}


def test_a_trusted_proxy_says_who_asks(study: Path, http: httpx.Client) -> None:
    """Behind a proxy that was named each client counts alone, whatever it puts before what the proxy adds."""
    with running(study, limits=FEW, trusted_proxies=["127.0.0.0/8"]) as server:
        assert tries(server, http, [f"10.0.0.{number}" for number in range(9)]) == {404: 9}
        assert tries(server, http, [f"203.0.113.{number}, 10.1.1.1" for number in range(9)]) == {404: 3, 429: 6}
        assert tries(server, http, [f"2001:db8::{number}" for number in range(9)]) == {404: 3, 429: 6}
        assert tries(server, http, ["\xb2", "", ",", "[", "unknown, unknown", "a" * 5000]).keys() <= {404, 429}


@pytest.mark.parametrize("text", ["", "proxy.example", "10.0.0.0/99", "*", "10.0.0.1:80"])
def test_a_proxy_is_named_by_its_address(study: Path, text: str) -> None:
    """Anything else is refused before the study is served."""
    with (
        pytest.raises(ValueError, match="is not the address of a reverse proxy"),
        running(study, trusted_proxies=[text]),
    ):
        pass
    for everybody in ("0.0.0.0/0", "::/0"):
        with pytest.raises(ValueError, match="is every address there is"):
            proxies([everybody])
    assert proxies([" 192.0.2.7 "]) == ["192.0.2.7/32", "::ffff:192.0.2.7/128"]


def test_wrong_links_cost_the_store_nothing(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are tried, the store is asked a few times a second; a new link opens at once all the same."""
    looks = []
    look = participants.invited_after

    def counted(*arguments: object) -> object:
        looks.append(1)
        return look(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(participants, "invited_after", counted)
    before = len(looks)
    with httpx.Client(trust_env=False) as client:
        for number in range(10):
            assert client.get(f"{market.server.endpoint_url}/p/wrong{number}", headers=JSON).status_code == 404
            assert market.person().get().status_code == 200
    many = b"".join(b"GET /p/wrong%d HTTP/1.1\r\nHost: x\r\n\r\n" % number for number in range(20))
    host, _, port = market.server.endpoint_url.removeprefix("http://").partition(":")
    connections = [socket.create_connection((host, int(port))) for _ in range(20)]
    before = len(looks)
    for connection in connections:
        connection.sendall(many)
    for connection in connections:
        assert connection.recv(12) == b"HTTP/1.1 404"
    assert len(looks) - before <= 3
    for connection in connections:
        connection.close()


def test_mistakes_are_logged_without_links(
    market: Market, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What a log holds lets nobody in: neither participants' links nor the requester's page, wherever they stand."""

    def broken(*arguments: object) -> None:
        raise RuntimeError(f"a mistake with {arguments}, {market.server.requester_path}, /p/another-link/hits")

    person = market.person()
    monkeypatch.setattr("crowd.localplatform.participation.home", broken)
    monkeypatch.setattr("crowd.localplatform.store.progress.summary", broken)
    assert person.get().status_code == 500
    assert market.http.get(market.server.endpoint_url + market.server.requester_path).status_code == 500
    assert "a mistake with" in caplog.text
    for secret in (person.token, market.server.requester_path, "another-link"):
        assert secret not in caplog.text


@pytest.mark.parametrize("number", ["²³", "٣", "1e3", "", "-1", "9" * 5000, "\u200b1"])
def test_numbers_that_are_none_are_refused(market: Market, number: str) -> None:
    """Digits of other scripts and powers are no frame height."""
    xml = HTML_QUESTION.replace("<FrameHeight>0<", f"<FrameHeight>{number}<")
    with pytest.raises(market.client.exceptions.ClientError) as refused:
        market.hit(Question=xml)
    assert refused.value.response["Error"]["Code"] == "ParameterValidationError"
