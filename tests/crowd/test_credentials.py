"""A study's secrets."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import run

import pytest

from crowd.credentials import load_or_create
from crowd.ledger.ledger import Ledger

FILE = "private/secrets.json"
FORMER_FILE = "secrets.json"


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    """The second call returns what the first one made."""
    assert load_or_create(tmp_path / "study") == load_or_create(tmp_path / "study")


def test_secrets_are_the_owners_alone(tmp_path: Path) -> None:
    """Nobody but the owner may read the file, and no draft stays behind."""
    load_or_create(tmp_path)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / FILE).parent.stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / FILE).parent.iterdir()] == ["secrets.json"]


def test_nothing_private_enters_a_repository(tmp_path: Path) -> None:
    """Of what a study holds, git takes the answers and the design, and no secrets, ids or links."""
    load_or_create(tmp_path)
    Ledger(tmp_path).__exit__(None, None, None)
    for name in ("platform.sqlite", "platform.json", "design.json", "answers.csv"):
        (tmp_path / name).touch()
    run(["git", "init", "-q", str(tmp_path)], check=True)
    status = run(["git", "-C", str(tmp_path), "status", "--porcelain"], check=True, capture_output=True, text=True)
    assert status.stdout.split() == ["??", ".gitignore", "??", "answers.csv", "??", "design.json"]


def test_the_ledger_is_the_owners_alone(tmp_path: Path) -> None:
    """It holds worker ids and answers."""
    with Ledger(tmp_path) as ledger:
        ledger.set_fact("platform", "local")
        assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("ledger.sqlite*")} == {0o600}


def test_secrets_of_an_earlier_release_are_read_where_they_lie(tmp_path: Path) -> None:
    """They stay in the study directory itself, and no others are made."""
    made = load_or_create(tmp_path)
    (tmp_path / FILE).rename(tmp_path / FORMER_FILE)
    assert load_or_create(tmp_path) == made
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("name", ["ledger.sqlite", "platform.sqlite", "answers.parquet"])
def test_lost_secrets_are_never_made_anew(tmp_path: Path, name: str) -> None:
    """Other secrets would change every pseudonym, so the file has to be put back."""
    (tmp_path / name).touch()
    with pytest.raises(ValueError, match=rf"secrets.json: is missing, but {name} was made with it; put it back"):
        load_or_create(tmp_path)
    assert not (tmp_path / FILE).exists()


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
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text(content)
    with pytest.raises(ValueError, match=FILE):
        load_or_create(tmp_path)
