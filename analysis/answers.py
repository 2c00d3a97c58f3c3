"""Any answers table (docs/formats.md), checked, coded as integers and kept in DuckDB rather than in Python's memory."""

import json
import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np

from analysis.cleaning import Given, first_row, read_given, read_shown, tidy
from analysis.columns import REQUIRED, TELEMETRY, find_columns
from analysis.database import AnswersDatabase, open_database
from analysis.encoding import check_weights, coded_videos, coded_workers, write_coded
from analysis.labels import OTHER, UNCLEAR, in_reading_order
from analysis.shown import Videos, Workers
from crowd.texts import apart, as_read, lookalikes, parts, skeleton

if TYPE_CHECKING:
    import pandas as pd


@dataclass(slots=True)
class Answers:
    """A checked answers table. Codes: `worker` 0…W−1, `video` 0…V−1, `answer` an index into `options`.

    The table `answers` in `connection` has one row per evaluation item: `worker, video, answer, correct, assignment,
    excluded`, what telemetry there is, and `weight` where the table has one; the table `controls` has gold, training
    and attention items.
    Use as a context manager: leaving it removes the working files.
    """

    connection: duckdb.DuckDBPyConnection
    #: Where the answers came from and their fingerprint.
    source: dict[str, Any]
    #: The labels, in reading order, then Other and Unclear.
    options: list[str]
    #: By the video's code; what is the same across methods is the text of the column `pair`, else of `prompt`.
    videos: Videos
    #: By the worker's code.
    workers: Workers
    #: The telemetry columns that the table has.
    telemetry: list[str]
    #: Whether the table `answers` has a column `weight`, a finite number of at least 0.
    has_weights: bool = False
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
        return sorted(set(self.videos.method), key=lambda name: (name == "real", name))

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


def read_answers(
    source: "pd.DataFrame | str | Path", *, extra_options: Iterable[str] = (), columns: Mapping[str, str] | None = None
) -> Answers:
    """Check an answers table and code it.

    Args:
        source: a DataFrame, or the path of a file: CSV, TSV or other separated text, also compressed by gzip; Parquet;
            XLSX.
        extra_options: options that the study's page showed though no video has them as its label.
        columns: what the table calls its columns, where it has other names: `{"worker_id": "WorkerId"}`.

    Raises:
        ValueError: a column is missing, the table is empty, a value is missing, an answer is no option, two options
            look alike, a video has two labels, or the file is not a table. The message names the file and the row.
        OSError: the file cannot be read.
    """
    database = open_database(source, columns)
    with database.reading():
        return naming_answers(database, extra_options)


def naming_answers(database: AnswersDatabase, extra_options: Iterable[str] = (), rows: str = "source") -> Answers:
    """Check and code the answers to one naming question.

    Args:
        database: the table that was opened.
        extra_options: as in `read_answers`.
        rows: the view or the query in brackets that has the question's rows; all of the table's by default.

    Raises:
        ValueError: as in `read_answers`.
    """
    connection, table, types = database.connection, database.table, database.types
    name, reader = table.name, database.reader
    find_columns(name, list(types), in_python=database.in_python, required=REQUIRED)
    query = tidy(types, decimal_comma=table.decimal_comma, origin=rows)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW tidy AS {query}")
    shown = read_shown(connection, name, types, reader)
    if not shown:
        raise ValueError(f"{name}: holds no answers")
    given = read_given(connection, name, types, reader)
    if "weight" in types:
        check_weights(connection, name)
    options = _options(connection, name, types, given, list(extra_options), table.columns)
    videos = coded_videos(name, shown)
    _check_methods(name, videos)
    workers, codes = coded_workers(connection, name, types, reader)
    write_coded(connection, types, options, videos, codes, shown, given)
    return Answers(
        connection=connection,
        source=table.described | {"rows": sum(one.rows for one in shown)},
        options=options,
        videos=videos,
        workers=workers,
        telemetry=[column for column in TELEMETRY if column in types],
        has_weights="weight" in types,
        directory=database.directory,
    )


def _options(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    types: Mapping[str, str],
    given: list[Given],
    extra_options: list[str],
    header: Collection[str],
) -> list[str]:
    """The labels in reading order, then Other and Unclear; refuse an answer that is none of them."""
    answered = [item for item in given if item.kind != "attention"]
    labels = {part for item in answered for part in parts(item.label)} | set(map(as_read, extra_options))
    if "options" in types:
        shown = connection.execute(
            "SELECT CAST(options AS VARCHAR) FROM tidy WHERE options IS NOT NULL LIMIT 1"
        ).fetchone()
        labels |= set(map(as_read, listed_options(name, shown[0]))) if shown and shown[0].strip() else set()
    reserved = next((item for item in answered if item.label in (OTHER, UNCLEAR)), None)
    if reserved:
        row = first_row(connection, {"label": reserved.spelt["label"]})
        raise ValueError(f"{name}: row {row}: {reserved.label!r} cannot be a label")
    options = [*in_reading_order(labels - {OTHER, UNCLEAR}), OTHER, UNCLEAR]
    if alike := lookalikes(options):
        item = next((item for item in answered if alike[1] in parts(item.label)), None)
        place = f"row {first_row(connection, {'label': item.spelt['label']})}: " if item else ""
        raise ValueError(f"{name}: {place}options {apart(*alike)}; people cannot tell them apart")
    known = set(options)
    strange = sorted({item.answer for item in answered} - known)
    if strange:
        spelt = min(str(item.spelt["answer"]) for item in answered if item.answer == strange[0])
        row = first_row(connection, {"answer": spelt})
        more = f" (and {len(strange) - 1} more)" if len(strange) > 1 else ""
        near = next((option for option in options if skeleton(option) == skeleton(strange[0])), None)
        hint = f"; {apart(strange[0], near)}" if near else ""
        if any(item.label in header and item.answer == strange[0] in header for item in answered):
            raise ValueError(f"{name}: row {row} repeats the header; leave it out, as where tables were put together")
        listed = ", ".join(options if len(options) <= 30 else [*options[:28], "…", *options[-2:]])
        raise ValueError(f"{name}: row {row}: answer {strange[0]!r}{more} is no option; the options are {listed}{hint}")
    return options


def _check_methods(name: str, videos: Videos) -> None:
    """Refuse two methods that look alike: one of them is a slip of the pen."""
    if alike := lookalikes(sorted(set(videos.method))):
        raise ValueError(f"{name}: methods {apart(*alike)}; write one method one way")


def listed_options(name: str, text: str) -> list[str]:
    """What a cell of the column `options` lists.

    Raises:
        ValueError: it is no JSON list of words.
    """
    try:
        listed = json.loads(text)
    except json.JSONDecodeError:
        raise ValueError(f"{name}: options {text!r} is not a JSON list") from None
    if not isinstance(listed, list) or not all(isinstance(option, str) for option in listed):
        raise ValueError(f"{name}: options {text!r} is not a JSON list of words")
    return listed
