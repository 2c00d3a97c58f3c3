"""The server behind the real nginx and the real Caddy, with TLS: its addresses, whom it limits, and what is logged."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from crowd.credentials import load_or_create
from crowd.design.study import Study
from crowd.localplatform import Running, invite, running
from crowd.localplatform.limits import ServerLimits
from tests.crowd.localplatform.market import HTML_QUESTION, JSON, STRICT_QUESTION, Market, requester
from tests.reverseproxy import CADDY, NGINX, caddy, deployed_caddy, deployed_nginx, free_port, nginx, trusting

needs_nginx = pytest.mark.skipif(not NGINX, reason="no nginx on this machine")
needs_caddy = pytest.mark.skipif(not CADDY, reason="no caddy on this machine")

Proxy = Callable[[Path, str], AbstractContextManager[str]]


def with_options(proxy: Callable[..., AbstractContextManager[str]], **options: object) -> Proxy:
    return lambda folder, upstream: proxy(folder, upstream, **options)


DEPLOYED = [
    pytest.param(deployed_nginx, id="deploy/nginx.conf", marks=needs_nginx),
    pytest.param(deployed_caddy, id="deploy/Caddyfile", marks=needs_caddy),
]
PROXIES = [
    *DEPLOYED,
    pytest.param(
        with_options(nginx, path="", strip=False, tls=True), id="nginx, TLS, default headers", marks=needs_nginx
    ),
    pytest.param(with_options(nginx, path="/study", strip=True, tls=True), id="nginx, a path", marks=needs_nginx),
    pytest.param(with_options(nginx, path="/a/b", strip=False), id="nginx, the path kept, no TLS", marks=needs_nginx),
    pytest.param(with_options(caddy, path="/study", strip=True, tls=True), id="Caddy, a path", marks=needs_caddy),
    pytest.param(with_options(caddy, path="/study", strip=False), id="Caddy, the path kept, no TLS", marks=needs_caddy),
]

#: What clients and proxies may say about where the server is, all of it wrong.
WRONG = [
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Server", "evil.example"),
    ("X-Forwarded-Port", "4711"),
    ("X-Forwarded-Prefix", "/evil"),
    ("X-Forwarded-Proto", "gopher"),
    ("X-Original-URL", "/evil"),
    ("X-Rewrite-URL", "/evil"),
    ("Forwarded", "for=192.0.2.1;host=evil.example;proto=gopher"),
]


#: Where a panel wants its people back.
PANEL = {"id_parameter": "who", "complete": "https://panel.example/done?who={id}"}


def declare(study: Path) -> None:
    """Write a study file by which a panel sends people, for two tasks each."""
    Study(recruiter="panel", recruit={"panel": PANEL}, tasks_per_participant=2).save(study / "study.toml")


@contextmanager
def behind(
    proxy: Proxy, tmp_path: Path, *, limits: ServerLimits | None = None, trusted: str = "127.0.0.1"
) -> Iterator[tuple[Running, str, httpx.Client]]:
    """A server told its public address, that address, and a client that trusts the proxy's authority alone."""
    port = free_port()
    with (
        proxy(tmp_path, f"http://127.0.0.1:{port}") as address,
        running(tmp_path / "study", port=port, public_url=address, trusted_proxies=[trusted], limits=limits) as server,
        client_of(address, tmp_path) as http,
    ):
        yield server, address, http


def client_of(address: str, folder: Path, **options: object) -> httpx.Client:
    secure = {"verify": trusting(folder)} if address.startswith("https") else {}
    transport = httpx.HTTPTransport(**secure, **options)  # type: ignore[arg-type]
    return httpx.Client(transport=transport, trust_env=False, timeout=60)


def work(http: httpx.Client, link: str, hits: list[str], headers: dict[str, str]) -> list[httpx.Response]:
    """Look at each HIT, take it and send it, as a browser does that sends these headers; gives all pages."""
    origin = {"Origin": f"{urlsplit(link).scheme}://{urlsplit(link).netloc}"}
    pages = []
    for hit in hits:
        for asked in (headers | JSON, headers):
            pages += [http.get(link, headers=asked), http.get(f"{link}/hits/{hit}", headers=asked)]
        accepted = http.post(f"{link}/hits/{hit}/accept", headers=headers)
        assert accepted.status_code == 303
        page = http.get(urljoin(str(accepted.url), accepted.headers["location"]), headers=headers)
        frame = re.search(r'<iframe[^>]* (?:data-)?src="([^"]+)"', page.text)
        assert frame is not None
        opened = urljoin(str(page.url), frame[1].replace("&amp;", "&"))
        assert opened.startswith(link.partition("/p/")[0] + "/")
        shown = http.get(opened, headers=headers)
        assert "What do you see?" in shown.text
        task = http.get(f"{link}/hits/{hit}", headers=headers | JSON).json()
        answers = {"assignmentId": task["assignment_id"], "answer": "ball"}
        sent = http.post(f"{link}/mturk/externalSubmit", data=answers, headers=headers | origin)
        assert sent.status_code == 303
        thanks = http.get(urljoin(str(sent.url), sent.headers["location"]), headers=headers)
        pages += [accepted, page, shown, sent, thanks]
    return pages


@pytest.mark.parametrize("proxy", PROXIES)
def test_every_address_is_below_the_public_one(proxy: Proxy, tmp_path: Path) -> None:
    """A task of vidgen and one of another program are found, accepted and sent, whatever headers say of the server.

    By somebody with a link of their own, and by somebody whom a panel sent.
    """
    for_all = dict(WRONG)
    with (
        behind(proxy, tmp_path) as (server, address, http),
        requester(server.endpoint_url, tmp_path / "study") as client,
    ):
        market = Market(server, tmp_path / "study", client, http)
        declare(market.study)
        hits = [market.hit(Question=text, MaxAssignments=2) for text in (STRICT_QUESTION, HTML_QUESTION)]
        joined = http.get(f"{address}/join?who=ann", headers=for_all)
        links = [address + invite(market.study, 1)[0], urljoin(str(joined.url), joined.headers["location"])]
        assert all(link.startswith(f"{address}/p/") for link in links)
        pages = [joined, *(page for link in links for page in work(http, link, hits, for_all))]
        assert pages[-1].headers["refresh"] == "5; url=https://panel.example/done?who=ann"
        assert {page.status_code for page in pages} <= {200, 303}
        for page in pages:
            text = page.text + str(page.headers)
            assert "evil" not in text
            assert "gopher" not in text
            assert f"127.0.0.1:{urlsplit(server.endpoint_url).port}" not in text
            assert not urlsplit(page.headers.get("location", "")).netloc
            inside = set(re.findall(r"https?://(?:localhost|127\.0\.0\.1)[^\s\"'<]*", page.text))
            assert all(one.startswith(address) for one in inside), inside


#: Few wrong links are answered, and hardly more later.
FEW = ServerLimits(strangers_burst=3, strangers_per_s=0.001)


def tries(http: httpx.Client, address: str, headers: Callable[[int], dict[str, str]]) -> Counter[int]:
    return Counter(http.get(f"{address}/p/wrong{number}", headers=headers(number)).status_code for number in range(9))


@pytest.mark.parametrize("proxy", [*DEPLOYED, pytest.param(
    with_options(
        nginx, path="", strip=False, tls=True,
        headers="proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    ),
    id="nginx that adds to what clients say", marks=needs_nginx,
)])  # fmt: skip
def test_nobody_chooses_the_address_that_counts(proxy: Proxy, tmp_path: Path) -> None:
    """Each client counts by where it connects from, and what it says of itself changes nothing."""
    with (
        behind(proxy, tmp_path, limits=FEW) as (_, address, _),
        client_of(address, tmp_path, local_address="127.0.0.3") as http,
        client_of(address, tmp_path, local_address="127.0.0.2") as other,
    ):
        spoofed = tries(
            http, address, lambda number: {"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"10.0.0.{number}"}
        )
        assert spoofed == {404: 3, 429: 6}
        assert tries(other, address, lambda _: {"X-Forwarded-For": "127.0.0.1"}) == {404: 3, 429: 6}
        good = address + invite(tmp_path / "study", 1)[0]
        assert http.get(good).status_code == 200, "a participant of the same address is not kept out"


@pytest.mark.parametrize("proxy", DEPLOYED)
def test_measurements_are_not_for_the_internet(proxy: Proxy, tmp_path: Path) -> None:
    """Not even with the key, while health can be asked for from anywhere."""
    with behind(proxy, tmp_path) as (server, address, http):
        headers = {"Authorization": f"Bearer {load_or_create(tmp_path / 'study').metrics_key}"}
        assert http.get(f"{address}/metrics", headers=headers).status_code == 404
        assert http.get(f"{server.endpoint_url}/metrics", headers=headers).status_code == 200
        assert http.get(f"{address}/readyz").status_code == 200


@pytest.mark.parametrize("proxy", DEPLOYED)
def test_proxies_log_no_links(proxy: Proxy, tmp_path: Path) -> None:
    """Nor whom a recruiter sent: neither while the server answers nor while it is away."""
    with behind(proxy, tmp_path) as (_, address, http):
        declare(tmp_path / "study")
        link, join = invite(tmp_path / "study", 1)[0], "/join?who=somebody-known"
        assert http.get(address + link).status_code == 200
        assert http.get(address + join).status_code == 303
    with proxy(tmp_path, f"http://127.0.0.1:{free_port()}") as address, client_of(address, tmp_path) as http:
        for path in (link, join):
            assert http.get(address + path, headers={"Referer": address + path}).status_code == 502
    logs = [path for pattern in ("*.log", "*.log.*") for path in tmp_path.glob(pattern)]
    assert logs
    secrets = (link.rpartition("/")[2], "somebody-known")
    assert [path.name for path in logs if any(one in path.read_text() for one in secrets)] == []
