"""Any answers table (docs/formats.md), checked, coded as integers and kept in DuckDB rather than in Python's memory."""

import glob
import hashlib
import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from analysis.coding import REQUIRED, TELEMETRY, coded_videos, coded_workers, first_row, tidy, write_coded
from analysis.labels import OTHER, UNCLEAR, in_reading_order
from crowd.texts import parts

#: What an item was there for; only evaluation items count towards accuracy.
KINDS = ("evaluation", "gold", "training", "attention")

#: Memory that DuckDB may use before it spills to disk.
MEMORY_LIMIT = "800MB"

#: Files above this size are coded into a database file, not in memory.
LARGE_BYTES = 20_000_000


@dataclass(slots=True)
class Answers:
    """A checked answers table. Codes: `worker` 0…W−1, `video` 0…V−1, `answer` an index into `options`.

    The table `answers` in `connection` has one row per evaluation item: `worker, video, answer, correct, assignment,
    excluded` and what telemetry there is; the table `controls` has gold, training and attention items.
    Use as a context manager: leaving it removes the working files.
    """

    connection: duckdb.DuckDBPyConnection
    #: Where the answers came from and their fingerprint.
    source: dict[str, Any]
    #: The labels, in reading order, then Other and Unclear.
    options: list[str]
    #: `video_id, method, label, single`, indexed by the video's code.
    videos: pd.DataFrame
    #: `worker_id, simulated`, indexed by the worker's code.
    workers: pd.DataFrame
    #: The telemetry columns that the table has.
    telemetry: list[str]
    directory: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> "Answers":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back the database's memory and files."""
        self.connection.close()
        if self.directory:
            self.directory.cleanup()

    @property
    def labels(self) -> list[str]:
        """The options without Other and Unclear."""
        return self.options[:-2]

    @property
    def methods(self) -> list[str]:
        """The methods in the order of their names, the control `real` last."""
        return sorted(self.videos["method"].unique(), key=lambda name: (name == "real", name))

    def count(self) -> int:
        """How many evaluation answers there are."""
        return int(self.scalar("SELECT count(*) FROM answers"))

    def scalar(self, query: str, parameters: list[Any] | None = None) -> Any:
        """The single value that a query gives."""
        return self.connection.execute(query, parameters or []).fetchall()[0][0]

    def arrays(self, query: str, parameters: list[Any] | None = None) -> dict[str, np.ndarray]:
        """A query's columns as arrays; a missing number is NaN."""
        columns = self.connection.execute(query, parameters or []).fetchnumpy()
        return {name: np.ma.filled(np.ma.asarray(values), np.nan) for name, values in columns.items()}


def read_answers(source: pd.DataFrame | str | Path, *, extra_options: Iterable[str] = ()) -> Answers:
    """Check an answers table and code it.

    Args:
        source: a DataFrame, or the path of a CSV or Parquet file.
        extra_options: options that the study's page showed though no video has them as its label.

    Raises:
        ValueError: a column is missing, the table is empty, a value is missing, an answer is no option, a video has two
            labels, or the file is not a table. The message names the file and the row.
        OSError: the file cannot be read.
    """
    directory = tempfile.TemporaryDirectory(prefix="vidgen-analysis-")
    connection = duckdb.connect(str(Path(directory.name, "answers.duckdb")) if _is_large(source) else ":memory:")
    connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    connection.execute(f"SET temp_directory = '{directory.name}'")
    connection.execute("SET enable_progress_bar = false")
    try:
        return _read(connection, directory, source, list(extra_options))
    except duckdb.Error as error:
        _discard(connection, directory)
        raise ValueError(f"{_name(source)}: not a readable table: {str(error).splitlines()[0]}") from None
    except BaseException:
        _discard(connection, directory)
        raise


def _is_large(source: pd.DataFrame | str | Path) -> bool:
    """Whether a table is kept in a file, where it is compressed, rather than in memory."""
    if isinstance(source, pd.DataFrame):
        return len(source) > LARGE_BYTES // 100
    return Path(source).is_file() and Path(source).stat().st_size > LARGE_BYTES


def _discard(connection: duckdb.DuckDBPyConnection, directory: tempfile.TemporaryDirectory[str]) -> None:
    connection.close()
    directory.cleanup()


def _name(source: pd.DataFrame | str | Path) -> str:
    return "the answers" if isinstance(source, pd.DataFrame) else str(source)


def _read(
    connection: duckdb.DuckDBPyConnection,
    directory: tempfile.TemporaryDirectory[str],
    source: pd.DataFrame | str | Path,
    extra_options: list[str],
) -> Answers:
    name = _name(source)
    described = _open(connection, source)
    columns = {row[0] for row in connection.execute("DESCRIBE source").fetchall()}
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        raise ValueError(f"{name}: no column {', '.join(missing)}; an answers table has {', '.join(REQUIRED)}")
    connection.execute(f"CREATE TEMP VIEW tidy AS {tidy(columns)}")
    connection.execute(
        "CREATE TEMP TABLE items AS SELECT video_id, method, label, kind, answer, count(*) AS n FROM tidy GROUP BY ALL"
    )
    items = connection.execute("SELECT * FROM items").fetchall()
    if not items:
        raise ValueError(f"{name}: holds no answers")
    _check_items(connection, name, items)
    options = _options(connection, name, columns, items, extra_options)
    videos = coded_videos(name, items)
    workers = coded_workers(connection, name, columns)
    telemetry = [column for column in TELEMETRY if column in columns]
    write_coded(connection, columns, options, videos, workers, telemetry)
    return Answers(
        connection=connection,
        source=described | {"rows": sum(item[-1] for item in items)},
        options=options,
        videos=videos,
        workers=workers,
        telemetry=telemetry,
        directory=directory,
    )


def _open(connection: duckdb.DuckDBPyConnection, source: pd.DataFrame | str | Path) -> dict[str, Any]:
    """Make the view `source` and say where it comes from."""
    if isinstance(source, pd.DataFrame):
        connection.register("source", source)
        hashes = pd.util.hash_pandas_object(source.astype(str), index=False).to_numpy()
        return {"name": "DataFrame", "sha256": hashlib.sha256(hashes.tobytes()).hexdigest()}
    path = Path(source)
    with path.open("rb") as file:
        if not file.read(1):
            raise ValueError(f"{path}: an empty file")
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    literal = "'" + glob.escape(str(path)).replace("'", "''") + "'"
    reader = {
        ".parquet": f"read_parquet({literal})",
        ".csv": f"read_csv({literal}, all_varchar = true, header = true)",
    }.get(path.suffix.lower())
    if reader is None:
        raise ValueError(f"{path}: an answers table is a .csv or a .parquet file")
    connection.execute(f"CREATE TEMP VIEW source AS SELECT * FROM {reader}")  # noqa: S608  quoted above
    return {"name": path.name, "sha256": digest}


def _check_items(connection: duckdb.DuckDBPyConnection, name: str, items: list[tuple[Any, ...]]) -> None:
    """Refuse blanks and unknown kinds, naming the first row."""
    for column, index in (("video_id", 0), ("method", 1), ("label", 2), ("answer", 4)):
        if any(item[index] is None for item in items):
            raise ValueError(f"{name}: row {first_row(connection, f'{column} IS NULL')} has no {column}")
    unknown = sorted({item[3] for item in items} - set(KINDS))
    if unknown:
        row = first_row(connection, "kind = ?", [unknown[0]])
        raise ValueError(f"{name}: row {row}: kind {unknown[0]!r} is none of {', '.join(KINDS)}")


def _options(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: set[str],
    items: list[tuple[Any, ...]],
    extra_options: list[str],
) -> list[str]:
    """The labels in reading order, then Other and Unclear; refuse an answer that is none of them."""
    shown_items = [item for item in items if item[3] != "attention"]
    labels = {part for item in shown_items for part in parts(item[2])} | set(extra_options)
    if "options" in columns:
        shown = connection.execute(
            "SELECT CAST(options AS VARCHAR) FROM tidy WHERE options IS NOT NULL LIMIT 1"
        ).fetchone()
        labels |= set(_listed(name, shown[0])) if shown and shown[0].strip() else set()
    options = [*in_reading_order(labels - {OTHER, UNCLEAR}), OTHER, UNCLEAR]
    reserved = next((item for item in shown_items if item[2] in (OTHER, UNCLEAR)), None)
    if reserved:
        raise ValueError(
            f"{name}: row {first_row(connection, 'label = ?', [reserved[2]])}: {reserved[2]!r} cannot be a label"
        )
    strange = sorted({item[4] for item in shown_items} - set(options))
    if strange:
        row = first_row(connection, "answer = ? AND kind <> 'attention'", [strange[0]])
        more = f" (and {len(strange) - 1} more)" if len(strange) > 1 else ""
        raise ValueError(
            f"{name}: row {row}: answer {strange[0]!r}{more} is no option; the options are {', '.join(options)}"
        )
    if len(options) > 255:
        raise ValueError(f"{name}: {len(options)} options; at most 255 are supported")
    return options


def _listed(name: str, text: str) -> list[str]:
    try:
        listed = json.loads(text)
    except json.JSONDecodeError:
        raise ValueError(f"{name}: options {text!r} is not a JSON list") from None
    if not isinstance(listed, list) or not all(isinstance(option, str) for option in listed):
        raise ValueError(f"{name}: options {text!r} is not a JSON list of words")
    return listed
