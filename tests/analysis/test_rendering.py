"""Names in Markdown, LaTeX and the terminal: always text, never markup."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import analyse
from analysis.rendering import LATEX, escape_latex, escape_markdown
from tests.analysis.tables import table

texts = st.text(st.one_of(st.sampled_from("\\~^&%$#_{}<>|\"`-'!*[]()+=.:1 \n\t"), st.characters(codec="utf-8")))


@given(texts)
def test_latex_sees_no_command(text: str) -> None:
    """No character that means something to LaTeX is left, no two make another sign, and no paragraph begins."""
    left = escape_latex(text)
    for written in sorted(set(LATEX.values()), key=len, reverse=True):
        left = left.replace(written, "")
    left = left.replace("{}", "\0")
    assert not set(left) & set('\\~^&%$#_{}<>|"`\n\r\t')
    assert "--" not in left
    assert "''" not in left


@given(texts)
def test_markdown_sees_no_markup(text: str) -> None:
    """Every character that can begin markup follows a backslash, and no line begins a list, heading or rule."""
    left = escape_markdown(text)
    bare = re.sub(r"\\[^a-zA-Z0-9\s]", "", left)
    assert not set(bare.replace("< ", "")) & set("\\`*_{}[]<>#|~!&$\n\r")
    assert not re.match(r"[-+=:]|\d+[.)](\s|$)", left)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("1. first", r"1\. first"),
        ("2) second", r"2\) second"),
        ("- item", r"\- item"),
        ("+ item", r"\+ item"),
        ("![x](y)", r"\!\[x\](y)"),
        ("&amp; <b>", r"\&amp; \<b\>"),
        ("a\n\n# b", r"a \# b"),
        ("3.5 - 4", "3.5 - 4"),
        ("71.8 % of answers", "71.8 % of answers"),
        ("p < .0001", "p < .0001"),
        ("7.", r"7\."),
        ("a-b + c.", "a-b + c."),
    ],
)
def test_markdown(text: str, escaped: str) -> None:
    """Starts of lists, headings, pictures, entities and HTML are escaped, and what means nothing stays."""
    assert escape_markdown(text) == escaped


@pytest.mark.parametrize(
    ("name", "words"), [("plain", None), ("\u63d0\u6848", "LuaLaTeX"), ("\u05d0\u05d1", "bidi=basic")]
)
def test_the_table_names_its_engine(name: str, words: str | None) -> None:
    """A table with letters beyond Latin says on its first line which LaTeX sets them."""
    text = analyse(table({name: 0.9, "b": 0.5}, labels=("cat",), videos=2, workers=3)).to_latex()
    assert text.startswith("%")
    assert (words in text.splitlines()[0]) if words else "LuaLaTeX" not in text


def test_names_do_not_command_the_terminal() -> None:
    """What `print(report)` shows of names holds no escape sequence, and its columns stay aligned."""
    frame = table({"a\u202eb": 0.9, "c": 0.5}, labels=("cat",), videos=2, workers=3)
    shown = repr(analyse(frame))
    assert not any(unicodedata.category(character) in ("Cc", "Cf") for character in shown.replace("\n", ""))
    assert len({len(line) for line in shown.splitlines()[1:4]}) == 1
