"""`crowd.toml_values`: a value of TOML is of the type that a setting declares, or is refused."""

from dataclasses import dataclass
from typing import Any

import pytest

from crowd.toml_values import declared, typed


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


@dataclass(frozen=True, kw_only=True)
class Colours:
    """A table with a key that must be there."""

    name: str
    shades: tuple[str, ...] = ()


def test_a_table_gives_the_dataclass_that_declares_it() -> None:
    """Its keys are the fields; lists of JSON and tuples of Python are the same."""
    assert declared(Colours, {"name": "red", "shades": ["light"]}) == Colours(name="red", shades=("light",))
    assert declared(Colours, {"name": "red", "shades": ("light",)}) == Colours(name="red", shades=("light",))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "name: is missing"),
        ({"name": 3}, "name: must be text, is 3"),
        ({"name": "red", "shade": []}, r"shade: is unknown \(did you mean 'shades'\?\); there are name, shades"),
        ({"name": "red", "sound": "on"}, r"sound: is unknown; there are name, shades"),
    ],
)
def test_what_a_table_may_not_hold_is_named(table: dict[str, Any], message: str) -> None:
    """A key that is missing or unknown, or a value of another type, is refused; a similar key is suggested."""
    with pytest.raises(ValueError, match=message):
        declared(Colours, table)
