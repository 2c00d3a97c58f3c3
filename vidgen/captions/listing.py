"""Lists of captions: a text with one on each line, or a table with a column `caption`."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vidgen.captions.parsing import parse


@dataclass(frozen=True, slots=True)
class Listed:
    """A caption, and the name that its videos have; empty: they are named by the caption."""

    caption: str
    name: str = ""


def read_captions(path: Path) -> list[Listed]:
    """The captions of a file: one on each line, or the columns `caption` and, if it is there, `id` of a `.csv`.

    Raises:
        ValueError: there is none, one stands twice, or one cannot be read; the message names the line.
        OSError: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: is no text in UTF-8; save it as one") from None
    listed = (
        _rows(path, text) if path.suffix.casefold() == ".csv" else dict(enumerate(map(Listed, text.splitlines()), 1))
    )
    found: dict[str, int] = {}
    for number, one in listed.items():
        caption = one.caption.strip()
        if not caption:
            continue
        if caption in found:
            raise ValueError(f"{path}, line {number}: the caption {caption!r} stands on line {found[caption]} too")
        try:
            parse(caption)
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: {error}") from None
        found[caption] = number
    if not found:
        raise ValueError(f"{path}: no caption")
    names = [listed[number].name for number in found.values()]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice:
        raise ValueError(f"{path}: the id {twice!r} stands twice")
    return [Listed(caption, listed[number].name) for caption, number in found.items()]


def listed_captions(captions: Path | str | Sequence[str]) -> list[Listed]:
    """The captions of a file, or of a list of texts.

    Raises:
        ValueError, OSError: as `read_captions`.
    """
    if isinstance(captions, (Path, str)):
        return read_captions(Path(captions))
    texts = [text.strip() for text in captions if text.strip()]
    twice = next((text for text in texts if texts.count(text) > 1), None)
    if twice or not texts:
        raise ValueError(f"the caption {twice!r} stands twice" if twice else "no caption given")
    for text in texts:
        parse(text)
    return [Listed(text) for text in texts]


def _rows(path: Path, text: str) -> dict[int, Listed]:
    """The rows of a table by the number of their line."""
    reader = csv.DictReader(text.splitlines())
    if "caption" not in (reader.fieldnames or ()):
        raise ValueError(f"{path}: no column caption; it has {', '.join(reader.fieldnames or ())}")
    found: dict[int, Listed] = {}
    for row in reader:
        found[reader.line_num] = Listed(row["caption"] or "", (row.get("id") or "").strip())
    return found
