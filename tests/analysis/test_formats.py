"""How numbers are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import formats


@pytest.mark.parametrize(
    ("confidence", "text"),
    [
        (0.95, "95 %"),
        (0.9, "90 %"),
        (1 - 0.05 / 3, "98.3 %"),
        (0.999, "99.9 %"),
        (0.9999, "99.99 %"),
        (0.975, "97.5 %"),
    ],
)
def test_levels(confidence: float, text: str) -> None:
    """A level has the digits that tell it from 100 %."""
    assert formats.level(confidence) == text


@given(st.floats(1e-4, 0.9), st.sampled_from([0.1, 0.05, 0.01]))
def test_p_values_keep_their_side(p: float, alpha: float) -> None:
    """A p below a usual level is written below it, to a millionth."""
    written = float(formats.probability(p))
    assert (written < alpha) == (p < alpha) or abs(p - alpha) < 1e-6


@given(st.floats(-1, 1))
def test_points_keep_their_sign(value: float) -> None:
    """A difference of a thousandth of a point or more is not written as 0.0."""
    written = float(formats.points(value).replace("−", "-"))
    assert written * value >= 0
    assert written != 0 or abs(value) < 1e-5


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0313, ".031"),
        (0.0298, ".030"),
        (0.0799, ".080"),
        (0.5, ".500"),
        (0.04969, ".0497"),
        (0.0500001, ".0500001"),
        (0.00996, ".00996"),
        (0.0031, ".0031"),
        (0.00004, "< .0001"),
        (0.99996, "1"),
    ],
)
def test_p_values_have_one_format(p: float, text: str) -> None:
    """Three decimals, four below .01; more only where rounding would put p on the other side of a usual level."""
    assert formats.probability(p) == text


@pytest.mark.parametrize(("confidence", "text"), [(0.95, ".05"), (0.9, ".10"), (0.99, ".01"), (0.983, ".017")])
def test_levels_of_tests(confidence: float, text: str) -> None:
    """The level of a test is written like a p."""
    assert formats.alpha(confidence) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (3.14159, "3.14"),
        (-2.5, "−2.50"),
        (999.99, "999.99"),
        (999.996, "1\u202f000"),
        (-54321.5, "−54\u202f322"),
    ],
)
def test_quantities_have_decimals_where_they_are_small(value: float | None, text: str) -> None:
    """Two decimals say nothing of thousands, and make tables too wide."""
    assert formats.quantity(value) == text
