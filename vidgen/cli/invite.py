"""`vidgen invite`."""

import html
import re
from collections.abc import Sequence
from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import study_option
from vidgen.cli.types import COUNT

country_option = click.option(
    "--country", metavar="CODE", help="Where they are, e.g. JP; needed where the study asks for countries."
)
this_machine_option = click.option(
    "--this-machine", is_flag=True, help="Make links that open on this machine only, to try tasks; no sheet of them."
)


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

    The sheet of QR codes, participants.html in the study directory, then shows everybody who was ever invited. Give
    each participant their own link: whoever has it answers as that participant.

    A link that is taken back leads to a page that says so. What its participant has sent stays and is paid as ever;
    what they have begun is free for others.
    """
    from crowd.lifecycle.place import settle
    from crowd.localplatform import addresses, endpoint_of
    from crowd.localplatform.discovery import participants_url_of
    from crowd.simulated.http import for_others, invite_people
    from crowd.studydir import existing_study

    settle(existing_study(study_dir))
    if listed or revoked:
        take_back(study_dir, revoked)
        if listed:
            show_links(study_dir, url)
        return
    if this_machine:
        address = url or endpoint_of(study_dir)
    elif url:
        address = for_others(addresses.public_url(url), url)
    else:
        address = for_others(participants_url_of(study_dir), endpoint_of(study_dir))
    paths = invite_people(study_dir, count, country=country)
    hand_out(study_dir, paths, address.rstrip("/"), sheet=not this_machine)


def hand_out(study_dir: Path, paths: Sequence[str], address: str, *, sheet: bool) -> None:
    """Print these people's links, and write the sheet of everybody's."""
    from crowd.simulated.http import what_people_lack
    from crowd.studydir import StudyDirectory

    for path in paths:
        click.echo(address + path)
    for warning in what_people_lack(study_dir):
        click.echo(f"warning: {warning}", err=True)
    if not sheet:
        click.echo("These links open on this machine only. A link that you tried is used: hand it out to nobody.")
        return
    sheet_file = StudyDirectory(study_dir).sheet
    if sheet_file.exists() and f"{address}/p/" not in sheet_file.read_text(encoding="utf-8", errors="replace"):
        click.echo(f"warning: links handed out before have another address than {address}", err=True)
    number = write_everybody(study_dir, address)
    click.echo(f"QR codes of all {number} participants, to cut out: {sheet_file}")


def write_everybody(study_dir: Path, address: str) -> int:
    """Write the sheet of all links that were not taken back; how many there are."""
    from crowd.localplatform.people import everybody
    from crowd.localplatform.qrsheet import write_sheet
    from crowd.studydir import StudyDirectory

    shown = [(link.number, address + link.path) for link in everybody(study_dir) if link.number and not link.revoked]
    write_sheet(StudyDirectory(study_dir).sheet, [link for _, link in shown], [number for number, _ in shown])
    return len(shown)


def take_back(study_dir: Path, names: Sequence[str]) -> None:
    """Take back these links, and leave them off the sheet that was written before."""
    from crowd.localplatform.people import revoke
    from crowd.studydir import StudyDirectory

    for name in names:
        link = revoke(study_dir, name)
        before = " (was before)" if link.revoked else ""
        click.echo(f"the link of participant {link.number or link.worker_id} is taken back{before}")
    sheet_file = StudyDirectory(study_dir).sheet
    if names and sheet_file.exists():
        address = re.search(r"<code>([^<]*)/p/", sheet_file.read_text(encoding="utf-8", errors="replace"))
        if address:
            write_everybody(study_dir, html.unescape(address[1]))


def show_links(study_dir: Path, url: str | None) -> None:
    """Print everybody who was invited, with their link and what they have done."""
    from crowd.localplatform import endpoint_of
    from crowd.localplatform.discovery import participants_url_of
    from crowd.localplatform.people import everybody

    try:
        address = url or participants_url_of(study_dir) or endpoint_of(study_dir)
    except ValueError:  # not being served
        address = ""
    row = "{:<11}  {:<20}  {:>5}  {:>5}  {:<7}  {}"
    click.echo(row.format("participant", "worker", "begun", "sent", "country", "link"))
    for link in everybody(study_dir):
        shown = "taken back" if link.revoked else address.rstrip("/") + link.path
        who = link.number or "program"
        click.echo(row.format(who, link.worker_id, link.num_open, link.num_sent, link.country or "–", shown))
