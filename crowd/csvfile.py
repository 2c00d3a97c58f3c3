"""CSV files that people write; errors name the file."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def reading(path: Path) -> Iterator["csv.DictReader[str]"]:
    """The rows of a UTF-8 CSV file by the names in its header, without spaces around these.

    Raises:
        ValueError: what is read in the block is no UTF-8 text, or no CSV.
        OSError: the file cannot be read.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
            yield reader
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path}: not a UTF-8 CSV file ({error})") from error
