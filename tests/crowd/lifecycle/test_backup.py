"""A backup is whole or not there, is made while people answer, and pays nothing twice when it is restored."""

import json
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from decimal import Decimal
from pathlib import Path

import pytest

from crowd.design.design import Design
from crowd.ledger.budget import Consent
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.backup import back_up, restore
from crowd.lifecycle.bonuses import bonus
from crowd.lifecycle.check import check
from crowd.lifecycle.collect import collect
from crowd.lifecycle.extend import extend
from crowd.lifecycle.hits import hit_ids
from crowd.lifecycle.publish import publish
from crowd.lifecycle.reconcile import is_restored
from crowd.lifecycle.review import approve
from crowd.localplatform import running
from crowd.localplatform.people import stored_answers
from crowd.sqlite_file import faults
from tests.cli.program import said, vidgen
from tests.crowd.answering import answer
from tests.crowd.faulted import bonuses
from tests.crowd.lifecycle.test_bonuses import paid
from tests.crowd.lifecycle.test_extend import sizes

MANIFEST = "manifest.json"


def files(root: Path) -> dict[str, bytes]:
    """Every file below the folder by its name, but those of running processes."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.suffix not in (".sqlite", ".lock") and not path.name.endswith(("-wal", "-shm"))
        if path.name not in (".lock", "platform.json")
    }


def test_everything_comes_back_as_it_was(study_at: Callable[[str], Path], tmp_path: Path) -> None:
    """All files, their modes, the ledger and the store are there again, and nothing is wrong with them."""
    study = study_at("bonus")
    (study / "report").mkdir()
    (study / "report" / "report.html").write_text("<p>日本</p>")
    (study / "empty.txt").touch()
    made = back_up(study, tmp_path / "b.zip")
    assert stat.S_IMODE((tmp_path / "b.zip").stat().st_mode) == 0o600
    found = restore(tmp_path / "b.zip", tmp_path / "again")
    assert found == made
    again = tmp_path / "again"
    assert {name: data for name, data in files(again).items() if name != "design.json"} == {
        name: data for name, data in files(study).items() if name != "design.json"
    }
    assert Design.load(again) == Design.load(study)
    assert check(again) == []
    with Ledger(study) as one, Ledger(again) as other:
        assert other.entries() == one.entries()
        assert other.assignments() == one.assignments()
        assert is_restored(other)
        assert not is_restored(one)
    assert stored_answers(again) == stored_answers(study)


@pytest.mark.thorough
@pytest.mark.parametrize("number_of_backups", [3, pytest.param(25, marks=pytest.mark.slow)])
def test_backups_while_people_answer_are_whole(
    number_of_backups: int, study_at: Callable[[str], Path], tmp_path: Path
) -> None:
    """Backups during submissions restore without a fault, with every answer that was there when each began."""
    study = study_at("extend")
    stop = threading.Event()
    with running(study, balance_usd="1000.00") as server:
        extend(study, 9, consent=Consent(cap_usd="100.00"))

        def work() -> None:
            while not stop.is_set():
                answer(server, study, 1)
                collect(study)

        people = threading.Thread(target=work)
        people.start()
        try:
            for number in range(number_of_backups):
                before = len(stored_answers(study))
                back_up(study, tmp_path / f"{number}.zip")
                restore(tmp_path / f"{number}.zip", tmp_path / str(number))
                for name in ("ledger.sqlite", "platform.sqlite"):
                    assert list(faults(tmp_path / str(number) / name)) == []
                assert len(stored_answers(tmp_path / str(number))) >= before
        finally:
            stop.set()
            people.join()
    assert len(stored_answers(study)) > 0


@pytest.fixture
def behind(study_at: Callable[[str], Path], tmp_path: Path) -> Path:
    """A study restored from a backup, whose platform has seen bonuses, approvals, an extension and answers since."""
    study = study_at("bonus")
    with running(study) as server:
        back_up(study, tmp_path / "old.zip")
        bonus(study, bonuses(study))
        extend(study, 4, consent=Consent(cap_usd="15.00"))
        approve(study)
        answer(server, study, 1)
    restore(tmp_path / "old.zip", tmp_path / "restored")
    # A platform elsewhere is as it is now, whatever is put back here.
    shutil.copy(study / "platform.sqlite", tmp_path / "restored" / "platform.sqlite")
    shutil.rmtree(study)
    return tmp_path / "restored"


AFTER: dict[str, Callable[[Path, Path], object]] = {
    "publish": lambda study, videos: publish(study, videos, consent=Consent(cap_usd="15.00")),
    "approve": lambda study, videos: approve(study),
    "bonus": lambda study, videos: bonus(study, bonuses(study)[:6], consent=Consent(cap_usd="15.00")),
    "extend": lambda study, videos: extend(study, 4, consent=Consent(cap_usd="15.00")),
    "collect": lambda study, videos: collect(study),
}


@pytest.mark.thorough
@pytest.mark.parametrize("first", AFTER)
def test_nothing_is_paid_twice_after_an_old_backup(first: str, behind: Path, videos: Path) -> None:
    """Whichever command comes first finds out what happened since; HITs, bonuses and money are those of before."""
    with running(behind):
        before = (sizes(behind), len(paid(behind)))
        AFTER[first](behind, videos)
        with Ledger(behind) as ledger:
            assert not is_restored(ledger)
        for command in AFTER.values():
            command(behind, videos)
        assert (sizes(behind), len(paid(behind))) == before == ({f"b00{n}-r1": 4 for n in (1, 2, 3)}, 6)
    with Ledger(behind) as ledger:
        assert ledger.held() == Decimal("10.20")
        assert len(hit_ids(ledger)) == 3
        assert len(ledger.assignments()) == 9


def test_the_cap_counts_what_was_paid_after_the_backup(behind: Path) -> None:
    """Money that the restored ledger does not know is counted before any more is promised."""
    with (
        running(behind),
        pytest.raises(ValueError, match=r"with \$10\.20 held so far, which passes the cap of \$12\.50"),
    ):
        extend(behind, 5, consent=Consent(cap_usd="12.50"))


def test_videos_go_in_where_they_are_asked_for(study_at: Callable[[str], Path], tmp_path: Path, videos: Path) -> None:
    """With them a backup is a study on its own, on any machine; without them the study finds them where they were."""
    study = study_at("extend")
    back_up(study, tmp_path / "small.zip")
    back_up(study, tmp_path / "all.zip", with_videos=True)
    restore(tmp_path / "small.zip", tmp_path / "deeper" / "small")
    restore(tmp_path / "all.zip", tmp_path / "deeper" / "all")
    assert Design.load(tmp_path / "deeper" / "small").videos_dir == str(videos)
    design = Design.load(tmp_path / "deeper" / "all")
    assert design.videos_dir == str(tmp_path / "deeper" / "all" / "videos")
    assert check(tmp_path / "deeper" / "all") == []
    shutil.rmtree(study)
    assert publish(tmp_path / "deeper" / "all", design.videos_dir).created == 0
    with zipfile.ZipFile(tmp_path / "small.zip") as archive:
        assert not any(name.endswith(".mp4") for name in archive.namelist())


def damaged(archive: Path, place: int) -> None:
    content = bytearray(archive.read_bytes())
    content[place] ^= 1
    archive.write_bytes(content)


def rewritten(archive: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """The archive with other members."""
    with zipfile.ZipFile(archive) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    with zipfile.ZipFile(archive, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)


def newer(members: dict[str, bytes]) -> None:
    members[MANIFEST] = json.dumps(json.loads(members[MANIFEST]) | {"schema_version": 9}).encode()


def with_file(name: str) -> Callable[[Path], None]:
    """Put the study file in under that name as well."""

    def change(members: dict[str, bytes]) -> None:
        about = json.loads(members[MANIFEST])
        about["files"][name] = about["files"]["study/study.toml"]
        members |= {MANIFEST: json.dumps(about).encode(), name: members["study/study.toml"]}

    return lambda path: rewritten(path, change)


def saying(**changes: object) -> Callable[[Path], None]:
    """Let the manifest say something else."""

    def change(members: dict[str, bytes]) -> None:
        members[MANIFEST] = json.dumps(json.loads(members[MANIFEST]) | changes).encode()

    return lambda path: rewritten(path, change)


def of_study_file(**changes: object) -> Callable[[Path], None]:
    """Let the manifest say something else of the study file."""

    def change(members: dict[str, bytes]) -> None:
        about = json.loads(members[MANIFEST])
        about["files"]["study/study.toml"] |= changes
        members[MANIFEST] = json.dumps(about).encode()

    return lambda path: rewritten(path, change)


def emptied(members: dict[str, bytes]) -> None:
    about = json.loads(members[MANIFEST]) | {"files": {}}
    members.clear()
    members[MANIFEST] = json.dumps(about).encode()


HARMS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no archive": (lambda path: path.write_text("hello"), "is no backup of a study, or damaged"),
    "cut off": (lambda path: path.write_bytes(path.read_bytes()[:-200]), "is no backup of a study, or damaged"),
    "a flipped bit": (lambda path: damaged(path, path.stat().st_size // 2), "use another copy|damaged"),
    "another archive": (lambda path: rewritten(path, lambda files: files.pop(MANIFEST)), "is no backup of a study"),
    "a file more": (lambda path: rewritten(path, lambda files: files.update(x=b"")), "holds other files than"),
    "a file less": (
        lambda path: rewritten(path, lambda files: files.pop("study/study.toml")),
        "holds other files than",
    ),
    "an edited file": (
        lambda path: rewritten(path, lambda files: files.update({"study/study.toml": b""})),
        r"study/study\.toml is not what was backed up",
    ),
    "a newer one": (lambda path: rewritten(path, newer), "with version 9 of its schema"),
    "a way up": (with_file("study/../../evil"), "holds other files than"),
    "an absolute way": (with_file(f"study/{Path(tempfile.gettempdir(), 'vidgen-evil')}"), "holds other files than"),
    "another spelling": (with_file("study/./study.toml"), "holds other files than"),
    "a file twice": (with_file("study/private//secrets.json"), "holds other files than"),
    "another folder": (with_file("other/x"), "holds other files than"),
    "a hash that is none": (of_study_file(sha256=None), "is no backup of a study"),
    "a size that is none": (of_study_file(num_bytes=-1), "is no backup of a study"),
    "a size of another kind": (of_study_file(num_bytes="5"), "is no backup of a study"),
    "no place of videos": (saying(videos_dir=None), "is no backup of a study"),
    "a time that is none": (saying(made_at=[5]), "is no backup of a study"),
    "a list of files": (saying(files=[]), "is no backup of a study"),
    "nothing of a study": (lambda path: rewritten(path, emptied), "holds nothing of a study"),
}


@pytest.mark.parametrize("name", HARMS)
def test_a_damaged_backup_restores_nothing(name: str, study_at: Callable[[str], Path], tmp_path: Path) -> None:
    """One line says what is wrong, and no folder is left."""
    back_up(study_at("extend"), tmp_path / "b.zip")
    HARMS[name][0](tmp_path / "b.zip")
    there = sorted(tmp_path.iterdir())
    with pytest.raises(ValueError, match=HARMS[name][1]):
        restore(tmp_path / "b.zip", tmp_path / "again")
    assert sorted(tmp_path.iterdir()) == there


def test_a_backup_of_a_newer_release_is_refused_by_its_name(study_at: Callable[[str], Path], tmp_path: Path) -> None:
    """The line names the archive, not the folder that was made on the way."""
    study = study_at("extend")
    with closing(sqlite3.connect(study / "ledger.sqlite")) as file:
        file.execute("PRAGMA user_version = 99")
    back_up(study, tmp_path / "b.zip")
    done = vidgen("restore", tmp_path / "b.zip", "--study", tmp_path / "again")
    assert done.exit_code == 1
    assert f"Error: {tmp_path / 'b.zip'}/ledger.sqlite: was written by " in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "study"]


def test_flipped_bits_end_in_one_line(study_at: Callable[[str], Path], tmp_path: Path) -> None:
    """Wherever a bit of the archive is flipped, the study is whole or refused, and no other error comes."""
    back_up(study_at("extend"), tmp_path / "b.zip")
    whole, chance = (tmp_path / "b.zip").read_bytes(), random.Random(1)
    for _ in range(25):
        damaged(tmp_path / "b.zip", chance.randrange(len(whole)))
        with suppress(ValueError):
            restore(tmp_path / "b.zip", tmp_path / "again")
            assert check(tmp_path / "again") == []
            shutil.rmtree(tmp_path / "again")
        assert not (tmp_path / "again").exists()
        (tmp_path / "b.zip").write_bytes(whole)


def test_a_backup_that_has_no_room_is_refused_before_it_is_unpacked(
    study_at: Callable[[str], Path], tmp_path: Path
) -> None:
    """Whatever an archive says of its size, the disk is not filled."""
    back_up(study_at("extend"), tmp_path / "b.zip")
    of_study_file(num_bytes=1 << 60)(tmp_path / "b.zip")
    done = vidgen("restore", tmp_path / "b.zip", "--study", tmp_path / "again")
    assert done.exit_code == 1
    assert "are free where they would go; free some space" in said(done.stderr)[0]
    assert not (tmp_path / "again").exists()


def linked_folder(study: Path, videos: Path) -> Path:
    """The secrets are in a safer place."""
    (study / "private").rename(study.parent / "safe")
    (study / "private").symlink_to(study.parent / "safe")
    return study


def among_videos(study: Path, videos: Path) -> Path:
    """The study is in the folder of its videos."""
    place = Path(shutil.copytree(videos, study.parent / "clips"))
    study = study.rename(place / "study")
    Design.load(study).with_videos_in(place).save(study)
    return study


def with_odd_files(study: Path, videos: Path) -> Path:
    """Other files that somebody put there; a link that leads back, and one that leads nowhere."""
    (study / "other.sqlite").write_text("not SQLite")
    (study / "back\\slash \n.txt").touch()
    (study / "loop").symlink_to(study)
    (study / "nowhere").symlink_to(study / "none")
    return study


@pytest.mark.parametrize("with_videos", [False, True])
@pytest.mark.parametrize("laid_out", [linked_folder, among_videos, with_odd_files])
def test_studies_are_backed_up_however_they_lie(
    laid_out: Callable[[Path, Path], Path],
    with_videos: bool,
    study_at: Callable[[str], Path],
    tmp_path: Path,
    videos: Path,
) -> None:
    """What is restored is a whole study, through a link to an empty folder as well."""
    study = laid_out(study_at("bonus"), videos)
    back_up(study, tmp_path / "b.zip", with_videos=with_videos)
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    restore(tmp_path / "b.zip", tmp_path / "link")
    assert check(tmp_path / "link") == []
    assert (tmp_path / "empty" / "private" / "secrets.json").exists()
    assert (tmp_path / "empty" / "other.sqlite").exists() == (laid_out is with_odd_files)


def test_files_that_could_not_be_put_back_are_refused(
    study_at: Callable[[str], Path], tmp_path: Path, videos: Path
) -> None:
    """A name that is not text, and a former folder of videos where the published ones will be."""
    study = study_at("bonus")
    shutil.copytree(videos, study / "videos")
    assert back_up(study, tmp_path / "without.zip").num_files > 19
    with pytest.raises(ValueError, match=r"study/videos/.*: stands where .* will be restored; rename the folder"):
        back_up(study, tmp_path / "b.zip", with_videos=True)
    shutil.rmtree(study / "videos")
    (study / "caf\udce9").touch()
    with pytest.raises(ValueError, match=r"caf.*udce9': its name is not UTF-8; rename the file"):
        back_up(study, tmp_path / "b.zip")


@pytest.mark.thorough
@pytest.mark.parametrize("killed_in", ["crowd.lifecycle.backup.back_up_database", "crowd.lifecycle.backup._settle"])
def test_a_killed_run_leaves_nothing_that_the_next_one_does_not_remove(
    killed_in: str, study_at: Callable[[str], Path], tmp_path: Path
) -> None:
    """Drafts hold keys and answers; those of a killed process are gone after the same command again."""
    study = study_at("bonus")
    program = (
        "import sys, os, signal; from unittest import mock; from crowd.lifecycle.backup import back_up, restore\n"
        "if sys.argv[3].endswith('_settle'): back_up(sys.argv[1], sys.argv[2])\n"
        "with mock.patch(sys.argv[3], lambda *_: os.kill(os.getpid(), signal.SIGKILL)):\n"
        "    back_up(sys.argv[1], sys.argv[2]) if 'back_up_' in sys.argv[3] else \\\n"
        "        restore(sys.argv[2], sys.argv[2] + 's')"
    )
    arguments = [str(study), str(tmp_path / "b.zip"), killed_in]
    assert subprocess.run([sys.executable, "-c", program, *arguments], check=False, timeout=60).returncode == -9
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] != []
    if not (tmp_path / "b.zip").exists():
        back_up(study, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", tmp_path / "b.zips")
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_nothing_is_overwritten(study_at: Callable[[str], Path], tmp_path: Path) -> None:
    """Neither an archive nor a study that is there already, nor is an archive put into its study."""
    study = study_at("extend")
    for place, words in ((study / "b.zip", "lies in the study itself"), (study / "study.toml", "is there already")):
        done = vidgen("backup", "--study", study, "--to", place)
        assert done.exit_code == 1
        assert words in said(done.stderr)[0]
    assert vidgen("backup", "--study", study, "--to", tmp_path / "b.zip").exit_code == 0
    done = vidgen("restore", tmp_path / "b.zip", "--study", study)
    assert done.exit_code == 1
    assert "is there already, and a backup is never put over anything" in said(done.stderr)[0]
    (tmp_path / "empty").mkdir()
    done = vidgen("restore", tmp_path / "b.zip", "--study", tmp_path / "empty")
    assert done.exit_code == 0, done.output
    assert "the study as of 20" in done.stdout


def test_a_backup_that_fails_leaves_nothing(
    study_at: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, a damaged ledger: no archive and no draft are left."""
    study = study_at("extend")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", str(tmp_path / "b.zip"))

    there = sorted(tmp_path.iterdir())
    with monkeypatch.context() as once:
        once.setattr("crowd.lifecycle.backup.os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            back_up(study, tmp_path / "b.zip")
    content = bytearray((study / "ledger.sqlite").read_bytes())
    place = content.index(b"assignment_duration_s")
    content[place] ^= 1
    (study / "ledger.sqlite").write_bytes(content)
    with pytest.raises(ValueError, match=r"ledger\.sqlite: is damaged \(.*\), so nothing was backed up"):
        back_up(study, tmp_path / "b.zip")
    assert sorted(tmp_path.iterdir()) == there


def test_a_study_that_is_not_published_can_be_backed_up(tmp_path: Path) -> None:
    """A study file alone is a study."""
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "study.toml").touch()
    back_up(tmp_path / "s", tmp_path / "b.zip")
    assert restore(tmp_path / "b.zip", tmp_path / "again").videos_dir == ""
    assert (tmp_path / "again" / "study.toml").exists()
