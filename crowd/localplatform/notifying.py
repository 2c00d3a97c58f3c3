"""Sends notifications to Amazon SQS and SNS in the background; those not delivered yet survive a restart.

https://docs.aws.amazon.com/AWSMechTurk/latest/AWSMturkAPI/ApiReference_NotificationReceptorAPIArticle.html
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from crowd.localplatform.store import Row, derived_id, events
from crowd.localplatform.studyfile import StudyFile

_log = logging.getLogger(__name__)

#: Pause between two queries for events, in seconds.
PAUSE_S = 1.0
#: Most events from one query.
_BATCH = 20
#: Longest wait for an endpoint to connect and to respond, in seconds.
_PATIENCE_S = 3
#: The study file's value for Amazon's own endpoints.
AMAZON = "aws"


class Notifier:
    """Delivers the events of one store in its own thread.

    A failed delivery is repeated after the pauses in `crowd.localplatform.store.events.WAITS_S`. An event may arrive
    twice, with the same ``EventDocId``, if the server is killed after sending it and before noting that.
    """

    def __init__(self, transact: Callable[..., Any], study_file: StudyFile, customer: str):
        self._transact, self._study_file = transact, study_file
        self._customer = f"A{derived_id(customer)[:20]}"
        self._senders: dict[str, Sender | None] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to deliver; of several processes with one store, one does."""
        self._thread = threading.Thread(target=self._run, name="platform-notifications", daemon=True)
        self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether the study file names an endpoint, and boto3 finds credentials for it."""
        return self._sender() is not None

    def _sender(self) -> "Sender | None":
        """The sender for the endpoint that the study file names now; None without an endpoint or credentials."""
        endpoint = self._study_file.notifications
        if endpoint and endpoint not in self._senders:
            self._senders[endpoint] = Sender.to(endpoint)
        return self._senders.get(endpoint)

    def close(self) -> None:
        """Stop after the current delivery; the other events stay in the store."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(PAUSE_S):
            try:
                while (sender := self._sender()) and self._deliver_some(sender):
                    pass
            except Exception:  # e.g. the store is locked by another process, or the disk full
                _log.exception("notifications were not delivered")

    def _deliver_some(self, sender: "Sender") -> bool:
        """Deliver the events that are due, up to the first failure; return whether there may be more."""
        found = self._transact(events.due, time.time(), _BATCH)
        for event in found:
            if self._stop.is_set():
                return False
            try:
                sender.send(json.loads(event["specification"]), self._message(event))
            except Exception as error:  # boto3 and the network may raise anything
                if not self._transact(events.failed, event, time.time()):
                    _log.warning("%s of %s was not delivered: %s", event["event_type"], event["hit_id"], error)
                return False
            self._transact(events.delivered, event["seq"])
        return len(found) == _BATCH

    def _message(self, event: Row) -> str:
        """The event as JSON."""
        ids = {"HITTypeId": event["hit_type_id"], "HITId": event["hit_id"], "AssignmentId": event["assignment_id"]}
        happened = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(event["happened"]))
        told = {"EventType": event["event_type"], "EventTimestamp": happened}
        return json.dumps(
            {
                "EventDocVersion": json.loads(event["specification"])["Version"],
                "EventDocId": event["event_id"],
                "CustomerId": self._customer,
                "Events": [told | {name: value for name, value in ids.items() if value is not None}],
            }
        )


class Sender:
    """Sends messages to one endpoint through boto3's clients."""

    def __init__(self, session: Any, address: str | None):
        self._session, self._address = session, address
        self._clients: dict[tuple[str, str], Any] = {}

    @classmethod
    def to(cls, endpoint: str) -> "Sender | None":
        """A sender for that endpoint, or for Amazon's; None if boto3 finds no credentials."""
        import boto3  # slow to import, and rarely needed

        session = boto3.Session()
        address = None if endpoint == AMAZON else endpoint
        return cls(session, address) if session.get_credentials() is not None else None

    def send(self, specification: dict[str, Any], message: str) -> None:
        """Send one message; raises what boto3 raises."""
        destination = specification["Destination"]
        if specification["Transport"] == "SQS":
            host = destination.split("/")[2].split(".")
            region = host[1] if host[0] == "sqs" and len(host) > 2 else "us-east-1"
            self._client("sqs", region).send_message(QueueUrl=destination, MessageBody=message)
        else:
            self._client("sns", destination.split(":")[3]).publish(TopicArn=destination, Message=message)

    def _client(self, service: str, region: str) -> Any:
        from botocore.config import Config

        if (service, region) not in self._clients:
            settings = Config(
                connect_timeout=_PATIENCE_S,
                read_timeout=_PATIENCE_S,
                retries={"total_max_attempts": 1},
                ignore_configured_endpoint_urls=True,
            )
            self._clients[service, region] = self._session.client(
                service, region_name=region, endpoint_url=self._address, config=settings
            )
        return self._clients[service, region]
