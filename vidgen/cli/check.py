"""`vidgen check`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import study_option


@declare("check", "vidgen check --study my-study")
@study_option
def command(study_dir: Path) -> None:
    """See whether a study's files are what was written: checksums, hashes, tables, videos, and who may read them.

    Nothing is changed, and the study may be served meanwhile. Each fault is a line with what to do; any ends in exit
    status 1.
    """
    from crowd.design.texts import printable
    from crowd.lifecycle.check import check

    found = check(study_dir)
    for finding in found:
        click.echo(printable(str(finding)))
    if found:
        raise click.ClickException(f"{study_dir}: {len(found)} fault{'s' if len(found) > 1 else ''} found")
    click.echo("nothing is wrong")
