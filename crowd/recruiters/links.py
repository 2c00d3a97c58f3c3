"""Links: the study's author gives each participant a link of their own, on paper or in a message."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crowd.recruiters.by_hand import ByHand
from crowd.recruiters.protocol import Departure, Outcome, RecruiterDescription, Visit, VisitError
from crowd.recruiters.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings(Settings):
    """There is nothing to set; it is the door as well."""

    @property
    def comes_again(self) -> bool:
        """A link is used as often as its participant likes."""
        return True

    @property
    def patience_s(self) -> int:
        """None: nobody tells of places that become free."""
        return 0

    @property
    def query(self) -> str:
        """Nothing."""
        return ""

    def visit(self, parameters: Mapping[str, str]) -> Visit:
        """Refused: nobody is sent to one address for all."""
        raise VisitError("each participant has their own link")

    def departure(self, outcome: Outcome, visit: Visit) -> Departure:
        """Nowhere: participants close the page."""
        return Departure()


SETTINGS = LinkSettings


def open_door(settings: LinkSettings, study_dir: Path) -> LinkSettings:
    """The way in and out."""
    return settings


@contextmanager
def open_recruiter(about: RecruiterDescription, settings: LinkSettings, study_dir: Path) -> Iterator[ByHand]:
    """Nobody to ask: `vidgen invite` makes links, and the author hands them out."""
    yield ByHand(about=about, instead="by yourself: `vidgen invite` makes links")
