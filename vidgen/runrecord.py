"""run.json: the settings of the run that a directory belongs to. They are written first; other settings are refused."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from vidgen.atomic_write import draft_path, write_text
from vidgen.fileformat import check, stamp
from vidgen.methods import Method

FILE = "run.json"
#: Settings, and parts of methods, as records up to release 0.1 name them.
_FORMER_SETTINGS = {"sketches_sha256": "exemplars_sha256"}
_FORMER_METHODS = {
    "told_distance": "conditional_distance",
    "noise_level": "sigma",
    "highest": "sigma_max",
    "lowest": "sigma_min",
    "haste": "step_exponent",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRecord:
    """The contents of run.json."""

    schema_version: int
    """Version of this file's schema."""
    written_by: str
    """The release that began the run, such as "vidgen 0.1.0"."""
    settings: dict[str, Any]
    """The arguments that decide on what is made, and the hashes of the checkpoints that are used."""
    versions: dict[str, str] = field(default_factory=dict)
    """Versions of packages when the run began, by name."""
    methods: dict[str, Method] = field(default_factory=dict)
    """The tables of the methods of the settings, by name, where the run generates videos."""


def claim(
    directory: Path,
    settings: Mapping[str, Any],
    versions: Mapping[str, str],
    methods: Mapping[str, Method] | None = None,
) -> bool:
    """Begin a run in a directory, or check that the directory belongs to a run with the same settings.

    Args:
        directory: created where it does not exist.
        settings: what decides on the files that the run makes, serialisable as JSON.
        versions: versions of packages, recorded for a new run.
        methods: the methods' tables, recorded for a new run.

    Returns:
        Whether the run is new; false where it continues.

    Raises:
        ValueError: the directory holds other files, or a run with other settings, or of a newer release.
        OSError: it cannot be written.
    """
    file = directory / FILE
    settings = json.loads(json.dumps(settings))
    if file.exists():
        _check_same(directory, settings)
        return False
    draft = draft_path(file)  # a run that was killed as it began leaves this
    if directory.exists() and (not directory.is_dir() or any(path != draft for path in directory.iterdir())):
        raise ValueError(f"{directory} is not empty and holds no run: choose another directory")
    directory.mkdir(parents=True, exist_ok=True)
    record = RunRecord(**stamp(FILE), settings=dict(settings), versions=dict(versions), methods=dict(methods or {}))
    write_text(file, json.dumps(asdict(record), indent=1) + "\n")
    return True


def read_settings(file: Path) -> dict[str, Any]:
    """The settings in a run.json, under their present names.

    Raises:
        ValueError: the file is damaged, or a newer release wrote it.
        OSError: it cannot be read.
    """
    damaged = ValueError(f"{file} is damaged: choose another directory")
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        raise damaged from None
    if not isinstance(table, dict) or not isinstance(table.get("settings"), dict):
        raise damaged
    check(file, table, FILE)
    return {_FORMER_SETTINGS.get(name, name): value for name, value in table["settings"].items()}


def changed_methods(directory: Path, methods: Mapping[str, Method]) -> list[str]:
    """The names that stood for other methods when the run in the directory was begun, by its record."""
    recorded = json.loads((directory / FILE).read_text(encoding="utf-8")).get("methods", {})
    now = {name: json.loads(json.dumps(asdict(method))) for name, method in methods.items()}
    return [
        name
        for name, method in _with_present_names(recorded).items()
        if name in now and any(now[name].get(key) != value for key, value in method.items() if key != "summary")
    ]


def _with_present_names(value: Any) -> Any:
    """A method's table with the names that its parts have now."""
    if isinstance(value, dict):
        return {_FORMER_METHODS.get(key, key): _with_present_names(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_present_names(item) for item in value]
    return _FORMER_METHODS.get(value, value) if isinstance(value, str) else value


def _check_same(directory: Path, settings: Mapping[str, Any]) -> None:
    """Raise ValueError unless the run in the directory was begun with these settings."""
    before = read_settings(directory / FILE)
    for name, value in settings.items():
        if before.get(name) != value:
            raise ValueError(
                f"{directory} was begun with {name} {_short(before.get(name))}, not {_short(value)}: repeat its "
                "arguments to finish it, or choose another directory"
            )


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"
