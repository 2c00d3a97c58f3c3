"""Which database keeps a study's store."""

from contextlib import closing
from pathlib import Path

import pytest

from crowd.credentials import load_or_create
from crowd.localplatform.store import account, has_store, open_store
from crowd.localplatform.store.places import database_url, keep_in
from tests import postgresql as servers


@pytest.mark.sqlite
def test_a_study_has_a_file_by_default(study: Path) -> None:
    """It is made when the store is first opened."""
    study.mkdir()
    assert not has_store(study)
    open_store(study).close()
    assert has_store(study)
    assert (study / "platform.sqlite").is_file()
    assert database_url(study) is None


@pytest.mark.parametrize("url", ["mysql://a/b", "platform.sqlite", ""])
@pytest.mark.sqlite
def test_another_kind_of_address_is_refused(study: Path, url: str) -> None:
    """The message says what is wanted."""
    study.mkdir()
    with pytest.raises(ValueError, match="is not postgresql://"):
        keep_in(study, url)


@pytest.mark.postgresql
class TestPostgresql:
    """With a server."""

    @pytest.fixture
    def directory(self, tmp_path: Path) -> Path:
        """Of a new study."""
        (tmp_path / "study").mkdir()
        return tmp_path / "study"

    def test_the_address_is_kept_with_the_secrets(self, directory: Path, postgresql: servers.Server) -> None:
        """Other processes find the database by it, and only the study's owner can read it."""
        keep_in(directory, postgresql.url)
        with closing(open_store(directory)) as store, store.transaction(0) as tx:
            account.remember_setting(tx, "a", "b")
        with closing(open_store(directory)) as store, store.transaction(0) as tx:
            assert account.setting(tx, "a") == "b"
        assert not (directory / "platform.sqlite").exists()
        assert (directory / "private" / "database.json").stat().st_mode & 0o077 == 0

    def test_studies_share_a_database(self, tmp_path: Path, postgresql: servers.Server) -> None:
        """Each has a schema of its own, so none sees another's."""
        for number in range(2):
            directory = tmp_path / str(number)
            directory.mkdir()
            keep_in(directory, postgresql.url)
            with closing(open_store(directory)) as store, store.transaction(0) as tx:
                assert account.setting(tx, "a") is None
                account.remember_setting(tx, "a", "b")

    def test_a_study_with_a_file_stays_there(self, directory: Path, postgresql: servers.Server) -> None:
        """Its tasks would not be in the database."""
        load_or_create(directory)
        open_store(directory).close()
        with pytest.raises(ValueError, match=r"platform\.sqlite: the study's tasks are in this file"):
            keep_in(directory, postgresql.url)

    def test_the_same_database_may_have_another_address(self, directory: Path, postgresql: servers.Server) -> None:
        """As after its password was changed; one without the study is refused."""
        keep_in(directory, postgresql.url)
        open_store(directory).close()
        keep_in(directory, postgresql.url + "?connect_timeout=9")
        assert database_url(directory) == postgresql.url + "?connect_timeout=9"
        with pytest.raises(ValueError, match="holds nothing of this study"):
            keep_in(directory, postgresql.url.rpartition("/")[0] + "/postgres")
