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


@pytest.mark.parametrize("proxy", PROXIES)
def test_every_address_is_below_the_public_one(proxy: Proxy, tmp_path: Path) -> None:
    """A task of vidgen and one of another program are found, accepted and sent, whatever headers say of the server."""
    for_all = dict(WRONG)
    with (
        behind(proxy, tmp_path) as (server, address, http),
        requester(server.endpoint_url, tmp_path / "study") as client,
    ):
        market = Market(server, tmp_path / "study", client, http)
        hits = [market.hit(Question=STRICT_QUESTION), market.hit(Question=HTML_QUESTION)]
        link = address + invite(market.study, 1)[0]
        pages = []
        for hit in hits:
            for headers in (for_all | JSON, for_all):
                pages += [http.get(link, headers=headers), http.get(f"{link}/hits/{hit}", headers=headers)]
            accepted = http.post(f"{link}/hits/{hit}/accept", headers=for_all)
            assert accepted.status_code == 303
            page = http.get(urljoin(str(accepted.url), accepted.headers["location"]), headers=for_all)
            frame = re.search(r'<iframe[^>]* (?:data-)?src="([^"]+)"', page.text)
            assert frame is not None
            opened = urljoin(str(page.url), frame[1].replace("&amp;", "&"))
            assert opened.startswith(f"{address}/")
            shown = http.get(opened, headers=for_all)
            assert "What do you see?" in shown.text
            task = http.get(f"{link}/hits/{hit}", headers=for_all | JSON).json()
            sent = http.post(
                f"{link}/mturk/externalSubmit",
                data={"assignmentId": task["assignment_id"], "answer": "ball"},
                headers=for_all | {"Origin": f"{urlsplit(address).scheme}://{urlsplit(address).netloc}"},
            )
            assert sent.status_code == 303
            thanks = http.get(urljoin(str(sent.url), sent.headers["location"]), headers=for_all)
            pages += [accepted, page, shown, sent, thanks]
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
    """Neither while the server answers nor while it is away."""
    with behind(proxy, tmp_path) as (_, address, http):
        link = invite(tmp_path / "study", 1)[0]
        assert http.get(address + link).status_code == 200
    with proxy(tmp_path, f"http://127.0.0.1:{free_port()}") as address, client_of(address, tmp_path) as http:
        assert http.get(address + link, headers={"Referer": address + link}).status_code == 502
    logs = [path for pattern in ("*.log", "*.log.*") for path in tmp_path.glob(pattern)]
    assert logs
    assert [path.name for path in logs if link.rpartition("/")[2] in path.read_text()] == []
