"""Checks signatures (version 4) of incoming requests: botocore signs what arrived, and the signatures must agree."""

import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from crowd.credentials import Secrets
from crowd.localplatform.errors import ApiError

SERVICE = "mturk-requester"

#: Largest difference between the date of a request and the server's, in either direction.
TOLERANCE_S = 300

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request,\s*"
    r"SignedHeaders=([a-z0-9;_-]+),\s*Signature=([0-9a-f]{64})"
)
_MUST_BE_SIGNED = {"host", "x-amz-date", "x-amz-target"}
_DATE = "%Y%m%dT%H%M%SZ"


def verify(method: str, url: str, headers: Mapping[str, str], body: bytes, secrets: Secrets) -> None:
    """Check that a request was signed with the study's credentials at most five minutes ago.

    Args:
        method: the HTTP method.
        url: the whole URL that the client called.
        headers: the headers, by lower-case name.
        body: the body.
        secrets: the study's secrets, with the credentials.

    Raises:
        ApiError: ``MissingAuthenticationTokenException`` without a signature, ``UnrecognizedClientException`` for
            another access key, ``InvalidSignatureException`` for a stale or wrong one.
    """
    if not headers.get("authorization"):
        raise ApiError("MissingAuthenticationTokenException", "Missing Authentication Token")
    match = _AUTHORIZATION.fullmatch(headers["authorization"].strip())
    if match is None:
        raise ApiError("IncompleteSignatureException", "The Authorization header is not one of signature version 4")
    access_key, day, region, service, signed_names, signature = match.groups()
    if not hmac.compare_digest(access_key.encode(), secrets.access_key_id.encode()):
        raise ApiError("UnrecognizedClientException", "The security token included in the request is invalid.")
    date = headers.get("x-amz-date", "")
    _check_date(date, day)
    names = signed_names.split(";")
    digest = headers.get("x-amz-content-sha256")
    if (
        service != SERVICE
        or not _MUST_BE_SIGNED.issubset(names)
        or any(name not in headers for name in names)
        or (digest is not None and digest != hashlib.sha256(body).hexdigest())
        or not hmac.compare_digest(_sign(method, url, headers, names, body, region, date, secrets), signature)
    ):
        raise ApiError(
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details.",
        )


def _check_date(date: str, day: str) -> None:
    try:
        age_s = time.time() - datetime.strptime(date, _DATE).replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise ApiError("IncompleteSignatureException", "X-Amz-Date is missing or no date") from error
    if abs(age_s) > TOLERANCE_S or not date.startswith(day):
        what = "expired" if age_s > 0 else "not yet current"
        raise ApiError("InvalidSignatureException", f"Signature {what}: {date} is more than five minutes off")


def _sign(
    method: str, url: str, headers: Mapping[str, str], names: list[str], body: bytes, region: str, date: str,
    secrets: Secrets,
) -> str:  # fmt: skip
    """The signature that the client should have sent, over the headers that it states."""
    request = AWSRequest(method=method, url=url, data=body, headers={name: headers[name] for name in names})
    request.context["timestamp"] = date
    signer = SigV4Auth(Credentials(secrets.access_key_id, secrets.secret_access_key), SERVICE, region)
    try:
        text = signer.string_to_sign(request, signer.canonical_request(request))
    except ValueError:  # the Host header is not a valid host
        return ""
    return str(signer.signature(text, request))
