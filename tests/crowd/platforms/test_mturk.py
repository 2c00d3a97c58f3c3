"""Mechanical Turk and its sandbox: named addresses only, and clear words now that they are gone."""

import socket
from pathlib import Path

import pytest

from crowd.platforms import PlatformUnreachableError, mturk, open_platform
from crowd.platforms.requester import Requester


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
        assert platform.wire.client.meta.endpoint_url == endpoint
        assert platform.about.real_money is real
        assert not platform.about.serves_media


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
            platform.wire.call("GetAccountBalance", {})
    assert "\n" not in str(told.value)
