"""Pages of a list; a token says where the next page begins."""

import base64
import binascii
from typing import Any

from crowd.localplatform.errors import invalid_parameter
from crowd.localplatform.store import Row

DEFAULT_RESULTS = 10


def page_size(request: dict[str, Any]) -> int:
    """The number of results requested."""
    return int(request.get("MaxResults") or DEFAULT_RESULTS)


def position(request: dict[str, Any], start: int = 0) -> int:
    """The position after which the page begins, from the request's token; `start` without a token."""
    token = request.get("NextToken")
    if token is None:
        return start
    try:
        name, _, number = base64.urlsafe_b64decode(token).decode("ascii").partition(":")
        if name == "p" and number.isdigit() and int(number) < 2**63:
            return int(number)
    except (binascii.Error, ValueError):
        pass
    raise invalid_parameter("NextToken", token)


def page(key: str, results: list[dict[str, Any]], end: int) -> dict[str, Any]:
    """The response. Every page with results has a token for the rows after `end`; the last page is empty."""
    response: dict[str, Any] = {key: results, "NumResults": len(results)}
    if results:
        response["NextToken"] = base64.urlsafe_b64encode(f"p:{end}".encode("ascii")).decode("ascii")
    return response


def last(rows: list[Row], column: str = "seq") -> int:
    """The position of the last row; 0 without rows."""
    return int(rows[-1][column]) if rows else 0
