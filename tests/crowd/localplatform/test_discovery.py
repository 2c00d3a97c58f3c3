"""A study's server is found while it runs, and there is one at most."""

from pathlib import Path

import pytest

from crowd.localplatform.discovery import (
    Announcement,
    announced,
    announcing,
    endpoint_of,
    only_server,
    participants_url_of,
)
from crowd.studydir import StudyDirectory

URL = "http://127.0.0.1:8000"


def test_a_server_is_found_while_it_holds_the_study(tmp_path: Path) -> None:
    """Not before it announced itself, nor after it stopped; looking makes no file."""
    assert announced(tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    with only_server(tmp_path):
        assert announced(tmp_path) is None
        with announcing(tmp_path, URL, "https://study.example.org"):
            assert announced(tmp_path) == Announcement(endpoint_url=URL, participants_url="https://study.example.org")
            assert endpoint_of(tmp_path) == URL
            assert participants_url_of(tmp_path) == "https://study.example.org"
        assert announced(tmp_path) is None
    for find in (endpoint_of, participants_url_of):
        with pytest.raises(ValueError, match=r"is not being served; start it with `.*vidgen serve-tasks"):
            find(tmp_path)


def test_what_a_killed_server_left_leads_nowhere(tmp_path: Path) -> None:
    """Its address is ignored, and gone before another server listens, so that nobody asks a stranger's port."""
    with announcing(tmp_path, URL, None):
        assert announced(tmp_path) is None
        with only_server(tmp_path):
            assert not StudyDirectory(tmp_path).announcement.exists()
            assert announced(tmp_path) is None


def test_a_second_server_is_refused_with_the_address_of_the_first(tmp_path: Path) -> None:
    """Two servers on one store would each believe to know what was promised."""
    with only_server(tmp_path):
        with pytest.raises(ValueError, match="is being served already; stop that server first"), only_server(tmp_path):
            pass
        with announcing(tmp_path, URL, None):
            with pytest.raises(ValueError, match=f"is being served already at {URL}; "), only_server(tmp_path):
                pass
            assert endpoint_of(tmp_path) == URL
