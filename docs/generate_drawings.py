"""The drawings of the large dataset's kinds: `python docs/generate_drawings.py` writes `vidgen/dataset/sprites`.

Each kind is a function of the random choices of one drawing: of outlines first, then of parts and proportions. All
drawings face right, apart from those that look the same from either side. Red is the body, green the accent, blue the
detail; see `docs/dataset.md`. The six objects of the eleven classes are drawn by hand and are not written here.
"""

import io
import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image

from vidgen.dataset.drawing import SPRITES

#: Drawings of each kind, as many as of the objects that are drawn by hand.
COUNT = 22
#: Drawings are made within a square of this side, and cropped to what they cover.
SIDE, MARGIN = 140, 30
#: Random tries for each drawing.
TRIES = 16
RED, DEEP, GREEN, BLUE, BLACK, BARE = "#f00", "#b00", "#0f0", "#00f", "#000", "none"


class Choices:
    """The choices of drawing `number` of a kind: outlines take turns, so that every split has each; parts are random."""

    def __init__(self, kind: str, number: int, attempt: int) -> None:
        self.number = number
        self.random = random.Random(f"{kind} {number} {attempt}")

    def outline(self, count: int) -> int:
        """Which of `count` outlines."""
        return self.number % count

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high."""
        return self.random.randint(low, high)

    def among(self, *options: str) -> str:
        """One of the options."""
        return self.random.choice(options)

    def chance(self, share: float = 0.5) -> bool:
        """True with this probability."""
        return self.random.random() < share


Draw = Callable[[Choices], str]


def path(d: str, fill: str = RED, width: float = 3) -> str:
    """A path, outlined in black."""
    return f'<path d="{d}" fill="{fill}" stroke-width="{width}"/>'


def line(d: str, width: float = 5, stroke: str = BLACK) -> str:
    """An open line."""
    return f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width}"/>'


def oval(x: float, y: float, rx: float, ry: float, fill: str = RED, turn: float = 0) -> str:
    """An ellipse about (x, y), turned by some degrees."""
    turned = f' transform="rotate({turn} {x} {y})"' if turn else ""
    return f'<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="{fill}"{turned}/>'


def disc(x: float, y: float, r: float, fill: str = BLACK) -> str:
    """A circle."""
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="{fill}"/>'


def box(x: float, y: float, width: float, height: float, fill: str = RED, round_by: float = 0) -> str:
    """A rectangle from its upper left corner."""
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{round_by}" fill="{fill}"/>'


def polygon(points: Sequence[tuple[float, float]], fill: str = RED) -> str:
    """A closed polygon."""
    return path("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "z", fill)


def ring(count: int, x: float, y: float, r: float, inner: float, turn: float = -90) -> list[tuple[float, float]]:
    """The corners of a star of `count` points about (x, y)."""
    angles = [math.radians(turn + 180 * k / count) for k in range(2 * count)]
    return [
        (x + (r, inner)[k % 2] * math.cos(angle), y + (r, inner)[k % 2] * math.sin(angle))
        for k, angle in enumerate(angles)
    ]


def leaning(shapes: str, degrees: float) -> str:
    """The shapes turned about the middle."""
    return f'<g transform="rotate({degrees} 70 70)">{shapes}</g>'


def dotted(c: Choices, left: float, top: float, right: float, bottom: float, fill: str = GREEN) -> str:
    """A few spots in a rectangle."""
    spots = [(c.random.uniform(left, right), c.random.uniform(top, bottom)) for _ in range(c.between(3, 6))]
    r = c.between(5, 8)
    return "".join(disc(round(x), round(y), r, fill) for x, y in spots)


def wheel(x: float, y: float, r: float, hub: str = GREEN) -> str:
    """A black wheel with a hub."""
    return disc(x, y, r) + disc(x, y, r * 0.4, hub)


def train(c: Choices) -> str:
    """Steam and electric locomotives, a tram, and an engine with a wagon."""
    kind, parts = c.outline(4), [line("M4 92H136", 4)]
    if kind in (0, 3):
        left = 10 if kind == 0 else 48
        top, r, cab = c.between(38, 50), c.between(8, 12), c.between(26, 36)
        if kind == 3:
            load, high = c.between(0, 2), c.between(50, 60)
            heap = f"M6 {high}q8-14 18-6 12-8 16 6z"
            parts += [path(heap, DEEP)] if load == 0 else []
            parts += [box(4, high, 38, 84 - high, RED, 2), line("M40 80h14", 5), wheel(14, 83, 8), wheel(32, 83, 8)]
            parts += [box(10, high + 6, 26, 8, GREEN)] if load == 1 else []
        parts += [box(left + cab - 4, top + 8, 128 - left - cab, 74 - top, RED, c.between(2, 14))]
        parts += [line(f"M{left + cab + 10 + 12 * k} {top + 9}V74", 4, GREEN) for k in range(c.between(0, 3))]
        parts += [box(left, top - 18, cab, 100 - top, RED, 2)]
        parts += [box(left + 7, top - 9, cab - 14, c.between(12, 18), BLUE)]
        parts += [box(left - 4, top - 24, cab + 8, 8, c.among(GREEN, DEEP), c.between(0, 4))]
        x, high, wide = c.between(104, 112), c.between(12, 24), c.between(4, 11)
        funnel = [(x - 5, top + 9), (x - wide, top - high), (x + wide, top - high), (x + 5, top + 9)]
        parts += [polygon(funnel, c.among(RED, GREEN, BLACK))]
        if c.chance():
            parts += [path(f"M{left + cab + 10} {top + 8}v-6q8-12 16 0v6z", GREEN)]
        parts += [polygon([(126, 72), (138, 90), (116, 90)], c.among(GREEN, DEEP)), wheel(left + 14, 81, r + 2)]
        parts += [wheel(x, 92 - r, r) for x in ((left + 46, 110) if kind == 3 else (58, 84, 110))]
        parts += [line(f"M{left + 14} 83H110", 4)]
    elif kind == 1:
        nose, top = c.between(14, 34), c.between(40, 46)
        parts += [path(f"M6 {top}H{122 - nose}Q130 {top + 6} 136 76q0 8-8 8H6z")]
        parts += [path(f"M{124 - nose} {top + 8}q10 4 14 14h-22v-14z", BLUE)]
        width = c.between(12, 18)
        parts += [box(x, top + 8, width, 14, BLUE, 2) for x in range(14, 100 - nose, width + 6)]
        parts += [path("M6 68H132l2 7H6z", GREEN)] + [disc(x, 86, 6) for x in (20, 36, 96, 112)]
        parts += [line(f"M30 {top}l10-12 10 12", 3)] if c.chance() else []
    else:
        top = c.between(34, 42)
        parts += [
            box(8, top, 124, 84 - top, RED, c.between(4, 14)),
            box(8, c.between(64, 72), 124, c.between(4, 8), GREEN),
        ]
        count, wide = c.between(3, 5), c.between(12, 16)
        for k in range(count):
            parts += [box(round(18 + 108 / count * (k + 0.5) - wide / 2), top + 7, wide, 16, BLUE, c.between(0, 3))]
        parts += [box(c.between(14, 116), top + 7, 11, 76 - top, DEEP)] if c.chance() else []
        parts += [wheel(x, 85, 8) for x in ((28, 48, 92, 112) if c.chance() else (30, 110))]
        x = c.between(40, 100)
        parts += [line(f"M{x - 14} {top}L{x} {top - 16} {x + 14} {top}M{x - 16} {top - 16}h32", 3)]
    return "".join(parts)


def helicopter(c: Choices) -> str:
    """A bubble, an airliner's nose, an angular one, and one with two rotors."""
    kind, parts = c.outline(4), []
    y = c.between(58, 64)
    rotor = c.between(40, 48)
    if kind == 3:
        fore, aft, low = c.between(8, 26), c.between(14, 34), c.between(16, 26)
        parts += [path(f"M12 {y + 10}q0-22 24-22h62q30 0 34 26 0 {low - 12}-12 {low - 12}H30q-18 0-18-{low - 8}z")]
        parts += [path(f"M100 {y - 6}q20 2 24 18h-24z", BLUE)]
        parts += [disc(92 - 18 * k, y + 2, 6, BLUE) for k in range(1, c.between(2, 5))]
        parts += [path(f"M16 {y + 12}H128l-4 6H20z", GREEN)] if c.chance() else []
        fin = [(16, y - 8), (20, y - 10 - aft), (34, y - 10 - aft), (44, y - 10)]
        parts += [polygon(fin, c.among(RED, GREEN)), line(f"M110 {y - 10}v-{fore}", 7)]
        one, other = c.between(24, 32), c.between(24, 32)
        parts += [line(f"M{27 - one} {y - 14 - aft}h{2 * one}M{110 - other} {y - 12 - fore}h{2 * other}", 6)]
        if c.chance():
            parts += [wheel(34, y + low + 4, 7), wheel(106, y + low + 4, 7)]
        else:
            parts += [line(f"M24 {y + low + 2}h92M40 {y + low - 8}v10M100 {y + low - 8}v10", 4)]
        return "".join(parts)
    parts += [path(f"M60 {y - 8}L12 {y - 6 - c.between(0, 6)}v8L62 {y + 12}z", GREEN)]
    if c.chance():
        parts += [polygon([(4, y - 24), (16, y - 24), (24, y - 2), (10, y + 4)], RED)]
    else:
        parts += [disc(12, y - 4, c.between(9, 12), GREEN), line(f"M12 {y - 13}v18", 3)]
    if kind == 0:
        parts += [oval(88, y + 4, c.between(34, 38), 25), path(f"M92 {y - 16}q28 2 30 24h-30z", BLUE)]
    elif kind == 1:
        parts += [path(f"M50 {y - 12}q6-8 20-8h26q26 4 36 26 0 16-20 18H70q-20-4-20-36z")]
        parts += [
            path(f"M98 {y - 14}q16 4 24 20h-24z", BLUE),
            box(72, y - 10, 16, 15, BLUE, 2),
            path(f"M54 {y + 12}h76l-6 8H60z", GREEN),
        ]
    else:
        parts += [polygon([(48, y - 14), (66, y - 24), (102, y - 22), (134, y + 8), (128, y + 24), (66, y + 24)])]
        parts += [
            polygon([(92, y - 15), (104, y - 15), (124, y + 5), (92, y + 5)], BLUE),
            polygon([(58, y + 6), (84, y + 6), (84, y + 16), (62, y + 16)], GREEN),
        ]
    parts += [line(f"M84 {y - 20}v-16", 6), line(f"M{84 - rotor} {y - 37}H{84 + rotor}", 6), disc(84, y - 37, 5)]
    if kind == 1 and c.chance():
        parts += [wheel(74, y + 36, 7), wheel(110, y + 36, 7)]
    else:
        parts += [line(f"M74 {y + 24}v14M106 {y + 24}v14M58 {y + 39}H122q8 0 10-8", 4)]
    return "".join(parts)


def tractor(c: Choices) -> str:
    """With a closed cab, with a roof on posts, open, and with a shovel."""
    kind, big, small = c.outline(4), c.between(22, 27), c.between(12, 15)
    top = c.between(46, 54)
    front = 112
    parts = [path(f"M50 {top}h{c.between(60, 72)}q{c.between(2, 12)} 0 {c.between(6, 10)} 10v26H50z")]
    parts += [box(66, top + 9, c.between(20, 40), c.between(4, 8), GREEN, 2)] if c.chance(0.7) else []
    parts += [line(f"M{c.between(94, 104)} {top}v-{c.between(16, 24)}", 6)]
    if kind in (0, 3):
        roof, lean = c.between(10, 18), c.between(0, 10)
        parts += [path(f"M20 {top + 20}L{24 + lean} {roof + 4}H70L76 {top + 8}z")]
        parts += [path(f"M{32 + lean // 2} {top}L{36 + lean} {roof + 13}H62L66 {top}z", BLUE)]
        parts += [box(20 + lean, roof, 56 - lean, 8, RED, c.between(0, 4))]
    elif kind == 1:
        parts += [
            line(f"M28 {top + 6}V18M72 {top + 6}V18", 5),
            box(18, c.between(8, 14), 64, c.between(7, 11), RED, c.between(0, 5)),
            path(f"M32 {top + 18}v-22h10v14h14v8z", GREEN),
        ]
    else:
        parts += [path(f"M22 {top + 14}v-26h10l4 18h16v10z", GREEN), line(f"M70 {top}l-8-20M54 {top - 22}l14 4", 5)]
    if kind == 3:
        parts += [line("M108 74L126 70", 6), path("M124 54q14 10 14 34h-16z", GREEN)]
    parts += [path(f"M8 {100 - big}q4-{big} 30-{big} 24 0 30 {big}l-6 6H14z", RED)]
    parts += [wheel(38, 104 - big, big, GREEN), wheel(front, 104 - small, small, GREEN)]
    return "".join(parts)


def submarine(c: Choices) -> str:
    """A cigar, a round one, one with a flat deck, and a drop."""
    kind, ry = c.outline(4), c.between(19, 24)
    y = 74
    tower_x, tower_h = c.between(62, 72), c.between(16, 22)
    top = y - ry
    parts = [line(f"M{tower_x + 6} {top - tower_h}v-18h{c.between(10, 16)}", 5)]
    parts += [path(f"M{tower_x - 14} {top + 6}l4-{tower_h + 6}h22l6 {tower_h + 6}z", c.among(RED, GREEN))]
    parts += (
        [polygon([(18, y), (4, y - 18), (4, y + 18)], GREEN)]
        if c.chance()
        else [oval(8, y - 10, 5, 12, GREEN), oval(8, y + 10, 5, 12, GREEN), line(f"M8 {y}h14", 6)]
    )
    if kind == 0:
        parts += [box(14, top, 122, 2 * ry, RED, ry)]
    elif kind == 1:
        parts += [oval(76, y, 58, ry + 5)]
    elif kind == 2:
        parts += [path(f"M16 {top + 4}H122q16 4 16 {ry - 6} -4 {ry}-20 {ry}H40Q18 {y + ry} 16 {top + 4}z")]
    else:
        parts += [
            path(f"M12 {y}Q40 {top - 4} 92 {top - 4}q44 0 44 {ry + 4} 0 {ry + 4}-44 {ry + 4}Q40 {y + ry + 4} 12 {y}z")
        ]
    count, r = c.between(2, 4), c.between(6, 8)
    parts += [disc(76 + (k - (count - 1) / 2) * 24, y - 2, r, BLUE) for k in range(count)]
    if c.chance():
        parts += [path(f"M44 {y + ry - 8}h50l-8 8H52z", GREEN)]
    if c.chance():
        parts += [polygon([(26, y - ry + 8), (20, top - 12), (34, top - 12), (46, top + 3)], GREEN)]
    return "".join(parts)


def fish(c: Choices) -> str:
    """An oval, a long one, a tall one, and an angular one, with tails of four shapes."""
    kind = c.outline(4)
    rx, ry = ((44, 27), (54, 20), (38, 38), (46, 30))[kind]
    rx, ry = rx + c.between(-3, 3), ry + c.between(-2, 2)
    x, y = 134 - rx, 70
    end = x - rx + 8
    tail = c.among(
        f"M{end + 6} {y}L{end - 26} {y - 26}q10 26 0 52z",
        f"M{end + 6} {y}Q{end - 10} {y - 30} {end - 28} {y - 22}q8 10 6 22 2 12-6 22Q{end - 10} {y + 30} {end + 6} {y}z",
        f"M{end + 6} {y - 6}L{end - 22} {y - 22}v44L{end + 6} {y + 6}z",
    )
    high = c.between(14, 22)
    parts = [path(tail, c.among(RED, GREEN))]
    parts += [
        path(
            f"M{x - 22} {y - ry + 6}Q{x - 10} {y - ry - high} {x + 14} {y - ry - high + 6}L{x + 18} {y - ry + 6}z",
            GREEN,
        )
    ]
    parts += [path(f"M{x - 8} {y + ry - 4}l-10 {high - 4}h20l6-{high - 2}z", GREEN)]
    if kind == 3:
        parts += [
            path(
                f"M{x - rx} {y}L{x - 4} {y - ry}Q{x + rx - 8} {y - ry} {x + rx} {y}Q{x + rx - 8} {y + ry} {x - 4} {y + ry}z"
            )
        ]
    else:
        parts += [oval(x, y, rx, ry)]
    if c.chance(0.6):
        for k in range(c.between(1, 3)):
            at = x + 6 - 18 * k
            reach = ry * math.sqrt(max(0.0, 1 - ((at - x) / rx) ** 2)) - 3
            parts += [line(f"M{at} {y - reach:.0f}Q{at - 8} {y} {at} {y + reach:.0f}", 7, GREEN)]
    parts += [line(f"M{x + rx - 26} {y - ry * 0.55:.0f}q-10 {ry * 0.55:.0f} 0 {ry * 1.1:.0f}", 3)]
    parts += [disc(x + rx - 14, y - 6, 7, BLUE), disc(x + rx - 13, y - 6, 3.5)]
    return "".join(parts)


def butterfly(c: Choices) -> str:
    """Round, pointed, swallow-tailed and square wings."""
    kind = c.outline(4)
    up, down = c.between(34, 42), c.between(24, 32)

    def both(d: str, fill: str) -> str:
        return path(d, fill) + f'<g transform="matrix(-1 0 0 1 140 0)">{path(d, fill)}</g>'

    upper = (
        f"M70 66Q78 {56 - up} 112 {56 - up}q24 6 18 34-8 24-60 14z",
        f"M70 66L{100} {60 - up}L136 {52 - up}Q132 60 110 72z",
        f"M70 64Q92 {50 - up} 134 {58 - up}Q138 62 114 72z",
        f"M70 66L82 {58 - up}Q118 {44 - up} 134 {62 - up}L128 68Q100 76 70 66z",
    )[kind]
    lower = (
        f"M70 68Q110 66 118 84q2 {down}-24 {down}-20-4-24-40z",
        f"M70 68L112 72L124 {86 + down}Q96 {92 + down} 70 78z",
        f"M70 68Q112 70 112 88L120 {94 + down}L104 {84 + down}Q82 {80 + down} 70 78z",
        f"M70 68Q104 76 120 76L112 {80 + down}Q88 {90 + down} 70 80z",
    )[kind]
    parts = [both(lower, c.among(RED, DEEP)), both(upper, RED)]
    spot = c.between(6, 10)
    for x, y, r in ((108, 44, spot + 2), (98, 90, spot)):
        parts += [oval(x, y, r, r, GREEN), oval(140 - x, y, r, r, GREEN)]
    parts += [oval(70, 72, c.between(5, 7), c.between(28, 34), BLACK), disc(70, 38, 7)]
    bend = c.between(10, 20)
    return "".join([*parts, line(f"M70 36Q{70 - bend} 30 {66 - bend} 14M70 36Q{70 + bend} 30 {74 + bend} 14", 3.5)])


def duck(c: Choices) -> str:
    """A bath duck, one that stands, one with a long neck, and one with a raised wing."""
    kind = c.outline(4)
    head = c.between(15, 22)
    hx, hy = c.between(90, 100), c.between(34, 42)
    if kind == 2:
        hx, hy = c.between(100, 108), c.between(22, 30)
    parts = []
    if kind in (1, 3):
        parts += [line("M60 98v24h14M78 98v24h14", 6, BLUE), line("M60 98v24h14M78 98v24h14", 2)]
    parts += [path(f"M{hx + head - 6} {hy - 5}q14-4 26 4 -2 12-28 10z", BLUE)]
    if kind == 2:
        parts += [path("M6 64q16 4 30 4 36-2 52 4 4-20 0-44h22q10 40-4 64-12 18-44 18Q14 108 6 64z")]
    else:
        parts += [
            path(
                f"M{c.between(4, 10)} {c.between(50, 60)}q20 12 40 12 30-2 36-18l28 6q12 24 2 40-14 20-46 20Q12 108 8 56z"
            )
        ]
    parts += [disc(hx, hy, head, RED)]
    wing = c.between(0, 8)
    if kind == 3:
        parts += [path(f"M80 76Q60 {40 - wing} 26 {34 - wing}q2 40 40 56z", GREEN)]
    else:
        parts += [path(f"M84 74q-8 {22 + wing}-40 20-14-4-18-20 30 10 58 0z", GREEN)]
    if c.chance(0.3):
        parts += [path(f"M{hx - 14} {hy + head - 6}q12 8 {head + 8} 2l2 8q-14 6-{head + 10}-2z", GREEN)]
    if c.chance(0.3):
        parts += [path(f"M{hx - 12} {hy - head + 5}h24l-4-12h-16z", GREEN)]
    elif c.chance(0.4):
        parts += [path(f"M{hx - 10} {hy - head + 4}q-8-14 4-16 6 4 10 14z", RED)]
    return "".join([*parts, disc(hx + 6, hy - 5, 4)])


def turtle(c: Choices) -> str:
    """A high dome, a low one, a sea turtle with flippers, and a box."""
    kind = c.outline(4)
    high = (46, 34, 38, 44)[kind] + c.between(-3, 3)
    base = 88
    hx, hy, r = c.between(116, 122), base - c.between(14, 26), c.between(13, 16)
    parts = [
        path(f"M98 {base - 4}L{hx - 6} {hy - 8}l8 22-20 {base - hy - 4}z", GREEN),
        oval(hx + 2, hy, r + 2, r, GREEN),
    ]
    parts += [polygon([(22, base - 10), (4, base + 4), (26, base)], GREEN)]
    if kind == 2:
        parts += [
            path(f"M92 {base - 6}q10 24-4 38-22-6-20-36z", GREEN),
            path(f"M36 {base - 6}q-14 10-18 28 18 0 32-26z", GREEN),
        ]
    else:
        width = c.between(16, 21)
        parts += [box(28, base - 8, width, 26, GREEN, 6), box(104 - width, base - 8, width, 26, GREEN, 6)]
    shell = (
        f"M14 {base}Q16 {base - high} 62 {base - high}T110 {base}z",
        f"M10 {base}Q24 {base - high} 62 {base - high}T114 {base}z",
        f"M10 {base - 2}Q30 {base - high - 4} 70 {base - high}Q100 {base - high + 8} 112 {base - 2}Q62 {base + 14} 10 {base - 2}z",
        f"M14 {base}V{base - 18}Q30 {base - high} 62 {base - high}T110 {base - 18}V{base}z",
    )[kind]
    parts += [path(shell)]
    y = base - high / 2 - 2
    if c.chance():
        parts += [
            polygon(ring(3, 62, y, 14, 12), DEEP),
            polygon(ring(3, 36, y + 6, 10, 9), DEEP),
            polygon(ring(3, 88, y + 6, 10, 9), DEEP),
        ]
    else:
        parts += [
            line(
                f"M42 {base - 2}Q44 {y} 50 {base - high + 3}M82 {base - 2}Q80 {y} 74 {base - high + 3}M18 {y + 6:.0f}H106",
                3,
            )
        ]
    if kind != 2:
        parts += [box(10, base - 4, 104, 8, RED, 4)]
    return "".join([*parts, disc(hx + 7, hy - 4, 3.5)])


def snail(c: Choices) -> str:
    """A round shell, a large one, a pointed one, and an oval one."""
    kind = c.outline(4)
    r = (32, 38, 32, 33)[kind] + c.between(-2, 2)
    x, base = 56, 104
    y = base - 12 - r + 2
    hx, hy = c.between(114, 120), c.between(52, 62)
    parts = [
        line(f"M{hx - 4} {hy}L{hx - 10} {hy - 26}M{hx + 4} {hy}L{hx + 14} {hy - 24}", 4),
        disc(hx - 10, hy - 28, 5),
        disc(hx + 14, hy - 26, 5),
    ]
    parts += [
        path(
            f"M4 {base}Q30 {base - 22} 80 {base - 22}Q{hx - 20} {base - 22} {hx - 12} {hy}q2-10 14-8 12 4 8 18Q{hx + 2} {base - 2} {hx - 16} {base}z",
            DEEP if kind == 2 else GREEN,
        )
    ]
    if kind == 2:
        parts += [
            path(
                f"M{x - r} {y + 14}Q{x - r - 2} {y - r + 6} {x - 18} {y - r - 14}Q{x + r} {y - r} {x + r} {y + 8}Q{x} {y + r + 14} {x - r} {y + 14}z"
            )
        ]
    else:
        parts += [oval(x, y, r + (6 if kind == 3 else 0), r)]
    turns = []
    loops = c.between(5, 7)
    for k in range(loops * 6):
        angle, reach = -0.5 * k * math.pi / 3 + 0.4, (r - 5) * (1 - k / (loops * 6))
        turns.append(f"{x + reach * math.cos(angle):.0f} {y + reach * math.sin(angle):.0f}")
    return "".join(
        [
            *parts,
            line("M" + "L".join(turns), 4, BLACK if kind == 2 else c.among(BLACK, BLACK, GREEN)),
            disc(hx + 2, hy + 2, 3),
        ]
    )


def cat(c: Choices) -> str:
    """Walking, sitting, its face, and stretching."""
    kind = c.outline(4)
    if kind == 2:
        return _cat_face(c)
    ear, r = c.between(16, 22), c.between(20, 23)
    if kind == 1:
        bend, wide = c.between(10, 22), c.between(-6, 8)
        parts = [line(f"M44 108Q10 112 14 {80 - bend}", 13), line(f"M44 108Q10 112 14 {80 - bend}", 8, RED)]
        parts += [path(f"M{40 - wide} 116Q{36 - wide} 62 70 52q{34 + wide} 4 {32 + wide} 64z")]
        parts += [oval(74, 92, c.between(9, 16), c.between(14, 22), GREEN)] if c.chance(0.7) else []
        parts += [line("M66 116v-18M84 116v-18", 3), _cat_head(c, 74, c.between(34, 44), r, ear)]
        return "".join(parts)
    rise = c.between(20, 44)
    back = 58 if kind == 0 else 66
    parts = [
        line(f"M22 {back + 8}Q2 {back} 12 {back - rise}", 13),
        line(f"M22 {back + 8}Q2 {back} 12 {back - rise}", 8, RED),
    ]
    for x in (24, 42, 78, 94):
        parts += [box(x, 78, 12, 38, RED if x in (24, 94) else DEEP, 5)]
    parts += [box(16, back, 94, 36, RED, 17)]
    if c.chance(0.6):
        parts += [line(f"M{x} {back + 3}v16", 6, GREEN) for x in (38, 54, 70)]
    return "".join([*parts, _cat_head(c, 106, back - (6 if kind == 0 else 16), r - 1, ear)])


def _cat_head(c: Choices, x: float, y: float, r: float, ear: float) -> str:
    """Seen from the front."""
    parts = []
    inside = c.chance()
    for k in (-1, 1):
        parts += [polygon([(x + k * r, y - 2), (x + k * (r - 1), y - r - ear), (x + 2 * k, y - r + 4)])]
        tip = (x + k * (r - 3), y - r - ear + 9)
        parts += (
            [polygon([(x + k * (r - 4), y - r * 0.5), tip, (x + k * r * 0.45, y - r + 3)], GREEN)] if inside else []
        )
    parts += [oval(x, y, r + 2, r), disc(x - r * 0.4, y - 3, r * 0.17), disc(x + r * 0.4, y - 3, r * 0.17)]
    parts += [path(f"M{x - 4} {y + 5}h8l-4 5z", BLACK, 1), line(f"M{x - 8} {y + r * 0.55:.0f}q8 4 16 0", 2)]
    for k in (-1, 1):
        parts += [line(f"M{x + k * r * 0.5:.0f} {y + 7}l{k * r} -3m0 7l{-k * r} -1", 2)]
    return "".join(parts)


def _cat_face(c: Choices) -> str:
    """The head alone, with a blaze, a muzzle or stripes, a bow, or wide eyes."""
    ear, r = c.between(10, 26), c.between(34, 44)
    parts = [_cat_head(c, 70, 76, r, ear)]
    style = c.between(0, 3)
    if style == 0:
        parts += [path(f"M58 {78 - r}h24l-6 {c.between(10, 20)}H64z", GREEN)]
    elif style == 1:
        parts += [oval(70, 96, 22, 13, GREEN), path("M64 88h12l-6 8z", BLACK), line("M60 102q10 6 20 0", 2.5)]
    elif style == 2:
        parts += [line(f"M{70 + 9 * k} {78 - r + abs(k) * 2}v{c.between(9, 16)}", 6, GREEN) for k in (-1, 0, 1)]
    if c.chance():
        y = 72 + r
        parts += [polygon([(70, y), (70 + 24 * k, y - 12), (70 + 24 * k, y + 12)], GREEN) for k in (-1, 1)]
    if c.chance(0.3):
        parts += [disc(70 + 15 * k, 72, r * 0.22, BLUE) + disc(70 + 15 * k, 72, r * 0.1) for k in (-1, 1)]
    return "".join(parts)


def rabbit(c: Choices) -> str:
    """Crouching, sitting up, its face, and leaping."""
    kind = c.outline(4)
    ear, thick = c.between(22, 28), c.between(7, 9)
    if kind == 2:
        tilt, droop = c.between(0, 18), c.chance(0.3)
        parts = [
            oval(48, 40, thick + 4, ear + 8, RED, -tilt),
            oval(92, 40, thick + 4, ear + 8, RED, 70 if droop else tilt),
        ]
        parts += [oval(48, 42, thick - 2, ear - 2, GREEN, -tilt)]
        parts += [] if droop else [oval(92, 42, thick - 2, ear - 2, GREEN, tilt)]
        parts += [oval(70, 92, c.between(32, 42), 32), disc(56, 86, 5), disc(84, 86, 5)]
        parts += [oval(70, 106, 18, 12, GREEN)] if c.chance() else [oval(x, 100, 8, 5, GREEN) for x in (48, 92)]
        parts += [path("M64 98h12l-6 7z", BLACK), box(64, 108, 12, 12, BLUE, 1)]
        if c.chance(0.4):
            parts += [polygon([(70, 124), (70 + 22 * k, 114), (70 + 22 * k, 135)], GREEN) for k in (-1, 1)]
        return "".join(parts)
    if kind == 1:
        lean, wide = c.between(2, 30), c.between(26, 34)
        parts = [disc(60 - wide, 104, c.between(9, 14), GREEN), oval(64, 92, wide, c.between(28, 38))]
        parts += [oval(52, 106, 22, 18), oval(78, 122, 24, 7)]
        parts += [oval(80, 94, 12, 20, GREEN)] if c.chance() else [oval(86, 94, 8, 16, RED, -30)]
        parts += [oval(74, 26, thick, ear, RED, -lean - 6), oval(90, 26, thick, ear, RED, lean)]
        parts += [oval(84, 58, 22, 19), disc(92, 54, 4), disc(104, 60, 4)]
        parts += [path("M96 84l26-10 4 6-26 14z", GREEN)] if c.chance(0.4) else []
        return "".join(parts)
    stretch = 0 if kind == 0 else c.between(4, 18)
    tilt = c.between(10, 70)
    parts = [disc(18, c.between(76, 90), c.between(8, 14), GREEN)]
    parts += [oval(94, 38, thick, ear, RED, -tilt), oval(104, 38, thick, ear, RED, -tilt + c.between(14, 34))]
    parts += [oval(60, 82, 42 + stretch // 2, 26 - stretch // 3, RED, -stretch)]
    if kind == 0:
        parts += [oval(44, 90, 24, 21), oval(44, 110, 26, 7), oval(90, 106, 14, 7)]
    else:
        parts += [oval(30, 100, 28, 9, RED, -24), oval(104, 96, 22, 7, RED, 26)]
    if c.chance(0.4):
        parts += [oval(58, 86, 22, 10, GREEN, -stretch)]
    return "".join([*parts, oval(106, 66, 20, 17), disc(114, 61, 4), disc(125, 68, 4)])


def umbrella(c: Choices) -> str:
    """A dome, a flat one, a pointed one, and a beach umbrella of stripes."""
    kind = c.outline(4)
    high, count = (50, 36, 54, 42)[kind] + c.between(-3, 3), c.between(3, 5)
    y, step = 66, 124 / count
    scallops = "".join(f"q-{step / 2:.1f}-{c.among('10', '10', '14')} -{step:.1f} 0" for _ in range(count))
    parts = [line(f"M70 {y - high - 10}V{y}", 6)]
    parts += [line(f"M70 60V{118}" + ("" if kind == 3 else f"q0 14-{c.between(12, 16)} 14t-{c.between(8, 12)}-14"), 6)]
    top = {
        0: f"M8 {y}Q8 {y - high} 70 {y - high}T132 {y}",
        1: f"M8 {y}Q20 {y - high} 70 {y - high}T132 {y}",
        2: f"M8 {y}L70 {y - high}L132 {y}",
        3: f"M8 {y}Q16 {y - high} 70 {y - high}T132 {y}",
    }[kind]
    parts += [path(top + scallops + "z")]
    style = c.between(0, 4)
    if style == 0:
        parts += [dotted(c, 36, y - high * 0.55, 104, y - 12)]
    elif style == 1:
        parts += [line(f"M24 {y - high * 0.42:.0f}Q70 {y - high * 0.85:.0f} 116 {y - high * 0.42:.0f}", 7, GREEN)]
    elif style == 2 or kind == 3:
        parts += [
            path(
                f"M70 {y - high}Q{46} {y - high + 8} {70 - step / 2:.0f} {y - 4}q{step / 2:.1f}-8 {step:.1f} 0Q94 {y - high + 8} 70 {y - high}z",
                GREEN,
            )
        ]
    else:
        parts += [line(f"M70 {y - high}Q44 {y - high + 12} 44 {y - 5}M70 {y - high}Q96 {y - high + 12} 96 {y - 5}", 3)]
    return leaning("".join(parts), c.between(-22, 22))


def kite(c: Choices) -> str:
    """A diamond with a tail of bows, a broad one, one with a rounded top, and one with a streamer."""
    kind = c.outline(4)
    half, cross, bottom = (34, 40, 94) if kind != 1 else (46, 44, 88)
    half, cross = half + c.between(-8, 8), cross + c.between(-12, 10)
    parts = []
    wave = f"M70 {bottom}q-{c.between(8, 14)} 10 0 20t0 20"
    parts += [line(wave, 3.5)]
    if kind == 3:
        parts += [path(f"M70 {bottom}q-16 14-4 24 10 10-4 24h12q16-14 4-24-8-10 4-24z", GREEN)]
    else:
        for y in (bottom + 14, bottom + 34):
            parts += [polygon([(70, y), (58, y - 7), (58, y + 7)], GREEN)]
            parts += [polygon([(70, y), (82, y - 7), (82, y + 7)], GREEN)]
    if kind == 2:
        parts += [path(f"M{70 - half} {cross}Q{70 - half} 8 70 8T{70 + half} {cross}L70 {bottom}z")]
    else:
        parts += [polygon([(70, 6), (70 + half, cross), (70, bottom), (70 - half, cross)])]
    style = c.between(1 if kind == 2 else 0, 5)
    if style == 0:
        parts += [
            polygon([(70, 6), (70 + half, cross), (70, cross)], GREEN),
            polygon([(70, cross), (70, bottom), (70 - half, cross)], GREEN),
        ]
    elif style == 1:
        parts += [
            polygon([(70, cross - 18), (70 + half * 0.5, cross), (70, cross + 26), (70 - half * 0.5, cross)], GREEN)
        ]
    elif style == 2:
        parts += [disc(70, cross, c.between(9, 15), GREEN)]
    elif style == 3:
        middle = (bottom + cross) / 2
        parts += [polygon([(70 - half * 0.5, middle), (70 + half * 0.5, middle), (70, bottom)], GREEN)]
    elif style == 4:
        parts += [line(f"M{70 - half * 0.7:.0f} {cross}H{70 + half * 0.7:.0f}", 12, GREEN)]
    spars = f"M70 6V{bottom}" + (f"M{70 - half} {cross}H{70 + half}" if style < 5 else "")
    return leaning("".join([*parts, line(spars, 3)]), c.between(-25, 25))


def star(c: Choices) -> str:
    """Of five points, sharp or blunt, plain or with a smaller one, of six points, and with a face."""
    kind = c.outline(4)
    points = c.between(6, 8) if kind == 2 else 5
    inner = (25, 36, 36, 31)[kind] + c.between(-3, 3)
    turn = -90 + c.between(-17, 17)
    corners = ring(points, 70, 72, 62, inner, turn)
    parts = [polygon(corners)]
    style = 6 if kind == 3 else c.between(0, 5)
    if style == 6:
        parts += [
            line("M52 66h12", 5) if c.chance(0.3) else disc(58, 66, c.between(4, 6)),
            disc(82, 66, c.between(4, 6)),
        ]
        parts += [line(f"M56 82q14 {c.between(6, 18)} 28 0", 4)]
        parts += [oval(50, 78, 6, 4, GREEN), oval(90, 78, 6, 4, GREEN)] if c.chance() else []
    elif style == 1:
        parts += [polygon(ring(points, 70, 72, c.between(26, 40), inner * 0.52, turn), GREEN)]
    elif style == 2:
        parts += [disc(70, 72, c.between(9, 20), GREEN)]
    elif style == 3:
        rays = ring(points, 70, 72, 50, 20, turn)[::2]
        parts += [line("".join(f"M70 72L{x:.0f} {y:.0f}" for x, y in rays), 4)]
    elif style == 4:
        parts += [polygon([(70, 72), *corners[2 * k : 2 * k + 2]], GREEN) for k in range(points)]
    elif style == 5:
        parts += [dotted(c, 50, 54, 90, 90)]
    return "".join(parts)


def heart(c: Choices) -> str:
    """Round, slim, broad and pointed; plain, with a shine, a smaller heart, a bandage or a face."""
    kind = c.outline(4)
    wide, deep, dip = ((60, 122, 44), (48, 128, 46), (64, 112, 42), (58, 130, 36))[kind]
    wide, deep = wide + c.between(-3, 3), deep + c.between(-4, 4)

    def shape(scale: float, fill: str) -> str:
        def at(x: float, y: float) -> str:
            return f"{70 + scale * (x - 70):.0f} {68 + scale * (y - 68):.0f}"

        left, right = 70 - wide, 70 + wide
        return path(
            f"M{at(70, dip)}C{at(64, 10)} {at(left, 8)} {at(left, 50)}C{at(left, 82)} {at(58, 98)} {at(70, deep)}"
            f"C{at(82, 98)} {at(right, 82)} {at(right, 50)}C{at(right, 8)} {at(76, 10)} {at(70, dip)}z",
            fill,
        )

    parts = [shape(1, RED)]
    style = c.between(0, 8)
    if style == 0:
        parts += [oval(70 - wide * 0.55, 40, 8, 12, GREEN, 35)]
    elif style == 1:
        parts += [shape(c.between(4, 7) / 10, GREEN)]
    elif style == 2:
        parts += [disc(56, 56, 5), disc(84, 56, 5), line(f"M54 74q16 {c.between(8, 20)} 32 0", 4)]
    elif style == 3:
        parts += [path(f"M{70 - wide * 0.75:.0f} 70l{wide * 1.4:.0f}-24 4 14-{wide * 1.4:.0f} 24z", GREEN)]
    elif style == 4:
        parts += [dotted(c, 70 - wide * 0.6, 36, 70 + wide * 0.6, 84)]
    elif style == 5:
        parts += [line("M70 44l-10 18 20 12-12 22", 5)]
    elif style == 6:
        parts += [line(f"M{70 - wide * 0.8:.0f} {y}H{70 + wide * 0.8:.0f}", 7, GREEN) for y in (44, 62)]
    elif style == 7:
        parts = [line("M4 100L136 34", 6), polygon([(138, 30), (120, 30), (130, 48)], GREEN), *parts]
    return leaning("".join(parts), c.between(-20, 20))


def robot(c: Choices) -> str:
    """A square head, a round one, one on wheels, and one without a neck."""
    kind = c.outline(4)
    hw, hh = c.between(22, 28), c.between(15, 18)
    bw, bh = c.between(24, 29), c.between(40, 46)
    top, body = 22, 62
    parts = (
        [line(f"M70 {top}V8", 4), disc(70, 9, 6, GREEN)]
        if c.chance(0.7)
        else [line(f"M58 {top}L50 8M82 {top}L90 8", 4), disc(50, 9, 5, GREEN), disc(90, 9, 5, GREEN)]
    )
    up = c.chance(0.4)
    hand = body - c.between(4, 18) if up else body + bh - c.between(0, 14)
    parts += [
        line(
            f"M{70 - bw} {body + 10}L{70 - bw - 16} {hand}M{70 + bw} {body + 10}L{70 + bw + 16} {body + bh - 4}",
            9,
            BLACK,
        )
    ]
    parts += [disc(70 - bw - 16, hand, 8, GREEN), disc(70 + bw + 16, body + bh - 4, 8, GREEN)]
    bottom = body + bh
    if kind == 2:
        parts += [wheel(54, bottom + 10, 11), wheel(86, bottom + 10, 11)]
    else:
        parts += [
            box(50, bottom - 2, 12, 22, GREEN),
            box(78, bottom - 2, 12, 22, GREEN),
            box(44, bottom + 16, 22, 9, RED, 3),
            box(74, bottom + 16, 22, 9, RED, 3),
        ]
    if kind != 3:
        parts += [box(64, top + 2 * hh, 12, 12, GREEN)]
    parts += [box(70 - bw, body, 2 * bw, bh, RED, (3, 12, 5, 3)[kind])]
    parts += [box(70 - bw + 9, body + 9, 2 * bw - 18, 15, GREEN, 2)] + [
        disc(x, bottom - 10, 4, BLUE) for x in (58, 70, 82)
    ]
    parts += [box(70 - hw, top, 2 * hw, 2 * hh + (6 if kind == 3 else 0), RED, hh if kind == 1 else 4)]
    parts += [
        disc(70 - hw * 0.45, top + hh - 3, 6, BLUE),
        disc(70 + hw * 0.45, top + hh - 3, 6, BLUE),
        line(f"M{70 - hw * 0.5:.0f} {top + 2 * hh - 7}h{hw}", 4),
    ]
    return "".join(parts)


def house(c: Choices) -> str:
    """A cottage, a tower with a steep roof, a long house, and one with a hipped roof."""
    kind = c.outline(4)
    half, walls, rise = ((46, 52, 42), (32, 70, 44), (60, 42, 32), (50, 54, 34))[kind]
    half, rise = half + c.between(-3, 3), rise + c.between(-4, 4)
    base = 124
    eaves = base - walls
    parts = []
    if c.chance(0.7):
        x = 70 + half * 0.45
        parts += [box(x, eaves - rise - 2, 13, rise, GREEN)]
    parts += [box(70 - half, eaves, 2 * half, walls, RED)]
    over = c.between(6, 12)
    if kind == 3:
        roof = [
            (70 - half - over, eaves),
            (70 - half * 0.5, eaves - rise),
            (70 + half * 0.5, eaves - rise),
            (70 + half + over, eaves),
        ]
    elif kind == 2:
        roof = [
            (70 - half - over, eaves),
            (70 - half + 10, eaves - rise),
            (70 + half - 10, eaves - rise),
            (70 + half + over, eaves),
        ]
    else:
        roof = [(70 - half - over, eaves), (70, eaves - rise), (70 + half + over, eaves)]
    parts += [polygon(roof, c.among(DEEP, GREEN, GREEN))]
    door = 70 - 9 if kind in (1, 3) or c.chance() else 70 - half * 0.6
    parts += [box(door, base - c.between(28, 33), 18, 30, GREEN, 1)]
    for x in (70 - half * 0.65, 70 + half * 0.65):
        if abs(x - door - 9) > 20:
            parts += [box(x - 9, eaves + 10, 18, 17, BLUE), line(f"M{x} {eaves + 10}v17M{x - 9} {eaves + 18}h18", 2)]
    if kind == 1:
        parts += [disc(70, eaves + 18, 10, BLUE)]
    elif kind == 0 and c.chance():
        parts += [disc(70, eaves - rise * 0.42, 8, BLUE)]
    return "".join(parts)


def tree(c: Choices) -> str:
    """A round crown, a crown of clouds, a fir, and a poplar."""
    kind = c.outline(4)
    trunk, bend = c.between(6, 12), c.between(-8, 8)
    parts = [path(f"M{70 - trunk + bend} 132L{73 - trunk} 82h{2 * trunk - 6}L{70 + trunk + bend} 132z", BLUE)]
    if kind == 0:
        parts += [oval(70, 54, c.between(42, 50), c.between(42, 47))]
    elif kind == 1:
        r = c.between(20, 28)
        spots = [(c.between(32, 44), c.between(60, 74)), (c.between(96, 108), c.between(60, 74))]
        spots += [(c.between(44, 58), c.between(32, 44)), (c.between(82, 96), c.between(32, 44)), (70, 60)]
        spots += [(c.between(62, 78), c.between(18, 28))] if c.chance() else []
        parts += [disc(x, y, r + 1, RED) for x, y in spots]
        parts += [f'<g stroke="none">{"".join(disc(x, y, r - 1, RED) for x, y in spots)}</g>']
    elif kind == 2:
        tiers, half = c.between(2, 4), c.between(38, 46)
        step = 96 / (tiers + 0.6)
        for k in reversed(range(tiers)):
            wide = half * (0.5 + 0.5 * (k + 1) / tiers)
            parts += [
                polygon([(70, 4 + k * step), (70 + wide, 4 + (k + 1.6) * step), (70 - wide, 4 + (k + 1.6) * step)])
            ]
    else:
        half, top = c.between(20, 34), c.between(2, 16)
        if c.chance():
            parts += [oval(70, 54 + top // 2, half, 52 - top // 2)]
        else:
            low = f"{70 + half * 0.7:.0f} 104H{70 - half * 0.7:.0f}"
            parts += [path(f"M70 {top}Q{70 + half * 1.6:.0f} 70 {low}Q{70 - half * 1.6:.0f} 70 70 {top}z")]
    style = c.between(0, 3)
    if kind == 2 and style == 1:
        parts += [polygon(ring(5, 70, 10, 12, 5), GREEN)]
    elif style == 0:
        parts += [dotted(c, 54, 30, 86, 82)]
    elif style == 1:
        parts += [line(f"M70 96V{c.between(40, 60)}M70 84L{c.between(50, 60)} 68M70 74L{c.between(80, 90)} 58", 4)]
    elif style == 2 and kind != 2:
        spots = (c.between(50, 60), c.between(40, 60)), (c.between(72, 80), c.between(60, 80)), (66, 34)
        parts += [line(f"M{x} {y}q6 8 12 0", 4, GREEN) for x, y in spots]
    return "".join(parts)


#: The function and the meaning of the detail colour, by kind.
KINDS: dict[str, tuple[Draw, str]] = {
    "train": (train, "glass"),
    "helicopter": (helicopter, "glass"),
    "tractor": (tractor, "glass"),
    "submarine": (submarine, "glass"),
    "fish": (fish, "glass"),
    "butterfly": (butterfly, "glass"),
    "duck": (duck, "flame"),
    "turtle": (turtle, "glass"),
    "snail": (snail, "glass"),
    "cat": (cat, "glass"),
    "rabbit": (rabbit, "glass"),
    "umbrella": (umbrella, "glass"),
    "kite": (kite, "glass"),
    "star": (star, "glass"),
    "heart": (heart, "glass"),
    "robot": (robot, "glass"),
    "house": (house, "glass"),
    "tree": (tree, "wicker"),
}


def grouped(shapes: str) -> str:
    """The shapes with their outlines."""
    return f'<g stroke="#000" stroke-width="3" stroke-linejoin="round" stroke-linecap="round">\n{shapes}\n</g>'


def rendered(shapes: str) -> Image.Image:
    """The shapes, and `MARGIN` around their square."""
    around = f"{-MARGIN} {-MARGIN} {SIDE + 2 * MARGIN} {SIDE + 2 * MARGIN}"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{around}">{grouped(shapes)}</svg>'
    return Image.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True))).convert("RGBA")


def drawings(kind: str) -> Iterator[str]:
    """The shapes of each drawing: of some tries, the one that is farthest from all before it (Mitchell 1991)."""
    seen: list[NDArray[np.int64]] = []
    for number in range(1, COUNT + 1):
        tries = [KINDS[kind][0](Choices(kind, number, attempt)) for attempt in range(TRIES)]
        pictures = [thumbnail(shapes) for shapes in tries]
        distances = [min((_difference(one, other) for other in seen), default=0.0) for one in pictures]
        best = int(np.argmax(distances))
        seen.append(pictures[best])
        yield tries[best]


def thumbnail(shapes: str) -> NDArray[np.int64]:
    """The shapes in their box, squeezed into 48×48 pixels."""
    picture = rendered(shapes)
    return np.asarray(picture.crop(picture.getbbox()).resize((48, 48))).astype(int)


def _difference(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """The share of pixels that differ clearly."""
    return float((np.abs(one - other).max(2) > 80).mean())


def svg(kind: str, shapes: str) -> str:
    """A drawing's file, its view box as tight as whole numbers allow."""
    left, top, right, bottom = rendered(shapes).getbbox() or (0, 0, 1, 1)
    view = f"{left - MARGIN} {top - MARGIN} {right - left} {bottom - top}"
    detail = KINDS[kind][1]
    meaning = f' data-detail="{detail}"' if detail != "glass" else ""
    lines = grouped(shapes.replace("><", ">\n<"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}"{meaning}>\n<title>{kind}</title>\n{lines}\n</svg>\n'
    )


def main() -> None:
    """Write every drawing of every kind, or of those that are named."""
    for kind in sys.argv[1:] or KINDS:
        folder = SPRITES / kind
        folder.mkdir(exist_ok=True)
        for number, shapes in enumerate(drawings(kind), 1):
            (folder / f"{number:02}.svg").write_text(svg(kind, shapes), encoding="utf-8")


if __name__ == "__main__":
    main()
