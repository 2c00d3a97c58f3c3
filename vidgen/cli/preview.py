"""`vidgen preview`."""

import tempfile
from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.opening import open_option, show_in_browser
from vidgen.cli.shared import platform_option, study_option
from vidgen.cli.types import COUNT, IN_FOLDER, OUT_FOLDER


@declare(
    "preview",
    """
vidgen preview my-videos --study my-study --open
vidgen preview my-videos --study my-study --tasks 3 --out pages
""",
)
@click.argument("videos_dir", type=IN_FOLDER)
@study_option
@click.option("--out", type=OUT_FOLDER, help="Folder of the pages.  [default: a temporary one]")
@click.option("--tasks", default=1, type=COUNT, help="The most tasks to show.")
@platform_option
@open_option
def command(videos_dir: Path, study_dir: Path, out: Path | None, tasks: int, platform: str, opens: bool) -> None:
    """Show a study's tasks as a participant sees them, before anything is published.

    Each page is a file that can be gone through from the consent to the end. Nothing is published, sent or stored.
    Without a study.toml in the study directory, the defaults are used.
    """
    import crowd

    folder = out or Path(tempfile.mkdtemp(prefix="vidgen-preview-"))
    shown = crowd.preview(study_dir, videos_dir, folder, tasks=tasks, platform=platform)
    for page in shown.pages:
        click.echo(page)
    if len(shown.pages) < shown.num_tasks:
        click.echo(f"{len(shown.pages)} of {shown.num_tasks} different tasks; --tasks shows more")
    if opens:
        show_in_browser(shown.pages[0])
