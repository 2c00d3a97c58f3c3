"""Limits on connections: how long one may wait for its client, and which are closed when there are too many.

A connection either waits for its client (to send a request or the rest of one, or to read the response), or the server
is working on its request. A connection whose request is being worked on is never closed. One that waits too long is
closed; when the server has as many connections as it accepts, a new one replaces the one that has waited longest.
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

#: Open files that the server needs besides its connections: the store, its log, the listening socket, Python's own.
_OWN_FILES = 64
#: Open files that a connection may need: its socket, and the video that it sends.
_FILES_PER_CONNECTION = 2
#: At most so many connections are closed in one go, since nothing else is served meanwhile.
_ENDED_AT_ONCE = 100
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_OUT_OF_RESOURCES = "socket.accept() out of system resource"


class Connections:
    """All connections of one server."""

    def __init__(self, limits: ServerLimits, files: int):
        """`files` is how many files the process may open."""
        self.limits = limits
        self.most = max(8, min(limits.connections, (files - _OWN_FILES) // _FILES_PER_CONNECTION))
        self._all: set[Connection] = set()
        self._of: Counter[str] = Counter()
        self._waiting: OrderedDict[Connection, None] = OrderedDict()  # longest wait first
        self._waiting_of: dict[str, OrderedDict[Connection, None]] = {}
        self._crowd = ""  # the address with more than half of all connections
        self._complaints = Rates(per_s=1 / 60, burst=1)

    def __len__(self) -> int:
        return len(self._all)

    def admit(self, connection: "Connection") -> bool:
        """Accept a new connection, closing a waiting one if there are too many; False if none waits."""
        if len(self._all) >= self.most and not self.make_room():
            return False
        self._all.add(connection)
        self._of[connection.network] += 1
        if self._of[connection.network] > self.most / 2:
            self._crowd = connection.network
        return True

    def forget(self, connection: "Connection") -> None:
        """Remove a connection that has ended."""
        if connection in self._all:
            self._all.remove(connection)
            self._of[connection.network] -= 1
            if self._crowd == connection.network and self._of[connection.network] <= self.most / 2:
                self._crowd = ""
            if not self._of[connection.network]:
                del self._of[connection.network]
        self.wait(connection, waiting=False)

    def wait(self, connection: "Connection", *, waiting: bool) -> None:
        """Note that a connection begins or stops waiting for its client."""
        own = self._waiting_of.setdefault(connection.network, OrderedDict())
        for queue in (self._waiting, own):
            queue.pop(connection, None)
            if waiting:
                queue[connection] = None
        if not own:
            del self._waiting_of[connection.network]

    def make_room(self) -> bool:
        """Close the connection that has waited longest; of one address only, if it has more than half of all.

        Returns whether there was one to close.
        """
        queue = self._waiting_of.get(self._crowd) or self._waiting
        if not queue:
            return False
        next(iter(queue)).end()
        return True

    def end_late(self, now: float) -> bool:
        """Close connections that have waited too long, a limited number at a time; return whether some may be left."""
        late = list(islice((one for one in self._waiting if one.late(now)), _ENDED_AT_ONCE))
        for connection in late:
            connection.end()
        return len(late) == _ENDED_AT_ONCE

    def handle_exception(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """The event loop's exception handler: if the system cannot open a new connection, close one that waits.

        Logged at most once a minute.
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
    """One connection, which is closed when it waits too long for its client."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.all: Connections = self.app_state["connections"]
        self.network = ""
        self._state = ""  # what the connection waits for; "" while the server works on the request
        self._since = 0.0
        self._received = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept the connection, or answer that the server is busy."""
        super().connection_made(transport)
        self.network = network_of(self.client[0]) if self.client else ""
        if self.all.admit(self):
            self._look()
        else:
            transport.write(_BUSY)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Remove the connection, which has ended."""
        self.all.forget(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count received bytes of a request."""
        self._received += len(data)
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        """Begin to wait for the client to read the response."""
        super().pause_writing()
        self._look()

    def resume_writing(self) -> None:
        """Stop waiting for the client to read."""
        super().resume_writing()
        self._look()

    def send_400_response(self, msg: str) -> None:
        """Answer a request that is not valid HTTP; close the connection if a response was already begun."""
        try:
            super().send_400_response(msg)
        except h11.LocalProtocolError:
            self.transport.abort()

    def _look(self) -> None:
        """Update whether the connection waits for its client, and what for."""
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
        """Whether the connection has waited too long."""
        limits, waited = self.all.limits, now - self._since
        if self._state == "request":
            return waited > limits.request_s + self._received / limits.request_bytes_per_s
        return waited > limits.reading_s

    def end(self) -> None:
        """Close the connection, dropping whatever the client has not read yet."""
        self.all.forget(self)
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()
