"""Commands in the documentation of platforms, recruiters and privacy exist as they are written there."""

import re
import shlex
from pathlib import Path

import pytest

from vidgen.cli import load

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("platforms", "recruiting", "prolific", "simulated-prolific", "privacy")
COMMANDS = [
    line
    for page in PAGES
    for line in re.findall(r"^(?:\$ )?vidgen (.+)$", (DOCS / f"{page}.md").read_text(encoding="utf-8"), re.MULTILINE)
]


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_can_be_typed_as_they_are_documented(line: str) -> None:
    """Each command and option on these pages is one that the program has."""
    name, *words = shlex.split(line)
    assert load(name).make_context(name, words)


def test_there_are_commands_to_check() -> None:
    """The pattern above finds what the page shows."""
    assert len(COMMANDS) >= 25
