"""Recruiters tell the server of visits that are over, at /hooks/NAME: the simulated Prolific, and those who forge."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from crowd.design.study import Study
from crowd.localplatform import running as serving
from crowd.localplatform.clock import ManualClock
from crowd.localplatform.limits import ServerLimits
from crowd.localplatform.store import Transaction, arrivals, assignments, erasing, open_store
from crowd.recruiters import describe, open_recruiter
from crowd.recruiters.prolific.codes import remember
from crowd.recruiters.prolific.hooks import EVENT_TYPE, TOLERANCE_S, signature
from crowd.simulated.prolific import RunningProlific, SimulatedProlific, participation, running, webhooks
from tests.crowd.localplatform.market import JSON, Market
from tests.crowd.simulated.prolific.researcher import enter, publish

SECRET = "the workspace's"
STUDY, ANN, VISIT = "a" * 24, "b" * 24, "c" * 24


@pytest.fixture
def prolific(market: Market) -> Market:
    """A market to which Prolific sends people, with a task for two, and a secret for its webhooks."""
    settings = {"recruiter": "prolific", "recruit": {"prolific": {"currency": "GBP"}}}
    Study(**settings).save(market.study / "study.toml")  # type: ignore[arg-type]
    remember(market.study, study_id=STUDY, hook_secret=SECRET)
    market.hit(MaxAssignments=2)
    return market


def come(market: Market, person: str = ANN, visit: str = VISIT) -> str:
    """Ann, or somebody else, comes and begins the task; their page."""
    ids = {"PROLIFIC_PID": person, "STUDY_ID": STUDY, "SESSION_ID": visit}
    answer = market.http.get(f"{market.server.endpoint_url}/join", params=ids, headers=JSON)
    page = str(answer.url.join(answer.json()["url"]))
    (hit,) = market.http.get(page, headers=JSON).json()["hits"]
    assert market.http.post(f"{page}/hits/{hit['hit_id']}/accept", headers=JSON).is_success
    return page


def tell(
    market: Market,
    status: str = "RETURNED",
    *,
    event: str = "1",
    happened: float | None = None,
    visit: str = VISIT,
    secret: str = SECRET,
    name: str = "prolific",
    late_s: float = 0.0,
) -> int:
    """Send what Prolific sends; the status of the answer."""
    now = int(market.server.platform.clock() - late_s)
    body = json.dumps({"event_type": EVENT_TYPE, "resource_id": visit, "status": status}).encode()
    headers = {
        "X-Prolific-Request-Timestamp": str(now),
        "X-Prolific-Request-Signature": signature(secret, str(now), body),
        "X-Event-ID": event,
        "X-Timestamp": str(happened or now),
    }
    return market.http.post(f"{market.server.endpoint_url}/hooks/{name}", content=body, headers=headers).status_code


def outcomes(market: Market) -> list[str | None]:
    """How the visits ended."""
    return [row["outcome"] for row in market.server.platform.transact(arrivals.every)]


@pytest.mark.parametrize(("status", "outcome"), [("RETURNED", "returned"), ("TIMED-OUT", "timed_out")])
def test_a_visit_that_is_over_there_ends_here_at_once(prolific: Market, status: str, outcome: str) -> None:
    """Its task is free for others, and the page says how it ended."""
    page = come(prolific)
    assert tell(prolific, status) == 204
    assert outcomes(prolific) == [outcome]
    assert prolific.http.get(f"{page}/end", headers=JSON).json()["outcome"] == outcome
    worker_id = prolific.server.platform.transact(arrivals.every)[0]["worker_id"]
    assert not prolific.server.platform.transact(assignments.own, worker_id, 0)


@pytest.mark.parametrize("status", ["ACTIVE", "AWAITING REVIEW", "APPROVED", "SOMETHING NEW"])
def test_everything_else_changes_nothing(prolific: Market, status: str) -> None:
    """Nothing is finished or paid by a webhook."""
    come(prolific)
    assert tell(prolific, status) == 204
    assert outcomes(prolific) == [None]


def test_a_visit_of_another_study_changes_nothing(prolific: Market) -> None:
    """A subscription is the workspace's, so events of all its studies come."""
    come(prolific)
    assert tell(prolific, visit="d" * 24) == 204
    assert outcomes(prolific) == [None]


def test_what_is_told_twice_is_done_once(prolific: Market) -> None:
    """The first ending stays."""
    come(prolific)
    assert [tell(prolific, "RETURNED", event="1"), tell(prolific, "RETURNED", event="1")] == [204, 204]
    assert tell(prolific, "TIMED-OUT", event="2") == 204
    assert outcomes(prolific) == ["returned"]


def test_what_is_told_late_does_not_undo_what_came_after(prolific: Market) -> None:
    """Whose return was undone is inside, although the news of the return comes last."""
    come(prolific)
    now = prolific.server.platform.clock()
    assert tell(prolific, "ACTIVE", event="2", happened=now) == 204
    assert tell(prolific, "RETURNED", event="1", happened=now - 60) == 204
    assert outcomes(prolific) == [None]


def test_whoever_comes_before_the_news_of_a_return_waits_for_it(prolific: Market) -> None:
    """Prolific gives the place away at once, so the next one may come before the webhook; then the task is theirs."""
    come(prolific)
    come(prolific, "1" * 24, "2" * 24)
    ids = {"PROLIFIC_PID": "3" * 24, "STUDY_ID": STUDY, "SESSION_ID": "4" * 24}
    assert prolific.http.get(f"{prolific.server.endpoint_url}/join", params=ids, headers=JSON).json()["end"] is None
    assert tell(prolific) == 204
    come(prolific, "3" * 24, "4" * 24)
    assert outcomes(prolific) == ["returned", None, None]


def test_another_process_of_the_server_knows_what_this_one_was_told(prolific: Market) -> None:
    """The order and the repetitions are in the store, which all processes and those after a restart share."""
    come(prolific)
    now = prolific.server.platform.clock()
    assert tell(prolific, "ACTIVE", event="2", happened=now) == 204

    def told(tx: Transaction, event: str, happened: float) -> bool:
        visit = arrivals.find(tx, "prolific", VISIT)
        assert visit is not None
        return arrivals.is_news(tx, visit["seq"], event, happened)

    with closing(open_store(prolific.study)) as store:
        for event, happened, is_news in (
            ("2", now, False),
            ("1", now - 60, False),
            ("3", now, True),
            ("3", now, False),
        ):
            with store.transaction(now) as tx:
                assert told(tx, event, happened) is is_news
    assert tell(prolific, "RETURNED", event="3", happened=now) == 204
    assert outcomes(prolific) == [None]


def test_when_somebody_left_is_forgotten_with_them(prolific: Market) -> None:
    """What was told of their visits goes with its ids."""
    come(prolific)
    assert tell(prolific) == 204

    def rest(tx: Transaction) -> int:
        erasing.forget(tx, arrivals.every(tx)[0]["worker_id"])
        return int(tx.value("SELECT count(*) FROM notices"))

    assert prolific.server.platform.transact(rest) == 0


@pytest.mark.parametrize(
    ("forged", "status"),
    [
        ({"secret": "guessed"}, 401),
        ({"secret": ""}, 401),
        ({"late_s": TOLERANCE_S + 1}, 401),
        ({"late_s": -TOLERANCE_S - 1}, 401),
        ({"name": "panel"}, 404),
        ({"name": "links"}, 404),
        ({"name": "nobody"}, 404),
    ],
    ids=str,
)
def test_a_foreign_or_replayed_webhook_is_refused(prolific: Market, forged: dict[str, object], status: int) -> None:
    """Who has no secret, or only a copy of an old request, ends nobody's visit."""
    come(prolific)
    assert tell(prolific, **forged) == status  # type: ignore[arg-type]
    assert outcomes(prolific) == [None]


def test_without_a_secret_nothing_is_believed(prolific: Market) -> None:
    """A study that did not subscribe refuses what is signed by nothing."""
    remember(prolific.study, hook_secret="")
    come(prolific)
    assert [tell(prolific, secret=""), tell(prolific)] == [401, 401]
    assert outcomes(prolific) == [None]


def test_a_flood_is_slowed_down(study: Path) -> None:
    """Whoever sends more than strangers may is asked to wait."""
    limits = ServerLimits(strangers_per_s=1e-6, strangers_burst=3)
    with serving(study, limits=limits) as server, httpx.Client(trust_env=False) as http:
        answers = [http.post(f"{server.endpoint_url}/hooks/prolific").status_code for _ in range(5)]
    assert answers == [404] * 3 + [429] * 2


@pytest.fixture
def service(clock: ManualClock) -> Iterator[RunningProlific]:
    """A simulated Prolific that sends webhooks twice, and the latest first, when the test asks it to."""
    account = SimulatedProlific(clock=clock, local_hooks=True)
    account.oddities = replace(account.oddities, duplicate_hooks=True, disordered_hooks=True)
    with running(account, hooks=False) as started:
        yield started


def test_the_simulated_prolific_is_believed_in_duplicates_and_disorder(
    prolific: Market, service: RunningProlific, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the subscription to the end of a visit; who finishes stays."""
    monkeypatch.setenv("PROLIFIC_TOKEN", service.token)
    monkeypatch.setenv("PROLIFIC_URL", service.url)
    declared = Study.load(study / "study.toml")
    with open_recruiter(describe("prolific").name, declared.recruiter_settings, study) as recruiter:
        recruiter.notify(hook_url=f"{prolific.server.endpoint_url}/hooks/prolific")
    with service.client() as api:
        join = f"{prolific.server.endpoint_url}/join"
        query = "PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}"
        remember(study, study_id=(study_id := publish(api, external_study_url=f"{join}?{query}")))
    leaving, staying = enter(service, study_id, 0), enter(service, study_id, 1)
    for one in (leaving, staying):
        ids = {"PROLIFIC_PID": one.participant_id, "STUDY_ID": study_id, "SESSION_ID": one.id}
        assert httpx.get(join, params=ids, headers=JSON, trust_env=False).is_success
    with service.prolific.acting():
        participation.give_back(service.prolific, leaving)
    assert webhooks.deliver(service.prolific) == len(service.prolific.deliveries)
    assert outcomes(prolific) == ["returned", None]
