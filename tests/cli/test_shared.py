"""What commands share: how progress is shown."""

import pytest

from vidgen.cli import shared


def test_progress_is_written_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a log each line says how far it is; what is over soon says nothing."""
    with shared.progress_bar("publishing", "HIT") as progress:
        progress(1, 3)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(shared, "_LINE_EVERY_S", 0)
    with shared.progress_bar("publishing", "HIT") as progress:
        progress(1, 3)
        progress(2, 3)
    assert capsys.readouterr().err == "publishing: 1 of 3\npublishing: 2 of 3\n"


def test_progress_is_drawn_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """There a bar says the same, and ends its line before something else is printed."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr("tqdm.tqdm.__init__", _at_once(__import__("tqdm").tqdm.__init__))
    with shared.progress_bar("publishing", "HIT") as progress:
        progress(2, 3)
        progress.close()
        progress.close()
    drawn = capsys.readouterr().err
    assert "2/3" in drawn
    assert drawn.endswith("\n")


def _at_once(real):  # type: ignore[no-untyped-def]
    def begin(bar, **options):  # type: ignore[no-untyped-def]
        real(bar, **options | {"delay": 0})

    return begin
