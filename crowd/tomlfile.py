"""TOML files whose mistakes are told with file and line."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NewType

#: Where something stands, as "file:line", or the file alone.
Place = NewType("Place", str)


@dataclass(frozen=True, slots=True)
class Places:
    """The line of each section and key of one file."""

    path: Path
    lines: dict[tuple[str, str], int]

    def of(self, section: str, key: str = "") -> Place:
        """The place of a key, of its section where the key is absent, or of the file."""
        line = self.lines.get((section, key), self.lines.get((section, "")))
        return Place(f"{self.path}:{line}" if line else str(self.path))


def read_toml(path: Path) -> tuple[dict[str, Any], Places]:
    """The table in the file and where its parts stand.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not TOML; the message has the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 text ({error.reason} at byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        place = f"{path}:{found[1]}" if found else f"{path}"
        raise ValueError(f"{place}: not TOML: {error}") from error
    return table, Places(path, _lines(text))


def _lines(text: str) -> dict[tuple[str, str], int]:
    """The line number of each `[section]` (with an empty key) and each `key =`."""
    lines: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[+\s*([\w-]+)", line):
            section = header[1]
            lines.setdefault((section, ""), number)
        elif entry := re.match(r"""\s*(?:"([^"]+)"|'([^']+)'|([\w-]+))\s*=""", line):
            lines.setdefault((section, entry[1] or entry[2] or entry[3]), number)
    return lines
