"""The names of a study's files, and which folders are studies."""

from pathlib import Path

import pytest

from crowd.studydir import MARKS, BackupArchive, ReportDirectory, StudyDirectory, existing_study, is_study, nearest


def test_a_file_is_a_path_of_its_directory_and_a_name_of_the_class(tmp_path: Path) -> None:
    """The same attribute gives both."""
    assert StudyDirectory(tmp_path).secrets == tmp_path / "private" / "secrets.json"
    assert StudyDirectory(str(tmp_path)).design == tmp_path / "design.json"
    assert StudyDirectory.secrets.name == "private/secrets.json"
    assert StudyDirectory.design.version == 3
    assert StudyDirectory.ledger.version is None


@pytest.mark.parametrize("directory", [StudyDirectory, ReportDirectory, BackupArchive])
def test_no_two_files_have_one_name(directory: type[StudyDirectory]) -> None:
    """Nothing overwrites another file."""
    names = [file.name for file in directory.files()]
    assert len(set(names)) == len(names) > 0


def test_the_better_answers_table_comes_first(tmp_path: Path) -> None:
    """Parquet has types; CSV is read where it is alone."""
    files = StudyDirectory(tmp_path)
    assert files.answer_tables() == []
    files.answers_csv.touch()
    assert files.answer_tables() == [files.answers_csv]
    files.answers.touch()
    assert files.answer_tables() == [files.answers, files.answers_csv]


@pytest.mark.parametrize("name", sorted(MARKS))
def test_a_folder_with_one_of_its_files_is_a_study(tmp_path: Path, name: str) -> None:
    """A folder of that name is none."""
    assert not is_study(tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    assert existing_study(tmp_path) == tmp_path
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    assert not is_study(tmp_path)


def test_a_mistyped_study_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    """The message says what is there instead of a study, and which one was probably meant."""
    for name in ("my-study", "other"):
        (tmp_path / name).mkdir()
        StudyDirectory(tmp_path / name).study_file.touch()
    assert nearest(tmp_path / "my-studdy") == tmp_path / "my-study"
    with pytest.raises(ValueError, match=r"there is no such folder; the nearest study is .*my-study$"):
        existing_study(tmp_path / "my-studdy")
    (tmp_path / "a-file").touch()
    with pytest.raises(ValueError, match="it is a file; the nearest study is"):
        existing_study(tmp_path / "a-file")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="it holds no study; the nearest study is"):
        existing_study(tmp_path / "empty")
