"""A Markdown document is printed as a PDF that says what the document says."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from analysis.printing import print_pdf
from crowd.simulated import browser

TEXT = """# Plan: <b>one</b> & two

| rule | value |
|---|---|
| margin | 0.05 |

Registered at: [to fill in]

<script>document.body.textContent = "broken"</script>
"""


def printed(folder: Path) -> Path:
    """The PDF of the text."""
    (folder / "plan.md").write_text(TEXT, encoding="utf-8")
    return print_pdf(folder / "plan.md", language="en")


@pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium on this machine")
def test_the_pdf_has_the_text(tmp_path: Path) -> None:
    """It stands beside the document and replaces an older one; tables are tables, and HTML is text."""
    (tmp_path / "plan.pdf").write_text("older", encoding="utf-8")
    made = printed(tmp_path)
    assert made == tmp_path / "plan.pdf"
    assert made.read_bytes().startswith(b"%PDF-")
    if shutil.which("pdftotext"):
        done = subprocess.run(["pdftotext", "-layout", str(made), "-"], capture_output=True, text=True, check=True)
        assert "Plan: <b>one</b> & two" in done.stdout
        assert re.search(r"margin +0\.05", done.stdout)
        assert "broken" in done.stdout
        assert "[to fill in]" in done.stdout


def test_without_chromium_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, and nothing is written."""
    monkeypatch.setattr(browser.shutil, "which", lambda name: None)
    with pytest.raises(ValueError, match="the program chromium is not on PATH"):
        printed(tmp_path)
    assert not (tmp_path / "plan.pdf").exists()
