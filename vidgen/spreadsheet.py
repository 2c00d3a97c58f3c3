"""CSV cells that no spreadsheet takes for a formula; `crowd.spreadsheet` has the same rule for its tables."""

import re
from collections.abc import Mapping
from typing import Any

#: How a cell begins that a spreadsheet would run, perhaps behind apostrophes that stand there already.
_RUN = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-][0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")


def as_cell(value: Any) -> Any:
    """The value for a CSV cell: a text that a spreadsheet would run gets an apostrophe before it; numbers stay."""
    if isinstance(value, str) and _RUN.match(value) and not _NUMBER.fullmatch(value):
        return "'" + value
    return value


def from_cell(text: str) -> str:
    """The text that `as_cell` made a cell of."""
    return text[1:] if text.startswith("'") and _RUN.match(text) else text


def cells(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of metadata.csv as its cells; the file's name stays as it is on the disk."""
    return {name: value if name == "file_name" else as_cell(value) for name, value in row.items()}


def from_cells(row: Mapping[str, str]) -> dict[str, str]:
    """The row that `cells` made cells of."""
    return {name: value if name == "file_name" else from_cell(value or "") for name, value in row.items() if name}
