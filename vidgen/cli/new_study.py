"""`vidgen new-study`."""

from pathlib import Path

import click

from crowd.commandline import to_paste
from vidgen.cli import command as declare
from vidgen.cli.shared import new_study_option
from vidgen.cli.types import IN_FOLDER, KINDS, LANGUAGE


@declare(
    "new-study",
    """
vidgen new-study my-videos --study my-study
vidgen new-study my-videos --study my-study --language ja
vidgen new-study my-videos --study my-study --ask preference --ask rating --ask text
""",
)
@click.argument("videos_dir", type=IN_FOLDER)
@new_study_option
@click.option("--language", type=LANGUAGE, help="Language of the task page: en or ja.  [default: en]")
@click.option(
    "--ask",
    "kinds",
    type=KINDS,
    multiple=True,
    help="Ask a question of this kind; may be repeated, in the order to ask.  [default: naming]",
)
def command(videos_dir: Path, study_dir: Path, language: str | None, kinds: tuple[str, ...]) -> None:
    """Write a commented study.toml for the videos in VIDEOS_DIR, to be edited before publishing.

    The labels in the directory's metadata.csv become the options of a question of kind naming. A column that a question
    needs must be in metadata.csv. A study file that is there already is kept.
    """
    import crowd

    new = crowd.new_study(study_dir, videos_dir, language=language, ask=kinds)
    counts = new.videos_per_method
    click.echo(f"videos    {sum(counts.values())} ({', '.join(f'{name} {count}' for name, count in counts.items())})")
    if new.study.naming:
        click.echo(f"options   {' · '.join(new.study.all_options)}")
    for question, columns in new.columns.items() if kinds else ():
        click.echo(f"question  {question}: {'needs ' + ', '.join(columns) if columns else 'needs no column'}")
    if new.study.naming and not new.has_gold:
        click.echo(
            f"note: no method is called {new.study.gold_method!r}, so there are no practice clips and no gold items; "
            "gold_method in study.toml names another method"
        )
    click.echo(f"{new.path} is written; edit it, then")
    click.echo(f"  {to_paste('plan-study', videos_dir, '--study', study_dir)}")
    click.echo(f"  {to_paste('rehearse', '--study', study_dir, '--videos', videos_dir)}")
    click.echo(f"  {to_paste('publish-tasks', videos_dir, '--study', study_dir)}")
