"""The start tags of a page of HTML, in time that grows with its length; that of the standard library grows faster."""

import html
import re
from collections.abc import Iterator

#: A tag, or what begins a stretch without tags: a comment, or an element that holds text alone.
_BEGIN = re.compile(r"<!--|<([a-z][^\s/<>]*)([^<>]*)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([^\s=/"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"']*))?""")
_TEXT_ALONE = frozenset({"script", "style", "textarea", "title"})


def start_tags(page: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each start tag in its order: its name and its attributes, names in small letters.

    A quoted value ends at a ``<`` or ``>`` in it; what stands behind is not seen.
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
