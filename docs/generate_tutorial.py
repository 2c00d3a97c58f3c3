"""Writes docs/tutorial.ipynb, the notebook of docs/tutorial.md: `python -m docs.generate_tutorial`.

Blocks of Python become cells of code; all else, commands for a terminal included, stays text.
"""

from pathlib import Path

import jupytext

SOURCE = Path(__file__).with_name("tutorial.md")
PAGE = SOURCE.with_suffix(".ipynb")


def text() -> str:
    """The notebook, as JSON; the same for the same page."""
    notebook = jupytext.reads(SOURCE.read_text(encoding="utf-8").replace("```sh\n", "```console\n"), fmt="md")
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:02}"  # jupytext makes random ones
    return str(jupytext.writes(notebook, fmt="ipynb")) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
