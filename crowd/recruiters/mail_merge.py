"""Participants' links as a CSV file, from which a mail program writes a message to each.

The study's author may add columns, such as names and addresses; these, and the order of the rows, stay as they are.
"""

import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from crowd.atomic_write import write_whole
from crowd.csvfile import reading
from crowd.spreadsheet import as_cell

#: The columns that are written here.
COLUMNS = ("number", "link", "country", "revoked")


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """Somebody who has a link."""

    number: int
    link: str
    country: str | None
    revoked: bool
    """Whether the link was taken back."""

    def cells(self) -> dict[str, str]:
        """What the file says of them."""
        revoked = "yes" if self.revoked else ""
        cells = {"number": str(self.number), "link": self.link, "country": self.country or "", "revoked": revoked}
        return {name: as_cell(text) for name, text in cells.items()}


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a file that was written before; none if there is no file.

    Raises:
        ValueError: it is not such a file; the message says what to do with it.
        OSError: it cannot be read.
    """
    if not path.exists():
        return []
    with reading(path) as reader:
        rows, names = [*reader], list(reader.fieldnames or ())
    is_whole = len(set(names)) == len(names) and not any(None in row or None in row.values() for row in rows)
    if not is_whole or not all(row.get("number", "").strip().isdecimal() for row in rows) or "number" not in names:
        raise ValueError(
            f"{path}: has no column `number` with a whole number in each row, or rows of other lengths, so nobody can "
            "be added: save it as CSV with commas, or move it elsewhere"
        )
    return rows


def write_table(path: Path, recipients: Sequence[Recipient], *, without: Collection[int] = ()) -> Path:
    """Write a row for each; return the file's path. Rows and columns that others have added stay.

    The rows of the numbers in `without` are removed, with what others wrote there.

    Links are secrets, so only the owner may read the file. It is written as a whole or not at all.

    Raises:
        ValueError: there is a file of that name which is not such a table.
        OSError: it cannot be read or written.
    """
    before = rows_of(path)
    names = [*COLUMNS, *(name for name in (before[0] if before else ()) if name not in COLUMNS)]
    left = {str(one.number): one.cells() for one in recipients}
    rows = [row | left.pop(str(int(row["number"])), {}) for row in before if int(row["number"]) not in without]
    text = io.StringIO()
    table = csv.DictWriter(text, names, restval="", lineterminator="\r\n")
    table.writeheader()
    for row in [*rows, *left.values()]:
        table.writerow(row)
    write_whole(path, text.getvalue(), mode=0o600)
    return path
