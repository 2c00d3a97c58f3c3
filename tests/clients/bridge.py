"""Clients of the requester API that others wrote, each in an environment and a process of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_BRIDGES = Path(__file__).with_name("bridges")


@dataclass(frozen=True, slots=True)
class Client:
    """What is installed, and the script that brings calls to it."""

    name: str
    version: str
    script: str
    arguments: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    """Requirements beside the package of that name and version."""
    without_dependencies: bool = False
    """Its own pins do not go with this Python; `besides` has what it needs."""

    def install(self, cache: Path) -> list[str]:
        """Make its environment below `cache` unless it is there; the command that starts the bridge.

        Skips the test where the package index has it not.
        """
        place = cache / f"{self.name.replace('/', '-')}-{self.version}"
        command = self._of_node(place) if self.script.endswith(".mjs") else self._of_python(place)
        (place / ".complete").touch()
        return command

    def _of_python(self, place: Path) -> list[str]:
        python = place / "bin" / "python"
        if not (place / ".complete").exists():
            _do([sys.executable, "-m", "venv", "--clear", str(place)])
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            alone = ["--no-deps"] if self.without_dependencies else []
            _do([*pip, *alone, f"{self.name}=={self.version}"])
            if self.besides:
                _do([*pip, *self.besides])
        return [str(python), "-W", "ignore", str(_BRIDGES / self.script)]

    def _of_node(self, place: Path) -> list[str]:
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            pytest.skip("needs node and npm")
        if not (place / ".complete").exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            _do([npm, "install", "--silent", "--prefix", str(place), f"{self.name}@{self.version}"])
        shutil.copy(_BRIDGES / self.script, place)  # beside its node_modules
        return [node, str(place / self.script), *self.arguments]


def _do(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{' '.join(command[-3:])}: {done.stderr.strip()[-300:]}")


class RefusedError(Exception):
    """The client's own error for what the platform refused."""


class Bridge:
    """Calls through the client, by the names that the client has for them."""

    def __init__(self, process: "subprocess.Popen[str]"):
        self._process = process
        self.calls: list[str] = []

    def __call__(self, name: str, /, **parameters: Any) -> Any:
        """The answer, its keys in small letters and without underscores.

        Raises:
            RefusedError: the client raised.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.calls.append(name)
        self._process.stdin.write(json.dumps({"name": name, "parameters": parameters}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise RefusedError(answer["error"])
        return _plain(answer["result"])


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.replace("_", "").lower(): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


@contextmanager
def connected(command: list[str], endpoint_url: str, access_key: str, secret_key: str) -> Iterator[Bridge]:
    """The client's process, with the endpoint and the keys in its environment and nothing of the user's AWS setup."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    environment = own | {
        "ENDPOINT": endpoint_url,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": access_key,
        "AWS_SECRET_ACCESS_KEY": secret_key,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE": "1",
        "NO_PROXY": "127.0.0.1",
    }
    with subprocess.Popen(
        command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        yield Bridge(process)
        assert process.stdin is not None
        process.stdin.close()
