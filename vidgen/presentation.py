"""How players show a video file: its orientation, its proportions, and the frame at each moment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence

#: Suffixes of animated pictures, whose frames have delays.
PICTURES = (".gif", ".webp")
#: Browsers show a frame whose delay is less than 11 ms for 100 ms.
SHORTEST_MS, INSTEAD_MS = 11, 100


@dataclass(frozen=True, slots=True)
class Orientation:
    """How decoded frames are turned for the screen: transposed first, then mirrored."""

    transposed: bool = False
    left_right: bool = False
    top_bottom: bool = False

    @classmethod
    def of(cls, frame: Any) -> Self:
        """The orientation given by the display matrix of an `av.VideoFrame`, as phones write it."""
        matrix = frame.side_data.get("DISPLAYMATRIX")
        if matrix is None:
            return cls()
        # The point (x, y) is shown at (a x + c y, b x + d y).
        a, b, _, c, d = np.frombuffer(bytes(matrix), dtype=np.int32)[:5].tolist()
        if abs(b) + abs(c) > abs(a) + abs(d):
            return cls(transposed=True, left_right=c < 0, top_bottom=b < 0)
        return cls(left_right=a < 0, top_bottom=d < 0)

    def shown_size(self, width: int, height: int, pixel_aspect: Fraction | None) -> tuple[int, int]:
        """Width and height on the screen of a frame of that size whose pixels are `pixel_aspect` times as wide as high.

        The smaller side grows, as in browsers.
        """
        if pixel_aspect and pixel_aspect > 1:
            width = round(width * pixel_aspect)
        elif pixel_aspect:
            height = round(height / pixel_aspect)
        return (height, width) if self.transposed else (width, height)

    def applied(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The frame (height, width, 3) as it is shown."""
        if self.transposed:
            pixels = pixels.swapaxes(0, 1)
        if self.left_right:
            pixels = pixels[:, ::-1]
        return np.ascontiguousarray(pixels[::-1] if self.top_bottom else pixels)


def frames_at_even_times(starts: Sequence[float], end: float, count: int) -> list[int]:
    """Indices of the frames on the screen at `count` moments, evenly spaced from the first frame to the last.

    The last moment is one shortest frame before the end, and a frame that starts up to half a shortest frame late still
    counts. At an even rate this gives the frames nearest to even steps, the first and the last among them.

    Args:
        starts: when each frame appears, in seconds, ascending.
        end: when the last frame disappears, in seconds; any earlier time where that is unknown.
        count: the number of moments.
    """
    if not len(starts):
        return []
    ticks = [*starts, end] if end > starts[-1] else [*starts]
    shortest = float(np.diff(ticks).min()) if len(ticks) > 1 else 0.0
    moments = np.linspace(starts[0], max(starts[-1], end - shortest), count)
    late = 1e-9 + shortest / 2
    return [int(index) - 1 for index in np.searchsorted(starts, moments + late, side="right")]


def picture_frames(path: Path) -> Iterator[tuple[Image.Image, float]]:
    """The frames of an animated picture, on white where they are transparent, each with its duration in seconds."""
    with Image.open(path) as picture:
        for frame in ImageSequence.Iterator(picture):
            frame.load()  # a WebP's duration is known after decoding
            delay_ms = frame.info.get("duration") or 0
            yield _on_white(frame), (delay_ms if delay_ms >= SHORTEST_MS else INSTEAD_MS) / 1000


def _on_white(frame: Image.Image) -> Image.Image:
    if not frame.has_transparency_data:
        return frame.convert("RGB")
    shown = frame.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown).convert("RGB")
