"""The platforms: named values only, and clear words when one is gone."""

import json
import socket
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from crowd.localplatform import running
from crowd.localplatform.discovery import announced, only_server
from crowd.localplatform.faults import Fault
from crowd.localplatform.model import SEARCH_PATH
from crowd.media.s3 import S3Media, S3Settings
from crowd.platforms import NAMES, PlatformUnreachableError, RequestRefusedError, mturk, open_platform, servicemodel
from crowd.platforms.requester import Requester
from crowd.platforms.servicemodel import botocore_session

WHERE = "platform.json"


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that open nothing, and a client that gives up soon."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIANOTREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-real")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


@pytest.mark.parametrize(
    ("name", "endpoint", "real"),
    [
        ("mturk", "https://mturk-requester.us-east-1.amazonaws.com", True),
        ("mturk-sandbox", "https://mturk-requester-sandbox.us-east-1.amazonaws.com", False),
    ],
)
def test_each_name_stands_for_one_endpoint(
    name: str, endpoint: str, real: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The endpoint follows from the name alone; settings in the environment cannot redirect a paid call."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_MTURK", "https://elsewhere.example")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://elsewhere.example")
    with open_platform(name, tmp_path) as platform:
        assert isinstance(platform, Requester)
        assert platform.client.meta.endpoint_url == endpoint
        assert platform.real_money is real
        assert not platform.serves_media


@pytest.mark.parametrize("name", ["", "MTURK", "https://mturk-requester.us-east-1.amazonaws.com", "production"])
def test_anything_else_is_an_error_that_lists_the_names(name: str, tmp_path: Path) -> None:
    """There is no way to publish to an unnamed endpoint."""
    with pytest.raises(ValueError, match=", ".join(NAMES)):
        open_platform(name, tmp_path)


@pytest.mark.parametrize("name", ["mturk", "mturk-sandbox"])
def test_a_service_that_is_gone_is_told_with_its_alternatives(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where nothing answers at Amazon's address, one line says when the service closed and what to use."""
    with socket.socket() as nobody:  # has the port to itself and does not listen
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setitem(mturk.ENDPOINTS, name, f"http://127.0.0.1:{nobody.getsockname()[1]}")
        with (
            open_platform(name, tmp_path) as platform,
            pytest.raises(
                PlatformUnreachableError, match=r"closed Mechanical Turk on 30 September 2026\..*--platform local"
            ) as told,
        ):
            platform.call("GetAccountBalance", {})
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("status", [404, 410])
def test_an_address_without_the_service_counts_as_gone(status: int, tmp_path: Path) -> None:
    """When Amazon answers that there is no such service, that too is the end of it."""
    with open_platform("mturk", tmp_path) as platform:
        assert isinstance(platform, Requester)
        with Stubber(platform.client) as stub:
            stub.add_client_error("get_account_balance", "UnknownOperationException", "gone", http_status_code=status)
            with pytest.raises(PlatformUnreachableError, match="30 September 2026"):
                platform.call("GetAccountBalance", {})


def test_missing_credentials_are_told_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without credentials the message says which are missing, not where botocore looked."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with open_platform("mturk", tmp_path) as platform, pytest.raises(ValueError, match="mturk needs AWS credentials"):
        platform.call("GetAccountBalance", {})


def test_a_refusal_carries_the_platforms_code(tmp_path: Path) -> None:
    """What the platform refuses is an error with its own code, which callers act on."""
    with running(tmp_path), open_platform("local", tmp_path) as platform:
        with pytest.raises(RequestRefusedError, match="does not exist") as refused:
            platform.call("GetHIT", {"HITId": "3NOSUCHHIT"})
        assert refused.value.code == "HITDoesNotExist"


@pytest.mark.parametrize(
    ("fault", "words"), [("throttle", "slow down"), ("error-before", "failed in"), ("cut-before", "does not answer")]
)
def test_what_may_have_happened_is_no_refusal(fault: Any, words: str, tmp_path: Path) -> None:
    """Throttling, server faults and cut connections are no refusals, since the call may have been done."""
    with running(tmp_path) as server, open_platform("local", tmp_path) as platform:
        server.platform.faults.plan.append(Fault(kind=fault, operation="GetAccountBalance"))
        with pytest.raises(PlatformUnreachableError, match=words):
            platform.call("GetAccountBalance", {})


def test_a_throttled_call_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A throttled call succeeds after pauses, without anybody noticing."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "4")
    with running(tmp_path) as server, open_platform("local", tmp_path) as platform:
        server.platform.faults.plan.append(Fault(kind="throttle", operation="GetAccountBalance", times=2))
        assert platform.call("GetAccountBalance", {})["AvailableBalance"] == "10000.00"
        assert len(server.platform.faults.calls) == 3


def test_wrong_parameters_are_told_in_one_line(tmp_path: Path) -> None:
    """What botocore itself refuses is a plain error too."""
    with open_platform("mturk-sandbox", tmp_path) as platform, pytest.raises(ValueError, match="GetHIT"):
        platform.call("GetHIT", {"HITId": 7})


def test_local_uses_the_server_that_runs_and_else_its_own(tmp_path: Path) -> None:
    """A running server is used; without one the platform lives as long as the block."""
    with running(tmp_path) as server, open_platform("local", tmp_path) as platform:
        assert isinstance(platform, Requester)
        assert platform.client.meta.endpoint_url == server.endpoint_url
    assert announced(tmp_path) is None
    with open_platform("local", tmp_path) as platform:
        assert announced(tmp_path)
        assert platform.call("GetAccountBalance", {})
    assert announced(tmp_path) is None


def test_the_address_that_a_killed_server_left_is_ignored(tmp_path: Path) -> None:
    """`platform.json` of a server that is no more counts as none."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        (tmp_path / WHERE).write_text(
            json.dumps({"endpoint_url": f"http://127.0.0.1:{nobody.getsockname()[1]}", "pid": 1})
        )
        assert announced(tmp_path) is None
    with open_platform("local", tmp_path) as platform:
        assert platform.call("GetAccountBalance", {})


@pytest.mark.parametrize(
    "content",
    ["{", "[]", "{}", '{"endpoint_url": 1}', '{"endpoint_url": "https://mturk-requester.us-east-1.amazonaws.com"}'],
)
def test_a_strange_address_file_is_an_error(tmp_path: Path, content: str) -> None:
    """`platform.json` leads to a local server or nowhere."""
    with only_server(tmp_path):
        (tmp_path / WHERE).write_text(content)
        with pytest.raises(ValueError, match=WHERE):
            announced(tmp_path)


@pytest.fixture
def _botocore_without_mturk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A botocore as it will be: all its data but the model of Mechanical Turk."""
    import botocore
    from botocore.loaders import Loader

    data = tmp_path / "data"
    data.mkdir()
    for entry in (Path(botocore.__file__).parent / "data").iterdir():
        if entry.name != "mturk":
            (data / entry.name).symlink_to(entry)
    monkeypatch.setattr(Loader, "BUILTIN_DATA_PATH", str(data))
    monkeypatch.setattr(Loader, "CUSTOMER_DATA_PATH", str(tmp_path / "none"))
    monkeypatch.setattr(servicemodel, "_loader", servicemodel._loader.__wrapped__)


@pytest.mark.usefixtures("_botocore_without_mturk")
def test_the_client_survives_the_models_removal_from_botocore(tmp_path: Path) -> None:
    """With a botocore that has dropped Mechanical Turk the same calls and pages work, from our copy of the model."""
    with pytest.raises(Exception, match="Unknown service: 'mturk'"):
        boto3.Session().client("mturk", region_name="us-east-1")
    assert str(SEARCH_PATH) in botocore_session().get_component("data_loader").search_paths
    with running(tmp_path), open_platform("local", tmp_path) as platform:
        assert platform.call("GetAccountBalance", {})["AvailableBalance"] == "10000.00"
        assert list(platform.pages("ListHITs", {}))


def test_botocores_own_model_is_preferred() -> None:
    """Where botocore still has the model, ours is not in the way."""
    assert str(SEARCH_PATH) not in botocore_session().get_component("data_loader").search_paths


def test_client_errors_without_details_still_give_one_line(tmp_path: Path) -> None:
    """An answer that says nothing is told as what it is."""
    with open_platform("mturk-sandbox", tmp_path) as platform:
        assert isinstance(platform, Requester)
        with Stubber(platform.client) as stub:
            stub.add_client_error("get_account_balance", "", "", http_status_code=400)
            with pytest.raises(ValueError, match="no reason given"):
                platform.call("GetAccountBalance", {})
    assert issubclass(ClientError, Exception)


#: Mistakes in what boto3 takes from its surroundings.
MISTAKES = {
    "AWS_PROFILE": "no-such-profile",
    "AWS_DEFAULT_PROFILE": "no-such-profile",
    "AWS_CONFIG_FILE": "broken",
    "AWS_SHARED_CREDENTIALS_FILE": "broken",
    "AWS_DEFAULTS_MODE": "broken",
    "AWS_STS_REGIONAL_ENDPOINTS": "broken",
    "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES": "broken",
}


@pytest.mark.parametrize("variable", MISTAKES)
def test_mistakes_in_settings_of_aws_stop_what_uses_aws_alone(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The local platform works whatever they say; the others and S3 say in one line what is wrong with them."""
    (tmp_path / "broken").write_text("[x\nfoo")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, MISTAKES[variable])
    with open_platform("local", tmp_path / "study") as platform:
        assert platform.call("GetAccountBalance", {})["AvailableBalance"] == "10000.00"
    with pytest.raises(ValueError, match=r"^AWS settings cannot be used: "), open_platform("mturk-sandbox", tmp_path):
        pass
    with pytest.raises(ValueError, match=r"^AWS settings cannot be used: "):
        S3Media(S3Settings(bucket="clips")).prepare([], needed_s=0, origin="http://localhost")
