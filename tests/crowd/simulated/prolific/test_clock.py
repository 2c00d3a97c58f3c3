"""The clock that runs faster than time."""

import pytest

from crowd.localplatform.clock import ManualClock
from crowd.simulated.prolific.clock import FastClock


def test_it_runs_so_many_times_faster() -> None:
    """It begins at the computer's time, and a second there is `speed` seconds here."""
    wall = ManualClock(1000)
    clock = FastClock(60, wall)
    assert clock() == 1000
    wall.advance(2)
    assert clock() == 1120


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_it_runs_forward(speed: float) -> None:
    """A speed that is not positive is refused by its value."""
    with pytest.raises(ValueError, match=f"speed: must be above 0, is {speed}"):
        FastClock(speed)
