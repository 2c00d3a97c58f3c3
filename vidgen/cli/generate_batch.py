"""`vidgen generate-batch`."""

from pathlib import Path

import click
from click.core import ParameterSource

from vidgen.cli import command as declare
from vidgen.cli.types import COUNT, DEVICE, IN_FILE, IN_FOLDER, LABELS, METHODS, OUT_FOLDER, PRESET, SEED, Whole
from vidgen.distribution import GENERATION

BAR = "{desc}: {percentage:3.0f}%|{bar}| {n:.1f}/{total} [{elapsed}<{remaining}]"
EXAMPLES = """
vidgen generate-batch --out videos
vidgen generate-batch --out videos --methods proposed,comparison,refined --per-label 10 --real 10
vidgen generate-batch --out pairs --methods refined --labels 'car right + rocket up,ship left'
vidgen generate-batch --out captioned --methods refined --captions captions.txt --real 1
"""


@declare("generate-batch", EXAMPLES, needs=GENERATION)
@click.option("--out", required=True, type=OUT_FOLDER, help="Directory of the videos; created, or finished.")
@click.option(
    "--methods",
    type=METHODS,
    default="proposed,comparison",
    help="Comma-separated; NAME:paper has Table 1's settings. Captions have refined.",
)
@click.option(
    "--labels", type=LABELS, default="all", help="Comma-separated labels, or 'all'; 'A + B' is one video of both."
)
@click.option(
    "--captions",
    type=IN_FILE,
    help="Captions in the place of labels: a file with one on each line, or .csv with caption and id.",
)
@click.option("--per-label", default=1, type=COUNT, help="Videos per method and label or caption.")
@click.option("--real", default=0, type=Whole(0, 10_000), help="Real clips per label or caption, the control.")
@click.option("--preset", type=PRESET, default="compact", help="Size of the networks.")
@click.option("--weights", type=IN_FOLDER, help="Folder that `vidgen train` wrote.  [default: those of the package]")
@click.option("--seed", default=0, type=SEED, help="The same seed makes the same videos.")
@click.option("--steps", type=Whole(1, 10_000_000), help="Steps of every method, instead of its own number.")
@click.option("--device", type=DEVICE, default="auto", help="auto, cpu or cuda.")
@click.option("--batch-size", type=COUNT, help="Videos that descend together; changes the speed only.")
def command(
    out: Path,
    methods: str,
    labels: str,
    captions: Path | None,
    per_label: int,
    real: int,
    preset: str,
    weights: Path | None,
    seed: int,
    steps: int | None,
    device: str,
    batch_size: int | None,
) -> None:
    """Generate videos of labels or captions with each method, by gradient descent on their pixels.

    Writes MP4 files, a WebP beside each, metadata.csv and run.json. The same command continues a run that was stopped;
    a command with other settings is refused.
    """
    from tqdm import tqdm

    import vidgen

    if captions and _is_given("labels"):
        raise click.UsageError("--labels and --captions both say what videos show; give one of them")
    if captions and not _is_given("methods"):
        methods = "refined"
    from crowd.texts import counted
    from vidgen.batch import BatchProgress

    with tqdm(total=0, unit="video", desc="generate", bar_format=BAR) as bar:

        def show(progress: BatchProgress) -> None:
            bar.total = progress.total
            bar.set_description(f"generate {progress.method}", refresh=False)
            bar.n = progress.done + progress.fraction
            bar.refresh()

        result = vidgen.generate_batch(
            out,
            labels,
            captions=captions,
            methods=[name.strip() for name in methods.split(",") if name.strip()],
            per_label=per_label,
            real=real,
            preset=preset,
            weights=weights,
            seed=seed,
            steps=steps,
            device=device,
            batch_size=batch_size,
            callback=show,
        )
    kept = f", {result.kept} kept from an earlier run" if result.kept else ""
    click.echo(f"{counted(result.made, 'video')} made{kept}: {result.table}")


def _is_given(name: str) -> bool:
    """Whether an option stands on the command line."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE
