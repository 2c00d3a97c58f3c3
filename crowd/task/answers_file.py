"""The files of the answers table, as Parquet and as CSV."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crowd import fileformat
from crowd.atomic_write import draft_of
from crowd.csvfile import reading
from crowd.spreadsheet import as_cell
from crowd.studydir import StudyDirectory
from crowd.task.answers import COLUMNS

#: How many rows are converted to columns at a time.
_ROWS_AT_ONCE = 20_000


def write_answers(study_dir: Path | str, rows: Sequence[Mapping[str, Any]], funnel: Mapping[str, Any]) -> None:
    """Write the answers table, as Parquet and as CSV, and the funnel to `study_dir`, each atomically.

    Raises:
        OSError: the directory cannot be written.
    """
    import pyarrow as pa  # slow to import, and not needed by the platform, which only reads answers
    import pyarrow.parquet as pq

    files = StudyDirectory(study_dir)
    schema = pa.schema(
        [(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()], metadata=fileformat.stamp_of_answers()
    )
    with draft_of(files.answers) as draft, pq.ParquetWriter(draft, schema) as table:
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            some = [dict(row) for row in rows[start : start + _ROWS_AT_ONCE]]
            table.write_table(pa.Table.from_pylist(some, schema=schema))
    with draft_of(files.answers_csv) as draft, draft.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, COLUMNS)
        writer.writeheader()
        for row in rows:
            writer.writerow({name: cell(row[name]) for name in COLUMNS})
    fileformat.save(files.funnel, funnel)


def read_parquet(path: Path) -> list[dict[str, Any]]:
    """The rows of a Parquet file from `write_answers`.

    Raises:
        OSError, pyarrow.ArrowException: it cannot be read.
        NewerFileError: a newer release wrote it.
    """
    import pyarrow.parquet as pq  # slow to import

    table = pq.read_table(path)
    fileformat.check_answers(path, {key.decode(): text.decode() for key, text in (table.schema.metadata or {}).items()})
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def read_csv(path: Path) -> list[dict[str, Any]]:
    """The rows of a CSV file from `write_answers`; all values are text, and ``""`` for none.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not a CSV file.
    """
    with reading(path) as lines:
        return list(lines)


def cell(value: Any) -> Any:
    """The value as written to answers.csv."""
    return str(value).lower() if isinstance(value, bool) else as_cell(value)
