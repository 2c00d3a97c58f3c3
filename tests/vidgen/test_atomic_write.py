"""`tests/crowd/test_atomic_write.py` has what killed processes leave, of both packages."""

from pathlib import Path

import pytest

from vidgen.atomic_write import draft_of, draft_path, write_text


def test_a_failed_write_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """An error in the middle removes the draft, and names the file that was to be written."""
    path = tmp_path / "a.json"
    write_text(path, "before")

    def fail() -> None:
        with draft_of(path) as draft:
            draft.write_text("half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left on device") as failed:
        fail()
    assert failed.value.filename == str(path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_draft_keeps_the_suffix_and_is_hidden(tmp_path: Path) -> None:
    """Encoders choose a format by the suffix; directory listings leave hidden files out."""
    draft = draft_path(tmp_path / "a.mp4")
    assert (draft.parent, draft.suffix) == (tmp_path, ".mp4")
    assert draft.name.startswith(".")


def test_an_error_without_a_number_names_the_file_too(tmp_path: Path) -> None:
    """Libraries raise such errors."""
    with pytest.raises(OSError, match=r"b\.json: it broke"), draft_of(tmp_path / "b.json"):
        raise OSError("it broke")
