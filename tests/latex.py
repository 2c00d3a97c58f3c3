"""LaTeX that is compiled, where there is a program for it: Debian's texlive-latex-recommended, or tectonic."""

import shutil
import subprocess
from pathlib import Path

import pytest

#: The program and how it is called; of tectonic, that it fetches nothing.
_PROGRAMS = {
    "pdflatex": ("-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"),
    "tectonic": ("--only-cached", "--keep-logs"),
}
_DOCUMENT = """\\documentclass{article}
\\usepackage{booktabs}
\\begin{document}
%s
\\end{document}
"""


def compiled(folder: Path, **inputs: str) -> str:
    """Compile a document that inputs these files by name; return its log. The PDF is `document.pdf` in the folder.

    The test is skipped where there is no LaTeX, and fails where the document does not compile.
    """
    program = next(filter(shutil.which, _PROGRAMS), None)
    if program is None:
        pytest.skip("no pdflatex or tectonic on this machine")
    for name, text in inputs.items():
        (folder / f"{name}.tex").write_text(text, encoding="utf-8")
    lines = "\n".join(f"\\input{{{name}}}" for name in inputs)
    (folder / "document.tex").write_text(_DOCUMENT % lines, encoding="utf-8")
    done = subprocess.run(
        [program, *_PROGRAMS[program], "document.tex"], cwd=folder, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-3000:]
    assert (folder / "document.pdf").stat().st_size > 1000
    return (folder / "document.log").read_text(encoding="utf-8", errors="replace")
