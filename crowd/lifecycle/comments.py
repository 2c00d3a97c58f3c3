"""What participants wrote: comments on the task, and answers in words, for the study's author to read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from crowd.atomic_write import write_whole
from crowd.commandline import to_paste
from crowd.questions.text import Text
from crowd.studydir import StudyDirectory, existing_study
from crowd.task.answers_file import read_parquet
from templates import environment


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What somebody wrote in one task."""

    worker_id: str
    assignment_id: str
    submitted_at: str
    """UTC, as in the answers table."""
    comment: str
    """What they wrote at the end of the task; may be empty."""
    answers: tuple[tuple[str, str, str], ...]
    """Question, video and answer of each question of the kind `text`; the video is empty for what is asked once."""
    simulated: bool
    excluded: str
    """Why the answers do not count; empty if they do."""


def comments(study_dir: str | Path) -> tuple[Written, ...]:
    """What participants wrote in the tasks that were fetched, those of the latest submission first.

    Args:
        study_dir: a study whose answers were collected.

    Returns:
        An entry for each task in which something was written.

    Raises:
        ValueError: no answers were collected.
        OSError: the answers cannot be read.

    Example:
        >>> crowd.comments("my-study")
        ()
    """
    path = StudyDirectory(existing_study(Path(study_dir))).answers
    if not path.exists():
        fetch = to_paste("collect-answers", "--study", study_dir)
        raise ValueError(f"{study_dir}: has no answers yet; `{fetch}` fetches them")
    rows = sorted(read_parquet(path), key=lambda row: (row["submitted_at"], row["assignment_id"]), reverse=True)
    tasks = (_written(list(some)) for _, some in groupby(rows, key=lambda row: row["assignment_id"]))
    return tuple(task for task in tasks if task.comment or task.answers)


def comments_page(study_dir: str | Path, out: str | Path) -> Path:
    """Write what participants wrote as one HTML page, which only the owner may read.

    Args:
        study_dir: a study whose answers were collected.
        out: the file; it is replaced.

    Returns:
        The file.

    Raises:
        ValueError: no answers were collected.
        OSError: a file cannot be read or written.

    Example:
        >>> crowd.comments_page("my-study", "comments.html").name
        'comments.html'
    """
    page = environment().get_template("requester/comments.html.j2").render(written=comments(study_dir))
    write_whole(Path(out), page, mode=0o600)
    return Path(out)


def _written(rows: Iterable[Mapping[str, Any]]) -> Written:
    first, *_ = rows = list(rows)
    words = [row for row in rows if row["question_kind"] == Text.KIND and row["answer"]]
    return Written(
        worker_id=first["worker_id"],
        assignment_id=first["assignment_id"],
        submitted_at=first["submitted_at"],
        comment=first["comment"],
        answers=tuple((row["question"], row["video_id"], row["answer"]) for row in words),
        simulated=first["simulated"],
        excluded=first["excluded"],
    )
