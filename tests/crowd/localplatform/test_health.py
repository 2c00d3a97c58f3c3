"""Supervisors are told how the server is, and learn nothing about participants."""

import json
import shutil
import stat
from collections import Counter, namedtuple
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from crowd.credentials import load_or_create
from crowd.localplatform import Running, running
from crowd.localplatform.clock import ManualClock
from crowd.localplatform.health import Health
from crowd.localplatform.limits import ServerLimits
from tests.crowd.localplatform.market import JSON, Market, requester
from tests.postgresql import Server

_Usage = namedtuple("_Usage", "total used free")


def measured(market: Market) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """The samples at /metrics, by name and labels."""
    key = load_or_create(market.study).metrics_key
    page = market.http.get(market.server.endpoint_url + "/metrics", headers={"Authorization": f"Bearer {key}"})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = text_string_to_metric_families(page.text)
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found is looked up anew each time."""
    monkeypatch.setattr("crowd.localplatform.health._FRESH_S", -1.0)


def ready(server: Running, http: httpx.Client) -> tuple[int, dict[str, bool]]:
    page = http.get(server.endpoint_url + "/readyz")
    assert page.headers["cache-control"] == "no-store"
    return page.status_code, page.json()


def test_a_server_that_works_says_so(server: Running, http: httpx.Client) -> None:
    """It is alive and ready, without any key."""
    assert http.get(server.endpoint_url + "/healthz").text == "ok\n"
    assert ready(server, http) == (200, {"serving": True, "store": True, "videos": True, "disk": True})


def test_it_is_ready_only_with_all_published_videos(
    eager: None, study: Path, server: Running, http: httpx.Client
) -> None:
    """A missing file, then a missing folder, and it is not; it is again when they are back."""
    videos = study / "videos"
    videos.mkdir(parents=True)
    (videos / "clip.mp4").write_bytes(b"1")
    (study / "design.json").write_text('{"videos_dir": "videos", "videos": [{"file_name": "clip.mp4"}]}')
    assert ready(server, http)[0] == 200
    videos.rename(study / "elsewhere")
    status, parts = ready(server, http)
    assert (status, [name for name, holds in parts.items() if not holds]) == (503, ["videos"])
    (study / "elsewhere").rename(videos)
    assert ready(server, http)[0] == 200
    (videos / "clip.mp4").unlink()
    assert ready(server, http)[0] == 503
    (study / "design.json").write_text("{")
    assert not ready(server, http)[1]["videos"]


def test_videos_that_are_shown_from_elsewhere_need_not_be_here(study: Path, http: httpx.Client) -> None:
    """With videos on S3 the server is ready without them."""
    study.mkdir(exist_ok=True)
    (study / "design.json").write_text('{"videos_dir": "videos", "videos": [{"file_name": "clip.mp4"}]}')
    with running(study, shows_videos=False) as server:
        assert ready(server, http)[0] == 200


def test_it_is_not_ready_on_a_full_disk(
    eager: None, server: Running, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the disk is full, so that somebody can still act."""
    for free, status in ((ServerLimits().free_bytes, 200), (ServerLimits().free_bytes - 1, 503)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: _Usage(10**12, 0, free))
        assert ready(server, http)[0] == status


def test_it_is_not_ready_where_the_store_takes_nothing(
    eager: None, server: Running, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that refuses a write, or does not answer in time, is amiss; the process is alive all the same."""

    def refuse(*_: object) -> None:
        raise OSError("read-only file system")

    with monkeypatch.context() as broken:
        broken.setattr("crowd.localplatform.store.pauses.remember", refuse)
        status, parts = ready(server, http)
        assert (status, parts["store"]) == (503, False)
        assert http.get(server.endpoint_url + "/healthz").status_code == 200
    assert ready(server, http)[0] == 200


def test_strangers_do_not_make_the_store_write(
    server: Running, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often they ask, it is looked up about once a second."""
    looks = []
    look = Health._can_store

    async def counted(health: Health) -> bool:
        looks.append(1)
        return await look(health)

    monkeypatch.setattr("crowd.localplatform.health._FRESH_S", 3600.0)
    monkeypatch.setattr(Health, "_can_store", counted)
    for _ in range(50):
        http.get(server.endpoint_url + "/readyz")
    assert len(looks) <= 1


@pytest.mark.parametrize("given", [None, "", "Bearer", "Bearer x", "Basic {key}", "{key}", "bearer{key}"])
def test_measurements_need_the_key(server: Running, study: Path, http: httpx.Client, given: str | None) -> None:
    """From this machine too, since a reverse proxy on it brings everybody from there."""
    key = load_or_create(study).metrics_key
    headers = {} if given is None else {"Authorization": given.format(key=key), "X-Forwarded-For": "127.0.0.1"}
    refused = http.get(server.endpoint_url + "/metrics", headers=headers)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"


def test_requests_are_counted_by_the_pattern_of_their_path(market: Market) -> None:
    """By method and status, with their times; what the server does not have is one route."""
    person, hit = market.person(), market.hit()
    for _ in range(3):
        person.get()
    person.accept(hit)
    for path in ("/p/wrong", "/nowhere", "/nowhere/else", "/.env"):
        market.http.get(market.server.endpoint_url + path, headers=JSON)
    market.http.request("PROPFIND", market.server.endpoint_url + "/")
    found = measured(market)

    def count(method: str, route: str, status: str) -> float:
        labels = frozenset({("method", method), ("route", route), ("status", status)})
        return found.get(("vidgen_requests_total", labels), 0)

    assert count("GET", "/p/{token}", "200") == 3
    assert count("GET", "/p/{token}", "404") == 1
    assert count("POST", "/p/{token}/hits/{hit_id}/accept", "200") == 1
    assert count("GET", "unknown", "404") == 3
    assert count("other", "/", "405") == 1
    assert found["vidgen_request_seconds_count", frozenset({("route", "/p/{token}")})] == 4
    assert found["vidgen_store_seconds_count", frozenset()] > 4


def test_the_study_is_measured(market: Market, clock: ManualClock) -> None:
    """Open places, tasks in work, answers, and how long nobody has answered."""
    hit = market.hit(MaxAssignments=3)
    market.work(hit)
    market.person().accept(hit)
    clock.advance(200)
    found = {name: value for (name, labels), value in measured(market).items() if not labels}
    assert found["vidgen_open_places"] == 1
    assert found["vidgen_open_assignments"] == 1
    assert found["vidgen_submitted_assignments"] == 1
    assert found["vidgen_quiet_seconds"] == pytest.approx(200, abs=1)
    clock.advance(4000)  # beyond the HIT's end
    assert {name: value for (name, _), value in measured(market).items()}["vidgen_quiet_seconds"] == 0


def test_measurements_tell_of_nobody(market: Market) -> None:
    """After work of several people: no link, id, key or answer; and no more rows for more people."""
    hits = [market.hit(MaxAssignments=9) for _ in range(2)]
    market.work(hits[0], answer="a very secret answer")
    measured(market)
    names = set(measured(market))
    people = [market.person() for _ in range(3)]
    for person in people:
        assignment = person.accept(hits[0]).json()["assignment_id"]
        person.submit(assignment, answer="a very secret answer")
    found = measured(market)
    assert set(found) == names
    secrets = load_or_create(market.study)
    text = str(found)
    for secret in (
        *hits, *(person.token for person in people), *(person.worker_id for person in people), "secret answer",
        secrets.access_key_id, secrets.secret_access_key, secrets.metrics_key, market.server.requester_path,
    ):  # fmt: skip
        assert secret not in text


def test_the_key_is_written_for_prometheus(study: Path, http: httpx.Client) -> None:
    """`private/metrics_key` opens the measurements, and only its owner can read it."""
    from crowd.lifecycle.serve import serve

    study.mkdir(exist_ok=True)
    (study / "study.toml").write_text("")
    for _ in range(2):  # a restart keeps it
        with serve(study) as served:
            key = (study / "private" / "metrics_key").read_text()
            page = http.get(served.metrics_url, headers={"Authorization": f"Bearer {key}"})
            assert page.status_code == 200
            assert stat.S_IMODE((study / "private" / "metrics_key").stat().st_mode) == 0o600


@pytest.mark.postgresql
@pytest.mark.thorough
def test_several_processes_are_measured_together(
    study: Path, postgresql: Server, http: httpx.Client, tmp_path: Path
) -> None:
    """Whichever of them is asked, it gives the requests of all; their log is one, and each is ready."""
    log = tmp_path / "log.jsonl"
    with (
        running(study, database=postgresql.url, workers=2, log=log) as server,
        requester(server.endpoint_url, study) as client,
    ):
        market = Market(server, study, client, http)
        person = market.person()
        for _ in range(40):  # each over a connection of its own, so that both processes get some
            assert httpx.get(person.link, headers=JSON, trust_env=False).status_code == 200
        assert ready(server, http)[0] == 200
        labels = frozenset({("method", "GET"), ("route", "/p/{token}"), ("status", "200")})
        for _ in range(10):
            with httpx.Client(trust_env=False) as other:
                found = measured(Market(server, study, client, other))
            assert found["vidgen_requests_total", labels] == 40
            assert found["vidgen_open_places", frozenset()] == 0
    routes = Counter(json.loads(line)["route"] for line in log.read_text(encoding="utf-8").splitlines())
    assert (routes["/p/{token}"], routes["/metrics"]) == (40, 10)
