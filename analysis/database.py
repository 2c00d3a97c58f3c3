"""An answers table opened in DuckDB, which keeps it out of Python's memory."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from analysis.cleaning import Reader
from analysis.columns import KNOWN, find_columns
from analysis.tablefile import Table, is_frame, open_table

if TYPE_CHECKING:
    import pandas as pd

#: Memory that DuckDB may use before it spills to disk.
MEMORY_LIMIT = "800MB"

#: Files above this size are coded into a database file, not in memory.
LARGE_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class AnswersDatabase:
    """The view `source` in `connection` has the table's known columns, by their names in docs/formats.md."""

    connection: duckdb.DuckDBPyConnection
    table: Table
    #: The type of each column of `source`.
    types: dict[str, str]
    reader: Reader
    in_python: bool
    #: Further columns of `source` that were asked for and found: what each is called there, by its name in the table.
    extra: dict[str, str]
    directory: tempfile.TemporaryDirectory[str]

    @property
    def name(self) -> str:
        """The table, as errors call it."""
        return self.table.name

    def close(self) -> None:
        """Give back the memory and the files; may be called again."""
        self.connection.close()
        self.directory.cleanup()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Close the database where reading fails.

        Raises:
            ValueError: a file turns out not to be a table while it is read.
        """
        try:
            yield
        except duckdb.Error as error:
            self.close()
            raise ValueError(f"{self.name}: not a readable table: {str(error).splitlines()[0]}") from None
        except BaseException:
            self.close()
            raise


def open_database(
    source: "pd.DataFrame | str | Path", columns: Mapping[str, str] | None = None, extra: Iterable[str] = ()
) -> AnswersDatabase:
    """Open an answers table; only its header is read.

    Args:
        source: a DataFrame, or the path of a file: CSV, TSV or other separated text, also compressed by gzip; Parquet;
            XLSX.
        columns: what the table calls its columns, where it has other names: `{"worker_id": "WorkerId"}`.
        extra: names of further columns to read if they are there.

    Raises:
        ValueError: a column is missing, or the file is not a table. The message names the file.
        OSError: the file cannot be read.
    """
    directory = tempfile.TemporaryDirectory(prefix="vidgen-analysis-")
    connection: duckdb.DuckDBPyConnection | None = None
    try:
        table = open_table(source, Path(directory.name), {*KNOWN, *(columns or {}).values()})
        connection = _connect(Path(directory.name), in_a_file=table.size > LARGE_BYTES)
        places = find_columns(table.name, table.columns, columns, in_python=is_frame(source))
        more = {name: table.columns.index(name) for name in extra if name in table.columns}
        called = {name: f"extra_{number}" for number, name in enumerate(more)}
        table.view(connection, places | {called[name]: place for name, place in more.items()})
        types = {row[0]: row[1] for row in connection.execute("DESCRIBE source").fetchall()}
        return AnswersDatabase(
            connection, table, types, Reader(is_text=table.is_text), is_frame(source), called, directory
        )
    except duckdb.Error as error:
        _discard(connection, directory)
        name = "the answers" if is_frame(source) else source
        raise ValueError(f"{name}: not a readable table: {str(error).splitlines()[0]}") from None
    except BaseException:
        _discard(connection, directory)
        raise


def _connect(directory: Path, *, in_a_file: bool) -> duckdb.DuckDBPyConnection:
    """A database in memory, or in a file, where it is compressed."""
    connection = duckdb.connect(str(directory / "answers.duckdb") if in_a_file else ":memory:")
    connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    connection.execute(f"SET temp_directory = '{directory}'")
    connection.execute("SET enable_progress_bar = false")
    return connection


def _discard(connection: duckdb.DuckDBPyConnection | None, directory: tempfile.TemporaryDirectory[str]) -> None:
    if connection:
        connection.close()
    directory.cleanup()
