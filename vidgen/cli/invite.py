"""`vidgen invite`."""

from pathlib import Path

import click

from vidgen.cli import command as declare

country_option = click.option(
    "--country", metavar="CODE", help="Where they are, e.g. JP; needed where the study asks for countries."
)


@declare(
    "invite", "vidgen invite --study my-study --count 20\nvidgen invite --study my-study --url http://192.168.0.7:8000"
)
@click.option("--study", required=True, type=click.Path(path_type=Path, file_okay=False), help="Study directory.")
@click.option("--count", default=1, type=click.IntRange(1, 10_000), help="How many people.")
@country_option
@click.option("--url", help="Address that participants use; by default where the study is being served.")
def command(study: Path, count: int, country: str | None, url: str | None) -> None:
    """Invite participants: a secret link for each, printed here and as QR codes to cut out.

    A link is a person: whoever has it answers as that participant, and nobody else can.
    """
    from crowd.localplatform import endpoint_of

    hand_out(study, count, (url or endpoint_of(study)).rstrip("/"), country)


def hand_out(study: Path, count: int, address: str, country: str | None) -> None:
    """Invite, print the links and write the sheet."""
    from crowd.localplatform.qrsheet import write_sheet
    from crowd.participants import invite_people

    links = [address + path for path in invite_people(study, count, country=country)]
    sheet = write_sheet(study / "participants.html", links)
    for link in links:
        click.echo(link)
    click.echo(f"Links as QR codes to cut out: {sheet}")
