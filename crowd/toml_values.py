"""Converts values read from TOML to the types that settings declare."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from types import UnionType
from typing import Any, TypeVar, get_args, get_type_hints

from crowd.texts import did_you_mean

Declared = TypeVar("Declared")

#: What each type is called in a message.
_NAMES = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    int | str: "text or a whole number",
    dict[str, Any]: "a table",
    tuple[dict[str, Any], ...]: "a list of tables",
}


def typed(key: str, value: Any, wanted: Any) -> Any:
    """The TOML value converted to the wanted type.

    Raises:
        ValueError: it has another type.
    """
    if wanted is float and type(value) in (int, float):
        return float(value)
    if wanted == tuple[str, ...] and isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if (
        wanted == tuple[dict[str, Any], ...]
        and isinstance(value, list | tuple)
        and all(isinstance(item, dict) for item in value)
    ):
        return tuple(value)
    if wanted == dict[str, Any] and isinstance(value, dict):
        return value
    if type(value) is wanted or (isinstance(wanted, UnionType) and type(value) in get_args(wanted)):
        return value
    raise ValueError(f"{key}: must be {_NAMES.get(wanted, 'a list of texts')}, is {value!r}")


def declared(cls: type[Declared], table: Mapping[str, Any], *, of: str = "there are") -> Declared:
    """The dataclass with the values of a table, whose keys are the names of its fields.

    Args:
        cls: a dataclass that takes its fields by name.
        table: the values, as TOML or JSON have them.
        of: what comes before the names of all keys in a message.

    Raises:
        ValueError: a key is missing, unknown, or has a value of another type; the message begins with the key.
    """
    hints = get_type_hints(cls)
    known = {item.name: item.default for item in fields(cls)}  # type: ignore[arg-type]
    for key in table:
        if key not in known:
            names = ", ".join(known) or "no keys here"
            raise ValueError(f"{key}: is unknown{did_you_mean(key, known)}; {of} {names}")
    for name, default in known.items():
        if default is MISSING and name not in table:
            raise ValueError(f"{name}: is missing")
    return cls(**{key: typed(key, value, hints[key]) for key, value in table.items()})
