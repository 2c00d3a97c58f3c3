"""Clocks that run ahead, so that reservations lapse and submissions time out while somebody watches."""

from crowd.localplatform.clock import Clock, wall_clock


class FastClock:
    """The time at creation plus the time since, multiplied."""

    def __init__(self, speed: float, wall: Clock = wall_clock):
        """`speed` is how many seconds pass in one second; 1 is the computer's clock.

        Raises:
            ValueError: it is not positive.
        """
        if not speed > 0:
            raise ValueError(f"speed: must be above 0, is {speed}")
        self._speed, self._wall, self._start = speed, wall, wall()

    def __call__(self) -> float:
        """Seconds since the epoch."""
        return self._start + self._speed * (self._wall() - self._start)


def going_on_from(time_s: float, clock: Clock) -> Clock:
    """The clock, set forward to `time_s` where it is behind: a service that goes on must not go back in time."""
    ahead_s = max(0.0, time_s - clock())
    return lambda: clock() + ahead_s
