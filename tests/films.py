"""Videos as phones and cameras write them, for tests: turned, mirrored, of oblong pixels, at an uneven rate."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

#: Time stamps count these parts of a second.
_CLOCK = 600


def write_film(
    path: Path,
    pictures: NDArray[np.uint8],
    *,
    codec: str = "libx264",
    colours: str = "yuv420p",
    rotation: float | None = None,
    mirrored: tuple[bool, bool] = (False, False),
    pixel_aspect: Fraction | None = None,
    times: Sequence[float] | None = None,
) -> None:
    """Write `pictures` (frames, height, width, 3) as they are stored, with what a player is to make of them.

    ``rotation`` is in degrees counterclockwise, `mirrored` left to right and top to bottom, ``times`` the seconds at
    which each appears (8 a second without). Skips the test where this build of PyAV has no such encoder.
    """
    try:
        av.Codec(codec, "w")
    except av.codec.codec.UnknownCodecError:
        pytest.skip(f"this build of PyAV has no encoder {codec}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with _priority_kept(), av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=8)
        stream.height, stream.width = pictures.shape[1:3]
        stream.pix_fmt = colours
        stream.codec_context.time_base = Fraction(1, _CLOCK)
        if codec == "libx264":
            stream.codec_context.options = {"crf": "1", "bf": "0"}
        if codec == "libx265":  # of two frames it sometimes gives the second first, which no muxer takes
            stream.codec_context.options = {"x265-params": "log-level=none:bframes=0"}
        if pixel_aspect:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        if rotation is not None:
            stream.set_display_rotation(rotation, *mirrored)
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts = round((index / 8 if times is None else times[index]) * _CLOCK)
            frame.time_base = Fraction(1, _CLOCK)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@contextmanager
def _priority_kept() -> Iterator[None]:
    """Undo what SVT-AV1 does where root runs it: the thread that encodes gets the highest real-time priority for good.

    The browsers that it starts afterwards inherit that, and two of their threads that are busy stop all others.
    """
    if sys.platform != "linux":
        yield
        return
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, *before)


def corners(height: int = 48, width: int = 64, frames: int = 2) -> NDArray[np.uint8]:
    """Pictures with a bright top left quarter and a half bright top right one: every orientation looks different."""
    pictures = np.zeros((frames, height, width, 3), dtype=np.uint8)
    pictures[:, : height // 2, : width // 2] = 255
    pictures[:, : height // 2, width // 2 :] = 128
    return pictures


def quarters(picture: NDArray[np.uint8]) -> list[str]:
    """The quarters of a picture that `corners` drew, row by row: "bright", "half" or "dark"."""
    height, width = picture.shape[:2]
    names = []
    for y in (height // 4, 3 * height // 4):
        for x in (width // 4, 3 * width // 4):
            names.append(("dark", "half", "bright")[round(picture[y, x].mean() / 127.5)])
    return names
