"""`vidgen preregister`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import platform_option, study_option
from vidgen.cli.types import IN_FOLDER, OUT_FILE


@declare(
    "preregister",
    "vidgen preregister my-videos --study my-study\nvidgen preregister my-videos --study my-study --out plan.md\n"
    "vidgen preregister my-videos --study my-study --pdf",
)
@click.argument("videos_dir", type=IN_FOLDER)
@study_option
@click.option("--out", type=OUT_FILE, help="The document.  [default: preregistration.md in the study directory]")
@platform_option
@click.option(
    "--pdf", is_flag=True, help="Print the document as PDF beside it, also one that is there and was filled in."
)
def command(videos_dir: Path, study_dir: Path, out: Path | None, platform: str, pdf: bool) -> None:
    """Write the plan of a study as a Markdown document to register at OSF or AsPredicted, before it is published.

    It has the questions, the design, what the study can find, the rules of exclusion and analysis, and the hash of the
    plan. What only you know, such as the hypotheses, is marked. A document in the study directory is named in the
    study's report.
    """
    import analysis
    from crowd.texts import counted

    made = analysis.preregister(study_dir, videos_dir, out, platform=platform, pdf=pdf)
    click.echo(f"plan: SHA-256 {made.plan_sha256}")
    click.echo(f"document: SHA-256 {made.sha256}, {counted(made.blanks, 'blank')} to fill in: {made.path}")
    if made.pdf:
        click.echo(f"printed: {made.pdf}")
