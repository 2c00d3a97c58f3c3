"""`vidgen new-study`."""

from collections import Counter
from pathlib import Path

import click

from crowd.commandline import to_paste
from vidgen.cli import command as declare
from vidgen.cli.shared import new_study_option
from vidgen.cli.types import IN_FOLDER, LANGUAGE


@declare(
    "new-study",
    """
vidgen new-study my-videos --study my-study
vidgen new-study my-videos --study my-study --language ja
""",
)
@click.argument("videos_dir", type=IN_FOLDER)
@new_study_option
@click.option("--language", type=LANGUAGE, help="Language of the page: en or ja.  [default: en]")
def command(videos_dir: Path, study_dir: Path, language: str | None) -> None:
    """Write a commented study.toml for the videos in VIDEOS_DIR, to be edited before publishing.

    The labels in the directory's metadata.csv become the options. An existing file is kept.
    """
    from crowd.design.study import Study
    from crowd.design.videos import read_videos
    from crowd.studydir import StudyDirectory

    path = StudyDirectory(study_dir).study_file
    if path.exists():
        raise ValueError(f"{path}: is there already; edit it, or choose another --study")
    videos = read_videos(videos_dir)
    study = Study.of(videos, **({"language": language} if language else {}))
    study_dir.mkdir(parents=True, exist_ok=True)
    study.save(path)
    counts = Counter(video.method for video in videos)
    click.echo(f"videos    {counts.total()} ({', '.join(f'{method} {counts[method]}' for method in sorted(counts))})")
    click.echo(f"options   {' · '.join(study.all_options)}")
    if study.gold_method not in counts:
        click.echo(
            f"note: no method is called {study.gold_method!r}, so there is no practice and no gold; see gold_method"
        )
    click.echo(f"{path} is written; edit it, then")
    click.echo(f"  {to_paste('plan-study', videos_dir, '--study', study_dir)}")
    click.echo(f"  {to_paste('rehearse', '--study', study_dir, '--videos', videos_dir)}")
    click.echo(f"  {to_paste('publish-tasks', videos_dir, '--study', study_dir)}")
