"""The study's own platform: its server is found, or started for as long as it is needed."""

import json
import socket
from pathlib import Path

import pytest

from crowd.localplatform import invite, running
from crowd.localplatform.discovery import announced, only_server
from crowd.platforms import Reach, open_platform
from crowd.platforms.local import reach
from crowd.platforms.requester import Requester

WHERE = "platform.json"


def test_local_uses_the_server_that_runs_and_else_its_own(tmp_path: Path) -> None:
    """A running server is used; without one the platform lives as long as the block."""
    with running(tmp_path) as server, open_platform("local", tmp_path) as platform:
        assert isinstance(platform, Requester)
        assert platform.wire.client.meta.endpoint_url == server.endpoint_url
    assert announced(tmp_path) is None
    with open_platform("local", tmp_path) as platform:
        assert announced(tmp_path)
        assert platform.wire.call("GetAccountBalance", {})
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
        assert platform.wire.call("GetAccountBalance", {})


def test_another_server_at_the_address_of_a_killed_one_is_not_asked(tmp_path: Path) -> None:
    """A study that is not served is nobody's, though the port that it noted is another study's now."""
    killed, other = tmp_path / "killed", tmp_path / "other"
    killed.mkdir()
    with running(other) as server:
        (killed / WHERE).write_bytes((other / WHERE).read_bytes())
        assert announced(killed) is None
        with open_platform("local", killed) as platform:
            assert isinstance(platform, Requester)
            assert platform.wire.client.meta.endpoint_url != server.endpoint_url
            assert platform.wire.call("GetAccountBalance", {})


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


def test_how_many_were_reached(tmp_path: Path) -> None:
    """The local platform tells who saw and accepted; of others nothing is claimed."""
    assert reach(tmp_path) == Reach(seen=None, accepted=None)
    invite(tmp_path, 2)
    assert reach(tmp_path) == Reach(seen=0, accepted=0)
