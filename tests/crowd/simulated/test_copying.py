"""The copy of a study that is rehearsed."""

import tempfile
from pathlib import Path

import pytest

from crowd.simulated.copying import emptied_on_failure


def fill_and_fail(out: Path | None, error: BaseException) -> None:
    """Put files and folders into the directory, and fail."""
    with emptied_on_failure(out) as directory:
        (directory / "study").mkdir()
        (directory / "study" / "study.toml").touch()
        (directory / "file").touch()
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("there", [False, True], ids=["new", "empty"])
def test_what_fails_leaves_the_folder_as_it_was(tmp_path: Path, there: bool, error: type[BaseException]) -> None:
    """Files and folders that were made are removed, also on Ctrl+C; a folder that was there stays, empty."""
    out = tmp_path / "a" / "b"
    if there:
        out.mkdir(parents=True)
    with pytest.raises(error):
        fill_and_fail(out, error())
    assert out.exists() == there
    assert (tmp_path / "a").exists() == there
    assert list(tmp_path.rglob("*")) == [tmp_path / "a", out] * there


def test_what_fails_leaves_no_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does what fails in a folder that nobody named."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(OSError, match="full"):
        fill_and_fail(None, OSError("full"))
    assert not list(tmp_path.iterdir())


def test_a_folder_with_files_is_refused(tmp_path: Path) -> None:
    """Nothing of it is touched."""
    (tmp_path / "letter").touch()
    with (
        pytest.raises(ValueError, match="is not an empty directory; choose another --out"),
        emptied_on_failure(tmp_path),
    ):
        pass
    assert (tmp_path / "letter").exists()
