"""Confidence sequences: intervals and tests that hold at all looks at a running study together.

A confidence sequence with a normal mixture (Robbins 1970; Howard, Ramdas, McAuliffe & Sekhon, Annals of Statistics
2021): with information 1/V the difference moves as a Brownian motion, and lies within
√V·√((1 + V/τ²)·log((1 + τ²/V)/α²)) of the truth at every look, with probability 1 − α. Student's t takes the place of
the normal at each look.
"""

import math

from scipy import special

#: τ, the differences for which the sequence is narrowest.
TUNED_FOR = 0.2


def nominal_level(alpha: float, variance: float) -> float:
    """The two-sided level at which a look is tested, so that all looks together err with probability α."""
    if variance <= 0 or not math.isfinite(variance):
        return alpha
    ratio = TUNED_FOR**2 / variance
    z = math.sqrt((1 + 1 / ratio) * math.log((1 + ratio) / alpha**2))
    return float(2 * special.ndtr(-z))


def always_valid(p: float, variance: float) -> float:
    """The p of a look that may be taken at any time, from that of the look by itself; inverts `nominal_level`."""
    if variance <= 0 or not math.isfinite(variance) or p <= 0:
        return p
    ratio = TUNED_FOR**2 / variance
    z = float(special.ndtri(min(p / 2, 0.5)))
    return min(1.0, math.sqrt((1 + ratio) * math.exp(-(z**2) / (1 + 1 / ratio))))
