"""CSV cells that no spreadsheet takes for a formula; `vidgen.spreadsheet` has the same rule for its tables."""

import re
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
