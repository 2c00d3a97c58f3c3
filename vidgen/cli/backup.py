"""`vidgen backup`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import study_option
from vidgen.cli.types import OUT_FILE


@declare(
    "backup",
    "vidgen backup --study my-study --to my-study.zip\nvidgen backup --study my-study --to all.zip --videos",
)
@study_option
@click.option("--to", "archive", type=OUT_FILE, required=True, help="The ZIP file to write; must not exist yet.")
@click.option("--videos", is_flag=True, help="Include the videos.")
def command(study_dir: Path, archive: Path, videos: bool) -> None:
    """Write all of a study into one ZIP file, also while it is being served.

    The file holds the study's keys and participants' links: keep it where nobody else can read it.
    """
    import crowd
    from crowd.texts import counted

    made = crowd.back_up(study_dir, archive, with_videos=videos)
    left_out = "" if videos or not made.videos_dir else f", without the videos in {made.videos_dir}"
    click.echo(f"{counted(made.num_files, 'file')}, {made.num_bytes:,} bytes{left_out}: {archive}")
