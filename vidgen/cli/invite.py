"""`vidgen invite`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import study_option
from vidgen.cli.types import COUNT

if TYPE_CHECKING:
    from crowd import ConsentText, Invitation, Participant

country_option = click.option(
    "--country",
    metavar="CODE",
    help="Where the participants are, e.g. JP or US-CA; needed where the study asks for countries.",
)
this_machine_option = click.option(
    "--this-machine",
    is_flag=True,
    help="Make links that open on this machine only, to try tasks, and no sheet of them.",
)
_ROW = "{:<11}  {:<20}  {:>5}  {:>5}  {:<7}  {:<8}  {:<13}  {}"


@declare(
    "invite",
    "vidgen invite --study my-study --count 5\n"
    "vidgen invite --study my-study --count 5 --url https://study.example.org\n"
    "vidgen invite --study my-study --list\n"
    "vidgen invite --study my-study --revoke 3",
)
@study_option
@click.option("--count", default=1, type=COUNT, help="How many more people.")
@country_option
@click.option("--url", help="Address that participants open.  [default: where the study is being served]")
@this_machine_option
@click.option("--list", "listed", is_flag=True, help="Invite nobody; show everybody's link and what they have done.")
@click.option(
    "--revoke",
    "revoked",
    metavar="NAME",
    multiple=True,
    help="Invite nobody; take back the link of this participant: number, worker id or link. May be repeated.",
)
def command(
    study_dir: Path,
    count: int,
    country: str | None,
    url: str | None,
    this_machine: bool,
    listed: bool,
    revoked: tuple[str, ...],
) -> None:
    """Invite more participants: a secret link for each, printed here.

    The sheet of QR codes, participants.html in the study directory, then shows everybody who was ever invited, and so
    does participants.csv, from which a mail program can write to each; columns that you add there stay. Give each
    participant their own link: whoever has it answers as that participant.

    A link that is taken back leads to a page that says so. What its participant has sent stays and is paid as ever;
    tasks that they have begun are free for others.

    --list shows which version of the text of consent each agreed to last, and when, and below it each text.
    """
    import crowd

    if revoked:
        show_revoked(crowd.revoke(study_dir, revoked))
    if listed:
        show_list(crowd.participants(study_dir, url=url), crowd.consent_texts(study_dir))
    if not revoked and not listed:
        show_links(crowd.invite(study_dir, count, country=country, url=url, this_machine=this_machine))


def show_links(invitation: "Invitation") -> None:
    """Print the links, what is wrong with them, and where the sheet is."""
    from crowd.texts import counted

    for link in invitation.links:
        click.echo(link)
    for warning in invitation.warnings:
        click.echo(f"warning: {warning}", err=True)
    if invitation.sheet is None:
        click.echo("These links open on this machine only. A link that you tried is used: give it to nobody.")
    else:
        click.echo(f"QR codes of {counted(invitation.num_on_sheet, 'participant')}, to cut out: {invitation.sheet}")
        click.echo(f"The same links for a mail program: {invitation.table}")


def show_revoked(participants: Sequence["Participant"]) -> None:
    """Print whose links were taken back."""
    for person in participants:
        before = " (was before)" if person.revoked else ""
        click.echo(f"the link of participant {person.number or person.worker_id} is taken back{before}")


def show_list(participants: Sequence["Participant"], texts: Sequence["ConsentText"]) -> None:
    """Print everybody who was invited, with their link and what they have done, and the texts they agreed to."""
    click.echo(_ROW.format("participant", "worker", "begun", "sent", "country", "from", "consent", "link"))
    for person in participants:
        who, country = person.number or "program", person.country or "–"
        link = "erased" if person.erased else "taken back" if person.revoked else person.link
        come_from, consent = person.recruiter or "link", "–"
        if person.consented_at is not None:
            consent = f"{person.consent_version} {person.consented_at:%Y-%m-%d}"
        done = (person.num_open, person.num_sent)
        click.echo(_ROW.format(who, person.worker_id, *done, country, come_from, consent, link))
    for text in texts:
        click.echo(f"consent {text.version} (SHA-256 {text.sha256}): {' '.join(text.text.split())}")
