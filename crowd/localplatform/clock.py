"""The platform's time. Expiry, abandonment, approval and disposal all follow from it, so tests can move it."""

import threading
import time
from collections.abc import Callable

#: Seconds since the epoch, UTC.
Clock = Callable[[], float]

wall_clock: Clock = time.time


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: float = 1_800_000_000.0):
        self._now = now
        self._lock = threading.Lock()

    def __call__(self) -> float:
        """The time it was last moved to."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock forward; time never runs backwards."""
        if seconds < 0:
            raise ValueError(f"seconds is {seconds}; a clock only moves forward")
        with self._lock:
            self._now += seconds
