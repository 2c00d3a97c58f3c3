"""Webhooks: a secret, subscriptions that have to be confirmed, and signed deliveries that are tried again."""

import base64
import hashlib
import hmac
import ipaddress
import json
import random
import secrets
from typing import Any
from urllib.parse import urlsplit

import httpx

from crowd.simulated.prolific.drafts import Body
from crowd.simulated.prolific.errors import ProlificError, invalid, not_found
from crowd.simulated.prolific.records import Delivery, Subscription
from crowd.simulated.prolific.state import SimulatedProlific
from crowd.simulated.prolific.studies import timestamp

EVENT_TYPES = (
    "submission.status.change",
    "study.status.change",
    "study.progress.change",
    "study.has_high_return_rate",
)
#: Deliveries are tried so often, within a day.
MOST_TRIES = 12
_LAST_TRY_S = 24 * 3600.0
#: A subscription of which every delivery failed for so long is disabled.
_DISABLED_AFTER_S = 5 * 24 * 3600.0
_PATIENCE_S = 5.0


def event_types() -> dict[str, Any]:
    """The types of events as JSON."""
    return {"results": [{"event_type": name, "description": name.replace(".", " ")} for name in EVENT_TYPES]}


def create_secret(prolific: SimulatedProlific, body: Body) -> dict[str, Any]:
    """Make the workspace's secret; one that was there is replaced.

    Raises:
        ProlificError: the workspace is another.
    """
    if body.get("workspace_id") != prolific.workspace_id:
        raise invalid("workspace_id", "There is no such workspace.")
    prolific.hook_secret = secrets.token_urlsafe(32)
    return {"id": prolific.new_id(), "value": prolific.hook_secret, "workspace_id": prolific.workspace_id}


def subscribe(prolific: SimulatedProlific, body: Body) -> Subscription:
    """Make a subscription, which sends nothing until it is confirmed.

    Raises:
        ProlificError: there is no secret yet, or the event type or the target is refused.
    """
    if prolific.hook_secret is None:
        raise ProlificError(400, "Create a secret for the workspace first.")
    if body.get("event_type") not in EVENT_TYPES:
        raise invalid("event_type", f"Must be among {', '.join(EVENT_TYPES)}.")
    target = str(body.get("target_url") or "")
    if not prolific.local_hooks and not _is_public(target):
        raise invalid("target_url", "Must be a public address that begins with https.")
    subscription = Subscription(
        id=prolific.new_id(),
        event_type=body["event_type"],
        target_url=target,
        workspace_id=str(body.get("workspace_id")),
        confirmation=secrets.token_urlsafe(24),
    )
    prolific.subscriptions[subscription.id] = subscription
    return subscription


def _is_public(target: str) -> bool:
    where = urlsplit(target)
    host = where.hostname or ""
    try:
        return where.scheme == "https" and ipaddress.ip_address(host).is_global
    except ValueError:
        return where.scheme == "https" and "." in host


def find(prolific: SimulatedProlific, subscription_id: str) -> Subscription:
    """The subscription with that id.

    Raises:
        ProlificError: there is none.
    """
    if subscription_id not in prolific.subscriptions:
        raise not_found("subscription", subscription_id)
    return prolific.subscriptions[subscription_id]


def confirm(subscription: Subscription, body: Body) -> dict[str, Any]:
    """Enable the subscription by what its creation answered in the header ``X-Hook-Secret``.

    Raises:
        ProlificError: it is something else.
    """
    if not hmac.compare_digest(str(body.get("secret")), subscription.confirmation):
        raise invalid("secret", "Does not confirm this subscription.")
    subscription.is_enabled = True
    return shown(subscription)


def shown(subscription: Subscription) -> dict[str, Any]:
    """The subscription as JSON."""
    return {
        "id": subscription.id,
        "event_type": subscription.event_type,
        "target_url": subscription.target_url,
        "workspace_id": subscription.workspace_id,
        "is_enabled": subscription.is_enabled,
    }


def change(subscription: Subscription, body: Body) -> dict[str, Any]:
    """Enable or disable the subscription, or change its target."""
    subscription.is_enabled = bool(body.get("is_enabled", subscription.is_enabled))
    subscription.target_url = str(body.get("target_url", subscription.target_url))
    return shown(subscription)


def delivered(prolific: SimulatedProlific, subscription: Subscription) -> list[dict[str, Any]]:
    """The subscription's events as JSON, in the order in which they happened."""
    own = (one for one in prolific.deliveries.values() if one.subscription_id == subscription.id)
    return [
        {
            "id": one.id,
            "payload": one.payload,
            "status": one.status,
            "event_type": one.payload["event_type"],
            "datetime_created": timestamp(one.happened_at),
        }
        for one in own
    ]


def signature(secret: str, moment: str, body: bytes) -> str:
    """The value of ``X-Prolific-Request-Signature``: HMAC-SHA256 of timestamp and body, in base 64."""
    digest = hmac.new(secret.encode(), moment.encode() + body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def deliver(prolific: SimulatedProlific) -> int:
    """Try every delivery that is due; gives how many succeeded.

    The state is not held while requests are under way, since their receiver may call back.
    """
    with prolific.acting() as now:
        due = [one for one in prolific.deliveries.values() if one.status == "PENDING" and one.due_at <= now]
        if prolific.oddities.disordered_hooks:
            due.reverse()
        requests = [(one, prolific.subscriptions.get(one.subscription_id)) for one in due]
    if not requests:
        return 0
    succeeded = 0
    with httpx.Client(trust_env=False, verify=httpx.create_ssl_context(), timeout=_PATIENCE_S) as client:
        for delivery, subscription in requests:
            answered = subscription is not None and _send(client, prolific, delivery, subscription)
            with prolific.acting():
                _note(prolific, delivery, subscription, answered)
            succeeded += answered
    return succeeded


def _send(client: httpx.Client, prolific: SimulatedProlific, delivery: Delivery, subscription: Subscription) -> bool:
    body, moment = json.dumps(delivery.payload).encode(), str(int(prolific.clock()))
    headers = {
        "Content-Type": "application/json",
        "X-Event-ID": delivery.id,
        "X-Timestamp": str(int(delivery.happened_at)),
        "X-Prolific-Request-Timestamp": moment,
        "X-Prolific-Request-Signature": signature(prolific.hook_secret or "", moment, body),
    }
    answered = False
    for _ in range(2 if prolific.oddities.duplicate_hooks else 1):
        try:
            answer = client.post(subscription.target_url, content=body, headers=headers)
        except httpx.HTTPError:
            return False
        answered = answer.is_success
    return answered


def _note(prolific: SimulatedProlific, delivery: Delivery, subscription: Subscription | None, answered: bool) -> None:
    now = prolific.clock()
    delivery.tries += 1
    if answered or subscription is None:
        delivery.status = "SUCCEEDED" if answered else "FAILED"
        if subscription is not None:
            subscription.failing_since = None
        return
    subscription.failing_since = subscription.failing_since or now
    if now - subscription.failing_since >= _DISABLED_AFTER_S:
        subscription.is_enabled = False
    if delivery.tries >= MOST_TRIES or now - delivery.happened_at >= _LAST_TRY_S:
        delivery.status = "FAILED"
    else:  # full jitter: anywhere up to twice as long as before, and the last within a day
        longest = _LAST_TRY_S / 2 ** (MOST_TRIES - delivery.tries)
        delivery.due_at = now + random.uniform(0, longest)
