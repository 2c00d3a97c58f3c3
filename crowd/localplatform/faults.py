"""Faults for tests: simulates what can go wrong between a client and AWS, at chosen calls."""

import threading
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["throttle", "error-before", "error-after", "cut-before", "cut-after"]


@dataclass(kw_only=True)
class Fault:
    """A kind of failure, and the calls at which it happens.

    ``throttle`` and ``error-before`` (HTTP 500) refuse the call; ``error-after`` carries it out and answers 500;
    ``cut-before`` and ``cut-after`` close the connection during the response, without or after carrying it out.
    """

    kind: Kind
    operation: str | None = None
    """The operation that fails; None for any."""
    skip: int = 0
    """How many matching calls succeed first."""
    times: int = 1
    """How many matching calls fail after them."""
    _seen: int = field(default=0, repr=False)

    def strikes(self, operation: str) -> bool:
        """Count this call, and return whether it fails."""
        if self.operation not in (None, operation):
            return False
        self._seen += 1
        return self.skip < self._seen <= self.skip + self.times


@dataclass
class Faults:
    """The faults of a server; the first that matches a call applies. They may be changed while the server runs."""

    plan: list[Fault] = field(default_factory=list)
    new_hit_delay_s: float = 0.0
    """How long a new HIT stays invisible, as in a service that replicates its data."""
    calls: list[str] = field(default_factory=list)
    """The operations called, in order, each with its fault, if any: ``CreateHIT``, ``CreateHIT!throttle``."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def strike(self, operation: str) -> Kind | None:
        """Record the call; return the kind of its fault, if any."""
        with self._lock:
            kind = next((fault.kind for fault in self.plan if fault.strikes(operation)), None)
            self.calls.append(operation if kind is None else f"{operation}!{kind}")
            return kind
