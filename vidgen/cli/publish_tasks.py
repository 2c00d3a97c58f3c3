"""`vidgen publish-tasks`."""

from decimal import Decimal
from pathlib import Path

import click
from click.core import ParameterSource

from vidgen.cli import command as declare
from vidgen.cli.feasibility import anyway_option, check
from vidgen.cli.shared import (
    cap_option,
    confirmation,
    new_study_option,
    platform_option,
    progress_bar,
    real_money_option,
)
from vidgen.cli.types import IN_FOLDER, LINKS

_OF_S3 = ("bucket", "prefix", "region", "links", "base_url")


@declare(
    "publish-tasks",
    """
vidgen publish-tasks my-videos --study my-study
vidgen publish-tasks my-videos --study my-study --cap 40
vidgen publish-tasks my-videos --study rehearsal --platform mturk-sandbox --media s3 --bucket my-bucket
""",
)
@click.argument("videos_dir", type=IN_FOLDER)
@new_study_option
@platform_option
@click.option(
    "--media",
    type=click.Choice(["own", "s3"]),
    help="Who serves the videos: the platform itself (own), or S3.  [default: own]",
)
@click.option("--bucket", default="", show_default=False, help="S3: name of the bucket.")
@click.option("--prefix", default="vidgen/", help="S3: what every key begins with.")
@click.option("--region", default="", show_default=False, help="S3: the bucket's region.  [default: detected]")
@click.option("--links", type=LINKS, default="presigned", help="S3: kind of links: presigned, public or base-url.")
@click.option(
    "--base-url",
    default="",
    show_default=False,
    help="S3: address in place of the bucket's own, with --links base-url.",
)
@cap_option
@real_money_option
@anyway_option
def command(
    videos_dir: Path,
    study_dir: Path,
    platform: str,
    media: str | None,
    bucket: str,
    prefix: str,
    region: str,
    links: str,
    base_url: str,
    cap: Decimal | None,
    real_money: bool,
    anyway: bool,
) -> None:
    """Publish a study of the videos in VIDEOS_DIR. Run again, it finishes what was interrupted.

    VIDEOS_DIR holds the videos and a metadata.csv with at least file_name, method and label. The study's settings are
    read from study.toml in the study directory; without one, it is written with the defaults. A study too small to
    show even the largest difference between methods is refused before anything is published.
    """
    import crowd
    from crowd.texts import counted

    _check_s3_options(media)
    place: crowd.Media | None = None
    if media == "s3":
        place = crowd.S3Media(
            crowd.S3Settings(bucket=bucket, prefix=prefix, region=region, links=links, base_url=base_url)
        )
    elif media == "own":
        place = crowd.OwnMedia(study_dir)
    with progress_bar("uploading", "file") as upload_progress, progress_bar("publishing", "HIT") as progress:
        done = crowd.publish(
            study_dir,
            videos_dir,
            platform=platform,
            media=place,
            consent=crowd.Consent(cap_usd=cap, real_money=real_money, confirm=confirmation(real_money)),
            progress=progress,
            upload_progress=upload_progress,
            check=lambda study, design: check(study, design, anyway=anyway),
        )
    extended = f", {done.extended} extended" if done.extended else ""
    waiting = f", {done.waiting} wait for the round before them (collect-answers --watch opens them)"
    click.echo(
        f"{done.platform}: {counted(done.created, 'HIT')} created, {done.found + done.before} were there{extended}"
        f"{waiting if done.waiting else ''}"
    )


def _check_s3_options(media: str | None) -> None:
    """Refuse options that would be ignored, and a videos directory that would not go where it was meant to."""
    if media == "s3":
        return
    context = click.get_current_context()
    given = [name for name in _OF_S3 if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if given:
        raise click.UsageError(f"--{given[0].replace('_', '-')} goes with --media s3: say that, too, or leave it out.")
