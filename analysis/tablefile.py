"""Open tables of any usual kind in the same way: DataFrames, Parquet, workbooks and text files."""

import datetime as dt
import glob
import hashlib
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard, cast

import duckdb

from analysis.textfile import SEPARATORS, look_at
from crowd.fileformat import check_answers
from crowd.spreadsheet import from_cell
from crowd.texts import as_read

if TYPE_CHECKING:
    import pandas as pd

#: Endings of files that can be read.
TEXT = (*SEPARATORS, *(ending + ".gz" for ending in SEPARATORS))
WORKBOOKS = (".xlsx", ".xlsm")
ENDINGS = (".parquet", *WORKBOOKS, *TEXT)

#: Rows that are turned into columns at a time.
_CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose header has been read, and whose rows have not."""

    #: As errors call it.
    name: str
    #: The header's names, as people read them, in their order.
    columns: list[str]
    #: Where the rows come from, for the report: name, SHA-256, encoding where it is not UTF-8.
    described: dict[str, Any]
    #: `view(connection, places)` makes the view `source`, its columns called by the keys of `places`.
    view: Callable[[duckdb.DuckDBPyConnection, Mapping[str, int]], None]
    #: Bytes on the disk.
    size: int = 0
    #: Whether every cell is text, which a spreadsheet's apostrophe may begin.
    is_text: bool = False
    #: Whether a comma may stand before decimals.
    decimal_comma: bool = False


def open_table(source: "pd.DataFrame | str | Path", directory: Path, known: Collection[str]) -> Table:
    """Read the header of a table; its rows are read by `Table.view`, for which `directory` holds what it needs.

    `known` are names of columns to look for in choosing a text file's separator.

    Raises:
        ValueError: no table of a kind that can be read, or a broken one. The message names the file.
        OSError: the file cannot be read.
    """
    if is_frame(source):
        return _of_frame(source)
    path = Path(cast(str | Path, source))
    if path.is_dir():
        raise ValueError(f"{path}: is a directory, not an answers table; `analysis.analyse_study` reads a study")
    kind = "".join(path.suffixes[-2:]).lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
    if kind not in ENDINGS:
        path.open("rb").close()
        raise ValueError(f"{path}: an answers table is a {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]} file")
    if kind == ".parquet":
        return _of_parquet(path)
    return _of_workbook(path, directory) if kind in WORKBOOKS else _of_text(path, directory, known)


def is_frame(source: object) -> "TypeGuard[pd.DataFrame]":
    """Whether it is a DataFrame, found out without loading pandas, which is slow to load."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(source, pandas.DataFrame)


def _of_frame(frame: "pd.DataFrame") -> Table:
    import pandas as pd

    def view(connection: duckdb.DuckDBPyConnection, places: Mapping[str, int]) -> None:
        part = pd.DataFrame({name: _plain(frame.iloc[:, place]) for name, place in places.items()}, copy=False)
        connection.register("source", part.reset_index(drop=True))

    try:
        hashes = pd.util.hash_pandas_object(frame.astype(str), index=False).to_numpy()
    except UnicodeError as error:
        raise ValueError(f"the answers: a text that is no Unicode: {error}") from None
    described = {"name": "DataFrame", "sha256": hashlib.sha256(hashes.tobytes()).hexdigest()}
    # So many bytes per row as a compressed file would have.
    return Table("the answers", [as_read(str(name)) for name in frame.columns], described, view, size=100 * len(frame))


def _plain(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """The column with mixed values as text, since a database column has one type."""
    import pandas as pd

    if column.dtype != object or pd.api.types.infer_dtype(column, skipna=True) in ("string", "empty"):
        return column
    missing = column.isna()
    return column.astype(str).astype(object).mask(missing, None)


def _of_parquet(path: Path) -> Table:
    sha256, size = _digest(path), path.stat().st_size
    literal = "'" + glob.escape(str(path)).replace("'", "''") + "'"
    with duckdb.connect() as peek:
        names = [row[0] for row in peek.execute(f"DESCRIBE SELECT * FROM read_parquet({literal})").fetchall()]  # noqa: S608
        said = dict(peek.execute(f"SELECT decode(key), decode(value) FROM parquet_kv_metadata({literal})").fetchall())  # noqa: S608
    check_answers(path, said)

    def view(connection: duckdb.DuckDBPyConnection, places: Mapping[str, int]) -> None:
        chosen = ", ".join(f"{_quoted(names[place])} AS {name}" for name, place in places.items())
        connection.execute(f"CREATE TEMP VIEW source AS SELECT {chosen} FROM read_parquet({literal})")  # noqa: S608

    return Table(str(path), [as_read(name) for name in names], {"name": path.name, "sha256": sha256}, view, size=size)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        if not file.read(1):
            raise ValueError(f"{path}: an empty file")
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _of_text(path: Path, directory: Path, known: Collection[str]) -> Table:
    file = look_at(path, known)
    described = {"name": path.name, "sha256": file.sha256}
    if not file.encoding.startswith("utf-8"):
        described["encoding"] = file.encoding
    # A byte of compressed text is about five of plain text.
    size = path.stat().st_size * (5 if path.suffix.lower() == ".gz" else 1)
    return Table(
        str(path),
        [as_read(from_cell(name)) for name in file.header],
        described,
        _stored(file.rows, directory),
        size=size,
        is_text=True,
        decimal_comma=file.separator == ";",
    )


def _of_workbook(path: Path, directory: Path) -> Table:
    import python_calamine  # slow to load

    sha256 = _digest(path)
    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    except (python_calamine.CalamineError, ValueError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(f"{path}: not a readable table: no workbook ({reason})") from None
    rows = next((sheet for sheet in sheets if len(sheet) > 1), sheets[0] if sheets else [])
    if not rows:
        raise ValueError(f"{path}: an empty workbook")

    def below() -> Iterator[list[str]]:
        yield from (row for row in ([_written(cell) for cell in row] for row in rows[1:]) if any(row))

    header = [as_read(from_cell(_written(cell))) for cell in rows[0]]
    described = {"name": path.name, "sha256": sha256}
    return Table(str(path), header, described, _stored(below, directory), size=path.stat().st_size, is_text=True)


def _written(cell: Any) -> str:
    """A workbook's cell as text: whole numbers without decimals, true and false, dates in ISO 8601."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)


def _stored(
    rows: Callable[[], Iterator[list[str]]], directory: Path
) -> Callable[[duckdb.DuckDBPyConnection, Mapping[str, int]], None]:
    """A view of rows of text by way of a Parquet file: it is small, and read as often as needed."""

    def view(connection: duckdb.DuckDBPyConnection, places: Mapping[str, int]) -> None:
        import pyarrow as pa  # slow to load
        import pyarrow.parquet as pq

        store = directory / "rows.parquet"
        schema = pa.schema([(name, pa.string()) for name in places])
        with pq.ParquetWriter(store, schema) as writer:
            for chunk in _chunks(_without_second_header(rows())):
                columns = [pa.array([row[place] for row in chunk], pa.string()) for place in places.values()]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))
        literal = "'" + glob.escape(str(store)).replace("'", "''") + "'"
        connection.execute(f"CREATE TEMP VIEW source AS SELECT * FROM read_parquet({literal})")  # noqa: S608

    return view


def _without_second_header(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """The rows without the two that Qualtrics writes below its header: the questions' texts, and JSON of their ids."""
    first = list(islice(rows, 2))
    if len(first) == 2 and any(cell.startswith('{"ImportId"') for cell in first[1]):
        first = []
    return chain(first, rows)


def _chunks(rows: Iterator[list[str]]) -> Iterator[Sequence[list[str]]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk
