"""CSV cells that no spreadsheet runs as a formula; `crowd.spreadsheet` has the same rule for its tables."""

import re
from collections.abc import Mapping
from typing import Any

#: The beginning of a cell that a spreadsheet would run, possibly after apostrophes.
_RUN = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-][0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")


def as_cell(value: Any) -> Any:
    """The value for a CSV cell: a text that a spreadsheet would run is prefixed with an apostrophe; numbers are not."""
    if isinstance(value, str) and _RUN.match(value) and not _NUMBER.fullmatch(value):
        return "'" + value
    return value


def from_cell(text: str) -> str:
    """The text of a cell that `as_cell` made."""
    return text[1:] if text.startswith("'") and _RUN.match(text) else text


def cells(row: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of a row of metadata.csv; `file_name` is written as it is."""
    return {name: value if name == "file_name" else as_cell(value) for name, value in row.items()}


def from_cells(row: Mapping[str, str]) -> dict[str, str]:
    """The row of cells that `cells` made."""
    return {name: value if name == "file_name" else from_cell(value or "") for name, value in row.items() if name}
