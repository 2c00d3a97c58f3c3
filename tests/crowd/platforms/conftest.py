"""What tests of platforms share."""

import pytest


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that open nothing, and a client that gives up soon."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIANOTREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-real")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
