"""Faults on demand: what goes wrong between a client and AWS, at a chosen call."""

import threading
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["throttle", "error-before", "error-after", "cut-before", "cut-after"]


@dataclass(kw_only=True)
class Fault:
    """What goes wrong, and at which calls.

    ``throttle`` and ``error-before`` (HTTP 500) refuse the call; ``error-after`` does it and answers 500;
    ``cut-before`` and ``cut-after`` close the connection in the middle of the response, before or after doing it.
    """

    kind: Kind
    operation: str | None = None
    """Which operation; None means any."""
    skip: int = 0
    """How many matching calls go well first."""
    times: int = 1
    """How many matching calls fail then."""
    _seen: int = field(default=0, repr=False)

    def strikes(self, operation: str) -> bool:
        """Whether this call fails; counts it."""
        if self.operation not in (None, operation):
            return False
        self._seen += 1
        return self.skip < self._seen <= self.skip + self.times


@dataclass
class Faults:
    """The faults of a server; the first that matches a call strikes. It may be changed while the server runs."""

    plan: list[Fault] = field(default_factory=list)
    new_hit_delay_s: float = 0.0
    """How long a new HIT stays invisible, as at a service that copies its data around."""
    calls: list[str] = field(default_factory=list)
    """Every operation that was called, in order, with the faults that struck: ``CreateHIT``, ``CreateHIT!throttle``."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def strike(self, operation: str) -> Kind | None:
        """The fault of this call, if any."""
        with self._lock:
            kind = next((fault.kind for fault in self.plan if fault.strikes(operation)), None)
            self.calls.append(operation if kind is None else f"{operation}!{kind}")
            return kind
