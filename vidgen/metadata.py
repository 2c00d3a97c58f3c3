"""Tables that describe videos, such as `metadata.csv`, as in Hugging Face's VideoFolder."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

from vidgen.labels import JOINER
from vidgen.spreadsheet import from_cells

#: A folder has at most one of these. The file names in it are relative to the folder.
TABLES = ("metadata.csv", "metadata.jsonl", "metadata.parquet")


def read_table(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of a table as texts; missing values are empty texts.

    Args:
        path: the table, named as in `TABLES`.
        columns: the columns that it must have.

    Raises:
        ValueError: it is damaged, or lacks one of the columns.
        OSError: it cannot be read.
    """
    header, rows = {".csv": _csv, ".jsonl": _jsonl, ".parquet": _parquet}[path.suffix](path)
    missing = [column for column in columns if column not in header]
    if rows and missing:
        raise ValueError(f"{path}: no column {' and '.join(missing)}; it has {', '.join(header)}")
    return rows


def leads_out(file_name: str) -> bool:
    """Whether a file name in a table points out of the table's folder: an absolute path, or one with `..`."""
    path = PurePath(file_name)
    return bool(path.anchor) or ".." in path.parts


def _csv(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            reader.fieldnames = header = [name.strip() for name in reader.fieldnames or ()]
            return header, [from_cells(row) for row in reader]
    except (csv.Error, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: not a UTF-8 CSV file ({error})") from error


def _jsonl(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    try:
        rows = list(_objects(path))
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not a UTF-8 JSON Lines file ({error})") from error
    return _with_header(rows)


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise ValueError(f"{path}:{number}: not a JSON object ({error.msg})") from error
            if not isinstance(row, dict):
                raise ValueError(f"{path}:{number}: not a JSON object")
            yield row


def _parquet(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    import pyarrow as pa  # slow to load
    import pyarrow.parquet as pq

    try:
        return _with_header(pq.read_table(path).to_pylist())
    except pa.ArrowInvalid as error:
        raise ValueError(f"{path}: not a Parquet file ({error})") from error


def _with_header(rows: list[dict[str, Any]]) -> tuple[list[str], list[dict[str, str]]]:
    header = list(dict.fromkeys(name for row in rows for name in row))
    return header, [{name: _text(row.get(name)) for name in header} for row in rows]


def _text(value: Any) -> str:
    """A value as a CSV cell has it; the labels in a list are joined."""
    if isinstance(value, list):
        return JOINER.join(map(_text, value))
    return "" if value is None else str(value)
