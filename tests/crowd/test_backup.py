"""A backup is whole or not there, is made while people answer, and pays nothing twice when it is restored."""

import json
import shutil
import stat
import threading
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from crowd.backup import MANIFEST, back_up, restore
from crowd.bonuses import pay
from crowd.checking import check
from crowd.collecting import collect
from crowd.database import faults
from crowd.design import Design
from crowd.extending import extend
from crowd.hits import hit_ids
from crowd.ledger import Ledger
from crowd.localplatform import running
from crowd.localplatform.people import stored_answers
from crowd.publishing import publish
from crowd.reconciling import is_restored
from crowd.reviewing import approve
from crowd.spending import Consent
from tests.cli.program import said, vidgen
from tests.crowd.answering import answer
from tests.crowd.faulted import bonuses
from tests.crowd.test_bonuses import paid
from tests.crowd.test_extending import sizes


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
        pay(study, bonuses(study))
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
    "bonus": lambda study, videos: pay(study, bonuses(study)[:6], consent=Consent(cap_usd="15.00")),
    "extend": lambda study, videos: extend(study, 4, consent=Consent(cap_usd="15.00")),
    "collect": lambda study, videos: collect(study),
}


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
        assert ledger.held() == Decimal("12.24")
        assert len(hit_ids(ledger)) == 3
        assert len(ledger.assignments()) == 9


def test_the_cap_counts_what_was_paid_after_the_backup(behind: Path) -> None:
    """Money that the restored ledger does not know is counted before any more is promised."""
    with (
        running(behind),
        pytest.raises(ValueError, match=r"with \$12\.24 held so far, which passes the cap of \$12\.50"),
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


def escaping(members: dict[str, bytes]) -> None:
    about = json.loads(members[MANIFEST])
    about["files"]["study/../../evil"] = about["files"]["study/study.toml"]
    members |= {MANIFEST: json.dumps(about).encode(), "study/../../evil": members["study/study.toml"]}


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
    "a way out": (lambda path: rewritten(path, escaping), "holds other files than"),
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
        once.setattr("crowd.backup.os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            back_up(study, tmp_path / "b.zip")
    content = bytearray((study / "ledger.sqlite").read_bytes())
    place = content.index(b"CreateHITType")
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
