"""Records as what JSON holds, and back."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Record = TypeVar("Record")


def to_plain(value: Any) -> Any:
    """A record as dictionaries and lists, in the order of its fields; a field at its default is left out."""
    if is_dataclass(value):
        found = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: to_plain(own) for field, own in found if field.default is MISSING or own != field.default}
    if isinstance(value, Mapping):
        return {key: to_plain(own) for key, own in value.items()}
    return [to_plain(own) for own in value] if isinstance(value, list | tuple) else value


def from_plain(kind: type[Record], value: Any) -> Record:
    """The record of that class that `to_plain` gave; keys that the class does not have are ignored.

    Raises:
        ValueError: a key is missing, or a value is of another kind; the message names its place, such as
            `methods[0].accuracy`.
    """
    read: Record = _read(kind, value, "")
    return read


def _read(kind: Any, value: Any, place: str) -> Any:
    """The value as that type; `place` names it in messages."""
    if kind is Any:
        return value
    if is_dataclass(kind):
        return _read_record(kind, value, place)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if value is None and NoneType in inner else _read(_chosen(inner, value), value, place)
    if origin is list and isinstance(value, list):
        return [_read(inner[0], own, f"{place}[{number}]") for number, own in enumerate(value)]
    if origin is dict and isinstance(value, dict):
        return {key: _read(inner[1], own, f"{place}.{key}") for key, own in value.items()}
    if origin is Literal and value in inner:
        return value
    if (kind is float and type(value) in (int, float)) or (isinstance(kind, type) and type(value) is kind):
        return value
    raise ValueError(f"{place.lstrip('.') or 'the file'}: {_named(kind)} is expected, is {str(value)[:40]!r}")


def _read_record(kind: Any, value: Any, place: str) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"{place.lstrip('.') or 'the file'}: an object is expected, is {str(value)[:40]!r}")
    hints, known = _hints(kind), {}
    for field in fields(kind):
        if field.name in value:
            known[field.name] = _read(hints[field.name], value[field.name], f"{place}.{field.name}")
        elif _is_required(field):
            raise ValueError(f"{f'{place}.{field.name}'.lstrip('.')}: is missing")
    return kind(**known)


def _chosen(kinds: tuple[Any, ...], value: Any) -> Any:
    """Of the types of a union the first whose keys the value has; of types without keys the first."""
    own = [kind for kind in kinds if kind is not NoneType]
    keys = value.keys() if isinstance(value, dict) else set()
    return next((kind for kind in own if is_dataclass(kind) and _required(kind) <= keys), own[-1])


def _required(kind: Any) -> set[str]:
    return {field.name for field in fields(kind) if _is_required(field)}


def _is_required(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _named(kind: Any) -> str:
    """What a type is called in a message."""
    if get_origin(kind) is Literal:
        return f"one of {', '.join(map(str, get_args(kind)))}"
    names = {float: "a number", int: "a whole number", str: "a text", bool: "true or false"}
    return names.get(kind) or {list: "a list", dict: "an object"}.get(get_origin(kind), str(kind))
