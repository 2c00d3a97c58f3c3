"""Panel: any service that sends people to an address with an id in it, and takes them back at another one."""

import re
import string
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import quote, urlsplit

from crowd.recruiters.by_hand import ByHand
from crowd.recruiters.protocol import Departure, Outcome, RecruiterDescription, Visit, VisitError
from crowd.recruiters.settings import Settings, needed, setting
from crowd.worker_ids import is_simulated

#: Most characters of an id that a service sends.
LONGEST_ID = 128
#: Characters of the placeholders that services write into addresses, such as `{{%ID%}}`, `[%RID%]` and `%CODE%`.
_PLACEHOLDER = re.compile(r"[%{}\[\]<>\"\\]")
_PARAMETER = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_CODE = re.compile(r"[A-Za-z0-9-]{4,64}")
#: What an address of the service may have filled in.
_FILLED_IN = ("id", "session")


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel(Settings):
    """How the service names people, and where they go for each outcome; it is the door as well."""

    id_parameter: str = needed("The parameter of the address that holds the person's id.")
    session_parameter: str = setting(
        "", "The parameter that holds the id of the visit; empty: the service has none, and its people come once."
    )
    repeat: bool = setting(False, "Whether a person who has finished may come again, by another visit.")
    complete: str = needed("Where people go who have done their tasks: an address with {id}, or a code to show.")
    screened_out: str = setting("", "Where they go who failed the quiz; empty: nowhere.")
    no_consent: str = setting("", "Where they go who declined; empty: nowhere.")
    incompatible_device: str = setting("", "Where they go on whose device the task does not work; empty: nowhere.")
    full: str = setting("", "Where they go for whom no place was left; empty: nowhere.")
    timed_out: str = setting("", "Where they go whose time was over; empty: nowhere.")

    def __post_init__(self) -> None:
        """Check every value; messages begin with the key."""
        for name in ("id_parameter", "session_parameter"):
            value = getattr(self, name)
            if not _PARAMETER.fullmatch(value) and (value or name == "id_parameter"):
                raise ValueError(f'{name}: must be the name of a parameter, e.g. "participant", is {value!r}')
        if self.id_parameter == self.session_parameter:
            raise ValueError(f"session_parameter: is the same as id_parameter, {self.id_parameter!r}; leave it out")
        if self.repeat and not self.session_parameter:
            raise ValueError("repeat: needs session_parameter, by which a second visit is told from the first")
        for name in (item.name for item in fields(self) if item.name in set(Outcome)):
            if getattr(self, name) or name == Outcome.COMPLETE:
                _check_exit(name, getattr(self, name), has_session=bool(self.session_parameter))

    @property
    def comes_again(self) -> bool:
        """Whether a person who has finished may come again."""
        return self.repeat

    @property
    def patience_s(self) -> int:
        """None: nobody tells of places that become free."""
        return 0

    @property
    def query(self) -> str:
        """The parameters, with ID and VISIT where the service has its placeholders."""
        return f"{self.id_parameter}=ID" + (f"&{self.session_parameter}=VISIT" if self.session_parameter else "")

    def visit(self, parameters: Mapping[str, str]) -> Visit:
        """Who came; without a parameter for visits a person has one visit, named as they are."""
        person_id = _id_in(parameters, self.id_parameter)
        session_id = _id_in(parameters, self.session_parameter) if self.session_parameter else person_id
        return Visit(session_id=session_id, person_id=person_id, simulated=is_simulated(person_id))

    def departure(self, outcome: Outcome, visit: Visit) -> Departure:
        """The address for the outcome, with the visitor's ids filled in, or the code to show."""
        template: str = getattr(self, outcome, "")
        if not template.startswith("https://"):
            return Departure(code=template or None)
        ids = {"id": quote(visit.person_id, safe=""), "session": quote(visit.session_id, safe="")}
        return Departure(url=template.format(**ids))


def _id_in(parameters: Mapping[str, str], name: str) -> str:
    """The id that a parameter holds.

    Raises:
        VisitError: it is missing, too long, or what the service should have filled in.
    """
    value = parameters.get(name, "").strip()
    if not value:
        raise VisitError(f"the address lacks the parameter {name}")
    if len(value) > LONGEST_ID or any(unicodedata.category(character)[0] == "C" for character in value):
        raise VisitError(f"the parameter {name} is no id: it may have {LONGEST_ID} letters")
    if _PLACEHOLDER.search(value):
        raise VisitError(f"the parameter {name} is {value!r}, where the service should have put an id")
    return value


def _check_exit(key: str, text: str, *, has_session: bool) -> None:
    """Check where people go at the end.

    Raises:
        ValueError: it is neither an address with known placeholders, nor a code.
    """
    if _CODE.fullmatch(text):
        return
    known = _FILLED_IN if has_session else _FILLED_IN[:1]
    try:
        filled_in = [(name, *form) for _, name, *form in string.Formatter().parse(text) if name is not None]
        parts = urlsplit(text)
        fits = text.startswith("https://") and bool(parts.hostname) and parts.port != 0 and parts.username is None
    except ValueError:  # a brace without its other one, or no address
        fits, filled_in = False, []
    if not fits or not re.fullmatch("[!-~]+", text) or re.search("{{|}}", text) or re.search("[{}]", parts.netloc):
        raise ValueError(
            f"{key}: must be an address that begins with https://, or a code of 4 to 64 letters and digits, is {text!r}"
        )
    for name, *form in filled_in:
        if name not in known or any(form):
            there = " and ".join(f"{{{each}}}" for each in known)
            raise ValueError(f"{key}: {{{name}}} is not known; an address can have {there}, is {text!r}")


SETTINGS = Panel


def open_door(settings: Panel, study_dir: Path) -> Panel:
    """The way in and out."""
    return settings


@contextmanager
def open_recruiter(about: RecruiterDescription, settings: Panel, study_dir: Path) -> Iterator[ByHand]:
    """Nobody to ask: the author opens the study at the service, and reviews and pays there."""
    yield ByHand(about=about, instead="on the pages of the service")
