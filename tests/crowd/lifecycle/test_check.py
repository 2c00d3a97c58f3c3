"""`vidgen check` notices what is not as it was written."""

import json
import random
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crowd.lifecycle.check import check
from crowd.lifecycle.collect import collect
from crowd.lifecycle.review import approve
from crowd.localplatform import running
from crowd.sqlite_file import SqliteFile, connect, faults
from tests.cli.program import said, vidgen
from tests.crowd.answering import answer
from tests.crowd.earlier import without_checksums
from tests.crowd.readonly import run_unprivileged, stopped_by_permissions, write_protected


@pytest.fixture
def study(study_at: Callable[[str], Path], tmp_path: Path, videos: Path) -> Path:
    """A collected study whose videos are its own, so that they can be harmed."""
    study_dir = study_at("bonus")
    place = Path(shutil.copytree(videos, tmp_path / "videos"))
    design = json.loads((study_dir / "design.json").read_text(encoding="utf-8"))
    (study_dir / "design.json").write_text(json.dumps(design | {"videos_dir": str(place)}), encoding="utf-8")
    return study_dir


def harm(path: Path, place: int = -1) -> None:
    """Flip a bit of the byte at that place, or in the middle."""
    content = bytearray(path.read_bytes())
    content[place if place >= 0 else len(content) // 2] ^= 4
    path.write_bytes(content)


def cut(path: Path, *, again: bool = False) -> None:
    """Take the last line out of a file, or put it in twice."""
    *lines, last = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, *([last] * 2 if again else [])]), encoding="utf-8")


def noted(study: Path) -> Path:
    """The file that says where the study is."""
    return study / "private" / "place.json"


def edited(path: Path, old: str, new: str) -> None:
    """Put other words into a text file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_whole_study_has_no_faults(study: Path) -> None:
    """Nothing is found in a study as commands leave it, also while it is served, and checking changes nothing."""
    with running(study) as server:
        assert check(study) == []
        answer(server, study, 1)
        approve(study)
        assert check(study) == [], "answers that no table has yet are no fault"
        collect(study)
    before = {path: path.read_bytes() for path in study.rglob("*") if path.is_file()}
    done = vidgen("check", "--study", study)
    assert (done.exit_code, said(done.stdout)) == (0, ["nothing is wrong"])
    assert {path: path.read_bytes() for path in study.rglob("*") if path.is_file()} == before


HARMS: dict[str, tuple[Callable[[Path], object], str]] = {
    "study.toml": (lambda study: edited(study / "study.toml", "[study]", "[study"), r"study\.toml: .*not TOML"),
    "a term": (
        lambda study: edited(study / "study.toml", 'reward_usd = "0.80"', 'reward_usd = "0.01"'),
        r'reward_usd was "0\.80" and is "0\.01"',
    ),
    "the plan": (
        lambda study: edited(study / "design.json", '"confidence": 0.95', '"confidence": 0.9'),
        "plan was changed",
    ),
    "what is shown": (
        lambda study: edited(study / "design.json", '"contact": ""', '"contact": "x"'),
        "was changed in it",
    ),
    "a design that is none": (lambda study: (study / "design.json").write_text("{}"), "not a design"),
    "secrets": (lambda study: (study / "private/secrets.json").write_text("{}"), "not a study's secrets file"),
    "lost secrets": (lambda study: (study / "private/secrets.json").unlink(), r"secrets\.json: is missing"),
    "a secret that others may read": (
        lambda study: (study / "private/secrets.json").chmod(0o644),
        r"others may open it \(mode 644\); run `chmod 600 ",
    ),
    "a folder that others may open": (lambda study: (study / "private").chmod(0o755), "run `chmod 700 "),
    "a ledger that others may read": (lambda study: (study / "ledger.sqlite").chmod(0o640), "others may open it"),
    "a video": (lambda study: harm(study.parent / "videos" / "new-0-0.mp4"), "is not the file that was published"),
    "a lost video": (lambda study: (study.parent / "videos" / "old-1-0.mp4").unlink(), r"old-1-0\.mp4: is missing"),
    "an answer in the CSV": (
        lambda study: edited(study / "answers.csv", "evaluation,true", "gold,true"),
        r"answers\.csv: 1 of 24 rows are not the answers that were sent, the first in .*; run `vidgen collect-answers`",
    ),
    "rows taken out of the CSV": (
        lambda study: cut(study / "answers.csv"),
        r"answers\.csv: lacks what answers\.parquet ",
    ),
    "an empty CSV": (lambda study: (study / "answers.csv").write_text(""), r"answers\.csv: lacks what answers\.parq"),
    "a CSV with a row twice": (lambda study: cut(study / "answers.csv", again=True), r"answers\.csv: 1 of 25 rows are"),
    "a table that is a folder": (
        lambda study: ((study / "answers.parquet").unlink(), (study / "answers.parquet").mkdir()),
        r"answers\.parquet: ",
    ),
    "its place": (
        lambda study: noted(study).write_text("[]"),
        r"place\.json: .*vidgen claim-study .*` writes it anew; but not in a copy",
    ),
    "the funnel": (lambda study: (study / "funnel.json").write_text("null"), r"funnel\.json: .*run `vidgen collect-a"),
    "answers.parquet": (lambda study: harm(study / "answers.parquet", 5), r"answers\.parquet: "),
    "no SQLite file": (lambda study: (study / "ledger.sqlite").write_bytes(b"x" * 5000), "file is not a database"),
    "an empty store": (lambda study: (study / "platform.sqlite").write_bytes(b""), r"platform\.sqlite: holds nothing"),
    "a lost store": (lambda study: (study / "platform.sqlite").unlink(), r"platform\.sqlite: is missing"),
    "a lost ledger": (lambda study: (study / "ledger.sqlite").unlink(), r"ledger\.sqlite: is missing; run `vidgen re"),
    "a lost design": (lambda study: (study / "design.json").unlink(), r"design\.json: is missing"),
}


@pytest.mark.parametrize("name", HARMS)
def test_each_fault_is_named_with_what_to_do(name: str, study: Path) -> None:
    """The line has the file, what is wrong and a remedy; the exit status is 1."""
    harm_it, words = HARMS[name]
    harm_it(study)
    done = vidgen("check", "--study", study)
    assert done.exit_code == 1, done.output
    assert any(re.search(words, line) and "; " in line for line in said(done.stdout)), done.output
    assert "found" in done.stderr


#: Texts that are no JSON of any file, for each reason that there is.
NO_JSON = {"deep": "[" * 100_000, "digits": "1" * 5000, "no text": "\udcff"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *(("design.json", kind) for kind in NO_JSON),
        *(
            pytest.param(name, "deep", marks=pytest.mark.thorough)
            for name in ("private/secrets.json", "private/place.json", "funnel.json")
        ),
    ],
)
def test_files_that_are_no_json_are_named_by_every_command(name: str, kind: str, study: Path) -> None:
    """The check finds that file alone, and no command ends otherwise than in a line that names it."""
    (study / name).touch(mode=0o600)
    (study / name).write_bytes(NO_JSON[kind].encode(errors="surrogateescape"))
    done = vidgen("check", "--study", study)
    assert (done.exit_code, len(said(done.stdout))) == (1, 1), done.output
    assert f"{study / name}: " in done.stdout
    for command in ("study-status", "accuracy-report"):
        done = vidgen(command, "--study", study)
        assert done.exit_code in (0, 1), done.output
        assert done.exit_code == 0 or str(study / name) in done.stderr


def newer(path: Path) -> None:
    """Let a file be of a release to come."""
    if path.suffix == ".json":
        path.write_text('{"schema_version": 99, "written_by": "vidgen 9.9"}', encoding="utf-8")
        return
    if path.suffix == ".parquet":
        said = {"vidgen.schema_version": "99", "vidgen.written_by": "vidgen 9.9"}
        pq.write_table(pa.table({"answer": ["cat"]}).replace_schema_metadata(said), path)
        return
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize("name", ["ledger.sqlite", "platform.sqlite", "simulation.json", "answers.parquet"])
def test_a_file_of_a_newer_release_is_no_damage(name: str, study: Path) -> None:
    """No line says to move it away."""
    newer(study / name)
    done = vidgen("check", "--study", study)
    assert done.exit_code == 1, done.output
    (line,) = said(done.stdout)
    assert line.startswith(f"{study / name}: was written by ")
    assert line.endswith(
        "use that release or a newer one (for pip, crowd-video-evaluation); this release did not look into it"
    )


@stopped_by_permissions
def test_a_study_that_may_not_be_written_is_checked_like_any_other(study: Path) -> None:
    """Nothing is wrong with it, and what is wrong is found."""
    program = "import sys; from crowd.lifecycle.check import check; print(*check(sys.argv[1]), sep='\\n')"
    with write_protected(study):
        assert run_unprivileged(program, study).stdout == "\n"
    harm(study / "design.json")
    with write_protected(study):
        assert f"{study}/design.json: " in run_unprivileged(program, study).stdout


def test_a_csv_that_a_spreadsheet_saved_is_the_same(study: Path) -> None:
    """A byte-order mark, other line ends and another order of rows change no answer."""
    path = study / "answers.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\r\n".join([header, *sorted(rows)]) + "\r\n", encoding="utf-8-sig", newline="")
    assert check(study) == []


def contents(path: Path) -> dict[str, list[object]]:
    """All rows of the tables that hold something of the study, and what acts on them."""
    with closing(sqlite3.connect(path)) as file:
        kept = file.execute("SELECT name, type, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*'").fetchall()
        tables = [name for name, kind, _ in kept if kind == "table" and name not in ("checksums", "previews")]
        rows = {table: file.execute(f"SELECT * FROM {table}").fetchall() for table in tables}  # noqa: S608
        # What is written between the words of a statement changes nothing.
        return rows | {"schema": [(name, " ".join(str(sql).split())) for name, _, sql in kept]}


def unnoticed(path: Path, places: list[int]) -> list[int]:
    """The places where a flipped bit changes what the file holds without being noticed."""
    whole, before, found = path.read_bytes(), contents(path), []
    for place in places:
        harm(path, place)
        try:
            harmless = contents(path) == before
        except (sqlite3.Error, UnicodeDecodeError, TypeError):
            harmless = False
        if not harmless and not list(faults(path)):
            found.append(place)
        for leftover in path.parent.glob(f"{path.name}-*"):
            leftover.unlink()
        path.write_bytes(whole)
    return found


@pytest.mark.parametrize("name", ["ledger.sqlite", "platform.sqlite"])
def test_a_flipped_bit_is_noticed_or_harmless(name: str, study: Path) -> None:
    """At places all over the file, a flipped bit is found, or nothing that the file holds has changed."""
    path = study / name
    size, step = path.stat().st_size, 509 if name == "ledger.sqlite" else 4999
    assert unnoticed(path, list(range(random.Random(0).randrange(step), size, step))) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ledger.sqlite", "platform.sqlite"])
def test_flipped_bits_everywhere_are_noticed_or_harmless(name: str, study: Path) -> None:
    """The same at 40 times as many places."""
    path = study / name
    step = 13 if name == "ledger.sqlite" else 127
    assert unnoticed(path, list(range(0, path.stat().st_size, step))) == []


def test_rows_that_another_program_put_in_are_noticed(study: Path) -> None:
    """What has no checksum, or another one, was not written by vidgen; what it writes stays right."""
    path = study / "ledger.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        with pytest.raises(sqlite3.OperationalError, match="row_checksum"):
            file.execute("UPDATE calls SET micro_usd = 0")
        file.execute("DROP TRIGGER checksum_calls_UPDATE")
        file.execute("UPDATE calls SET micro_usd = 0 WHERE key = 'create/b001-r1'")
    found = list(faults(path))
    assert found[0] == "its schema is not the one that was made"
    assert [re.sub(r"\d+", "N", fault) for fault in found[1:]] == ["row N of calls is not what was written"]


def test_replaced_and_deleted_rows_leave_no_checksum_behind(tmp_path: Path) -> None:
    """Statements that replace, ignore, update or delete rows keep the checksums right."""
    database = SqliteFile(tmp_path / "a.sqlite", "CREATE TABLE t (a TEXT PRIMARY KEY, b REAL, c) ;", [lambda _: None])
    for statement in (
        "INSERT INTO t VALUES ('x', 1.5, NULL), ('y', 2.5, 3)",
        "INSERT OR REPLACE INTO t VALUES ('x', 9.0, 'replaced')",
        "INSERT OR IGNORE INTO t VALUES ('x', 7.0, 'ignored')",
        "INSERT INTO t VALUES ('y', 0, 0) ON CONFLICT (a) DO UPDATE SET b = 4.25",
        "UPDATE t SET c = x'00ff' WHERE a = 'y'",
        "DELETE FROM t WHERE a = 'x'",
        "INSERT INTO t VALUES ('z', -0.0, 'ü🎲')",
    ):
        with database.writing():
            database.execute(statement)
        assert list(faults(database.path)) == []
    database.close()


@pytest.mark.parametrize("name", ["ledger.sqlite", "platform.sqlite"])
def test_files_of_earlier_releases_get_checksums_when_they_are_opened(name: str, study: Path) -> None:
    """Without checksums nothing is wrong; once a command has written, damage is noticed."""
    with without_checksums(study / name):
        pass
    assert list(faults(study / name)) == []
    collect(study)
    with closing(connect(study / name)) as file:
        assert file.execute("SELECT count(*) FROM checksums").fetchone()[0] > 10
    assert check(study) == []
