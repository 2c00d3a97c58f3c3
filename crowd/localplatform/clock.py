"""The platform's time. Expiry, abandonment, approval and disposal all follow from it, so tests can move it."""

import logging
import threading
import time
from collections.abc import Callable

_log = logging.getLogger(__name__)

#: Seconds since the epoch, UTC.
Clock = Callable[[], float]

wall_clock: Clock = time.time

#: How far the computer's clock may be from the platform's before that is worth a line in the log.
JUMP_S = 30.0


def elapsed_s() -> float:
    """Seconds since some moment, by a clock that nobody sets; time in which the computer slept counts where it can."""
    since_boot = getattr(time, "CLOCK_BOOTTIME", None)  # Linux: `time.monotonic` stands still while it sleeps
    return time.monotonic() if since_boot is None else time.clock_gettime(since_boot)


class SteadyClock:
    """The time of its making and the seconds since then: nothing happens to it when the computer's clock is set.

    A difference between the two is logged once, until there is another.
    """

    def __init__(self, wall: Clock = wall_clock, elapsed: Clock = elapsed_s):
        self._wall, self._elapsed = wall, elapsed
        self._offset = wall() - elapsed()
        self._ahead = 0.0

    def __call__(self) -> float:
        """Seconds since the epoch; never less than before."""
        now = self._elapsed() + self._offset
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
