"""What a failed publication made goes away."""

from pathlib import Path

import pytest

from crowd.lifecycle.rollback import unchanged_on_failure
from crowd.operating_system import used_folder
from crowd.studydir import StudyDirectory


def fail(directory: Path, *, unless: bool = False) -> None:
    """Make a file and a folder in the directory, and fail."""
    with unchanged_on_failure(directory, unless=lambda: unless):
        (directory / "new").mkdir()
        (directory / "new" / "file").touch()
        raise KeyboardInterrupt


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    """Folders above the directory that were made for it go away too."""
    (tmp_path / "kept").touch()
    with pytest.raises(KeyboardInterrupt):
        fail(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        fail(tmp_path / "a" / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_success_keeps_everything(tmp_path: Path) -> None:
    """The block's files are the study's."""
    with unchanged_on_failure(tmp_path / "a", unless=lambda: False):
        (tmp_path / "a" / "file").touch()
    assert (tmp_path / "a" / "file").exists()


@pytest.mark.parametrize("why", ["something was sent", "another process publishes", "it is served"])
def test_what_may_be_needed_stays(tmp_path: Path, why: str) -> None:
    """Where a call went out, or another process may have made the files, none is removed."""
    with used_folder(tmp_path):
        if why == "it is served":
            StudyDirectory(tmp_path).announcement.touch()
        if why != "another process publishes":
            with pytest.raises(KeyboardInterrupt):
                fail(tmp_path, unless=why == "something was sent")
        else:
            with used_folder(tmp_path), pytest.raises(KeyboardInterrupt):
                fail(tmp_path)
    assert (tmp_path / "new" / "file").exists()
