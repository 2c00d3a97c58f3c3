"""What the values of options are: shells complete them, and places that cannot be written are refused at once.

A name that is unknown is refused where it is used, with the message of that place.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem


class Folder(click.Path):
    """A directory, as a `pathlib.Path`; shells offer directories. One that is to be written is refused if it cannot."""

    def __init__(self, *, written: bool = False) -> None:
        super().__init__(path_type=Path)
        self.name = "directory"
        self._written = written

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; a file in its place ends the command."""
        path = Path(value)
        if path.exists() and not path.is_dir():
            raise click.ClickException(f"{_named(param)} {path}: is a file; name a directory")
        if self._written:
            check_writable(path, _named(param))
        return path

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Leave it to the shell, which knows its directories."""
        return [CompletionItem(incomplete, type="dir")]


class OutFile(click.Path):
    """A file that is to be written, as a `pathlib.Path`, refused before the work if it cannot be."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; one that cannot be written ends the command."""
        path = Path(value)
        if path.is_dir():
            raise click.ClickException(f"{_named(param)} {path}: is a directory; name a file")
        if not path.parent.exists():
            raise click.ClickException(f"{_named(param)} {path}: there is no directory {path.parent}; make it first")
        check_writable(path.parent, _named(param))
        return path


def check_writable(directory: Path, named: str) -> None:
    """See that files can be written into the directory, which is made when it is not there.

    Raises:
        click.ClickException: they cannot; the message begins with `named`.
    """
    there = next(place for place in (directory.absolute(), *directory.absolute().parents) if place.exists())
    if not there.is_dir():
        raise click.ClickException(f"{named} {directory}: {there} is a file; name another place")
    if not os.access(there, os.W_OK | os.X_OK):
        raise click.ClickException(f"{named} {directory}: nothing may be written into {there}; name another place")


def _named(param: click.Parameter | None) -> str:
    """What the user calls the parameter."""
    return param.opts[0] if isinstance(param, click.Option) else getattr(param, "human_readable_name", "")


class Names(click.ParamType):  # type: ignore[type-arg]  # generic in newer clicks
    """A name of those that `source` gives, or several with commas between them; shells offer these names."""

    name = "text"

    def __init__(self, source: Callable[[], Iterable[str]], *, several: bool = False) -> None:
        self._source, self._several = source, several

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The names that go on as what was typed, after the last comma where there may be several."""
        before, comma, begun = incomplete.rpartition(",") if self._several else ("", "", incomplete)
        try:
            names = list(self._source())
        except ModuleNotFoundError:  # the extra that knows them is not installed
            return []
        return [CompletionItem(before + comma + name) for name in names if name.startswith(begun)]


def _methods() -> Iterable[str]:
    from vidgen.methods import METHODS

    return METHODS


def _labels() -> Iterable[str]:
    from vidgen.labels import LABELS

    return ["all", *(f"{label.object}-{label.motion}" for label in LABELS)]


def _presets() -> Iterable[str]:
    from vidgen.presets import PRESETS

    return PRESETS


def _networks() -> Iterable[str]:
    from vidgen.training.runs import NETWORKS

    return NETWORKS


def _devices() -> Iterable[str]:
    from vidgen.compute import DEVICES

    return DEVICES


def _splits() -> Iterable[str]:
    from vidgen.dataset.settings import SPLITS

    return ["all", *SPLITS]


def _backgrounds() -> Iterable[str]:
    from vidgen.dataset.settings import BACKGROUNDS

    return BACKGROUNDS


def _languages() -> Iterable[str]:
    from crowd.study import LANGUAGES

    return LANGUAGES


def _platforms() -> Iterable[str]:
    from crowd.platforms import NAMES

    return NAMES


def _links() -> Iterable[str]:
    from crowd.s3media import LINKS

    return LINKS


FOLDER, OUT_FOLDER, OUT_FILE = Folder(), Folder(written=True), OutFile()
METHODS = Names(_methods, several=True)
LABELS = Names(_labels, several=True)
NETWORKS = Names(_networks, several=True)
PRESET, DEVICE = Names(_presets), Names(_devices)
SPLIT, BACKGROUND = Names(_splits), Names(_backgrounds)
LANGUAGE, PLATFORM, LINKS = Names(_languages), Names(_platforms), Names(_links)
