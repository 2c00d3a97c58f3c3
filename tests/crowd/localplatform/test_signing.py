"""Only requests signed with the study's credentials, now, for exactly this, reach the requester API."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from crowd.credentials import Secrets, load_or_create
from crowd.localplatform import running
from crowd.localplatform.limits import ServerLimits
from crowd.localplatform.signing import SERVICE
from tests.crowd.localplatform.market import Market, requester

_TARGET = "MTurkRequesterServiceV20170117.GetAccountBalance"


def signed(
    url: str, secrets: Secrets, body: bytes = b"{}", *, service: str = SERVICE, target: str = _TARGET
) -> dict[str, str]:
    """The headers of a request that AWS's own signer has signed."""
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    request = AWSRequest("POST", f"{url}/", headers=headers, data=body)
    credentials = Credentials(secrets.access_key_id, secrets.secret_access_key)
    SigV4Auth(credentials, service, "us-east-1").add_auth(request)
    return dict(request.headers.items())


def post(market: Market, headers: dict[str, str], body: bytes = b"{}", path: str = "/") -> httpx.Response:
    return market.http.post(market.server.endpoint_url + path, headers=headers, content=body)


def test_a_signed_request_passes(market: Market) -> None:
    """A request signed by hand with the study's credentials is answered."""
    response = post(market, signed(market.server.endpoint_url, load_or_create(market.study)))
    assert (response.status_code, response.json()["AvailableBalance"]) == (200, "10000.00")


def _without(name: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda headers: {key: value for key, value in headers.items() if key.lower() != name}


def _with(name: str, value: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda headers: headers | {name: value}


def _replaced(old: str, new: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda headers: headers | {"Authorization": headers["Authorization"].replace(old, new)}


@pytest.mark.parametrize(
    ("forge", "error"),
    [
        (_without("authorization"), "MissingAuthenticationTokenException"),
        (_with("Authorization", "Basic YTpi"), "IncompleteSignatureException"),
        (_with("Authorization", "AWS4-HMAC-SHA256 Credential=x"), "IncompleteSignatureException"),
        (_without("x-amz-date"), "IncompleteSignatureException"),
        (_with("X-Amz-Date", "yesterday"), "IncompleteSignatureException"),
        (_with("X-Amz-Date", "20200101T000000Z"), "InvalidSignatureException"),
        (_with("X-Amz-Target", "MTurkRequesterServiceV20170117.ListHITs"), "InvalidSignatureException"),
        (_with("Host", "example.org"), "InvalidSignatureException"),
        (_with("X-Amz-Content-SHA256", hashlib.sha256(b"{}").hexdigest()), "InvalidSignatureException"),
        (_replaced("Signature=", "Signature=" + "0" * 64 + "x"), "IncompleteSignatureException"),
        (_replaced("us-east-1", "eu-west-1"), "InvalidSignatureException"),
        (_replaced(";x-amz-target", ""), "InvalidSignatureException"),
        (_replaced("AKIA", "AKIB"), "UnrecognizedClientException"),
    ],
)
def test_tampered_requests_are_refused(
    market: Market, forge: Callable[[dict[str, str]], dict[str, str]], error: str
) -> None:
    """Whatever of a signed request is left out or changed, it is refused with AWS's error, before anything is read."""
    headers = forge(signed(market.server.endpoint_url, load_or_create(market.study)))
    body = b"{ }" if "X-Amz-Content-SHA256" in headers else b"{}"
    response = post(market, headers, body)
    assert (response.status_code, response.json()["__type"]) == (400, error)
    assert market.server.platform.faults.calls == []


def test_another_body_is_refused(market: Market) -> None:
    """A signature covers the body, also when a hash of the signed body is sent along."""
    headers = signed(market.server.endpoint_url, load_or_create(market.study))
    assert post(market, headers, b'{"MaxResults": 1}').json()["__type"] == "InvalidSignatureException"


def test_another_service_is_refused(market: Market) -> None:
    """A signature made for another service does not open this one."""
    headers = signed(market.server.endpoint_url, load_or_create(market.study), service="s3")
    assert post(market, headers).json()["__type"] == "InvalidSignatureException"


@pytest.mark.parametrize("minutes", [-6, 6])
def test_stale_and_future_requests_are_refused(market: Market, monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    """A correct signature is worth five minutes, so a recorded request can't be sent again later."""
    secrets = load_or_create(market.study)
    then = datetime.now(UTC) + timedelta(minutes=minutes)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: then)
    response = post(market, signed(market.server.endpoint_url, secrets))
    assert response.json()["__type"] == "InvalidSignatureException"
    assert "Signature" in response.json()["Message"]


def test_wrong_keys_through_boto3(market: Market) -> None:
    """boto3 with another key or another secret is told so."""
    for options, code in (
        ({"secret_key": "guessed"}, "InvalidSignatureException"),
        ({"access_key": "AKIAGUESSED"}, "UnrecognizedClientException"),
    ):
        with (
            requester(market.server.endpoint_url, market.study, **options) as client,
            pytest.raises(ClientError) as refused,
        ):
            client.get_account_balance()
        assert refused.value.response["Error"]["Code"] == code


def test_unknown_operations_answer_as_aws(market: Market) -> None:
    """A correctly signed call of something else is UnknownOperationException, as at AWS."""
    for target in ("MTurkRequesterServiceV20170117.Nonsense", "Other.GetAccountBalance", "GetAccountBalance"):
        headers = signed(market.server.endpoint_url, load_or_create(market.study), target=target)
        response = post(market, headers)
        assert (response.status_code, response.json()) == (400, {"__type": "UnknownOperationException"})


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b'{"MaxResults": NaN}', b"[" * 100_000])
def test_bodies_that_are_no_requests(market: Market, body: bytes) -> None:
    """A signed body that is not a JSON object is a SerializationException."""
    url = market.server.endpoint_url
    response = post(market, signed(url, load_or_create(market.study), body, target=_TARGET), body)
    assert (response.status_code, response.json()["__type"]) == (400, "SerializationException")


def test_strangers_are_slowed_down(study: Path, http: httpx.Client) -> None:
    """Beyond a burst of unsigned requests an address is throttled, while signed ones still pass."""
    limits = ServerLimits(strangers_per_s=1e-6, strangers_burst=3)
    with running(study, limits=limits) as server, requester(server.endpoint_url, study) as client:
        answers = [http.post(server.endpoint_url).json()["__type"] for _ in range(5)]
        assert answers == ["MissingAuthenticationTokenException"] * 3 + ["ThrottlingException"] * 2
        assert client.get_account_balance()["AvailableBalance"] == "10000.00"
