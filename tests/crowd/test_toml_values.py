"""`crowd.toml_values`: a value of TOML is of the type that a setting declares, or is refused."""

from typing import Any

import pytest

from crowd.toml_values import typed


@pytest.mark.parametrize(
    ("value", "wanted", "found"),
    [
        (3, float, 3.0),
        ("a", str, "a"),
        (["a", "b"], tuple[str, ...], ("a", "b")),
        (True, bool, True),
        (480, int | str, 480),
        ("fit", int | str, "fit"),
    ],
)
def test_values_have_their_types(value: Any, wanted: Any, found: Any) -> None:
    """A whole number is a number too, and a list becomes a tuple."""
    assert typed("key", value, wanted) == found
    assert type(typed("key", value, wanted)) is type(found)


@pytest.mark.parametrize(
    ("value", "wanted", "message"),
    [
        ("3", float, "key: must be a number, is '3'"),
        (True, int, "key: must be a whole number, is True"),
        (True, int | str, "key: must be text or a whole number, is True"),
        (1, bool, "key: must be true or false, is 1"),
        (["a", 1], tuple[str, ...], "key: must be a list of texts"),
        ("a", tuple[str, ...], "key: must be a list of texts, is 'a'"),
    ],
)
def test_other_types_are_named(value: Any, wanted: Any, message: str) -> None:
    """The message says what the key must be."""
    with pytest.raises(ValueError, match=message):
        typed("key", value, wanted)
