"""The example of a metric beside people: what its README shows is what the program prints."""

import runpy
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "metrics"


@pytest.mark.slow
def test_readme_shows_what_is_printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Coefficients, intervals and estimates are the README's, and called simulated."""
    monkeypatch.setattr(sys, "argv", ["metrics.py"])
    runpy.run_path(str(EXAMPLE / "metrics.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert printed.startswith("Simulated participants, not people.")
    assert printed in (EXAMPLE / "README.md").read_text(encoding="utf-8")
