"""Converts values read from TOML to the types that settings declare."""

from types import UnionType
from typing import Any, get_args

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
    if wanted == tuple[str, ...] and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if (
        wanted == tuple[dict[str, Any], ...]
        and isinstance(value, list)
        and all(isinstance(item, dict) for item in value)
    ):
        return tuple(value)
    if wanted == dict[str, Any] and isinstance(value, dict):
        return value
    if type(value) is wanted or (isinstance(wanted, UnionType) and type(value) in get_args(wanted)):
        return value
    raise ValueError(f"{key}: must be {_NAMES.get(wanted, 'a list of texts')}, is {value!r}")
