"""Webhooks: Prolific tells the study's server what becomes of a submission, in requests that it signs.

Sources: https://docs.prolific.com/api-reference/webhooks/subscribing and https://docs.prolific.com/api-reference/webhooks/verifying
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping

from crowd.recruiters.prolific.client import Client
from crowd.recruiters.prolific.statuses import state_of
from crowd.recruiters.protocol import Notice, NoticeError

#: The one event that the server acts on.
EVENT_TYPE = "submission.status.change"
#: Headers of a request: its signature, when it was sent (which is signed), and the event that it tells of.
SIGNATURE, SENT, EVENT, HAPPENED = (
    "x-prolific-request-signature", "x-prolific-request-timestamp", "x-event-id", "x-timestamp",
)  # fmt: skip
#: How far the time of sending may be from the server's clock, in seconds; later, a copied request is refused.
TOLERANCE_S = 300.0

_TIME = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")


def signature(secret: str, sent: str, body: bytes) -> str:
    """HMAC-SHA256 of the time of sending and the body as it came, in base 64."""
    return base64.b64encode(hmac.digest(secret.encode(), sent.encode() + body, hashlib.sha256)).decode()


def read_notice(headers: Mapping[str, str], body: bytes, *, secret: str, now: float) -> Notice | None:
    """What a request tells of a visit; None if it tells of something else.

    Args:
        headers: the request's, by their names in lower case.
        body: the request's, as it came.
        secret: the workspace's; empty if the study has none, and nothing is believed.
        now: the time, in seconds since the epoch.

    Raises:
        NoticeError: it is not signed by the secret, was sent too long ago, or cannot be read.
    """
    sent = headers.get(SENT, "")
    expected = signature(secret, sent, body)
    if not secret or not hmac.compare_digest(expected.encode(), headers.get(SIGNATURE, "").encode()):
        raise NoticeError("the signature is not that of the workspace's secret; `recruit --hooks URL` fetches it anew")
    if abs(now - _seconds(sent)) > TOLERANCE_S:
        raise NoticeError(
            f"it was sent {abs(now - _seconds(sent)):.0f} s before or after the time of this computer; is its clock "
            "right?"
        )
    told = _object(body)
    if told.get("event_type") != EVENT_TYPE:
        return None
    if not headers.get(EVENT):
        raise NoticeError(f"it has no {EVENT}")
    return Notice(
        notice_id=headers[EVENT],
        session_id=str(told.get("resource_id")),
        state=state_of(str(told.get("status"))),
        happened_at=_seconds(headers.get(HAPPENED, sent)),
    )


def subscribe(client: Client, workspace: str, target: str) -> str:
    """Let Prolific tell that address of submissions, unless it does; return the secret of its signatures.

    A workspace has one secret. One that is there is used, since a new one would end the subscriptions of other studies.

    Raises:
        RequestRefusedError, RecruiterUnreachableError: as of `Client.post`.
    """
    secret = next((str(one["value"]) for one in client.sliced("hooks/secrets/") if _is_of(one, workspace)), None)
    if secret is None:
        secret = str(client.post("hooks/secrets/", {"workspace_id": workspace})["value"])
    for one in client.sliced("hooks/subscriptions/"):
        if (one.get("target_url"), one.get("event_type")) == (target, EVENT_TYPE) and _is_of(one, workspace):
            if one.get("is_enabled"):
                return secret
            client.delete(f"hooks/subscriptions/{one['id']}/")  # it can only be confirmed by who made it
    body = {"workspace_id": workspace, "event_type": EVENT_TYPE, "target_url": target}
    made, headers = client.created("hooks/subscriptions/", body)
    client.post(f"hooks/subscriptions/{made['id']}/", {"secret": headers.get("X-Hook-Secret", "")})
    return secret


def _is_of(one: Mapping[str, object], workspace: str) -> bool:
    return bool(one.get("value", True)) and one.get("workspace_id", workspace) == workspace


def _seconds(text: str) -> float:
    if not _TIME.fullmatch(text):
        raise NoticeError(f"{text!r} is no time in seconds")
    return float(text)


def _object(body: bytes) -> dict[str, object]:
    try:
        told = json.loads(body)
    except ValueError:
        raise NoticeError("it is not JSON") from None
    if not isinstance(told, dict):
        raise NoticeError("it is not a JSON object")
    return told
