"""SVG drawings, rendered once into coefficient maps that can be given any colours.

A drawing uses shades of pure red for the body, of pure green for the accent and of pure blue for the detail; outlines
are black. A pixel's red, green and blue are therefore the amounts of the three colours, and a 3×3 matrix recolours it.
"""

import io
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vidgen.captions.scene import KINDS
from vidgen.dataset.settings import SPLITS, check_split
from vidgen.labels import LABELS

SPRITES = Path(__file__).parent / "sprites"
#: Longer side of the rendered maps in pixels, two to four times the size in a clip.
RENDERED_SIZE = 112
#: The objects of the label table, in its order.
OBJECTS: tuple[str, ...] = tuple(dict.fromkeys(label.object for label in LABELS))


Color: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Drawing:
    """A rendered drawing.

    Attributes:
        maps: float32 `(4, height, width)` in [0, 1]: coefficients of body, accent and detail colour, premultiplied by
            coverage, and coverage.
        detail: what the detail colour depicts: "glass", "flame" or "wicker".
    """

    maps: NDArray[np.float32]
    detail: str

    @property
    def aspect(self) -> float:
        """Width divided by height."""
        _, height, width = self.maps.shape
        return float(width / height)

    def colored(self, colors: tuple[Color, Color, Color]) -> NDArray[np.float32]:
        """The drawing in these colours: `(4, height, width)`, premultiplied red, green and blue, and coverage."""
        matrix = np.eye(4, dtype=np.float32)
        matrix[:3, :3] = np.array(colors, dtype=np.float32).T
        return (matrix @ self.maps.reshape(4, -1)).reshape(self.maps.shape)


def drawings(object: str, split: str) -> tuple[int, ...]:
    """The numbers of an object's drawings in a split.

    Raises:
        ValueError: no such split or object.
    """
    check_split(split)
    if object not in KINDS:
        raise ValueError(f"unknown object {object!r}; known objects: {', '.join(KINDS)}")
    return SPLITS[split]


def drawn_facing(object: str) -> str:
    """The direction that an object's drawings face: "up" if its classes move vertically, else "right"."""
    vertical = any(label.object == object and label.motion in ("up", "down") for label in LABELS)
    return "up" if vertical else "right"


@cache
def load(object: str, number: int) -> Drawing:
    """The drawing `sprites/<object>/<number>.svg`, rendered once in a process.

    Raises:
        FileNotFoundError: there is no such file.
    """
    import resvg_py

    svg = (SPRITES / object / f"{number:02}.svg").read_text(encoding="utf-8")
    view = re.search(r'viewBox="\S+ \S+ (\d+) (\d+)"', svg)
    detail = re.search(r'data-detail="(\w+)"', svg)
    assert view is not None  # noqa: S101  files of the package, all of which a test reads
    zoom = RENDERED_SIZE / max(int(view[1]), int(view[2]))
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, zoom=zoom)
    rgba = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"), dtype=np.float32) / 255
    rgba[..., :3] *= rgba[..., 3:]
    return Drawing(np.ascontiguousarray(rgba.transpose(2, 0, 1)), detail[1] if detail else "glass")
