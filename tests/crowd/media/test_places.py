"""Where participants' browsers load the videos from."""

from pathlib import Path

import pytest

from crowd.ledger.ledger import Ledger
from crowd.media.places import OwnMedia, check_reachable, remember, remembered
from crowd.media.s3 import S3Media, S3Settings
from crowd.platforms import open_platform


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that open nothing."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


def test_platforms_that_serve_nothing_need_a_place(tmp_path: Path) -> None:
    """Mechanical Turk serves no videos, so its studies must say where these are."""
    with open_platform("mturk-sandbox", tmp_path) as platform:
        with pytest.raises(ValueError, match="--media s3"):
            check_reachable(platform, OwnMedia(tmp_path))
        check_reachable(platform, S3Media(S3Settings(bucket="clips")))


def test_a_later_run_uses_the_place_of_the_first(tmp_path: Path) -> None:
    """The ledger keeps what is needed to find the videos again; without a word of it the platform serves them."""
    with Ledger(tmp_path) as ledger:
        assert isinstance(remembered(ledger), OwnMedia)
        remember(ledger, S3Media(S3Settings(bucket="clips", links="public")))
        assert remembered(ledger).settings() == S3Media(S3Settings(bucket="clips", links="public")).settings()
        remember(ledger, OwnMedia(tmp_path))
        assert isinstance(remembered(ledger), OwnMedia)


def test_own_addresses_tell_nothing_and_stay_the_same(tmp_path: Path) -> None:
    """The path of a video names neither its method nor its label, and another study has another one."""
    media = OwnMedia(tmp_path / "a")
    url = media.url("new/ball going left.mp4")
    assert url.startswith("/media/")
    assert "new" not in url
    assert "ball" not in url
    assert OwnMedia(tmp_path / "a").url("new/ball going left.mp4") == url
    assert OwnMedia(tmp_path / "b").url("new/ball going left.mp4") != url
    assert media.links_last_s() is None
