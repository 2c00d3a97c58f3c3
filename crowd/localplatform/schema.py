"""Checks values against the service model and the documented limits: types, members, patterns, lengths and so on.

botocore checks neither patterns nor maxima before it sends a request, so the server has to.
"""

import math
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from crowd.localplatform.errors import ApiError, invalid_parameter
from crowd.localplatform.limits import DOCUMENTED
from crowd.localplatform.model import service_model

_INTEGERS = {"integer": 2**31, "long": 2**63}


def check_request(operation: str, value: Any) -> dict[str, Any]:
    """Check a request's parameters and return them.

    Raises:
        ApiError: ``SerializationException`` for a wrong type or an unknown member, ``ValidationException`` for what
            the model forbids, ``ParameterValidationError`` for what only the documentation forbids.
    """
    _check_shape(service_model()["operations"][operation]["input"]["shape"], value)
    parameters: dict[str, Any] = value
    return parameters


def check_response(operation: str, value: dict[str, Any]) -> dict[str, Any]:
    """Check a response in the same way and return it; a failure is an error of this server, not of the client."""
    try:
        _check_shape(service_model()["operations"][operation]["output"]["shape"], value)
    except ApiError as error:
        raise AssertionError(f"{operation} answered against its model: {error.fields}") from error
    return value


def _check_shape(shape_name: str, value: Any) -> None:
    problems = []
    for path, problem in _problems(shape_name, value, ""):
        if problem is None:
            raise ApiError("SerializationException", f"{path or 'The request'} has a wrong type or is unknown")
        problems.append((path, problem))
    if problems:
        listed = "; ".join(f"Value at '{path}' failed to satisfy constraint: {problem}" for path, problem in problems)
        plural = "s" if len(problems) > 1 else ""
        raise ApiError("ValidationException", f"{len(problems)} validation error{plural} detected: {listed}")
    _check_documented(shape_name, value)


def _problems(shape_name: str, value: Any, path: str) -> Iterator[tuple[str, str | None]]:
    """The path and the text of each problem; the text is None if the type is wrong."""
    shape = service_model()["shapes"][shape_name]
    kind = shape["type"]
    if not _has_type(kind, value):
        yield path, None
    elif kind == "structure":
        for name in shape.get("required", []):
            if value.get(name) is None:
                yield _join(path, name), "Member must not be null"
        for name, item in value.items():
            member = shape["members"].get(name)
            if member is None:
                yield _join(path, name), None
            elif item is not None:
                yield from _problems(member["shape"], item, _join(path, name))
    elif kind == "list":
        for position, item in enumerate(value, start=1):
            yield from _problems(shape["member"]["shape"], item, f"{path}.{position}.member")
    else:
        for problem in _scalar_problems(shape, value):
            yield path, problem


def _has_type(kind: str, value: Any) -> bool:
    if kind in _INTEGERS:
        return type(value) is int and -_INTEGERS[kind] <= value < _INTEGERS[kind]
    if kind == "timestamp":
        return type(value) in (int, float) and math.isfinite(value) and abs(value) < 1e11
    if kind == "string":
        return isinstance(value, str) and _is_text(value)
    return isinstance(value, {"structure": dict, "list": list, "boolean": bool}[kind])


def _is_text(value: str) -> bool:
    """Whether the text can be encoded in UTF-8; JSON may hold half of a surrogate pair, which cannot."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _scalar_problems(shape: dict[str, Any], value: Any) -> Iterator[str]:
    size = len(value) if shape["type"] == "string" else value
    noun = "have length" if shape["type"] == "string" else "have value"
    if "min" in shape and size < shape["min"]:
        yield f"Member must {noun} greater than or equal to {shape['min']}"
    if "max" in shape and size > shape["max"]:
        yield f"Member must {noun} less than or equal to {shape['max']}"
    if "enum" in shape and value not in shape["enum"]:
        yield f"Member must satisfy enum value set: [{', '.join(shape['enum'])}]"
    if "pattern" in shape and not _pattern(shape["pattern"]).fullmatch(value):
        yield f"Member must satisfy regular expression pattern: {shape['pattern']}"


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """The pattern without its anchors, for a full match, since `$` also matches before a final newline."""
    return re.compile(pattern.removeprefix("^").removesuffix("$"), re.ASCII)


def _check_documented(shape_name: str, value: dict[str, Any]) -> None:
    for name, item in value.items():
        limit = DOCUMENTED.get((shape_name, name)) or DOCUMENTED.get(("*", name))
        if limit is not None and item is not None and not limit.allows(item):
            raise invalid_parameter(name, item)


def _join(path: str, name: str) -> str:
    """The path of a member; AWS writes member names with a small first letter."""
    own = name[:1].lower() + name[1:]
    return f"{path}.{own}" if path else own
