"""What the values of options are, so that shells can complete them.

A wrong value is refused where it is used, with the message of that place; these types only know what there is.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem


class Folder(click.Path):
    """A directory, as a `pathlib.Path`; shells offer directories."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)
        self.name = "directory"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Leave it to the shell, which knows its directories."""
        return [CompletionItem(incomplete, type="dir")]


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


FOLDER = Folder()
METHODS = Names(_methods, several=True)
LABELS = Names(_labels, several=True)
NETWORKS = Names(_networks, several=True)
PRESET, DEVICE = Names(_presets), Names(_devices)
SPLIT, BACKGROUND = Names(_splits), Names(_backgrounds)
LANGUAGE, PLATFORM, LINKS = Names(_languages), Names(_platforms), Names(_links)
