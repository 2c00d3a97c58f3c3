"""Operations by name, and their errors in one line each."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from crowd.localplatform import running
from crowd.localplatform.faults import Fault
from crowd.platforms import (
    AlreadyCreatedError,
    NoSuchHitError,
    PlatformUnreachableError,
    RequestRefusedError,
    open_platform,
)
from crowd.platforms.requester import Requester


@pytest.mark.parametrize("status", [404, 410])
def test_an_address_without_the_service_counts_as_gone(status: int, tmp_path: Path) -> None:
    """When Amazon answers that there is no such service, that too is the end of it."""
    with open_platform("mturk", tmp_path) as platform:
        assert isinstance(platform, Requester)
        with Stubber(platform.wire.client) as stub:
            stub.add_client_error("get_account_balance", "UnknownOperationException", "gone", http_status_code=status)
            with pytest.raises(PlatformUnreachableError, match="30 September 2026"):
                platform.wire.call("GetAccountBalance", {})


def test_missing_credentials_are_told_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without credentials the message says which are missing, not where botocore looked."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with open_platform("mturk", tmp_path) as platform, pytest.raises(ValueError, match="mturk needs AWS credentials"):
        platform.wire.call("GetAccountBalance", {})


def test_a_refusal_carries_the_platforms_code(tmp_path: Path) -> None:
    """What the platform refuses is an error with its own code, which callers act on."""
    with running(tmp_path), open_platform("local", tmp_path) as platform:
        with pytest.raises(RequestRefusedError, match="does not exist") as refused:
            platform.wire.call("GetHIT", {"HITId": "3NOSUCHHIT"})
        assert refused.value.code == "HITDoesNotExist"


@pytest.mark.parametrize(
    ("fault", "words"), [("throttle", "slow down"), ("error-before", "failed in"), ("cut-before", "does not answer")]
)
def test_what_may_have_happened_is_no_refusal(fault: Any, words: str, tmp_path: Path) -> None:
    """Throttling, server faults and cut connections are no refusals, since the call may have been done."""
    with running(tmp_path) as server, open_platform("local", tmp_path) as platform:
        server.platform.faults.plan.append(Fault(kind=fault, operation="GetAccountBalance"))
        with pytest.raises(PlatformUnreachableError, match=words):
            platform.wire.call("GetAccountBalance", {})


def test_a_throttled_call_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A throttled call succeeds after pauses, without anybody noticing."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "4")
    with running(tmp_path) as server, open_platform("local", tmp_path) as platform:
        server.platform.faults.plan.append(Fault(kind="throttle", operation="GetAccountBalance", times=2))
        assert platform.wire.call("GetAccountBalance", {})["AvailableBalance"] == "10000.00"
        assert len(server.platform.faults.calls) == 3


def test_wrong_parameters_are_told_in_one_line(tmp_path: Path) -> None:
    """What botocore itself refuses is a plain error too."""
    with open_platform("mturk-sandbox", tmp_path) as platform, pytest.raises(ValueError, match="GetHIT"):
        platform.wire.call("GetHIT", {"HITId": 7})


def test_client_errors_without_details_still_give_one_line(tmp_path: Path) -> None:
    """An answer that says nothing is told as what it is."""
    with open_platform("mturk-sandbox", tmp_path) as platform:
        assert isinstance(platform, Requester)
        with Stubber(platform.wire.client) as stub:
            stub.add_client_error("get_account_balance", "", "", http_status_code=400)
            with pytest.raises(ValueError, match="no reason given"):
                platform.wire.call("GetAccountBalance", {})
    assert issubclass(ClientError, Exception)


def test_refusals_that_callers_act_on_have_classes(tmp_path: Path) -> None:
    """A HIT that is not there, and a token that has made one before, are told apart from other refusals."""
    with (
        running(tmp_path),
        open_platform("local", tmp_path) as platform,
        pytest.raises(NoSuchHitError, match=r"^GetHIT: .*does not exist.* \[HITDoesNotExist\]$"),
    ):
        platform.inspect("3NOSUCHHIT")
    with open_platform("mturk-sandbox", tmp_path) as platform:
        assert isinstance(platform, Requester)
        with Stubber(platform.wire.client) as stub:
            stub.add_client_error("create_hit_with_hit_type", "HITAlreadyExists", 'made "3HIT" before', 400)
            with pytest.raises(AlreadyCreatedError) as refused:
                platform.create(
                    hit_type_id="3T", annotation="", num_assignments=1, lifetime_s=60, question="<q/>", token="t"
                )
    assert refused.value.hit_id == "3HIT"
