"""`vidgen check`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import study_option


@declare("check", "vidgen check --study my-study")
@study_option
def command(study_dir: Path) -> None:
    """Check that a study's files are as they were written: checksums, hashes, tables, videos, and who may read them.

    Nothing is changed, and the study may be served meanwhile. Each fault is printed on a line with what to do about it.
    Exit status 1 means that there are faults.
    """
    import crowd
    from crowd.texts import printable

    found = crowd.check(study_dir)
    for finding in found:
        click.echo(printable(str(finding)))
    if found:
        raise click.ClickException(f"{study_dir}: {len(found)} fault{'s' if len(found) > 1 else ''} found")
    click.echo("nothing is wrong")
