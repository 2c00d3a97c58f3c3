"""The HTTP status of each refusal to a participant."""

from collections.abc import Mapping

from crowd.localplatform.participation import Reason

STATUS: Mapping[Reason, int] = {
    "no-link": 404,
    "unknown-link": 404,
    "revoked": 403,
    "no-such-task": 404,
    "blocked": 403,
    "not-qualified": 403,
    "gone": 409,
    "done-before": 409,
    "too-many": 409,
    "late": 410,
    "too-fast": 429,
    "cross-site": 403,
    "malformed": 400,
    "bad-arrival": 400,
    "came-before": 409,
    "enough": 409,
}
