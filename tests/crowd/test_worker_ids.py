"""Programs' worker ids and people's."""

from datetime import UTC, datetime
from pathlib import Path

from crowd.localplatform.people import everybody, invite
from crowd.worker_ids import SIMULATED_PREFIX, is_simulated


def test_the_id_tells_programs_from_people(tmp_path: Path) -> None:
    """The prefix counts at the beginning only, and nobody else is given it."""
    assert is_simulated(f"{SIMULATED_PREFIX}123")
    assert not is_simulated(f"A1{SIMULATED_PREFIX}")
    invite(tmp_path, 2)
    invite(tmp_path, 1, simulated=True)
    assert [is_simulated(link.worker_id) for link in everybody(tmp_path)] == [False, False, True]


def test_ids_of_the_simulated_prolific_are_programs() -> None:
    """An id of the real service begins with the seconds since 1970 in hexadecimal, which "facade" will be in 2103."""
    assert is_simulated("facade0123456789abcdef01")
    assert not is_simulated("692d7a3e9c0123456789abcd")
    assert not is_simulated("facade7")  # a person of some panel may be called so
    assert datetime.fromtimestamp(int("facade00", 16), UTC).year == 2103
