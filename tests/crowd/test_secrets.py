"""A study's secrets."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crowd.secrets import FILE, load_or_create


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    """The second call returns what the first one made."""
    assert load_or_create(tmp_path / "study") == load_or_create(tmp_path / "study")


def test_secrets_are_the_owners_alone(tmp_path: Path) -> None:
    """Nobody but the owner may read the file, and no draft stays behind."""
    load_or_create(tmp_path)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_secrets_do_not_show_in_a_repr(tmp_path: Path) -> None:
    """A log line that prints the object gives nothing away."""
    secrets = load_or_create(tmp_path)
    assert secrets.secret_access_key not in repr(secrets)
    assert secrets.pseudonym_key not in repr(secrets)


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    """Of many creators at once one wins, and all use its secrets."""
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(load_or_create, [tmp_path] * 32))
    assert len(made) == 1


@pytest.mark.parametrize(
    "content", ["{", "[]", "{}", '{"access_key_id": "", "secret_access_key": 1, "pseudonym_key": "x"}']
)
def test_a_damaged_file_is_named(tmp_path: Path, content: str) -> None:
    """A file that holds something else is an error that names it, never new secrets."""
    (tmp_path / FILE).write_text(content)
    with pytest.raises(ValueError, match=FILE):
        load_or_create(tmp_path)
