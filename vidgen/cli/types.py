"""What the values of options are: shells complete them, and what cannot be is refused before anything is done.

A value that no option could have is a usage error, exit status 2; one that the disk forbids ends in exit status 1.
"""

import math
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem


class PathType(click.Path):
    """A path, as a `pathlib.Path`; an empty one, as of a shell variable that is not set, is no name of this folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; an empty one is a usage error."""
        if not os.fspath(value):
            self.fail("is empty; name a file or directory", param, ctx)
        return Path(value)

    def check(self, path: Path, named: str) -> None:
        """See that the path can be what it is for, once the whole command line is understood.

        Raises:
            click.ClickException: it cannot; the message begins with `named`.
        """


class FolderType(PathType):
    """A directory; shells offer directories. What is to be read or written is refused if it cannot be."""

    def __init__(self, *, read: bool = False, written: bool = False) -> None:
        super().__init__()
        self.name = "directory"
        self._read, self._written = read, written

    def check(self, path: Path, named: str) -> None:
        """A file in its place ends the command, and so does one that is not there but to be read."""
        if path.exists() and not path.is_dir():
            raise click.ClickException(f"{named} {path}: is a file; name a directory")
        if self._read and not path.exists():
            raise click.ClickException(f"{named} {path}: there is no such directory; name one that is there")
        if self._written:
            check_writable(path, named)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Leave it to the shell, which knows its directories."""
        return [CompletionItem(incomplete, type="dir")]


class StudyType(FolderType):
    """The directory of a study; shells offer studies, and directories where there is none of that beginning."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The studies in the folder that was typed so far."""
        from crowd.studydir import is_study

        folder, _, begun = incomplete.rpartition("/")
        place = Path(f"{folder}/" if "/" in incomplete else ".").expanduser()
        try:
            found = sorted(path.name for path in place.iterdir() if path.name.startswith(begun) and is_study(path))
        except OSError:
            found = []
        studies = [CompletionItem(incomplete[: len(incomplete) - len(begun)] + name) for name in found]
        return studies or super().shell_complete(ctx, param, incomplete)


class InFile(PathType):
    """A file that is to be read, refused before the work if it is not there."""

    def check(self, path: Path, named: str) -> None:
        """What is no file ends the command."""
        if path.is_dir():
            raise click.ClickException(f"{named} {path}: is a directory; name a file")
        if not path.exists():
            raise click.ClickException(f"{named} {path}: there is no such file; name one that is there")


class OutFile(PathType):
    """A file that is to be written, refused before the work if it cannot be."""

    def check(self, path: Path, named: str) -> None:
        """What cannot be written ends the command."""
        if path.is_dir():
            raise click.ClickException(f"{named} {path}: is a directory; name a file")
        if not path.parent.exists():
            raise click.ClickException(f"{named} {path}: there is no directory {path.parent}; make it first")
        check_writable(path.parent, named)


def check_writable(directory: Path, named: str) -> None:
    """See that files can be written into the directory, which is made when it is not there.

    Raises:
        click.ClickException: they cannot; the message begins with `named`.
    """
    places = (directory.absolute(), *directory.absolute().parents)
    there = next(place for place in places if place.exists() or place.is_symlink())
    if not there.exists():
        raise click.ClickException(
            f"{named} {directory}: {there} is a link to {there.readlink()}, which is not there; name another place"
        )
    if not there.is_dir():
        raise click.ClickException(f"{named} {directory}: {there} is a file; name another place")
    if not os.access(there, os.W_OK | os.X_OK):
        raise click.ClickException(f"{named} {directory}: nothing may be written into {there}; name another place")


def check_places(context: click.Context) -> None:
    """See that every path that the command was given can be what it is for.

    Raises:
        click.ClickException: one cannot.
    """
    for parameter in context.command.get_params(context):
        path = context.params.get(parameter.name or "")
        if isinstance(parameter.type, PathType) and path is not None:
            is_option = isinstance(parameter, click.Option)
            parameter.type.check(path, parameter.opts[0] if is_option else parameter.human_readable_name)


class BoundsInWords:
    """Bounds in words, in help and in messages."""

    def _describe_range(self: Any) -> str:  # click's own says "0<x<=1000"
        low = f"{'more than ' * self.min_open}{self.min}"
        if self.max is None:
            return low if self.min_open else f"{low} or more"
        if self.max_open:
            return f"{low}, less than {self.max}"
        return f"{low}{',' * self.min_open} to {self.max}"


class Whole(BoundsInWords, click.IntRange):
    """A whole number within bounds."""

    name = "integer"


class Number(BoundsInWords, click.FloatRange):
    """A number within bounds, which "nan" is not."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number", param, ctx)
        return number


class Dollars(click.ParamType):  # type: ignore[type-arg]  # generic in newer clicks
    """An amount in dollars and cents, as a `decimal.Decimal`."""

    name = "USD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The amount."""
        from crowd.pricing import dollars

        try:
            return dollars(value, "")
        except ValueError:
            self.fail(f"{value!r} is not an amount in dollars and whole cents, e.g. 12.50", param, ctx)


class Names(click.ParamType):  # type: ignore[type-arg]  # generic in newer clicks
    """A name of those that `source` gives, or several with commas between them; shells offer these names.

    `what` is what one is called; without it, names are judged where they are used.
    """

    name = "text"

    def __init__(self, source: Callable[[], Iterable[str]], what: str = "", *, several: bool = False) -> None:
        self._source, self._what, self._several = source, what, several

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The text as it was given; an unknown name is a usage error."""
        names = [name.strip() for name in value.split(",") if name.strip()] if self._several else [value]
        known = list(self._known()) if self._what else []
        for name in names:
            if known and name not in known:
                from crowd.texts import did_you_mean

                meant = did_you_mean(name, known)
                self.fail(f"unknown {self._what} {name!r}{meant}; known {self._what}s: {', '.join(known)}", param, ctx)
            if known and names.count(name) > 1:
                self.fail(f"{self._what} {name!r} stands twice", param, ctx)
        if self._what and not names:
            self.fail(f"no {self._what} given; known {self._what}s: {', '.join(known)}", param, ctx)
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The names that go on as what was typed, after the last comma where there may be several."""
        before, comma, begun = incomplete.rpartition(",") if self._several else ("", "", incomplete)
        return [CompletionItem(before + comma + name) for name in self._known() if name.startswith(begun)]

    def _known(self) -> list[str]:
        """All names; none where the extra that knows them is not installed, which the command itself says."""
        try:
            return list(self._source())
        except ModuleNotFoundError:
            return []


def _methods() -> Iterable[str]:
    from vidgen.methods import KNOWN

    return KNOWN


def _labels() -> Iterable[str]:
    from vidgen.labels import LABELS

    return ["all", *(f"{label.object}-{label.motion}" for label in LABELS)]


def _presets() -> Iterable[str]:
    from vidgen.training.presets import PRESETS

    return PRESETS


def _networks() -> Iterable[str]:
    from vidgen.training.runs import NETWORKS

    return NETWORKS


def _priors() -> Iterable[str]:
    from vidgen.training.runs import PRIORS

    return PRIORS


def _devices() -> Iterable[str]:
    from vidgen.device import DEVICES

    return DEVICES


def _splits() -> Iterable[str]:
    from vidgen.dataset.settings import SPLITS

    return ["all", *SPLITS]


def _backgrounds() -> Iterable[str]:
    from vidgen.dataset.settings import BACKGROUNDS

    return BACKGROUNDS


def _dataset_sizes() -> Iterable[str]:
    from vidgen.dataset.settings import DATASET_SIZES

    return DATASET_SIZES


def _languages() -> Iterable[str]:
    from crowd.wording import LANGUAGES

    return LANGUAGES


def _kinds() -> Iterable[str]:
    from crowd.questions import KINDS

    return KINDS


def _compared_kinds() -> Iterable[str]:
    from analysis.question_power import plannable

    return [kind for kind in _kinds() if kind == "naming" or plannable(kind)]


def _platforms() -> Iterable[str]:
    from crowd.platforms import NAMES

    return NAMES


def _links() -> Iterable[str]:
    from crowd.media.s3 import LINKS

    return LINKS


def _licences() -> Iterable[str]:
    from analysis.bundle.licences import LICENCES

    return LICENCES


FOLDER, IN_FOLDER, OUT_FOLDER = FolderType(), FolderType(read=True), FolderType(written=True)
STUDY = StudyType()
IN_FILE, OUT_FILE, PLACE = InFile(), OutFile(), PathType()
METHODS = Names(_methods, "method", several=True)
LABELS = Names(_labels, several=True)
NETWORKS = Names(_networks, "network", several=True)
PRESET, PRIOR, DEVICE = Names(_presets, "preset"), Names(_priors, "prior"), Names(_devices, "device")
SPLIT, BACKGROUND = Names(_splits, "split"), Names(_backgrounds, "background")
DATASET_SIZE = Names(_dataset_sizes, "size")
KINDS, KIND = Names(_kinds, "kind"), Names(_compared_kinds, "kind")
LANGUAGE, PLATFORM, LINKS = Names(_languages, "language"), Names(_platforms, "platform"), Names(_links, "link")
LICENCE = Names(_licences, "licence")
#: Seeds of everything random; a study file has the same bounds.
SEED = Whole(0, 2**32 - 1)
#: How many of something: so many that no mistyped number keeps a machine busy for ever.
COUNT = Whole(1, 10_000)
#: A share or a probability.
SHARE = Number(0, 1)
USD = Dollars()
