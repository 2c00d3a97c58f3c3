"""Commands in README and in the documentation exist as they are written there."""

import re
import shlex
from pathlib import Path

import pytest

from docs.generate_site import outside_code
from vidgen.cli import load

ROOT = Path(__file__).parents[2]
#: Every page that people write; docs/cli.md is made of the commands themselves.
PAGES = [ROOT / "README.md", *(page for page in (ROOT / "docs").glob("*.md") if page.name != "cli.md")]
TEXTS = {page.name: page.read_text(encoding="utf-8") for page in sorted(PAGES)}
CODE = "\n".join(block for text in TEXTS.values() for block in outside_code(text)[1::2])
COMMANDS = sorted(set(re.findall(r"^(?:\$ )?vidgen ([a-z].+)$", CODE, re.MULTILINE)))
#: Commands within a sentence, with the options that are written there; their arguments may be left out.
QUOTED = sorted(
    {words for text in TEXTS.values() for words in re.findall(r"`vidgen ([a-z][a-z-]+(?: [^`…]+)?)`", text)}
)


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_can_be_typed_as_they_are_documented(line: str) -> None:
    """Each command and option on these pages is one that the program has."""
    name, *words = shlex.split(line, comments=True)
    assert load(name).make_context(name, words)


@pytest.mark.parametrize("words", QUOTED)
def test_commands_within_sentences_exist(words: str) -> None:
    """So does each option that is named with them."""
    name, *more = words.split()
    known = {option for parameter in load(name).params for option in parameter.opts}
    assert {word.partition("=")[0] for word in more if word.startswith("--")} <= known | {"--help"}


def test_there_are_commands_to_check() -> None:
    """The pattern above finds what the page shows."""
    assert len(COMMANDS) >= 50
    assert len(QUOTED) >= 40
