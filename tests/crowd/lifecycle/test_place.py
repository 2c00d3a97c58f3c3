"""A copied study is noticed before it acts on its original's people and money; a moved one goes on."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis import analyse_study
from crowd.lifecycle.backup import back_up, restore
from crowd.lifecycle.bonuses import bonus
from crowd.lifecycle.close import close, delete
from crowd.lifecycle.collect import collect
from crowd.lifecycle.extend import extend
from crowd.lifecycle.invite import invite_people
from crowd.lifecycle.place import CopyError, claim, settle
from crowd.lifecycle.publish import open_due_rounds, publish
from crowd.lifecycle.review import approve, reject
from crowd.lifecycle.status import status
from crowd.lifecycle.watch import watch
from crowd.localplatform import running
from tests.cli.program import said, vidgen
from tests.crowd.faulted import bonuses
from tests.crowd.lifecycle.test_bonuses import paid
from tests.crowd.lifecycle.test_close import states
from tests.crowd.lifecycle.test_extend import sizes

FILE = "private/place.json"


@pytest.fixture
def study(study_at: Callable[[str], Path]) -> Path:
    """A collected study that knows its place."""
    study_dir = study_at("bonus")
    settle(study_dir)
    return study_dir


def copied(study: Path, name: str = "copy") -> Path:
    return Path(shutil.copytree(study, study.with_name(name)))


ACTING: dict[str, Callable[[Path, Path], Any]] = {
    "publish": lambda study, videos: publish(study, videos),
    "extend": lambda study, videos: extend(study, 3),
    "next round": lambda study, videos: open_due_rounds(study),
    "approve": lambda study, videos: approve(study),
    "reject": lambda study, videos: reject(
        study, "3X", rule="max_attention_failures", reason="x", confirm=lambda worker: True
    ),
    "bonus": lambda study, videos: bonus(study, bonuses(study)),
    "expire": lambda study, videos: close(study),
    "delete": lambda study, videos: delete(study, confirm=lambda num_hits: True),
    "invite": lambda study, videos: invite_people(study, 1),
    "watch": lambda study, videos: list(watch(study, every_s=0)),
}


@pytest.mark.parametrize("command", ACTING)
def test_a_copy_acts_on_nobody(command: str, study: Path, videos: Path) -> None:
    """While the original is served, a copy that would command it is refused, and the original is as before."""
    with running(study):
        copy = copied(study)
        if command == "watch":
            extend(study, 3)
            shutil.copy(study / "design.json", copy)
        before = (sizes(study), len(paid(study)), states(study))
        with pytest.raises(CopyError, match=rf"copy: is a copy of {study}, which is still there.*vidgen claim-study"):
            ACTING[command](copy, videos)
        assert (sizes(study), len(paid(study)), states(study)) == before


def test_a_copy_is_not_served(study: Path) -> None:
    """The command ends in one line; so do those that invite people or bring programs."""
    copy = copied(study)
    for command in (["serve-tasks"], ["invite", "--this-machine"], ["simulate-answers", "--workers", "1"]):
        with running(study):
            done = vidgen(*command, "--study", copy)
        assert done.exit_code == 1
        (line,) = said(done.stderr)
        assert "is a copy of" in line


def test_a_copy_can_be_read(study: Path) -> None:
    """Status, answers, report and backups of a copy are what they are of the original."""
    copy = copied(study)
    assert status(copy).wanted == 6
    assert collect(copy).assignments == 6
    assert analyse_study(copy).to_dict()["methods"]
    back_up(copy, copy.with_name("b.zip"))


@pytest.mark.parametrize("how", ["renamed", "moved to another disk", "behind a link"])
def test_a_moved_study_goes_on_and_says_so_once(how: str, study: Path, tmp_path: Path) -> None:
    """Where the old place is gone nothing needs to be said by a person."""
    target = tmp_path / "elsewhere" / "renamed"
    target.parent.mkdir()
    if how == "renamed":
        study.rename(target)
    else:
        shutil.copytree(study, target)
        shutil.rmtree(study)
    shown = target
    if how == "behind a link":
        shown = tmp_path / "link"
        shown.symlink_to(target)
    done = vidgen("approve-answers", "--study", shown)
    assert done.exit_code == 0, done.output
    assert said(done.stderr)[0] == f"note: {shown}: this study was moved here from {study}"
    assert "moved" not in vidgen("approve-answers", "--study", target).stderr


def test_two_ways_to_one_directory_are_one_study(study: Path, tmp_path: Path) -> None:
    """A link is no copy and no move."""
    (tmp_path / "link").symlink_to(study)
    settle(tmp_path / "link")
    settle(study)


def test_the_renamed_original_goes_on_and_a_copy_in_its_place_does_not(study: Path) -> None:
    """What the file system calls a directory tells which of two is the original, whatever their names."""
    renamed = study.rename(study.with_name("old"))
    shutil.copytree(renamed, study)
    settle(renamed)
    with pytest.raises(CopyError, match=rf"study: is a copy of {renamed}"):
        settle(study)
    settle(renamed)
    claim(study)
    settle(study)
    with pytest.raises(CopyError, match=rf"old: is a copy of {study}"):
        settle(renamed)


def test_a_claimed_copy_is_the_study_and_its_original_the_copy(study: Path) -> None:
    """One of both acts, whichever a person names."""
    copy = copied(study)
    assert vidgen("claim-study", "--study", copy).exit_code == 0
    settle(copy)
    with pytest.raises(CopyError, match=rf"study: is a copy of {copy}"):
        settle(study)
    claim(study)
    settle(study)
    with pytest.raises(CopyError):
        settle(copy)


def test_a_study_from_another_machine_has_to_be_claimed(study: Path) -> None:
    """Nobody can see from here whether the original is still there."""
    path = study / FILE
    table = json.loads(path.read_text())
    path.write_text(json.dumps(table | {"host": "elsewhere", "inode": 1}))
    with pytest.raises(CopyError, match="on the machine elsewhere, and might be a copy of what is there"):
        settle(study)
    claim(study)
    settle(study)


def test_a_container_that_was_started_again_is_the_same_place(study: Path) -> None:
    """Its name changes each time; the directory is the same one."""
    path = study / FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | {"host": "0a1b2c3d"}))
    settle(study)


def test_a_restored_study_is_a_copy_while_its_original_is_there(study: Path, tmp_path: Path) -> None:
    """A restored backup replaces a lost study, or has to be claimed."""
    back_up(study, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", tmp_path / "again")
    with pytest.raises(CopyError, match="again: is a copy of"):
        approve(tmp_path / "again")
    shutil.rmtree(study)
    assert approve(tmp_path / "again").through == 6


def test_studies_that_know_no_place_note_the_one_where_they_are(study: Path) -> None:
    """Studies of earlier releases go on; a damaged note is told with what helps."""
    (study / FILE).unlink()
    settle(study)
    assert json.loads((study / FILE).read_text())["path"] == str(study)
    assert (study / FILE).stat().st_mode & 0o077 == 0
    (study / FILE).write_text("{}")
    with pytest.raises(ValueError, match=r"does not say where the study is .*vidgen claim-study .*` writes it anew"):
        settle(study)
    claim(study)
    settle(study)


def test_what_is_no_study_cannot_be_claimed(tmp_path: Path) -> None:
    """There is nothing that could be anybody's."""
    (tmp_path / "study.toml").touch()
    done = vidgen("claim-study", "--study", tmp_path)
    assert done.exit_code == 1
    assert "there is nothing to claim" in said(done.stderr)[0]
