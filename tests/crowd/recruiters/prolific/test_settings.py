"""The keys of `[recruit.prolific]`."""

from typing import Any

import pytest

from crowd.recruiters import settings_of
from crowd.recruiters.prolific.settings import Prolific


def test_the_defaults_can_be_left_out() -> None:
    assert settings_of("prolific", {}) == Prolific()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("workspace", "mine"),
        ("project", "a" * 23),
        ("currency", "pounds"),
        ("approve", "never"),
        ("devices", ["watch"]),
        ("longest_minutes", 1440),
        ("filters", [{"selected_values": ["1"]}]),
    ],
)
def test_a_value_that_cannot_be_is_named(key: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"recruit\.prolific\.{key}"):
        settings_of("prolific", {key: value})
