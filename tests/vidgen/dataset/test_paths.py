"""Paths of captioned objects."""

import numpy as np
import pytest

from vidgen.captions.scene import MOTIONS, RELATIONS, SPEEDS
from vidgen.dataset.paths import Path, offsets_of, placed_together, sample_path
from vidgen.dataset.scene import HEIGHT, WIDTH

TIMES = np.linspace(0, 1, 16)
EXTENT = (30.0, 20.0)


def sampled(motion: str, speed: str | None = None, count: int = 20) -> list[Path]:
    """Random paths of a motion."""
    rng = np.random.default_rng(0)
    return [sample_path(motion, speed, EXTENT, rng) for _ in range(count)]


@pytest.mark.parametrize(
    ("motion", "way"),
    [("right", (1, 0)), ("left", (-1, 0)), ("up", (0, -1)), ("down", (0, 1))],
)
def test_straight_paths_lead_their_way(motion: str, way: tuple[int, int]) -> None:
    """Each step goes forward, and the whole path hardly sideways."""
    for path in sampled(motion):
        steps = np.diff(path.centers(TIMES), axis=0)
        assert (steps @ way > 0).all()
        assert abs(steps.sum(0) @ way[::-1]) < 0.2 * (steps.sum(0) @ way)


@pytest.mark.parametrize(("motion", "down"), [("diagonally up", -1), ("diagonally down", 1)])
def test_diagonal_paths_lead_up_or_down_to_either_side(motion: str, down: int) -> None:
    """By similar amounts; both sides occur."""
    ways = np.array([path.travel for path in sampled(motion)])
    assert (ways[:, 1] * down > 0).all()
    assert set(np.sign(ways[:, 0])) == {-1, 1}
    assert (abs(ways[:, 0]) > 0.5 * abs(ways[:, 1])).all()


def test_stop_and_go_stands_still_in_between() -> None:
    """For at least four of the fifteen steps, and moves before and after."""
    for path in sampled("stop-and-go"):
        moved = abs(np.diff(path.centers(TIMES)[:, 0])) > 1e-6
        assert (~moved).sum() >= 4
        assert moved[0]
        assert moved[-1]


def test_an_orbit_is_a_circle() -> None:
    """All places are equally far from its centre, and it goes round once where no speed is said."""
    for path in sampled("orbit"):
        centers = path.centers(TIMES)
        assert np.allclose(np.linalg.norm(centers - path.start, axis=1), path.radius)
        assert 0.9 < abs(path.turns) < 1.2


@pytest.mark.parametrize("motion", MOTIONS)
def test_fast_paths_are_longer_than_slow_ones(motion: str) -> None:
    """The slowest fast path is 1.4 times as long as the fastest slow one, or more."""
    lengths = {
        speed: [np.linalg.norm(np.diff(path.centers(TIMES), axis=0), axis=1).sum() for path in sampled(motion, speed)]
        for speed in SPEEDS
    }
    if motion == "orbit":
        lengths = {speed: [abs(path.turns) for path in sampled(motion, speed)] for speed in SPEEDS}
    assert min(lengths["fast"]) > 1.4 * max(lengths["slow"])


@pytest.mark.parametrize("relation", RELATIONS)
def test_a_relation_holds_throughout(relation: str) -> None:
    """In every frame, with both objects within the frame and apart."""
    rng, sign = np.random.default_rng(1), -1 if relation in ("above", "left of") else 1
    axis, found = 1 if relation in ("above", "below") else 0, 0
    for _ in range(40):
        paths = [sample_path(motion, None, EXTENT, rng) for motion in rng.choice(MOTIONS, 2)]
        placed = placed_together(paths, [EXTENT] * 2, relation, rng)
        if placed is None:
            continue
        found += 1
        one, other = (path.centers(TIMES) for path in placed)
        assert (sign * (one - other)[:, axis] >= 0.9 * EXTENT[axis]).all()
        for centers in (one, other):
            assert (centers >= np.array(EXTENT) / 2 - 1e-9).all()
            assert (centers <= np.array([WIDTH, HEIGHT]) - np.array(EXTENT) / 2 + 1e-9).all()
    assert found > 20


def test_paths_that_find_no_room_are_refused() -> None:
    """Objects that fill the frame cannot be apart."""
    rng = np.random.default_rng(0)
    assert placed_together([Path(), Path()], [(100.0, 90.0)] * 2, None, rng) is None
    assert placed_together([Path(), Path()], [(30.0, 60.0)] * 2, "above", rng) is None


def test_many_paths_at_once_are_the_single_ones() -> None:
    """`offsets_of` of arrays is `Path.centers` of each."""
    paths = [path for motion in MOTIONS for path in sampled(motion, count=2)]
    names = ("travel", "ease", "pause", "radius", "turns", "phase")
    many = offsets_of(*(np.array([getattr(path, name) for path in paths]) for name in names), TIMES)
    assert np.allclose(many, [path.centers(TIMES) for path in paths])
