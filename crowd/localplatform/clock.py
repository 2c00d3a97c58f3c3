"""The platform's clock. Expiry, abandonment, approval and disposal follow from it, so tests can control them."""

import logging
import threading
import time
from collections.abc import Callable

_log = logging.getLogger(__name__)

#: Seconds since the epoch, UTC.
Clock = Callable[[], float]

wall_clock: Clock = time.time

#: Largest difference between the computer's clock and the platform's, in seconds, that is not logged.
JUMP_S = 30.0


def elapsed_s() -> float:
    """Seconds since a fixed moment, by a clock that cannot be set; includes sleep where the system counts it."""
    since_boot = getattr(time, "CLOCK_BOOTTIME", None)  # `time.monotonic` stops during sleep on Linux
    return time.monotonic() if since_boot is None else time.clock_gettime(since_boot)


class SteadyClock:
    """The wall-clock time at creation plus the seconds elapsed since; setting the computer's clock does not change it.

    A difference from the computer's clock is logged once, and again when it changes.
    """

    def __init__(self, wall: Clock = wall_clock, elapsed: Clock = elapsed_s, *, offset_s: float | None = None):
        self._wall, self._elapsed = wall, elapsed
        self.offset_s = wall() - elapsed() if offset_s is None else offset_s
        """What is added to the elapsed seconds; processes with the same one have the same time."""
        self._ahead = 0.0

    def __call__(self) -> float:
        """Seconds since the epoch; never decreases."""
        now = self._elapsed() + self.offset_s
        ahead = self._wall() - now
        if abs(ahead - self._ahead) > JUMP_S:
            self._ahead = ahead
            if abs(ahead) > JUMP_S:
                _log.warning(
                    "The computer's clock was set and is %.0f s %s the platform's, which goes on as before: no task "
                    "ends by it. Stop and start the server to take the new time over.",
                    abs(ahead),
                    "ahead of" if ahead > 0 else "behind",
                )
        return now


class ManualClock:
    """A clock that changes only when it is moved."""

    def __init__(self, now: float = 1_800_000_000.0):
        self._now = now
        self._lock = threading.Lock()

    def __call__(self) -> float:
        """The current time in seconds since the epoch."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock forward; it cannot be moved back."""
        if seconds < 0:
            raise ValueError(f"seconds is {seconds}; a clock only moves forward")
        with self._lock:
            self._now += seconds
