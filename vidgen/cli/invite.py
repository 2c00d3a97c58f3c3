"""`vidgen invite`."""

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
    "vidgen invite --study my-study --count 5 --url https://study.example.org",
)
@study_option
@click.option("--count", default=1, type=COUNT, help="How many more people.")
@country_option
@click.option("--url", help="Address that participants open.  [default: where the study is being served]")
@this_machine_option
def command(study_dir: Path, count: int, country: str | None, url: str | None, this_machine: bool) -> None:
    """Invite more participants: a secret link for each, printed here.

    The sheet of QR codes, participants.html in the study directory, then shows everybody who was ever invited. Give
    each participant their own link: whoever has it answers as that participant.
    """
    from crowd.localplatform import addresses, endpoint_of
    from crowd.localplatform.server import participants_url_of
    from crowd.participants import for_others, invite_people
    from crowd.studydir import existing_study

    existing_study(study_dir)
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
    from crowd.localplatform.people import links
    from crowd.localplatform.qrsheet import write_sheet
    from crowd.participants import what_people_lack

    for path in paths:
        click.echo(address + path)
    for warning in what_people_lack(study_dir):
        click.echo(f"warning: {warning}", err=True)
    if not sheet:
        click.echo("These links open on this machine only. A link that you tried is used: hand it out to nobody.")
        return
    everybody, sheet_file = links(study_dir), study_dir / "participants.html"
    if sheet_file.exists() and f"{address}/p/" not in sheet_file.read_text(encoding="utf-8", errors="replace"):
        click.echo(f"warning: links handed out before have another address than {address}", err=True)
    written = write_sheet(sheet_file, [address + path for path in everybody])
    click.echo(f"QR codes of all {len(everybody)} participants, to cut out: {written}")
