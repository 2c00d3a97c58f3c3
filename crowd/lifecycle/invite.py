"""Invites participants to a study on the local platform: makes their links, and a sheet with their QR codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crowd.lifecycle import handouts
from crowd.lifecycle.invitation_checks import check_invitation, for_others, what_people_lack
from crowd.lifecycle.place import settle
from crowd.localplatform import addresses, endpoint_of, people
from crowd.localplatform.discovery import participants_url_of
from crowd.studydir import StudyDirectory, existing_study
from crowd.texts import each_of
from crowd.worker_ids import is_erased


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """Links to give to participants."""

    links: tuple[str, ...]
    """Addresses to open, one for each participant."""
    num_before: int = 0
    """How many of these participants were invited earlier; they come first, with the same links as before."""
    sheet: Path | None = None
    """The page with everybody's QR code; None for links that open on this machine only."""
    num_on_sheet: int = 0
    table: Path | None = None
    """The CSV file of everybody's links, for a mail program; None where there is no sheet."""
    warnings: tuple[str, ...] = ()
    """What keeps participants from finding tasks, each with what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Participant:
    """A person or a program that was invited."""

    number: int | None
    """Their number on the sheet of links; None for programs."""
    worker_id: str
    link: str
    """The address to open; only its path if the study is not being served and no address was given."""
    country: str | None
    num_open: int
    """Tasks begun and not finished."""
    num_sent: int
    """Tasks finished."""
    revoked: bool
    """Whether the link was revoked."""
    recruiter: str | None = None
    """The recruiter who sent them; None for those who were given their link."""
    consent_version: int | None = None
    """The version of the text of consent that they agreed to last, see `consent_texts`; None: to none yet."""
    consented_at: datetime | None = None
    """When they did (UTC)."""
    erased: bool = False
    """Whether their data were erased."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentText:
    """A text that participants agreed to; a changed text is another version."""

    version: int
    sha256: str
    """Of the text in UTF-8."""
    text: str
    since: datetime | None
    """When somebody first agreed to it (UTC); None if those who did were erased."""


def invite(
    study_dir: str | Path,
    count: int = 1,
    *,
    country: str | None = None,
    url: str | None = None,
    this_machine: bool = False,
) -> Invitation:
    """Invite more participants: a secret link for each, a sheet with the QR codes of all of them, and a table for mail.

    Give each participant their own link: whoever has it answers as that participant.

    Args:
        study_dir: a study on the local platform.
        count: how many more people.
        country: where they are, as a code like "JP" or "US-CA"; needed where the study asks for countries.
        url: the address that the links begin with; by default the one at which the study is served.
        this_machine: make links that open on this machine only, to try tasks, and no sheet.

    Returns:
        Their links, in the order of invitation.

    Raises:
        ValueError: there is no study, it may be a copy, it does not accept this country, or only this machine can open
            the address.
        OSError: a file cannot be written.

    Example:
        >>> invited = crowd.invite("my-study", 2, url="https://study.example.org")
        >>> invited.links[0].startswith("https://study.example.org/p/")
        True
        >>> invited.sheet.name
        'participants.html'
    """
    root = Path(study_dir)
    settle(existing_study(root))
    if this_machine:
        address = url or endpoint_of(root)
    elif url:
        address = for_others(addresses.public_url(url), url)
    else:
        address = for_others(participants_url_of(root), endpoint_of(root))
    return hand_out(root, invite_people(root, count, country=country), address, sheet=not this_machine)


def participants(study_dir: str | Path, *, url: str | None = None) -> tuple[Participant, ...]:
    """Return all people and programs ever invited, in the order of invitation.

    Args:
        study_dir: a study on the local platform.
        url: the address that links begin with; by default the one at which the study is served.

    Returns:
        Each with their link, country, and numbers of begun and finished tasks.

    Raises:
        ValueError: there is no study, or it may be a copy.

    Example:
        >>> [(person.number, person.num_sent) for person in crowd.participants("my-study") if person.number]
        [(1, 0), (2, 0), (3, 0)]
    """
    root = Path(study_dir)
    settle(existing_study(root))
    address = url or _served_at(root)
    return tuple(_participant(person, address) for person in people.everybody(root))


def consent_texts(study_dir: str | Path) -> tuple[ConsentText, ...]:
    """Return the texts that participants agreed to, by version.

    Args:
        study_dir: a study on the local platform.

    Returns:
        Each text once; `participants` says who agreed to which of them, and when.

    Raises:
        ValueError: there is no study.

    Example:
        >>> [text.version for text in crowd.consent_texts("my-study")]
        [1]
    """
    return tuple(
        ConsentText(version=row["version"], sha256=row["sha256"], text=row["text"], since=_moment(row["since"]))
        for row in people.consent_texts(existing_study(Path(study_dir)))
    )


def revoke(study_dir: str | Path, names: str | Sequence[str]) -> tuple[Participant, ...]:
    """Revoke the links of these participants, and remove them from the sheet, if there is one.

    Their links then lead to a page that says so. What they submitted is kept and paid as usual; tasks that they have
    begun become free for others.

    Args:
        study_dir: a study on the local platform.
        names: for each participant their number on the sheet, their worker id or their link; one can stand alone.

    Returns:
        The participants as they were before: `revoked` says whose link had been revoked already.

    Raises:
        ValueError: no participant has one of the names, or the study may be a copy; links of names before it are
            revoked.
        OSError: the sheet cannot be written.

    Example:
        >>> [person.number for person in crowd.revoke("my-study", ["2"])]
        [2]
    """
    root = Path(study_dir)
    settle(existing_study(root))
    address, taken = _served_at(root), []
    try:
        for name in each_of(names):
            taken.append(_participant(people.revoke(root, name), address))
    finally:
        if taken:
            handouts.write_again(root)
    return tuple(taken)


def hand_out(
    study_dir: Path, paths: Sequence[str], address: str, *, num_before: int = 0, sheet: bool = True
) -> Invitation:
    """The links with these paths at that address; also writes the files of all links, unless told not to.

    Raises:
        ValueError: the table of links is none that can be added to.
        OSError: a file cannot be written.
    """
    address = address.rstrip("/")
    links, warnings = tuple(address + path for path in paths), what_people_lack(study_dir)
    if not sheet:
        return Invitation(links=links, num_before=num_before, warnings=tuple(warnings))
    files = StudyDirectory(study_dir)
    if files.sheet.exists() and handouts.address_in(study_dir) != address:
        warnings.append(f"links handed out before have another address than {address}")
    return Invitation(
        links=links,
        num_before=num_before,
        num_on_sheet=handouts.write(study_dir, address),
        sheet=files.sheet,
        table=files.recipients,
        warnings=tuple(warnings),
    )


def _moment(time: float | None) -> datetime | None:
    return None if time is None else datetime.fromtimestamp(time, UTC)


def _participant(person: people.Invited, address: str) -> Participant:
    return Participant(
        number=person.number,
        worker_id=person.worker_id,
        link=address.rstrip("/") + person.path,
        country=person.country,
        num_open=person.num_open,
        num_sent=person.num_sent,
        revoked=person.revoked,
        recruiter=person.recruiter,
        consent_version=person.consent and person.consent[0],
        consented_at=_moment(person.consent[1] if person.consent else None),
        erased=is_erased(person.worker_id),
    )


def _served_at(study_dir: Path) -> str:
    """The address at which the study is being served; empty if it is not."""
    try:
        return participants_url_of(study_dir) or endpoint_of(study_dir)
    except ValueError:
        return ""


def invite_people(study_dir: Path, count: int, *, country: str | None = None) -> list[str]:
    """Invite `count` more people to a study on the local platform; return the paths of their links.

    Raises:
        ValueError: the study accepts people from certain countries only, and this is none of them; or the table of
            links is none that can be added to.
    """
    settle(study_dir)
    check_invitation(study_dir, country)
    handouts.check_writable(study_dir)
    return people.invite(study_dir, count, country=country)
