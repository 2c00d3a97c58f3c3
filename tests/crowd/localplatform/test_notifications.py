"""Notifications to SQS and SNS, at moto's real HTTP server."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from crowd.design.study import Study
from crowd.localplatform import notifying, running
from crowd.localplatform.clock import ManualClock
from crowd.localplatform.store import events
from tests.crowd.localplatform.market import TYPE, Market, requester

_OF_ASSIGNMENTS = ("Accepted", "Abandoned", "Returned", "Submitted", "Rejected", "Approved")
_OF_HITS = ("Created", "Extended", "Disposed", "Reviewable", "Expired")
ALL = (*(f"Assignment{name}" for name in _OF_ASSIGNMENTS), *(f"HIT{name}" for name in _OF_HITS))


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """The address of moto's server."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


class Box:
    """A queue, and a topic whose messages come to the queue as well."""

    def __init__(self, aws: str, name: str):
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}
        session = boto3.Session(**keys)
        self._sqs, sns = session.client("sqs", endpoint_url=aws), session.client("sns", endpoint_url=aws)
        self.queue = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        self.topic = sns.create_topic(Name=name)["TopicArn"]
        arn = f"arn:aws:sqs:us-east-1:123456789012:{name}"
        sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn)
        self.seen: list[dict[str, Any]] = []

    def wait(self, count: int) -> list[dict[str, Any]]:
        """The first so many messages, in the order of their events' times."""
        late = time.monotonic() + 30
        while len(self.seen) < count and time.monotonic() < late:
            for message in self._sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", []):
                self._sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
                body = json.loads(message["Body"])
                self.seen.append(json.loads(body["Message"]) if "TopicArn" in body else body)
            time.sleep(0.02)
        assert len(self.seen) == count, [one["Events"] for one in self.seen]
        return self.seen

    def types(self, count: int) -> list[str]:
        """The types of the first so many events."""
        return sorted(event["EventType"] for one in self.wait(count) for event in one["Events"])


@pytest.fixture
def box(aws: str, request: pytest.FixtureRequest) -> Box:
    """An empty queue and its topic."""
    return Box(aws, "".join(one for one in request.node.name if one.isalnum())[:70])


@pytest.fixture
def configured(study: Path, aws: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Name the endpoint in the study file, with credentials in the environment; looks for events often."""
    monkeypatch.setattr(notifying, "PAUSE_S", 0.05)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")

    def configure(endpoint: str = aws) -> None:
        study.mkdir(exist_ok=True)
        Study(notifications=endpoint).save(study / "study.toml")

    configure()
    return configure


def subscribe(market: Market, box: Box, *types: str, transport: str = "SQS", **changes: Any) -> str:
    """Ask for those events of the usual HIT type; its id."""
    type_id = str(market.client.create_hit_type(**TYPE)["HITTypeId"])
    specification = {
        "Destination": box.queue if transport == "SQS" else box.topic,
        "Transport": transport,
        "Version": "2014-08-15",
        "EventTypes": list(types or ALL),
    }
    market.client.update_notification_settings(HITTypeId=type_id, Notification=specification | changes)
    return type_id


@pytest.mark.parametrize("transport", ["SQS", "SNS"])
def test_an_event_arrives_as_documented(
    configured: object, market: Market, box: Box, clock: ManualClock, transport: str
) -> None:
    """One JSON message with version, unique id, customer and the event: type, time and ids; other types do not come."""
    type_id = subscribe(market, box, "AssignmentSubmitted", transport=transport)
    hit_id, other = market.hit(MaxAssignments=2), market.hit(Title="Another type")
    market.work(other)
    done = [market.work(hit_id) for _ in range(2)]
    messages = box.wait(2)
    for message, assignment_id in zip(messages, done, strict=True):
        happened = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(clock()))
        event = {"EventType": "AssignmentSubmitted", "EventTimestamp": happened, "HITTypeId": type_id, "HITId": hit_id}
        assert message["Events"] == [event | {"AssignmentId": assignment_id}]
        assert message["EventDocVersion"] == "2014-08-15"
    assert len({message["EventDocId"] for message in messages}) == 2
    assert len({message["CustomerId"] for message in messages}) == 1


def test_every_type_of_event_comes_once(configured: object, market: Market, box: Box, clock: ManualClock) -> None:
    """What people, the requester and the clock do to a HIT and its assignments."""
    subscribe(market, box)
    first = market.hit(MaxAssignments=3)
    leaver, sleeper = market.person(), market.person()
    leaver.give_back(leaver.accept(first).json()["assignment_id"])
    sleeper.accept(first)
    clock.advance(700)
    assignments = [market.work(first) for _ in range(3)]
    box.wait(1 + 2 + 1 + 1 + 3 + 3 + 1)
    market.client.create_additional_assignments_for_hit(HITId=first, NumberOfAdditionalAssignments=1)
    box.wait(12 + 1)  # the platform has seen that the HIT is open again
    market.client.approve_assignment(AssignmentId=assignments[0])
    market.client.approve_assignment(AssignmentId=assignments[1])
    market.client.reject_assignment(AssignmentId=assignments[2], RequesterFeedback="No.")
    clock.advance(3600)
    box.wait(12 + 1 + 3 + 2)
    market.client.update_hit_review_status(HITId=first)
    market.client.delete_hit(HITId=first)
    counts = {name: box.types(19).count(name) for name in ALL}
    assert counts == dict.fromkeys(ALL, 1) | {
        "AssignmentAccepted": 5,
        "AssignmentSubmitted": 3,
        "AssignmentApproved": 2,
        "HITReviewable": 2,
    }


def test_what_was_so_before_is_not_told(configured: object, market: Market, box: Box, clock: ManualClock) -> None:
    """HITs that had expired when the settings were made are no news; inactive settings tell nothing."""
    market.hit()
    clock.advance(4000)
    type_id = subscribe(market, box)
    market.client.update_notification_settings(HITTypeId=type_id, Active=False)
    market.work(market.hit())
    market.client.update_notification_settings(HITTypeId=type_id, Active=True)
    market.hit()
    assert box.types(1) == ["HITCreated"]


def test_a_test_event_is_sent(configured: object, market: Market, box: Box) -> None:
    """SendTestEventNotification delivers the event that was named, `Ping` too, to the destination that was named."""
    specification = {"Destination": box.queue, "Transport": "SQS", "Version": "2006-05-05", "EventTypes": ["Ping"]}
    for name in ("Ping", "HITExpired"):
        market.client.send_test_event_notification(Notification=specification, TestEventType=name)
    assert box.types(2) == ["HITExpired", "Ping"]
    assert {one["EventDocVersion"] for one in box.seen} == {"2006-05-05"}


def test_an_endpoint_that_is_away_delays_nobody(
    configured: Callable[..., None],
    study: Path,
    aws: str,
    http: httpx.Client,
    box: Box,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody waits for it, a restart loses nothing, and what waited arrives when it is back."""
    monkeypatch.setattr(events, "WAITS_S", (0.1,) * 100)
    configured("http://127.0.0.1:9")
    with running(study) as server, requester(server.endpoint_url, study) as client:
        market = Market(server, study, client, http)
        subscribe(market, box, "AssignmentAccepted", "AssignmentSubmitted")
        begun = time.monotonic()
        market.work(market.hit())
        assert time.monotonic() - begun < 2
    configured(aws)
    with running(study):
        assert box.types(2) == ["AssignmentAccepted", "AssignmentSubmitted"]


def test_what_cannot_be_delivered_is_given_up(
    configured: object, market: Market, box: Box, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A queue that does not exist costs a bounded number of attempts and one line, and others get theirs."""
    monkeypatch.setattr(events, "WAITS_S", (0.01, 0.01))
    other = box.queue + "-gone"
    specification = {"Transport": "SQS", "Version": "2006-05-05", "EventTypes": ["Ping"]}
    for destination in (other, box.queue):
        market.client.send_test_event_notification(
            Notification=specification | {"Destination": destination}, TestEventType="Ping"
        )
    assert box.types(1) == ["Ping"]
    late = time.monotonic() + 20
    while "was not delivered" not in caplog.text and time.monotonic() < late:
        time.sleep(0.02)
    assert caplog.text.count("Ping of 3") == 1


@pytest.mark.parametrize(
    ("transport", "destination"), [("SQS", "my-queue"), ("SNS", "my-topic"), ("SNS", "https://sqs.example/1/q")]
)
def test_a_destination_must_be_one(
    configured: object, market: Market, box: Box, transport: str, destination: str
) -> None:
    """A queue is named by its address, a topic by its ARN."""
    with pytest.raises(ClientError, match="Destination"):
        subscribe(market, box, transport=transport, Destination=destination)


def test_without_credentials_it_is_refused(
    configured: object, study: Path, http: httpx.Client, box: Box, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An endpoint alone is not enough."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with (
        running(study) as server,
        requester(server.endpoint_url, study) as client,
        pytest.raises(ClientError, match=r"notifications in study\.toml, and have credentials"),
    ):
        subscribe(Market(server, study, client, http), box)


@pytest.mark.parametrize("wrong", ["sqs", "ftp://x", "https://", "https://a b"])
def test_the_study_file_names_an_address(wrong: str) -> None:
    """What is no endpoint is refused when the file is read."""
    with pytest.raises(ValueError, match='notifications: must be an http address, "aws" or empty'):
        Study(notifications=wrong)
