"""`vidgen release`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import study_option, typed
from vidgen.cli.types import LICENCE, OUT_FOLDER

if TYPE_CHECKING:
    from analysis.bundle.release import ReleaseReview


@declare(
    "release",
    """
vidgen release --study my-study --out my-release --licence CC-BY-4.0 --author "Doe, Jane"
vidgen release --study my-study --out my-release --licence CC0-1.0 --author "Doe, Jane" --with-text --videos
vidgen release --study my-study --out my-release --licence CC-BY-4.0 --author Lab --videos-at https://example.org/v
""",
)
@study_option
@click.option("--out", type=OUT_FOLDER, required=True, help="The bundle's directory; must not exist, or be empty.")
@click.option("--licence", type=LICENCE, required=True, help="The licence, such as CC-BY-4.0.")
@click.option(
    "--author",
    "authors",
    required=True,
    multiple=True,
    metavar="NAME",
    help="Whom to cite: 'Family, Given', or an institution. May be repeated.",
)
@click.option("--with-text", is_flag=True, help="Publish comments and answers in words, which are shown first.")
@click.option("--videos", "with_videos", is_flag=True, help="Put the videos into the bundle.")
@click.option(
    "--screenshots/--no-screenshots",
    "with_screenshots",
    default=True,
    show_default=True,
    help="Put pictures of the pages into the bundle, which show some videos; needs Chromium and the extra browser.",
)
@click.option("--videos-at", default="", show_default=False, metavar="URL", help="Where the videos are published.")
def command(
    study_dir: Path,
    out: Path,
    licence: str,
    authors: tuple[str, ...],
    with_text: bool,
    with_videos: bool,
    with_screenshots: bool,
    videos_at: str,
) -> None:
    """Write a public bundle of a study, from which others compute the same report.

    It holds the answers under new pseudonyms, the plan, the design, what participants read, a codebook, hashes of the
    videos and the report. Ids, times of day, links, the ledger and the platform's records are left out, and so are
    texts of participants unless --with-text asks for them. What looks as if it could identify somebody is shown, and
    the word release has to be typed.
    """
    import analysis
    from crowd.texts import counted

    made = analysis.release(
        study_dir,
        out,
        licence=licence,
        authors=authors,
        with_text=with_text,
        with_videos=with_videos,
        with_screenshots=with_screenshots,
        links_below=videos_at,
        confirm=confirm,
    )
    for line in made.removed:
        click.echo(f"removed: {line}")
    if made.no_screens:
        click.echo(f"no pictures of the pages: {made.no_screens}")
    click.echo(
        f"{counted(made.num_rows, 'answer')} of {counted(made.num_participants, 'participant')}, "
        f"{counted(made.num_files, 'file')}: {made.directory}"
    )


def confirm(review: "ReleaseReview") -> bool:
    """Show what would be published; whether the word is typed."""
    from crowd.texts import printable

    for text in review.texts:
        click.echo(f"text of a participant: {printable(text)}")
    for one in review.found:
        click.echo(f"could identify somebody: {printable(str(one))}")
    return typed("Type release to publish all of it") == "release"
