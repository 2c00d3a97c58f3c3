"""What participants wrote is shown to the study's author, and nothing in it is markup or a command."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crowd import fileformat
from crowd.lifecycle.comments import comments, comments_page
from crowd.studydir import StudyDirectory
from crowd.task.answers import COLUMNS
from tests.cli.program import vidgen

FAST = "too fast"
EMPTY = {"string": "", "bool": False, "int32": None, "int64": None, "double": None}


def row(assignment: str, **values: object) -> dict[str, object]:
    """A row of the answers table."""
    own = {"assignment_id": assignment, "worker_id": f"worker-{assignment}", "submitted_at": f"2026-12-0{assignment}"}
    return {name: EMPTY[kind] for name, kind in COLUMNS.items()} | own | values


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study in which two of three people wrote something."""
    files = StudyDirectory(tmp_path / "study")
    files.root.mkdir()
    files.study_file.write_text("")
    rows = [
        row("1", comment="Fine, <b>thank</b> you"),
        row("1", comment="Fine, <b>thank</b> you"),
        row("2", answer="yes", question_kind="choice"),
        row(
            "3", answer="It \x1b[2J flickers", question_kind="text", question="why", video_id="v7", excluded="too fast"
        ),
    ]
    schema = pa.schema(
        [(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()], metadata=fileformat.stamp_of_answers()
    )
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), files.answers)
    return files.root


def test_each_task_in_which_something_was_written_stands_once(study: Path) -> None:
    """The latest comes first; a comment stands in all rows of its task; chosen answers are no writing."""
    last, first = comments(study)
    assert (last.answers, last.comment, last.excluded) == ((("why", "v7", "It \x1b[2J flickers"),), "", "too fast")
    assert (first.answers, first.comment, first.excluded) == ((), "Fine, <b>thank</b> you", "")


def test_the_page_shows_text_as_text(study: Path, tmp_path: Path) -> None:
    """Markup is escaped, and only the owner may read the file."""
    page = comments_page(study, tmp_path / "page.html")
    assert "&lt;b&gt;thank&lt;/b&gt;" in page.read_text(encoding="utf-8")
    assert page.stat().st_mode & 0o077 == 0


def test_the_terminal_is_not_commanded(study: Path) -> None:
    """Control characters are shown as escapes."""
    done = vidgen("comments", "--study", str(study))
    assert done.exit_code == 0, done.output
    assert "It \\x1b[2J flickers" in done.stdout
    assert "not counted: too fast" in done.stdout


def test_a_study_without_answers_is_told_how_to_get_them(tmp_path: Path) -> None:
    """The message names the command; `--open` needs a page."""
    (tmp_path / "study.toml").write_text("")
    done = vidgen("comments", "--study", str(tmp_path))
    assert done.exit_code == 1
    assert f"vidgen collect-answers --study {tmp_path}` fetches them" in done.stderr
    assert vidgen("comments", "--study", str(tmp_path), "--open").exit_code == 2
