"""`vidgen serve-tasks` and `vidgen invite`."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from crowd.localplatform import running
from vidgen.cli import main

_MAIN = "import sys; from vidgen.cli import main; main(sys.argv[1:])"


def test_serving_until_told_to_stop(study: Path) -> None:
    """serve-tasks prints its address, the progress page and a working link per participant, and stops on SIGTERM."""
    command = [sys.executable, "-c", _MAIN, "serve-tasks", "--study", str(study), "--participants", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(6)]
        url = json.loads((study / "platform.json").read_text())["endpoint_url"]
        assert lines[0] == f"Requester API and participants: {url}"
        pages = [lines[1].removeprefix("Progress: "), *lines[2:4]]
        assert {httpx.get(page, trust_env=False, timeout=60).status_code for page in pages} == {200}
        assert lines[4].endswith("participants.html")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert not (study / "platform.json").exists()
    assert (study / "participants.html").read_text().count("<svg") == 2


@pytest.mark.parametrize("problem", ["port", "study", "directory"])
def test_what_keeps_it_from_serving(study: Path, problem: str) -> None:
    """A port in use, a study that is being served and a directory that is none are one line and exit 1 or 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken, running(study):
        port = taken.getsockname()[1]
        (study / "file").write_text("")
        arguments, words = {
            "port": (["--study", str(study.parent / "other"), "--port", str(port)], f"127.0.0.1:{port}"),
            "study": (["--study", str(study)], "is being served already"),
            "directory": (["--study", str(study / "file")], "is a file"),
        }[problem]
        result = CliRunner().invoke(main, ["serve-tasks", *arguments])
    assert result.exit_code in (1, 2)
    message = result.output.strip().splitlines()[-1]
    assert message.startswith("Error: ")
    assert words in message


def test_inviting(study: Path) -> None:
    """Invite prints links at the server's address or at a given one, and says when it knows none."""
    result = CliRunner().invoke(main, ["invite", "--study", str(study)])
    assert (result.exit_code, "is not being served" in result.output) == (1, True)
    with running(study) as server:
        result = CliRunner().invoke(main, ["invite", "--study", str(study), "--count", "3"])
        links = result.output.splitlines()[:3]
        assert all(httpx.get(link, trust_env=False, timeout=60).status_code == 200 for link in links)
        assert all(link.startswith(f"{server.endpoint_url}/p/") for link in links)
    result = CliRunner().invoke(main, ["invite", "--study", str(study), "--url", "https://study.example/"])
    assert result.output.startswith("https://study.example/p/")
    assert CliRunner().invoke(main, ["invite", "--study", str(study), "--count", "0"]).exit_code == 2
