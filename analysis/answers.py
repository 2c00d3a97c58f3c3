"""Any answers table (docs/formats.md), checked, coded as integers and kept in DuckDB rather than in Python's memory."""

import glob
import hashlib
import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from analysis.labels import OTHER, UNCLEAR, in_reading_order, parts

#: The columns that every answers table must have.
REQUIRED = ("worker_id", "video_id", "method", "label", "answer")

#: Numbers that a platform may record beside each answer.
TELEMETRY = (
    "position",
    "time_to_play_s",
    "time_to_answer_s",
    "watched_fraction",
    "replays",
    "stalls",
    "playback_errors",
    "focus_losses",
)

#: What an item was there for; only evaluation items count towards accuracy.
KINDS = ("evaluation", "gold", "training", "attention")

#: Memory that DuckDB may use before it spills to disk.
MEMORY_LIMIT = "800MB"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of the funnel: how many answers went, and the rule that took them."""

    name: str
    removed: int
    rule: str


@dataclass(slots=True)
class Answers:
    """A checked answers table. Codes: `worker` 0…W−1, `video` 0…V−1, `answer` an index into `options`.

    The table `answers` in `connection` has one row per item that counts: the columns `worker, video, answer, correct`
    and what telemetry there is for evaluation items; the table `controls` has gold, training and attention items.
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
    #: What was set aside before anything was estimated.
    funnel: list[Step] = field(default_factory=list)
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
    connection = duckdb.connect(str(Path(directory.name, "answers.duckdb")))
    connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    connection.execute("SET enable_progress_bar = false")
    try:
        return _read(connection, directory, source, list(extra_options))
    except duckdb.Error as error:
        _discard(connection, directory)
        raise ValueError(f"{_name(source)}: not a readable table: {str(error).splitlines()[0]}") from None
    except BaseException:
        _discard(connection, directory)
        raise


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
    _view(connection, columns)
    items = connection.execute("SELECT * FROM items").fetchall()
    if not items:
        raise ValueError(f"{name}: holds no answers")
    _check_items(connection, name, items)
    options = _options(connection, name, columns, items, extra_options)
    videos = _videos(connection, name, items)
    workers = _workers(connection, name, columns)
    telemetry = [column for column in TELEMETRY if column in columns]
    _encode(connection, columns, options, videos, telemetry)
    answers = Answers(
        connection=connection,
        source=described | {"rows": sum(item[-1] for item in items)},
        options=options,
        videos=videos,
        workers=workers,
        telemetry=telemetry,
        directory=directory,
    )
    answers.funnel.extend(_set_aside(answers))
    return answers


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


def _view(connection: duckdb.DuckDBPyConnection, columns: set[str]) -> None:
    """Make the view `tidy` (trimmed, blanks as NULL) and the small table `items` of its distinct rows."""
    tidy = ", ".join(f"nullif(trim(CAST({name} AS VARCHAR)), '') AS {name}" for name in REQUIRED)
    kind = (
        "coalesce(nullif(lower(trim(CAST(kind AS VARCHAR))), ''), 'evaluation')"
        if "kind" in columns
        else "'evaluation'"
    )
    rest = "".join(
        f", {name}" for name in (*TELEMETRY, "simulated", "submitted_at", "options") if name in columns
    )  # fmt: skip
    connection.execute(f"CREATE TEMP VIEW tidy AS SELECT {tidy}, {kind} AS kind{rest} FROM source")  # noqa: S608
    connection.execute(
        "CREATE TEMP TABLE items AS SELECT video_id, method, label, kind, answer, count(*) AS n FROM tidy GROUP BY ALL"
    )


def _row(connection: duckdb.DuckDBPyConnection, where: str, parameters: list[Any] | None = None) -> int:
    """The number, from 1 below the header, of the first row for which `where` holds."""
    query = f"SELECT min(row) FROM (SELECT row_number() OVER () AS row, * FROM tidy) WHERE {where}"  # noqa: S608
    return int(connection.execute(query, parameters or []).fetchall()[0][0])


def _check_items(connection: duckdb.DuckDBPyConnection, name: str, items: list[tuple[Any, ...]]) -> None:
    """Refuse blanks and unknown kinds, naming the first row."""
    for column, index in (("video_id", 0), ("method", 1), ("label", 2), ("answer", 4)):
        if any(item[index] is None for item in items):
            raise ValueError(f"{name}: row {_row(connection, f'{column} IS NULL')} has no {column}")
    unknown = sorted({item[3] for item in items} - set(KINDS))
    if unknown:
        row = _row(connection, "kind = ?", [unknown[0]])
        raise ValueError(f"{name}: row {row}: kind {unknown[0]!r} is none of {', '.join(KINDS)}")


def _options(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: set[str],
    items: list[tuple[Any, ...]],
    extra_options: list[str],
) -> list[str]:
    """The labels in reading order, then Other and Unclear; refuse an answer that is none of them."""
    labels = {part for item in items for part in parts(item[2])} | set(extra_options)
    if "options" in columns:
        shown = connection.execute(
            "SELECT CAST(options AS VARCHAR) FROM tidy WHERE options IS NOT NULL LIMIT 1"
        ).fetchone()
        labels |= set(_listed(name, shown[0])) if shown and shown[0].strip() else set()
    options = [*in_reading_order(labels - {OTHER, UNCLEAR}), OTHER, UNCLEAR]
    reserved = next((item for item in items if item[2] in (OTHER, UNCLEAR)), None)
    if reserved:
        raise ValueError(
            f"{name}: row {_row(connection, 'label = ?', [reserved[2]])}: {reserved[2]!r} cannot be a label"
        )
    strange = sorted({item[4] for item in items if item[3] != "attention"} - set(options))
    if strange:
        row = _row(connection, "answer = ? AND kind <> 'attention'", [strange[0]])
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


def _videos(connection: duckdb.DuckDBPyConnection, name: str, items: list[tuple[Any, ...]]) -> pd.DataFrame:
    """One row per evaluated video, in the order of method and id; refuse a video with two methods or labels."""
    known: dict[str, tuple[str, str]] = {}
    for video_id, method, label, kind, *_ in items:
        if kind == "evaluation" and known.setdefault(video_id, (method, label)) != (method, label):
            one = known[video_id]
            word, values = ("method", (one[0], method)) if one[0] != method else ("label", (one[1], label))
            raise ValueError(f"{name}: video {video_id!r} has two values of {word}: {', '.join(sorted(values))}")
    if not known:
        raise ValueError(f"{name}: holds no evaluation answers, only {', '.join(sorted({item[3] for item in items}))}")
    rows = sorted((method, video_id, label) for video_id, (method, label) in known.items())
    frame = pd.DataFrame(rows, columns=["method", "video_id", "label"])
    frame["single"] = [len(parts(label)) == 1 for label in frame["label"]]
    return frame


def _workers(connection: duckdb.DuckDBPyConnection, name: str, columns: set[str]) -> pd.DataFrame:
    """One row per worker, in the order of their ids."""
    flag = "bool_or(TRY_CAST(simulated AS BOOLEAN))" if "simulated" in columns else "false"
    if "simulated" in columns:
        bad = "simulated IS NOT NULL AND CAST(simulated AS VARCHAR) <> '' AND TRY_CAST(simulated AS BOOLEAN) IS NULL"
        found = connection.execute(f"SELECT CAST(simulated AS VARCHAR) FROM tidy WHERE {bad} LIMIT 1").fetchone()  # noqa: S608
        if found:
            raise ValueError(f"{name}: row {_row(connection, bad)}: simulated is {found[0]!r}, neither true nor false")
    frame = connection.execute(
        f"SELECT worker_id, coalesce({flag}, false) AS simulated FROM tidy GROUP BY worker_id ORDER BY worker_id"  # noqa: S608
    ).df()
    if frame["worker_id"].isna().any():
        raise ValueError(f"{name}: row {_row(connection, 'worker_id IS NULL')} has no worker_id")
    return frame


def _encode(
    connection: duckdb.DuckDBPyConnection,
    columns: set[str],
    options: list[str],
    videos: pd.DataFrame,
    telemetry: list[str],
) -> None:
    """Write the tables `answers` and `controls` with integers for words."""
    connection.execute("CREATE TEMP TABLE option_codes (answer VARCHAR, code UTINYINT)")
    connection.executemany(
        "INSERT INTO option_codes VALUES (?, ?)", [[text, code] for code, text in enumerate(options)]
    )
    truth = {text: code for code, text in enumerate(options)}
    coded = pd.DataFrame(
        {
            "video_id": videos["video_id"],
            "video": np.arange(len(videos), dtype=np.int32),
            "truth": [truth.get(label, len(options)) for label in videos["label"]],
        }
    )
    connection.register("coded_videos", coded)
    connection.execute(
        "CREATE TEMP TABLE video_codes AS "
        "SELECT video_id, video::INTEGER AS video, truth::UTINYINT AS truth FROM coded_videos"
    )
    connection.unregister("coded_videos")
    connection.execute(
        "CREATE TEMP TABLE worker_codes AS "
        "SELECT worker_id, (row_number() OVER (ORDER BY worker_id) - 1)::INTEGER AS worker "
        "FROM (SELECT DISTINCT worker_id FROM tidy)"
    )
    numbers = "".join(f", TRY_CAST(t.{name} AS FLOAT) AS {name}" for name in telemetry)
    time = ", TRY_CAST(t.submitted_at AS TIMESTAMP) AS submitted_at" if "submitted_at" in columns else ""
    connection.execute(
        f"CREATE TABLE answers AS SELECT worker, video, o.code AS answer, o.code = truth AS correct{numbers}{time} "  # noqa: S608
        "FROM tidy t JOIN worker_codes USING (worker_id) JOIN video_codes USING (video_id) "
        "JOIN option_codes o ON o.answer = t.answer WHERE kind = 'evaluation'"
    )
    connection.execute(
        f"CREATE TABLE controls AS SELECT worker, video_id, kind, t.answer = label AS correct{numbers} "  # noqa: S608
        "FROM tidy t JOIN worker_codes USING (worker_id) WHERE kind <> 'evaluation'"
    )


def _set_aside(answers: Answers) -> list[Step]:
    """Remove what never enters accuracy and say by which rule."""
    steps = []
    controls = int(answers.scalar("SELECT count(*) FROM controls"))
    if controls:
        steps.append(Step(name="gold, training and attention items", removed=controls, rule="never part of accuracy"))
    duplicates = _remove_duplicates(answers)
    if duplicates:
        rule = (
            "of several answers of one participant to one video the first counts (by submission time, then file order)"
        )
        steps.append(Step(name="repeated answers", removed=duplicates, rule=rule))
    return steps


def _remove_duplicates(answers: Answers) -> int:
    """Keep each worker's first answer to a video; how many were removed.

    Repeats are looked for in a sorted array of one integer per answer, which costs a tenth of a GROUP BY.
    """
    pair = f"worker::BIGINT * {len(answers.videos)} + video"
    pairs = np.sort(answers.arrays(f"SELECT {pair} AS pair FROM answers")["pair"])  # noqa: S608
    repeated = np.unique(pairs[1:][pairs[1:] == pairs[:-1]])
    if not len(repeated):
        return 0
    before = answers.count()
    columns = [row[0] for row in answers.connection.execute("DESCRIBE answers").fetchall()]
    order = "submitted_at NULLS LAST, rowid" if "submitted_at" in columns else "rowid"
    answers.connection.register("repeated", pd.DataFrame({"pair": repeated}))
    answers.connection.execute(
        "DELETE FROM answers WHERE rowid IN (SELECT id FROM (SELECT rowid AS id, row_number() OVER "  # noqa: S608
        f"(PARTITION BY worker, video ORDER BY {order}) AS place FROM answers "
        f"WHERE {pair} IN (SELECT pair FROM repeated)) "
        "WHERE place > 1)"
    )
    answers.connection.unregister("repeated")
    return before - answers.count()
