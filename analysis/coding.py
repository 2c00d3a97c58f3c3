"""From words to integers: the tables `answers` and `controls` that every later query reads."""

from typing import Any

import duckdb
import numpy as np
import pandas as pd

from crowd.texts import parts

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


def tidy(columns: set[str]) -> str:
    """SQL of the view `tidy`: words trimmed, blanks as NULL, kinds filled in."""
    words = [*REQUIRED, *(name for name in ("assignment_id", "excluded") if name in columns)]
    trimmed = ", ".join(f"nullif(trim(CAST({name} AS VARCHAR)), '') AS {name}" for name in words)
    given = "nullif(lower(trim(CAST(kind AS VARCHAR))), '')" if "kind" in columns else "NULL"
    rest = "".join(f", {name}" for name in (*TELEMETRY, "simulated", "submitted_at", "options") if name in columns)
    return f"SELECT {trimmed}, coalesce({given}, 'evaluation') AS kind{rest} FROM source"  # noqa: S608  names above


def first_row(connection: duckdb.DuckDBPyConnection, where: str, parameters: list[Any] | None = None) -> int:
    """The number, from 1 below the header, of the first row for which `where` holds."""
    query = f"SELECT min(row) FROM (SELECT row_number() OVER () AS row, * FROM tidy) WHERE {where}"  # noqa: S608
    return int(connection.execute(query, parameters or []).fetchall()[0][0])


def coded_videos(name: str, items: list[tuple[Any, ...]]) -> pd.DataFrame:
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


def coded_workers(connection: duckdb.DuckDBPyConnection, name: str, columns: set[str]) -> pd.DataFrame:
    """One row per worker, in the order of their ids, with whether it is a program."""
    flag = "false"
    if "simulated" in columns:
        flag = "coalesce(bool_or(TRY_CAST(simulated AS BOOLEAN)), false)"
        bad = "CAST(simulated AS VARCHAR) <> '' AND TRY_CAST(simulated AS BOOLEAN) IS NULL"
        found = connection.execute(f"SELECT CAST(simulated AS VARCHAR) FROM tidy WHERE {bad} LIMIT 1").fetchone()  # noqa: S608
        if found:
            row = first_row(connection, bad)
            raise ValueError(f"{name}: row {row}: simulated is {found[0]!r}, neither true nor false")
    frame = connection.execute(
        f"SELECT worker_id, {flag} AS simulated FROM tidy GROUP BY worker_id ORDER BY worker_id"  # noqa: S608
    ).df()
    if frame["worker_id"].isna().any():
        raise ValueError(f"{name}: row {first_row(connection, 'worker_id IS NULL')} has no worker_id")
    return frame


def write_coded(
    connection: duckdb.DuckDBPyConnection,
    columns: set[str],
    options: list[str],
    videos: pd.DataFrame,
    workers: pd.DataFrame,
    telemetry: list[str],
) -> None:
    """Write the tables `answers` and `controls` with integers for words."""
    code = {text: place for place, text in enumerate(options)}
    _dictionary(connection, "option_codes", "answer", options, "option", "UTINYINT")
    _dictionary(connection, "worker_codes", "worker_id", workers["worker_id"], "worker", "INTEGER")
    _dictionary(connection, "video_codes", "video_id", videos["video_id"], "video", "INTEGER")
    truths = pd.DataFrame({"video": np.arange(len(videos)), "truth": [code.get(text, 255) for text in videos["label"]]})
    connection.register("truth_frame", truths)
    connection.execute(
        "CREATE TEMP TABLE known_videos AS SELECT video_id, video, truth::UTINYINT AS truth "
        "FROM video_codes JOIN truth_frame USING (video)"
    )
    connection.unregister("truth_frame")
    rest = "".join(f", TRY_CAST(t.{name} AS FLOAT) AS {name}" for name in telemetry)
    rest += ", hash(t.assignment_id) AS assignment" if "assignment_id" in columns else ", worker AS assignment"
    rest += ", t.excluded" if "excluded" in columns else ", NULL::VARCHAR AS excluded"
    rest += ", TRY_CAST(t.submitted_at AS TIMESTAMP) AS submitted_at" if "submitted_at" in columns else ""
    connection.execute(
        f"CREATE TABLE answers AS SELECT worker, video, option AS answer, option = truth AS correct{rest} "  # noqa: S608
        "FROM tidy t JOIN worker_codes USING (worker_id) JOIN known_videos USING (video_id) "
        "JOIN option_codes USING (answer) WHERE kind = 'evaluation'"
    )
    connection.execute(
        f"CREATE TABLE controls AS SELECT worker, video_id, kind, t.answer = label AS correct{rest} "  # noqa: S608
        "FROM tidy t JOIN worker_codes USING (worker_id) WHERE kind <> 'evaluation'"
    )


def _dictionary(
    connection: duckdb.DuckDBPyConnection, table: str, word: str, words: Any, code: str, integer: str
) -> None:
    frame = pd.DataFrame({word: list(words), code: np.arange(len(words))})
    connection.register("frame", frame)
    connection.execute(f"CREATE TEMP TABLE {table} AS SELECT {word}, {code}::{integer} AS {code} FROM frame")  # noqa: S608
    connection.unregister("frame")
