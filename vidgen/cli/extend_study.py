"""`vidgen extend-study`."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import (
    cap_option,
    confirmation,
    outcome,
    progress_bar,
    real_money_option,
    study_option,
    videos_option,
)
from vidgen.cli.types import COUNT


@declare(
    "extend-study",
    """
vidgen extend-study --study my-study --answers 12
vidgen extend-study --study my-study --until 2026-12-24T18:00
""",
)
@study_option
@videos_option
@click.option("--answers", type=COUNT, help="How many answers each video is to have in all.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
    metavar="TIME",
    help="Keep the tasks open until this day or time (UTC), e.g. 2026-12-24 or 2026-12-24T18:00.",
)
@cap_option
@real_money_option
def command(
    study_dir: Path,
    videos_dir: Path | None,
    answers: int | None,
    until: datetime | None,
    cap: Decimal | None,
    real_money: bool,
) -> None:
    """Ask for more answers, or keep a study open for longer. Run again, it asks for no more."""
    import crowd
    from crowd.commandline import to_paste
    from crowd.texts import counted

    if answers is None and until is None:
        raise click.UsageError("Give --answers, --until or both.")
    if videos_dir is not None:
        crowd.locate_videos(study_dir, videos_dir)
    if until is not None:
        with progress_bar("keeping open", "HIT") as progress:
            outcome(crowd.keep_open(study_dir, until.replace(tzinfo=UTC), progress=progress), "HIT", "kept open")
    if answers is not None:
        consent = crowd.Consent(cap_usd=cap, real_money=real_money, confirm=confirmation(real_money))
        with progress_bar("extending", "HIT") as progress:
            done = crowd.extend(study_dir, answers, consent=consent, progress=progress)
        waiting = f", {done.waiting} wait for the round before them" if done.waiting else ""
        click.echo(f"{counted(done.extended, 'HIT')} extended, {done.created} created{waiting}")
        number = crowd.places_needed(study_dir)
        if number:
            command = to_paste("recruit", "--study", study_dir, "--places", str(number))
            click.echo(f"the recruiter has to let more people in: {command}")
