"""Webhooks: subscribing, and what arrives.

Sources: https://docs.prolific.com/api-reference/webhooks/subscribing and its neighbours on verifying, idempotency and
order.
"""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from crowd.localplatform.clock import ManualClock
from crowd.simulated.prolific import Oddities, RunningProlific, SimulatedProlific, running, webhooks
from tests.crowd.simulated.prolific.researcher import finish, publish, review

DAY_S = 86_400


@dataclass
class Receiver:
    """A server that notes what it is sent."""

    url: str = ""
    status: int = 204
    """What it answers."""
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def events(self) -> list[dict[str, Any]]:
        """The payloads in the order in which they came."""
        return [json.loads(body) for _, body in self.received]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on this machine."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.received.append(({key.lower(): value for key, value in self.headers.items()}, body))
            self.send_response(found.status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        found.url = f"http://127.0.0.1:{server.server_port}/hooks"
        yield found
        server.shutdown()
        thread.join()


def subscribe(
    service: RunningProlific, api: httpx.Client, target: str, event_type: str = "submission.status.change"
) -> tuple[str, str]:
    """A confirmed subscription's id, and the workspace's secret."""
    workspace = {"workspace_id": service.prolific.workspace_id}
    secret = api.post("hooks/secrets/", json=workspace).json()["value"]
    made = api.post("hooks/subscriptions/", json={**workspace, "event_type": event_type, "target_url": target})
    assert (made.status_code, made.json()["is_enabled"]) == (201, False)
    path = f"hooks/subscriptions/{made.json()['id']}/"
    assert api.post(path, json={"secret": "guessed"}).status_code == 400
    assert api.post(path, json={"secret": made.headers["X-Hook-Secret"]}).json()["is_enabled"]
    return made.json()["id"], secret


def test_a_subscription_needs_a_secret_and_a_public_address(clock: ManualClock) -> None:
    """There is no subscription before the secret, none to an unknown event, and none to this machine."""
    with running(SimulatedProlific(clock=clock), hooks=False) as service, service.client() as api:
        workspace = {"workspace_id": service.prolific.workspace_id}
        (event_type, *_) = [one["event_type"] for one in api.get("hooks/event-types/").json()["results"]]
        wanted = {**workspace, "event_type": event_type, "target_url": "https://study.example/hooks"}
        assert api.post("hooks/subscriptions/", json=wanted).status_code == 400
        api.post("hooks/secrets/", json=workspace)
        for target in ("http://study.example/", "https://localhost/", "https://127.0.0.1/", "https://10.0.0.1/"):
            assert api.post("hooks/subscriptions/", json={**wanted, "target_url": target}).status_code == 400, target
        assert api.post("hooks/subscriptions/", json={**wanted, "event_type": "tea.ready"}).status_code == 400
        assert api.post("hooks/subscriptions/", json=wanted).status_code == 201


def test_nothing_is_sent_before_the_confirmation(
    service: RunningProlific, api: httpx.Client, receiver: Receiver
) -> None:
    """A subscription that was not confirmed, or was disabled or deleted, receives nothing."""
    study_id = publish(api)
    hook, _ = subscribe(service, api, receiver.url)
    api.patch(f"hooks/subscriptions/{hook}/", json={"is_enabled": False})
    finish(service, study_id, 0)
    assert (webhooks.deliver(service.prolific), receiver.received) == (0, [])
    assert api.delete(f"hooks/subscriptions/{hook}/").status_code == 204
    assert api.get("hooks/subscriptions/").json()["results"] == []


def test_deliveries_are_signed(service: RunningProlific, api: httpx.Client, receiver: Receiver) -> None:
    """The signature is base 64 of HMAC-SHA256 over timestamp and raw body, with the workspace's secret."""
    hook, secret = subscribe(service, api, receiver.url)
    submission = finish(service, publish(api))
    webhooks.deliver(service.prolific)
    for headers, body in receiver.received:
        signed = headers["x-prolific-request-timestamp"].encode() + body
        digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
        assert headers["x-prolific-request-signature"] == base64.b64encode(digest).decode()
    assert [one["status"] for one in receiver.events()] == ["RESERVED", "ACTIVE", "AWAITING REVIEW"]
    assert receiver.events()[0] == {
        "resource_id": submission.id,
        "event_type": "submission.status.change",
        "participant_id": submission.participant_id,
        "status": "RESERVED",
    }
    listed = api.get(f"hooks/subscriptions/{hook}/events/").json()["results"]
    assert [one["status"] for one in listed] == ["SUCCEEDED"] * 3


def test_studies_have_events_too(service: RunningProlific, api: httpx.Client, receiver: Receiver) -> None:
    """A study's changes of status arrive, from its publication to its end."""
    subscribe(service, api, receiver.url, "study.status.change")
    review(api, finish(service, publish(api, total_available_places=1)), "APPROVE")
    webhooks.deliver(service.prolific)
    assert [one["status"] for one in receiver.events()] == ["ACTIVE", "AWAITING REVIEW", "COMPLETED"]


def test_duplicates_share_their_id_and_disorder_shows_in_timestamps(
    service: RunningProlific, api: httpx.Client, clock: ManualClock, receiver: Receiver
) -> None:
    """With both oddities each event comes twice with one X-Event-ID, the latest first by X-Timestamp."""
    service.prolific.oddities = replace(service.prolific.oddities, duplicate_hooks=True, disordered_hooks=True)
    subscribe(service, api, receiver.url)
    study_id = publish(api)
    finish(service, study_id, 0)
    clock.advance(60)
    finish(service, study_id, 1)
    webhooks.deliver(service.prolific)
    ids = [headers["x-event-id"] for headers, _ in receiver.received]
    times = [int(headers["x-timestamp"]) for headers, _ in receiver.received]
    assert (len(ids), len(set(ids))) == (12, 6)
    assert ids[::2] == ids[1::2]
    assert times == sorted(times, reverse=True) != sorted(times)


def test_failed_deliveries_are_tried_again(
    service: RunningProlific, api: httpx.Client, clock: ManualClock, receiver: Receiver
) -> None:
    """A receiver that answers with an error gets the event again, at most twelve times within a day."""
    hook, _ = subscribe(service, api, receiver.url, "study.status.change")
    publish(api)
    receiver.status = 500
    assert webhooks.deliver(service.prolific) == 0
    for _ in range(30):
        clock.advance(DAY_S / 24)
        webhooks.deliver(service.prolific)
    assert 2 <= len(receiver.received) <= webhooks.MOST_TRIES
    assert len({headers["x-event-id"] for headers, _ in receiver.received}) == 1
    (told,) = api.get(f"hooks/subscriptions/{hook}/events/").json()["results"]
    assert told["status"] == "FAILED"


def test_a_receiver_that_always_fails_is_disabled(
    service: RunningProlific, api: httpx.Client, clock: ManualClock, receiver: Receiver
) -> None:
    """After five days without one success the subscription is disabled; one success begins them anew."""
    hook, _ = subscribe(service, api, receiver.url)
    study_id = publish(api, total_available_places=9)
    receiver.status = 500
    finish(service, study_id, 0)
    webhooks.deliver(service.prolific)
    receiver.status = 204
    clock.advance(DAY_S / 2)
    webhooks.deliver(service.prolific)
    receiver.status = 500
    for day in range(7):
        assert service.prolific.subscriptions[hook].is_enabled == (day < 6)
        finish(service, study_id, 1 + day)
        webhooks.deliver(service.prolific)
        clock.advance(DAY_S)


def test_an_unreachable_receiver_is_a_failed_delivery(service: RunningProlific, api: httpx.Client) -> None:
    """Nobody listens there, and the service goes on."""
    subscribe(service, api, "http://127.0.0.1:9/")
    finish(service, publish(api))
    assert webhooks.deliver(service.prolific) == 0


def test_a_thread_delivers_by_itself(receiver: Receiver) -> None:
    """Where the service runs with hooks, events arrive without anybody asking for them."""
    prolific = SimulatedProlific(local_hooks=True, oddities=Oddities())
    with running(prolific) as service, service.client() as api:
        subscribe(service, api, receiver.url)
        finish(service, publish(api))
        with prolific.changed:
            done = prolific.changed.wait_for(
                lambda: [one.status for one in prolific.deliveries.values()] == ["SUCCEEDED"] * 3, timeout=60
            )
    assert done
