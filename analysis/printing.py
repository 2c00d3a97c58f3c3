"""Prints a Markdown document as PDF by Chromium, which knows every script and works offline."""

import subprocess
import tempfile
from pathlib import Path

from markupsafe import Markup

from crowd.atomic_write import write_whole
from crowd.simulated.browser import FLAGS, find_chromium
from templates import environment

#: Longest wait for Chromium, in seconds.
PATIENCE_S = 60


def print_pdf(document: Path, *, language: str) -> Path:
    """Print a document beside itself: `plan.md` as `plan.pdf`, which is replaced.

    Args:
        document: Markdown with tables; HTML in it is shown as text.
        language: of the document.

    Returns:
        The PDF's path.

    Raises:
        ModuleNotFoundError: markdown-it-py is not installed; the extra `browser` has it.
        ValueError: Chromium is missing, or printed nothing.
        OSError: a file cannot be read or written.
    """
    from markdown_it import MarkdownIt  # of an extra

    program, place = find_chromium(), document.with_suffix(".pdf")
    text = document.read_text(encoding="utf-8")
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    page = environment().get_template("study/printed.html.j2")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source, made = Path(folder) / "document.html", Path(folder) / "document.pdf"
        html = page.render(title=document.stem, language=language, body=Markup(body))  # noqa: S704  as markdown-it escapes
        source.write_text(html, encoding="utf-8")
        wanted = [f"--user-data-dir={folder}/profile", "--no-pdf-header-footer", f"--print-to-pdf={made}"]
        command = [program, *FLAGS, *wanted, source.as_uri()]
        try:
            subprocess.run(command, capture_output=True, timeout=PATIENCE_S, check=False)  # noqa: S603  no shell
        except subprocess.TimeoutExpired:
            raise ValueError(f"{document}: {program} printed nothing in {PATIENCE_S} s") from None
        if not made.exists():
            raise ValueError(f"{document}: {program} printed nothing")
        write_whole(place, made.read_bytes())
    return place
