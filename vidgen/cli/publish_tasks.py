"""`vidgen publish-tasks`."""

from pathlib import Path

import click

from vidgen.cli import command as declare


@declare(
    "publish-tasks",
    """
vidgen publish-tasks my-videos --study my-study
vidgen publish-tasks my-videos --study my-study --cap 40
""",
)
@click.argument("videos_dir", type=click.Path(path_type=Path))
@click.option("--study", "study_dir", type=click.Path(path_type=Path), required=True, help="The study directory.")
@click.option("--platform", default="local", help="local, mturk-sandbox or mturk.")
@click.option("--cap", metavar="USD", help="The most that the study may ever cost.  [default: its budget]")
@click.option("--real-money", is_flag=True, help="Needed for mturk.")
def command(videos_dir: Path, study_dir: Path, platform: str, cap: str | None, real_money: bool) -> None:
    """Publish a study of the videos in VIDEOS_DIR; run it again to finish what was interrupted.

    VIDEOS_DIR holds the videos and a metadata.csv with at least file_name, method and label. The study's settings are
    in study.toml in the study directory, which is made with defaults if it is not there.
    """
    from crowd.publishing import publish
    from crowd.spending import Consent
    from vidgen.cli.spending import confirmation, progress_bar

    with progress_bar("publishing", "HIT") as progress:
        done = publish(
            study_dir,
            videos_dir,
            platform=platform,
            consent=Consent(cap_usd=cap, real_money=real_money, confirm=confirmation(platform)),
            progress=progress,
        )
    click.echo(
        f"{done.platform}: {done.created} HITs created, {done.found + done.before} were there"
        + (f", {done.extended} extended" if done.extended else "")
        + (f", {done.waiting} wait for the round before them (run this again then)" if done.waiting else "")
    )
