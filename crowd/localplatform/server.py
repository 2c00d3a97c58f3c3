"""Runs the platform's server in a background thread."""

import asyncio
import errno
import logging
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvicorn

from crowd.localplatform import addresses, processes
from crowd.localplatform.app import create_app
from crowd.localplatform.clock import Clock
from crowd.localplatform.connections import Connection, Connections
from crowd.localplatform.discovery import announcing, only_server
from crowd.localplatform.faults import Faults
from crowd.localplatform.limits import ServerLimits
from crowd.localplatform.logs import logging_to
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.observing import InFlight
from crowd.localplatform.requesterpage import requester_path
from crowd.localplatform.store import account
from crowd.localplatform.store.places import database_url, keep_in
from crowd.opaque_names import address
from crowd.operating_system import raise_file_limit, reuse_address

_log = logging.getLogger(__name__)
#: Most connections that wait to be accepted.
_BACKLOG = 1024
#: Most connections accepted in a row. If accepting fails, it is also tried this many times a second.
_ACCEPTED_AT_ONCE = 32
_OWN_ADDRESS = "--host takes an address of this machine, or 0.0.0.0 for all of them"


@dataclass(frozen=True, slots=True)
class Running:
    """A running server."""

    endpoint_url: str
    """``http://HOST:PORT`` for programs on this machine, as boto3's ``endpoint_url``."""
    platform: Marketplace
    participants_url: str | None = None
    """The address for participants on other machines, without a path; None if only this machine can open the study."""
    moved_from: int | None = None
    """The previous port, if it could not be used again: links with that port no longer work."""

    @property
    def requester_path(self) -> str:
        """The path of the requester's live page, to be kept as secret as the study's credentials."""
        return requester_path(self.platform.secrets)

    def media_url(self, file_name: str) -> str:
        """The path of a file of the videos directory; without host and port, so that it stays valid after a restart."""
        return address(file_name, self.platform.secrets.media_key)


@contextmanager
def running(
    study_dir: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    public_url: str | None = None,
    trusted_proxies: str | Sequence[str] = (),
    clock: Clock | None = None,
    faults: Faults | None = None,
    limits: ServerLimits | None = None,
    balance_usd: str | None = None,
    database: str | None = None,
    workers: int = 1,
    shows_videos: bool = True,
    log: str | Path | None = None,
) -> Iterator[Running]:
    """Serve the study while the block runs.

    Port 0 takes the study's previous port if it is free, else any. ``platform.json`` in the study directory says
    where the server listens.

    Args:
        study_dir: the study directory; created if it does not exist.
        host: the address to bind to; anything but a loopback address opens the study to the network.
        port: 0 or the port to bind to.
        public_url: the address that participants open, if it is not the one listened on; it may have a path.
        trusted_proxies: addresses and networks of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are used.
        clock: the platform's time, for tests; a `SteadyClock` that starts now.
        faults: simulated faults, for tests.
        limits: what one client may ask for.
        balance_usd: what is paid in to the requester's account; 10,000 dollars by default.
        database: the address of the PostgreSQL database that keeps the tasks, which is remembered; a file by default.
        workers: how many processes answer requests; more than one need PostgreSQL.
        shows_videos: whether pages load the published videos from here, so that they must be there.
        log: the file to which requests, warnings and errors are appended as JSON lines; "-" is standard output.

    Raises:
        OSError: the port is in use, or the directory cannot be written.
        ValueError: the study is being served already; `public_url`, `database` or one of `trusted_proxies` is not an
            address; the study's tasks are in another database; or there is more than one worker and no PostgreSQL.
    """
    proxies = addresses.proxies(trusted_proxies)
    shown = addresses.public_url(public_url) if public_url else None
    directory = Path(study_dir)
    directory.mkdir(parents=True, exist_ok=True)
    with only_server(directory), logging_to(log):
        if database:
            keep_in(directory, database)
        check_workers(directory, workers)
        platform = Marketplace(
            directory, clock=clock, faults=faults, limits=limits, balance_usd=balance_usd, shows_videos=shows_videos
        )
        try:
            answering = partial(processes.serving, workers, log) if workers > 1 else serving
            with _listening(platform, host, port) as (listener, last), answering(platform, listener, shown, proxies):
                bound = listener.getsockname()[1]
                endpoint_url = addresses.endpoint(host, bound)
                participants_url = shown or addresses.for_others(host, bound)
                with announcing(directory, endpoint_url, participants_url):
                    yield Running(endpoint_url, platform, participants_url, last if last not in (0, bound) else None)
        finally:
            platform.close()


def check_workers(study_dir: Path, workers: int) -> None:
    """Check that the study's store and this machine allow so many processes.

    Raises:
        ValueError: they do not.
    """
    if workers < 1:
        raise ValueError(f"workers is {workers}; at least one process has to serve")
    if workers > 1 and database_url(study_dir) is None:
        raise ValueError(f"workers is {workers}: several processes need a store in PostgreSQL (--database), not a file")
    if workers > 1 and sys.platform == "win32":
        raise ValueError(f"workers is {workers}: on Windows one process serves a study")


@contextmanager
def _listening(platform: Marketplace, host: str, port: int) -> Iterator[tuple[socket.socket, int]]:
    """A listening socket, and the previous port (0 if there was none).

    Connections queue as soon as it listens, before the server has started.
    """
    last = int(platform.transact(account.setting, f"port of {host}") or 0)
    listener = _bind(host, port or last, fall_back=not port)
    with listener:
        platform.transact(account.remember_setting, f"port of {host}", str(listener.getsockname()[1]))
        yield listener, last


def _bind(host: str, port: int, *, fall_back: bool) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as error:
        raise OSError(f"cannot listen on {host}: {error.strerror or error}; {_OWN_ADDRESS}") from error
    # With TCP named, asyncio disables Nagle's algorithm, which would add 40 ms to each response.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    reuse_address(listener)
    try:
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if fall_back and port:
            return _bind(host, 0, fall_back=False)
        advice = _OWN_ADDRESS if error.errno == errno.EADDRNOTAVAIL else "choose another --port, or leave it out"
        raise OSError(f"cannot listen on {host}:{port}: {error.strerror or error}; {advice}") from error
    return listener


class _Server(uvicorn.Server):
    """uvicorn's server; also signals when it has started, closes late connections, and notes the platform's time."""

    def __init__(self, config: uvicorn.Config, platform: Marketplace, in_flight: InFlight):
        super().__init__(config)
        self._in_flight = in_flight
        self.ready = threading.Event()
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._platform = platform
        self._connections = Connections(platform.limits, raise_file_limit())
        self._some_are_late = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(self._connections.handle_exception)
        self.lifespan.state["connections"] = self._connections
        await super().startup(sockets)
        for listener in sockets or []:
            listener.listen(_BACKLOG)
        self.ready.set()

    def stop(self) -> None:
        """Stop serving at once, without waiting for the next tick; to be called from another thread."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # its thread has ended, and the loop is closed
                self._loop.call_soon_threadsafe(self._stopping.set)

    async def main_loop(self) -> None:
        """Run uvicorn's main loop, with a wait that `stop` can end; then let requests in flight be answered."""
        counter = 0
        while not await self.on_tick(counter):
            counter = (counter + 1) % 864_000
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 0.1)
        await self._in_flight.drain(self._platform.limits.drain_s)

    async def on_tick(self, counter: int) -> bool:
        """Do what is due; called ten times a second."""
        if counter % 10 == 0 or self._some_are_late:
            self._some_are_late = self._connections.end_late(asyncio.get_running_loop().time())
            self._platform.metrics.connected(len(self._connections))
        if counter % 300 == 299:
            try:
                await self._platform.tick()
            except Exception:
                _log.exception("The platform's time could not be noted")
        return await super().on_tick(counter)


@contextmanager
def serving(
    platform: Marketplace,
    listener: socket.socket,
    public_url: str | None,
    proxies: list[str],
    *,
    accepted_at_once: int = _ACCEPTED_AT_ONCE,
) -> Iterator[None]:
    """Serve by this process while the block runs; of several on one socket, each should accept one at once.

    Raises:
        OSError: the server does not start.
    """
    in_flight = InFlight()
    config = uvicorn.Config(
        create_app(platform, public_url, in_flight),
        log_level="critical",
        access_log=False,
        lifespan="off",
        http=Connection,
        ws="none",
        backlog=accepted_at_once,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        server_header=False,
        timeout_keep_alive=platform.limits.keep_alive_s,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config, platform, in_flight)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="platform-http", daemon=True)
    thread.start()
    while not server.ready.wait(0.1):
        if not thread.is_alive():
            raise OSError("the platform's server did not start")
    try:
        yield
    finally:
        server.stop()
        thread.join()
