"""Compiled templates, kept from one run to the next as Python keeps its compiled modules."""

import hashlib
import importlib.util
import pickle
import sys
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache


class CompiledTemplates(FileSystemBytecodeCache):
    """Keeps compiled templates in `__pycache__`; compiling those of a report takes longer than filling them in.

    Python's own rules hold: `PYTHONPYCACHEPREFIX` moves them, `PYTHONDONTWRITEBYTECODE` writes none, and where nothing
    can be written each run compiles its templates. Jinja compiles a template again when its text has changed.

    Args:
        settings: file whose change makes all of them invalid: the module with the environment's settings.
        directory: where they are kept; by default where Python keeps that module's.
    """

    def __init__(self, settings: Path, directory: Path | None = None) -> None:
        place = directory or Path(importlib.util.cache_from_source(str(settings))).parent
        super().__init__(str(place), "%s.jinja")
        self._made_by = jinja2.__version__.encode() + settings.read_bytes()

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Of a template as this release of Jinja compiles it with these settings."""
        return hashlib.sha256(self._made_by + f"|{name}|{filename}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a compiled template, if there is one that can be read."""
        with suppress(OSError, EOFError, pickle.UnpicklingError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template, if that is possible."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)
