"""TOML files that people write; errors name the file and the line."""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crowd.fileformat import unstamped
from crowd.studydir import StudyDirectory
from crowd.texts import did_you_mean
from crowd.toml_values import typed


@dataclass(frozen=True, slots=True)
class Places:
    """The line of each section and key of one file."""

    path: Path
    lines: dict[tuple[str, str], int]

    def of(self, section: str, key: str = "") -> str:
        """The place of the key, or of its section if the key is absent, as "file:line"; else the file alone."""
        candidates = ((section, key), (section, ""), ("", section))
        line = next((self.lines[one] for one in candidates if one in self.lines), None)
        return f"{self.path}:{line}" if line else str(self.path)


def places_in(path: Path) -> Places:
    """The places in a file that was read before.

    Raises:
        OSError: it cannot be read any more.
    """
    return Places(path, _lines(path.read_text(encoding="utf-8")))


def read_sections(
    path: Path, keys: Mapping[str, Mapping[str, Any]], free: Sequence[str], lists: Sequence[str] = ()
) -> tuple[dict[str, Any], Places]:
    """The values in the file by key, checked against the types in ``keys[section][key]``, and their places.

    A section in `free` may hold any keys with texts, and is itself one value. One in `lists` is a list of tables, such
    as ``[[questions]]``, whose keys are not checked here.

    Raises:
        OSError: the file cannot be read.
        NewerFileError: a newer release wrote it.
        ValueError: it is not TOML, has an unknown section or key, or a value of another type.
    """
    table, places = _read_toml(path)
    table = unstamped(path, table, StudyDirectory.study_file.name)
    values: dict[str, Any] = {}
    for section, entries in table.items():
        if section in lists:
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                raise ValueError(f"{places.of(section)}: {section} must be tables, each below [[{section}]]")
            values[section] = tuple(entries)
            continue
        if section not in keys or not isinstance(entries, dict):
            known = ", ".join((*keys, *lists))
            meant = did_you_mean(section, (*keys, *lists))
            raise ValueError(f"{places.of(section)}: unknown section {section!r}{meant}; sections are {known}")
        for key, value in entries.items():
            wanted = str if section in free else keys[section].get(key)
            if wanted is None:
                known = ", ".join(keys[section])
                meant = did_you_mean(key, keys[section])
                raise ValueError(f"{places.of(section, key)}: unknown key {key!r}{meant}; [{section}] has {known}")
            try:
                entries[key] = typed(key, value, wanted)
            except ValueError as error:
                raise ValueError(f"{places.of(section, key)}: {error}") from None
        values |= {section: entries} if section in free else entries
    return values, places


def _read_toml(path: Path) -> tuple[dict[str, Any], Places]:
    """The table in the file and the places of its parts."""
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 text ({error.reason} at byte {error.start})") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        place = f"{path}:{found[1]}" if found else f"{path}"
        raise ValueError(f"{place}: not TOML: {error}") from error
    return table, Places(path, _lines(text))


def _lines(text: str) -> dict[tuple[str, str], int]:
    """The line number of each `[section]` (with an empty key) and of each `key =`.

    The second table of a list is the section ``name[1]``, and a table below a section is ``section.name``.
    """
    lines: dict[tuple[str, str], int] = {}
    section = ""
    seen: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*(\[+)\s*([\w.-]+)", line):
            section = header[2]
            lines.setdefault((section.split(".")[0], ""), number)
            lines.setdefault((section, ""), number)
            if header[1] == "[[":
                section = f"{section}[{seen[section]}]"
                seen[header[2]] += 1
                lines[section, ""] = number
        elif entry := re.match(r"""\s*(?:"([^"]+)"|'([^']+)'|([\w-]+))\s*=""", line):
            lines.setdefault((section, entry[1] or entry[2] or entry[3]), number)
    return lines
