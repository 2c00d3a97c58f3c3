import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidgen.captions.scene import MOTIONS, SPEEDS
from vidgen.dataset.paths import sample_path
from vidgen.scene_tracks import Sighting, Track, motion, relations, tracks

TIMES = np.linspace(0, 1, 16)


def path_of(name, speed, seed):
    rng = np.random.default_rng(seed)
    return sample_path(name, speed, (30.0, 25.0), rng).moved(60, 45).centers(TIMES), rng


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(MOTIONS), st.sampled_from([None, *SPEEDS]), st.integers(0, 2**31))
def test_the_motion_of_a_path_is_named(name, speed, seed):
    """Every path that is drawn for a motion is recognised as that motion."""
    assert motion(path_of(name, speed, seed)[0]) == name


@pytest.mark.parametrize("speed", [None, *SPEEDS])
@pytest.mark.parametrize("name", MOTIONS)
def test_the_motion_of_a_trembling_path_is_named(name, speed):
    """With errors of place of half a pixel, 97 of 100 paths are; a slow one may seem to pause."""
    paths = (path_of(name, speed, seed) for seed in range(100))
    assert sum(motion(path + rng.normal(0, 0.4, path.shape)) == name for path, rng in paths) >= 97


def test_what_stands_still_has_no_motion():
    """An object that trembles on its place does not move."""
    rng = np.random.default_rng(0)
    assert {motion(np.array([60.0, 40.0]) + rng.normal(0, 1.0, (16, 2))) for _ in range(50)} == {"none"}


def sighting(center, kind=0, color=0):
    kinds, colors = np.full(24, -6.0, np.float32), np.full(10, -6.0, np.float32)
    kinds[kind] = colors[color] = -0.1
    return Sighting(0.9, kinds, colors, np.asarray(center, np.float32), 20.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31))
def test_two_objects_that_cross_keep_their_paths(seed):
    """Two objects of different looks are followed through each other, in whatever order they are found."""
    rng = np.random.default_rng(seed)
    ways = [np.linspace((20, 30), (100, 60), 16), np.linspace((100, 30), (20, 60), 16)]
    frames = []
    for time in range(16):
        seen = [sighting(ways[0][time], 3, 1), sighting(ways[1][time], 7, 4)]
        frames.append([seen[k] for k in rng.permutation(2)])
    found = sorted(tracks(frames), key=lambda track: int(track.kind.argmax()))
    assert [int(track.kind.argmax()) for track in found] == [3, 7]
    for track, way in zip(found, ways, strict=True):
        assert np.abs(track.path - way).max() < 1e-4


def test_a_gap_is_interpolated_and_a_flicker_left_out():
    """An object that is missed in some frames is one object; what is seen in two frames is none."""
    way = np.linspace((20, 50), (80, 50), 16)
    frames = [[sighting(way[time])] if time not in (5, 6, 11) else [] for time in range(16)]
    frames[3].append(sighting((110, 20), 5))
    frames[9].append(sighting((110, 90), 5))
    (found,) = tracks(frames)
    assert np.abs(found.path - way).max() < 1e-4


def test_nothing_found_is_no_object():
    """A clip without sightings has no tracks."""
    assert tracks([[] for _ in range(16)]) == []


@pytest.mark.parametrize(
    ("one", "other", "holding"),
    [
        ((20, 50), (90, 45), {"left of"}),
        ((90, 45), (20, 50), {"right of"}),
        ((60, 20), (50, 80), {"above"}),
        ((50, 80), (60, 20), {"below"}),
        ((20, 80), (90, 20), {"below", "left of"}),
        ((60, 50), (65, 52), set()),
    ],
)
def test_relations_are_those_of_the_mean_places(one, other, holding):
    """A relation holds where two objects are clearly apart along its axis, and several may."""

    def standing(center):
        return Track(np.zeros(24), np.zeros(10), 20.0, np.tile(np.array(center, float), (16, 1)))

    assert set(relations(standing(one), standing(other))) == holding
