"""`vidgen new-study`."""

from pathlib import Path

import click

from vidgen.cli import command as declare


@declare(
    "new-study",
    """
vidgen new-study my-videos --study my-study
vidgen new-study my-videos --study my-study --language ja
""",
)
@click.argument("videos_dir", type=click.Path(path_type=Path))
@click.option("--study", "study_dir", type=click.Path(path_type=Path), required=True, help="The study directory.")
@click.option("--language", help="Language of the page: en or ja.  [default: en]")
def command(videos_dir: Path, study_dir: Path, language: str | None) -> None:
    """Write a commented study.toml for the videos in VIDEOS_DIR, to be edited before publishing.

    The labels in the directory's metadata.csv become the options. An existing file is kept.
    """
    from crowd.study import Study

    path = study_dir / "study.toml"
    if path.exists():
        raise ValueError(f"{path}: is there already; edit it, or choose another --study")
    study = Study.from_videos(videos_dir, **({"language": language} if language else {}))
    study_dir.mkdir(parents=True, exist_ok=True)
    study.save(path)
    click.echo(f"{path}: {len(study.options)} options; edit it, then vidgen plan-study and vidgen publish-tasks")
