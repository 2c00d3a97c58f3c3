"""`vidgen.presentation`: what is read of a file is what a player shows."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.films import corners, quarters, write_film
from vidgen.dataset.folder import read_resampled
from vidgen.judging import fitted_frames
from vidgen.presentation import frames_at_even_times
from vidgen.video_io import read_video

#: As Chromium shows them: the top row, the bottom row.
SHOWN = {
    (0, False, False): ["bright", "half", "dark", "dark"],
    (90, False, False): ["half", "dark", "bright", "dark"],
    (180, False, False): ["dark", "dark", "half", "bright"],
    (270, False, False): ["dark", "bright", "dark", "half"],
    (0, True, False): ["half", "bright", "dark", "dark"],
    (0, False, True): ["dark", "dark", "bright", "half"],
    (90, True, False): ["dark", "half", "dark", "bright"],
    (90, False, True): ["bright", "dark", "half", "dark"],
}


@pytest.mark.parametrize("asked", SHOWN, ids=str)
@pytest.mark.parametrize("read", [read_video, read_resampled, fitted_frames])
def test_pictures_are_upright(tmp_path: Path, asked: tuple[int, bool, bool], read) -> None:
    """Whoever reads a phone's film sees it turned and mirrored as players do, not as it is stored."""
    write_film(tmp_path / "a.mp4", corners(64, 64), rotation=asked[0], mirrored=asked[1:])
    frames = read(tmp_path / "a.mp4")
    if read is not read_video:  # 128×96 with bars at both sides
        frames = frames[:, :, 16:112]
    assert quarters(frames[0]) == SHOWN[asked]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize(
    ("pixel_aspect", "size"), [(None, (64, 48)), (Fraction(16, 9), (114, 48)), (Fraction(1, 2), (64, 96))]
)
def test_pixels_are_square(tmp_path: Path, rotation: int, pixel_aspect: Fraction | None, size: tuple[int, int]) -> None:
    """Oblong pixels are stretched before the picture is turned, to the sizes that browsers give."""
    write_film(tmp_path / "a.mp4", corners(), rotation=rotation, pixel_aspect=pixel_aspect)
    height, width = read_video(tmp_path / "a.mp4").shape[1:3]
    assert (width, height) == (size if rotation % 180 == 0 else size[::-1])
    fitted = read_video(tmp_path / "a.mp4", fit=(32, 32))[0]
    assert max(fitted.shape[:2]) == 32
    assert min(fitted.shape[:2]) == round(32 * min(width, height) / max(width, height))


def shades(count: int) -> np.ndarray:
    """Frames that tell their number by their brightness."""
    return np.repeat(np.arange(count, dtype=np.uint8) * 10, 48 * 64 * 3).reshape(count, 48, 64, 3)


def numbers(frames: np.ndarray) -> list[int]:
    """The numbers that `shades` gave these frames."""
    return [round(float(frame.mean()) / 10) for frame in frames]


def test_frames_are_taken_by_their_times(tmp_path: Path) -> None:
    """Of a film whose last picture stands for four of five seconds, four fifths of what is read is that picture."""
    times = [place / 15 for place in range(15)] + [1.0, 5.0]
    write_film(tmp_path / "a.mp4", shades(17), times=times)
    assert numbers(read_video(tmp_path / "a.mp4", num_frames=16)) == [0, 5, 10, *[15] * 12, 16]


@pytest.mark.parametrize("suffix", [".mkv", ".mov", ".mp4", ".webm"])
def test_frames_of_an_even_rate_are_taken_from_first_to_last(tmp_path: Path, suffix: str) -> None:
    """At an even rate every container gives the frames nearest to even steps."""
    write_film(tmp_path / f"a{suffix}", shades(16), codec="libvpx-vp9" if suffix == ".webm" else "libx264")
    assert numbers(read_video(tmp_path / f"a{suffix}", num_frames=4)) == [0, 5, 10, 15]


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_animated_pictures_are_taken_by_the_delays_that_browsers_give(tmp_path: Path, suffix: str) -> None:
    """Ten frames without a delay take 100 ms each, and so as long as ten that ask for it."""
    first, *others = (Image.fromarray(picture) for picture in shades(20))
    delays = [0] * 10 + [100] * 10
    options = {"lossless": True} if suffix == ".webp" else {}
    first.save(tmp_path / f"a{suffix}", save_all=True, append_images=others, duration=delays, loop=0, **options)
    assert numbers(read_video(tmp_path / f"a{suffix}", num_frames=20)) == list(range(20))


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    """A WebP with a transparent ground is read on white, the ground of the dataset."""
    clear = [Image.new("RGBA", (32, 32), (200, 0, 0, alpha)) for alpha in (0, 255)]
    clear[0].save(tmp_path / "a.webp", save_all=True, append_images=clear[1:], duration=100, lossless=True)
    assert read_video(tmp_path / "a.webp")[0].min() == 255


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
def test_a_broken_picture_is_named(tmp_path: Path, name: str) -> None:
    """A picture that holds none is a ValueError with its name."""
    (tmp_path / name).write_bytes(b"no picture")
    with pytest.raises(ValueError, match=rf"{name}: no video that can be decoded"):
        read_video(tmp_path / name, num_frames=16)


@given(st.lists(st.floats(0.001, 10), min_size=1, max_size=40), st.integers(1, 20))
def test_a_frame_is_on_the_screen_when_it_is_taken(lasting: list[float], count: int) -> None:
    """Whatever the durations: the first frame first, and none sooner or later than half the shortest frame."""
    starts = [0.0, *np.cumsum(lasting)[:-1].tolist()]
    end = float(np.sum(lasting))
    taken = frames_at_even_times(starts, end, count)
    assert len(taken) == count
    assert taken[0] == 0
    half = min(lasting) / 2
    for moment, index in zip(np.linspace(0, max(starts[-1], end - 2 * half), count), taken, strict=True):
        assert starts[index] <= moment + half + 1e-6
        assert index + 1 == len(starts) or moment - half < starts[index + 1] + 1e-6
