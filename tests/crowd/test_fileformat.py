"""Every file says which version of its schema it has; one of a newer release is refused in one line."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from analysis import analyse_study
from crowd.credentials import load_or_create
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.fileformat import VERSIONS, NewerFileError
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.collect import collect
from crowd.localplatform import endpoint_of, running
from crowd.localplatform.discovery import announced
from crowd.localplatform.people import invited
from tests.cli.program import said, vidgen
from tests.crowd.earlier import without_checksums
from vidgen.runrecord import claim

NEWER = r"was written by vidgen 9\.9, with version 99 of its schema, which vidgen \S+ does not know: use that release"


@pytest.fixture(scope="module")
def kept_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the report is kept that every study of these tests gets a copy of."""
    return tmp_path_factory.mktemp("kept") / "report"


@pytest.fixture
def collected(study_at: Callable[[str], Path], kept_report: Path) -> Path:
    """A study with every file that commands write for one, its report included."""
    study_dir = study_at("bonus")
    (study_dir / "simulation.json").write_text(json.dumps({"answers_from": "chance"}))
    if not kept_report.exists():
        analyse_study(study_dir).save(kept_report)
    shutil.copytree(kept_report, study_dir / "report")
    return study_dir


def as_newer(path: Path) -> None:
    """Let the file say that a release to come wrote it."""
    if path.suffix == ".sqlite":
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            file.execute("PRAGMA user_version = 99")
            file.execute("DROP TABLE written_by")
            file.execute("CREATE TABLE written_by (release TEXT NOT NULL) STRICT")
            file.execute("INSERT INTO written_by VALUES ('vidgen 9.9')")
    elif path.suffix == ".parquet":
        table = pq.read_table(path)
        pq.write_table(
            table.replace_schema_metadata({"vidgen.schema_version": "99", "vidgen.written_by": "vidgen 9.9"}), path
        )
    elif path.suffix == ".toml":
        path.write_text('schema_version = 99\nwritten_by = "vidgen 9.9"\n[study]\nunheard_of = 1\n')
    else:
        table = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps(table | {"schema_version": 99, "written_by": "vidgen 9.9"}), encoding="utf-8")


READERS: dict[str, Callable[[Path], object]] = {
    "study.toml": lambda study: Study.load(study / "study.toml"),
    "design.json": Design.load,
    "private/secrets.json": load_or_create,
    "ledger.sqlite": Ledger,
    "platform.sqlite": invited,
    "answers.parquet": analyse_study,
    "funnel.json": analyse_study,
    "simulation.json": analyse_study,
}


@pytest.mark.parametrize("name", READERS)
def test_a_file_of_a_newer_release_is_refused(name: str, collected: Path) -> None:
    """The line names the file, the release that wrote it and its version."""
    READERS[name](collected)
    as_newer(collected / name)
    with pytest.raises(NewerFileError, match=rf"{name}: {NEWER}"):
        READERS[name](collected)


@pytest.mark.parametrize("reader", [endpoint_of, announced])
def test_a_server_of_a_newer_release_is_refused(reader: Callable[[Path], object], tmp_path: Path) -> None:
    """Nothing is asked of a server whose announcement this release cannot read."""
    with running(tmp_path):
        as_newer(tmp_path / "platform.json")
        with pytest.raises(NewerFileError, match=rf"platform\.json: {NEWER}"):
            reader(tmp_path)


def test_a_report_on_a_newer_design_is_one_line(collected: Path) -> None:
    """The analysis reads the same versions, and the command line shows the line alone."""
    as_newer(collected / "design.json")
    done = vidgen("accuracy-report", "--study", collected)
    assert done.exit_code == 1
    assert [line.count("with version 99") for line in said(done.stderr)] == [1]


def test_every_json_file_of_a_study_says_its_version(collected: Path) -> None:
    """No JSON file is written without one, and each kind has its number in one place."""
    files = [path for path in collected.rglob("*.json") if path.name != "simulation.json"]
    assert {path.name for path in files} == {"design.json", "secrets.json", "funnel.json", "report.json"}
    for path in files:
        table = json.loads(path.read_text(encoding="utf-8"))
        assert table["schema_version"] == VERSIONS[path.name]
        assert table["written_by"].startswith("vidgen ")
    assert pq.read_schema(collected / "answers.parquet").metadata[b"vidgen.schema_version"] == b"3"


@pytest.mark.parametrize("version", ["2", 1.5, None, -1])
def test_what_is_no_version_is_refused(version: object, collected: Path) -> None:
    """A version that was damaged is none, and is said to be so."""
    path = collected / "design.json"
    table = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(table | {"schema_version": version}), encoding="utf-8")
    with pytest.raises(ValueError, match=r"design\.json: schema_version is .*, not a whole number"):
        Design.load(collected)


def test_files_that_say_nothing_are_read(collected: Path) -> None:
    """Releases that wrote no versions made studies that go on."""
    for path in collected.rglob("*.json"):
        table = json.loads(path.read_text(encoding="utf-8"))
        table.pop("schema_version", None)
        table.pop("written_by", None)
        path.write_text(json.dumps(table), encoding="utf-8")
    for name in ("ledger.sqlite", "platform.sqlite"):
        with without_checksums(collected / name):
            pass
    text = (collected / "study.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith(("schema_version", "written_by"))]
    (collected / "study.toml").write_text("\n".join(lines), encoding="utf-8")
    assert collect(collected).assignments == 6
    assert analyse_study(collected).to_dict()["plan"]["intact"]


def test_a_run_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    """Videos and clips have their version in the run.json beside their table."""
    claim(tmp_path / "run", {"seed": 0}, {})
    assert not claim(tmp_path / "run", {"seed": 0}, {})
    as_newer(tmp_path / "run" / "run.json")
    with pytest.raises(ValueError, match=rf"run\.json: {NEWER}"):
        claim(tmp_path / "run", {"seed": 0}, {})
