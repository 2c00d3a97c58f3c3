"""Running the platform: in the background of a program, or for as long as a command lives."""

import fcntl
import json
import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from crowd.localplatform.app import create_app
from crowd.localplatform.clock import Clock, wall_clock
from crowd.localplatform.faults import Faults
from crowd.localplatform.limits import ServerLimits
from crowd.localplatform.platform import DATABASE_FILE, Platform
from crowd.localplatform.requesterpage import requester_path
from crowd.localplatform.store import Database, account, participants
from crowd.medianames import blind
from crowd.wholefile import write_whole

WHERE_FILE = "platform.json"
_LOCK_FILE = "platform.lock"
_COUNTRY = re.compile("[A-Z]{2}(-[A-Z0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Running:
    """A server that listens."""

    endpoint_url: str
    """``http://HOST:PORT``, for boto3's ``endpoint_url`` and in front of participants' paths."""
    platform: Platform

    @property
    def requester_path(self) -> str:
        """The path of the requester's live page, which is as secret as the study's credentials."""
        return requester_path(self.platform.secrets)

    def media_url(self, file_name: str) -> str:
        """The path of a file of the videos directory; without host and port, so that it survives a restart."""
        return f"/media/{blind(file_name)}"


@contextmanager
def running(
    study_dir: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    clock: Clock = wall_clock,
    faults: Faults | None = None,
    limits: ServerLimits | None = None,
    balance_usd: str | None = None,
) -> Iterator[Running]:
    """Serve the study while the block runs.

    Port 0 takes the study's port of last time if it is free, else any. ``platform.json`` in the study directory says
    where the server listens.

    Args:
        study_dir: created if it is not there.
        host: the address to bind to; anything but a loopback address opens the study to the network.
        port: 0 or the port to bind to.
        clock: the platform's time, for tests.
        faults: what is to go wrong, for tests.
        limits: what one client may ask for.
        balance_usd: sets the requester's account; 10,000 dollars at first.

    Raises:
        OSError: the port is in use, the directory cannot be written.
        ValueError: the study is being served already.
    """
    directory = Path(study_dir)
    directory.mkdir(parents=True, exist_ok=True)
    with _only_server(directory):
        platform = Platform(directory, clock=clock, faults=faults, limits=limits, balance_usd=balance_usd)
        try:
            with _listening(platform, host, port) as listener, _serving(platform, listener):
                endpoint_url = _address(host, listener.getsockname()[1])
                with _announced(directory, endpoint_url):
                    yield Running(endpoint_url, platform)
        finally:
            platform.close()


def invite(study_dir: str | Path, count: int, *, simulated: bool = False, country: str | None = None) -> list[str]:
    """Add participants; the paths of their links (``/p/…``), to be put behind the server's address.

    Simulated participants get worker ids that begin with ``ASIMULATED``, and people never do. `country` (``"JP"``, or
    ``"US-CA"`` with a subdivision) is theirs for HITs that ask for one. It works whether the server runs or not.

    Raises:
        ValueError: `count` is below 1, or `country` is no such code.
    """
    if count < 1:
        raise ValueError(f"count is {count}; at least one participant is needed")
    if country is not None and not _COUNTRY.fullmatch(country):
        raise ValueError(f"country {country!r} is no code like JP or US-CA")
    directory = Path(study_dir)
    directory.mkdir(parents=True, exist_ok=True)
    database = Database(directory / DATABASE_FILE)
    try:
        with database.transaction(wall_clock()) as tx:
            return [f"/p/{participants.invite(tx, simulated=simulated, country=country)}" for _ in range(count)]
    finally:
        database.close()


def endpoint_of(study_dir: str | Path) -> str:
    """Where the study is being served.

    Raises:
        ValueError: it is not.
    """
    path = Path(study_dir) / WHERE_FILE
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["endpoint_url"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{study_dir}: is not being served; start it with `vidgen serve-tasks`") from error


@contextmanager
def _only_server(directory: Path) -> Iterator[None]:
    """Hold the study: two servers on one store would each believe that they alone know what was promised."""
    with (directory / _LOCK_FILE).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ValueError(f"{directory}: is being served already{_where(directory)}") from error
        yield


def _where(directory: Path) -> str:
    try:
        return f" at {json.loads((directory / WHERE_FILE).read_text(encoding='utf-8'))['endpoint_url']}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


@contextmanager
def _listening(platform: Platform, host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket; connections queue from here on, before the server has even started."""
    last = int(platform.transact(account.setting, f"port of {host}") or 0)
    listener = _bind(host, port or last, fall_back=not port)
    with listener:
        platform.transact(account.remember_setting, f"port of {host}", str(listener.getsockname()[1]))
        yield listener


def _bind(host: str, port: int, *, fall_back: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Naming TCP makes asyncio switch off Nagle's algorithm, which would add 40 ms to each answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        if fall_back and port:
            return _bind(host, 0, fall_back=False)
        raise OSError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    return listener


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


class _Server(uvicorn.Server):
    """uvicorn's server, which tells when it has started."""

    def __init__(self, config: uvicorn.Config):
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def _serving(platform: Platform, listener: socket.socket) -> Iterator[None]:
    config = uvicorn.Config(
        create_app(platform),
        log_level="critical",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="platform-http", daemon=True)
    thread.start()
    while not server.ready.wait(0.1):
        if not thread.is_alive():
            raise OSError("the platform's server did not start")
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def _announced(directory: Path, endpoint_url: str) -> Iterator[None]:
    """``platform.json``, there as a whole or not at all."""
    path = directory / WHERE_FILE
    write_whole(path, json.dumps({"endpoint_url": endpoint_url, "pid": os.getpid()}) + "\n")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
