"""Connections that wait for their clients: how long they may, and which of them make room when there are too many.

A connection either waits for its client (for a request, the rest of one, or for the client to take what is sent to it)
or the server is at work for it. Those at work are left alone; those that wait too long are closed, and where there are
as many connections as the server takes, those that have waited longest.
"""

import asyncio
import logging
from collections import Counter, OrderedDict
from itertools import islice
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from crowd.localplatform.addresses import network_of
from crowd.localplatform.limits import ServerLimits
from crowd.localplatform.rates import Rates

_log = logging.getLogger(__name__)

#: Files that the server needs beside those of connections: the store, its log, the listening socket, the program's own.
_OWN_FILES = 64
#: A connection may need as many: its socket, and the video that it sends.
_FILES_PER_CONNECTION = 2
#: Others wait while connections are ended.
_ENDED_AT_ONCE = 100
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_OUT_OF_RESOURCES = "socket.accept() out of system resource"


class Connections:
    """All connections of one server."""

    def __init__(self, limits: ServerLimits, files: int):
        """`files` is how many the process may open."""
        self.limits = limits
        self.most = max(8, min(limits.connections, (files - _OWN_FILES) // _FILES_PER_CONNECTION))
        self._all: set[Connection] = set()
        self._of: Counter[str] = Counter()
        self._waiting: OrderedDict[Connection, None] = OrderedDict()  # the longest first
        self._waiting_of: dict[str, OrderedDict[Connection, None]] = {}
        self._crowd = ""  # the address with more than half of all
        self._complaints = Rates(per_s=1 / 60, burst=1)

    def __len__(self) -> int:
        return len(self._all)

    def admit(self, connection: "Connection") -> bool:
        """Take a new connection in, in place of one that waits if there are too many; False where none waits."""
        if len(self._all) >= self.most and not self.make_room():
            return False
        self._all.add(connection)
        self._of[connection.network] += 1
        if self._of[connection.network] > self.most / 2:
            self._crowd = connection.network
        return True

    def forget(self, connection: "Connection") -> None:
        """A connection has ended."""
        if connection in self._all:
            self._all.remove(connection)
            self._of[connection.network] -= 1
            if self._crowd == connection.network and self._of[connection.network] <= self.most / 2:
                self._crowd = ""
            if not self._of[connection.network]:
                del self._of[connection.network]
        self.wait(connection, waiting=False)

    def wait(self, connection: "Connection", *, waiting: bool) -> None:
        """A connection begins or ceases to wait for its client."""
        own = self._waiting_of.setdefault(connection.network, OrderedDict())
        for queue in (self._waiting, own):
            queue.pop(connection, None)
            if waiting:
                queue[connection] = None
        if not own:
            del self._waiting_of[connection.network]

    def make_room(self) -> bool:
        """End the connection that has waited longest; where one address has more than half of all, one of its own."""
        queue = self._waiting_of.get(self._crowd) or self._waiting
        if not queue:
            return False
        next(iter(queue)).end()
        return True

    def end_late(self, now: float) -> bool:
        """End those that have waited too long, not all at once where they are many; whether some are left."""
        late = list(islice((one for one in self._waiting if one.late(now)), _ENDED_AT_ONCE))
        for connection in late:
            connection.end()
        return len(late) == _ENDED_AT_ONCE

    def handle_exception(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """For the event loop: where the system has no file or memory for a new connection, end one that waits.

        That is told once a minute, however often it happens.
        """
        if context.get("message") != _OUT_OF_RESOURCES:
            loop.default_exception_handler(context)
            return
        self.make_room()
        if self._complaints.allow(""):
            _log.error(
                "No new connection can be opened (%s) with %d open: raise the limit of open files (`ulimit -n`)",
                context.get("exception"),
                len(self._all),
            )


class Connection(H11Protocol):
    """One connection, which does not wait for its client for ever."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.all: Connections = self.app_state["connections"]
        self.network = ""
        self._state = ""  # what the client is waited for, "" while the server is at work
        self._since = 0.0
        self._received = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, or answer that the server is busy."""
        super().connection_made(transport)
        self.network = network_of(self.client[0]) if self.client else ""
        if self.all.admit(self):
            self._look()
        else:
            transport.write(_BUSY)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended."""
        self.all.forget(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Something of a request."""
        self._received += len(data)
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """The server has done its work."""
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        """The client takes the answer more slowly than it comes."""
        super().pause_writing()
        self._look()

    def resume_writing(self) -> None:
        """It has taken its share."""
        super().resume_writing()
        self._look()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP; where an answer is under way already, end the connection."""
        try:
            super().send_400_response(msg)
        except h11.LocalProtocolError:
            self.transport.abort()

    def _look(self) -> None:
        """Note whether the client is waited for, and what for."""
        cycle = self.cycle
        if self.transport.is_closing():
            state = "closing"
        elif cycle is None or cycle.response_complete:
            state = "request" if self.timeout_keep_alive_task is None else "next request"
        elif self.flow.write_paused:
            state = "reading"
        else:
            state = "request" if cycle.more_body else ""
        if state == self._state:
            return
        if state == "request":
            self._received = 0
        self._state, self._since = state, self.loop.time()
        self.all.wait(self, waiting=bool(state))

    def late(self, now: float) -> bool:
        """Whether the client has been waited for long enough."""
        limits, waited = self.all.limits, now - self._since
        if self._state == "request":
            return waited > limits.request_s + self._received / limits.request_bytes_per_s
        return waited > limits.reading_s

    def end(self) -> None:
        """Close it; at once where the client does not even take what is there."""
        self.all.forget(self)
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()
