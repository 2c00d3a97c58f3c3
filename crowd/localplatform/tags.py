"""Finds the start tags of an HTML page in linear time, which the standard library's parser does not."""

import html
import re
from collections.abc import Iterator

#: A start tag, or the start of a comment.
_BEGIN = re.compile(r"<!--|<([a-z][^\s/<>]*)([^<>]*)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([^\s=/"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"']*))?""")
_TEXT_ALONE = frozenset({"script", "style", "textarea", "title"})


def start_tags(page: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each start tag in order: its name and its attributes, with names in lower case.

    A ``<`` or ``>`` ends a quoted value; the rest of such a tag is ignored.
    """
    lower, at = page.lower(), 0
    while begin := _BEGIN.search(page, at):
        at = begin.end()
        if begin[1] is None:
            at = _behind(lower, "-->", at)
            continue
        name = begin[1].lower()
        yield name, _attributes(begin[2])
        if name in _TEXT_ALONE:
            at = _behind(lower, f"</{name}", at)


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), html.unescape(value.strip("\"'")))
    return found


def _behind(text: str, end: str, at: int) -> int:
    found = text.find(end, at)
    return len(text) if found < 0 else found + len(end)
