"""Webhooks: what is believed of a request, and how the study subscribes."""

import json

import pytest

from crowd.recruiters import ArrivalState, NoticeError
from crowd.recruiters.prolific.codes import known
from crowd.recruiters.prolific.hooks import EVENT_TYPE, TOLERANCE_S, read_notice, signature
from crowd.recruiters.prolific.recruiter import ProlificRecruiter
from crowd.simulated.prolific import Fault, RunningProlific, webhooks

SECRET, NOW = "the workspace's", 1_800_000_000.0
BODY = json.dumps({"event_type": EVENT_TYPE, "resource_id": "5" * 24, "status": "TIMED-OUT"}).encode()
TARGET = "https://study.example.org/hooks/prolific"


def headers(body: bytes = BODY, *, sent: str = str(int(NOW)), **changes: str) -> dict[str, str]:
    """The headers of a request that Prolific sends."""
    return {
        "x-prolific-request-signature": signature(SECRET, sent, body),
        "x-prolific-request-timestamp": sent,
        "x-event-id": "event 1",
        "x-timestamp": "1799999990",
        **changes,
    }


def test_a_signed_request_is_believed() -> None:
    """It says which visit is in which state, and since when."""
    notice = read_notice(headers(), BODY, secret=SECRET, now=NOW)
    assert notice is not None
    assert (notice.notice_id, notice.session_id, notice.state) == ("event 1", "5" * 24, ArrivalState.TIMED_OUT)
    assert notice.happened_at == 1_799_999_990


def test_the_signature_is_that_of_the_simulated_service() -> None:
    """Both were written apart from the same documentation."""
    assert signature(SECRET, "1800000000", BODY) == webhooks.signature(SECRET, "1800000000", BODY)


def test_an_event_of_another_type_says_nothing_of_a_visit() -> None:
    """It is taken, so that it is not sent again."""
    body = json.dumps({"event_type": "study.status.change", "resource_id": "x", "status": "ACTIVE"}).encode()
    assert read_notice(headers(body), body, secret=SECRET, now=NOW) is None


@pytest.mark.parametrize(
    ("given", "body", "secret", "now"),
    [
        (headers(), BODY.replace(b"TIMED-OUT", b"RETURNED!"), SECRET, NOW),
        (headers(), BODY, "another", NOW),
        (headers() | {"x-prolific-request-signature": ""}, BODY, SECRET, NOW),
        (headers() | {"x-prolific-request-signature": "\xe9"}, BODY, SECRET, NOW),
        (headers() | {"x-prolific-request-timestamp": str(int(NOW) + 1)}, BODY, SECRET, NOW),
        ({}, BODY, SECRET, NOW),
        (headers(**{"x-prolific-request-signature": signature("", str(int(NOW)), BODY)}), BODY, "", NOW),
        (headers(), BODY, SECRET, NOW + TOLERANCE_S + 1),
        (headers(), BODY, SECRET, NOW - TOLERANCE_S - 1),
        (headers(sent="today"), BODY, SECRET, NOW),
        (headers(sent="nan"), BODY, SECRET, NOW),
        (headers(b"["), b"[", SECRET, NOW),
        (headers(b"[]"), b"[]", SECRET, NOW),
        (headers(**{"x-event-id": ""}), BODY, SECRET, NOW),
        (headers(**{"x-timestamp": "nan"}), BODY, SECRET, NOW),
    ],
    ids=[
        "body changed", "another secret", "no signature", "odd signature", "time changed", "no headers", "no secret",
        "replayed", "from the future", "no time", "time not a number", "no JSON", "no object", "no event", "no moment",
    ],
)  # fmt: skip
def test_anything_else_is_refused(given: dict[str, str], body: bytes, secret: str, now: float) -> None:
    """Forged, altered, replayed and unreadable requests do nothing."""
    with pytest.raises(NoticeError):
        read_notice(given, body, secret=secret, now=now)


def test_subscribing_confirms_once_and_keeps_the_secret(recruiter: ProlificRecruiter, service: RunningProlific) -> None:
    """Done twice it is done once, and the workspace's secret stays, by which other studies check signatures too."""
    for _ in range(2):
        recruiter.notify(hook_url=TARGET)
        assert known(recruiter.study_dir)["hook_secret"] == service.prolific.hook_secret
    (subscription,) = service.prolific.subscriptions.values()
    assert (subscription.target_url, subscription.is_enabled) == (TARGET, True)
    assert service.faults.calls.count("POST hooks/secrets") == 1


def test_a_subscription_that_was_not_confirmed_is_made_anew(
    recruiter: ProlificRecruiter, service: RunningProlific
) -> None:
    """Only the answer that made it says by what to confirm it."""
    service.faults.plan += [Fault(kind="error-before", operation="POST hooks/subscriptions/{id}")]
    with pytest.raises(OSError, match="run the same command again"):
        recruiter.notify(hook_url=TARGET)
    recruiter.notify(hook_url=TARGET)
    assert [one.is_enabled for one in service.prolific.subscriptions.values()] == [True]


def test_an_address_that_is_not_public_is_refused_in_the_service_s_words(recruiter: ProlificRecruiter) -> None:
    """Prolific takes public https addresses only."""
    with pytest.raises(ValueError, match="target_url"):
        recruiter.notify(hook_url="http://127.0.0.1:8080/hooks/prolific")
