"""Runs a simulated Prolific in a background thread."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn

from crowd.operating_system import reuse_address
from crowd.simulated.prolific import snapshot, webhooks
from crowd.simulated.prolific.app import PREFIX, create_app
from crowd.simulated.prolific.faults import SlowFaults
from crowd.simulated.prolific.state import SimulatedProlific

_log = logging.getLogger(__name__)
#: How often webhooks that are due are looked for, in seconds.
_PAUSE_S = 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningProlific:
    """A simulated Prolific that answers over HTTP."""

    url: str
    """``http://127.0.0.1:PORT``, in place of ``https://api.prolific.com`` and ``https://app.prolific.com`` alike."""
    prolific: SimulatedProlific
    """Its state, to look at, and to let participants act in this process."""
    faults: SlowFaults

    @property
    def token(self) -> str:
        """The token that calls carry: ``Authorization: Token TOKEN``."""
        return self.prolific.token

    @property
    def completion_url(self) -> str:
        """The address to which a study sends participants back, with the code at its end."""
        return f"{self.url}/submissions/complete?cc="

    def client(self) -> httpx.Client:
        """An HTTP client for the API, with the token."""
        headers = {"Authorization": f"Token {self.token}"}
        return httpx.Client(base_url=f"{self.url}{PREFIX}", headers=headers, trust_env=False, timeout=60)


@contextmanager
def running(
    prolific: SimulatedProlific | None = None,
    *,
    faults: SlowFaults | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    hooks: bool = True,
    file: Path | None = None,
) -> Iterator[RunningProlific]:
    """Serve a simulated Prolific while the block runs.

    Args:
        prolific: its state; by default a new account.
        faults: simulated faults, which may be changed while it runs.
        host: the address to listen on.
        port: the port; 0 takes any free one.
        file: where the state is kept; what it holds from before goes on.
        hooks: whether a thread delivers webhooks; otherwise `webhooks.deliver` does when it is called.

    Raises:
        OSError: the port is in use, or the file cannot be read or written.
        ValueError: the file holds something else.
    """
    prolific, faults = prolific or SimulatedProlific(), faults or SlowFaults()
    if file:
        snapshot.keep(prolific, file)
    with socket.socket() as listener:
        reuse_address(listener)
        listener.bind((host, port))
        listener.listen(128)
        url = f"http://{host}:{listener.getsockname()[1]}"
        with _serving(prolific, faults, listener), _delivering(prolific, hooks):
            yield RunningProlific(url=url, prolific=prolific, faults=faults)


@contextmanager
def _serving(prolific: SimulatedProlific, faults: SlowFaults, listener: socket.socket) -> Iterator[None]:
    config = uvicorn.Config(
        create_app(prolific, faults),
        log_level="critical",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="prolific-http", daemon=True)
    thread.start()  # connections queue until it has started, since the socket listens
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def _delivering(prolific: SimulatedProlific, hooks: bool) -> Iterator[None]:
    stop = threading.Event()

    def deliver() -> None:
        while not stop.wait(_PAUSE_S):
            try:
                webhooks.deliver(prolific)
            except Exception:
                _log.exception("webhooks were not delivered")

    thread = threading.Thread(target=deliver, name="prolific-hooks", daemon=True)
    if hooks:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        if hooks:
            thread.join()
