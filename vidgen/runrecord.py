"""A directory belongs to one run: its settings are written first, and another run's are refused."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidgen import __version__
from vidgen.atomic_write import draft_path, write_text

FILE = "run.json"
#: The version of the schema of the JSON files that generation writes; `run.json` speaks for the tables beside it.
SCHEMA_VERSION = 2


def stamp() -> dict[str, Any]:
    """What a JSON file says of itself: its schema and the release that wrote it."""
    return {"schema_version": SCHEMA_VERSION, "written_by": f"vidgen {__version__}"}


def claim(directory: Path, settings: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Make the directory this run's, or check that it is.

    Args:
        directory: made when it does not exist.
        settings: what makes the run what it is, as JSON holds it.
        facts: what else is recorded beside the settings when the directory is new.

    Returns:
        Whether the run is new; false when it goes on.

    Raises:
        ValueError: the directory holds something else, or a run with other settings.
        OSError: it cannot be written.
    """
    record = directory / FILE
    settings = json.loads(json.dumps(settings))
    if record.exists():
        try:
            table = json.loads(record.read_text(encoding="utf-8"))
            before, version, release = table["settings"], int(table.get("schema_version", 1)), table.get("written_by")
        except (AttributeError, ValueError, KeyError, TypeError):
            raise ValueError(f"{record} is damaged: choose another directory") from None
        if version > SCHEMA_VERSION:
            raise ValueError(
                f"{record}: was written by {str(release)[:40]}, with version {version} of its schema, which vidgen "
                f"{__version__} does not know: use that release or a newer one, or choose another directory"
            )
        for name, value in settings.items():
            if before.get(name) != value:
                raise ValueError(
                    f"{directory} was begun with {name} {_short(before.get(name))}, not {_short(value)}: repeat its "
                    "arguments to finish it, or choose another directory"
                )
        return False
    draft = draft_path(record)  # all that is left of a run that was killed as it began
    if directory.exists() and (not directory.is_dir() or any(path != draft for path in directory.iterdir())):
        raise ValueError(f"{directory} is not empty and holds no run: choose another directory")
    directory.mkdir(parents=True, exist_ok=True)
    write_text(record, json.dumps({**stamp(), "settings": settings, **facts}, indent=1) + "\n")
    return True


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"
