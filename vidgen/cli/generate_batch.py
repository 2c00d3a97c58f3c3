"""`vidgen generate-batch`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.types import COUNT, DEVICE, IN_FOLDER, LABELS, METHODS, OUT_FOLDER, PRESET, SEED, Whole
from vidgen.distribution import GENERATION

BAR = "{desc}: {percentage:3.0f}%|{bar}| {n:.1f}/{total} [{elapsed}<{remaining}]"
EXAMPLES = """
vidgen generate-batch --out videos
vidgen generate-batch --out videos --methods proposed,comparison,refined --per-label 10 --real 10
vidgen generate-batch --out pairs --methods refined --labels 'car right + rocket up,ship left'
"""


@declare("generate-batch", EXAMPLES, needs=GENERATION)
@click.option("--out", required=True, type=OUT_FOLDER, help="Directory of the videos; made, or finished.")
@click.option(
    "--methods", type=METHODS, default="proposed,comparison", help="Comma-separated; NAME:paper has Table 1's settings."
)
@click.option(
    "--labels", type=LABELS, default="all", help="Comma-separated labels, or 'all'; 'A + B' is one video of both."
)
@click.option("--per-label", default=1, type=COUNT, help="Videos per method and label.")
@click.option("--real", default=0, type=Whole(0, 10_000), help="Real clips per label, the control.")
@click.option("--preset", type=PRESET, default="compact", help="Size of the networks.")
@click.option("--weights", type=IN_FOLDER, help="Folder that `vidgen train` wrote, instead of ours.")
@click.option("--seed", default=0, type=SEED, help="The same seed makes the same videos.")
@click.option("--steps", type=Whole(1, 10_000_000), help="Steps of every method, instead of its own number.")
@click.option("--device", type=DEVICE, default="auto", help="auto, cpu or cuda.")
@click.option("--batch-size", type=COUNT, help="Videos that descend together: speed only.")
def command(
    out: Path,
    methods: str,
    labels: str,
    per_label: int,
    real: int,
    preset: str,
    weights: Path | None,
    seed: int,
    steps: int | None,
    device: str,
    batch_size: int | None,
) -> None:
    """Generate videos of LABELS with each method, by gradient descent on their pixels.

    Writes MP4 files, a WebP beside each, metadata.csv and run.json. A run that was stopped goes on when the same
    command is given again; a command with other settings is refused.
    """
    from tqdm import tqdm

    from vidgen.batch import BatchConfig, BatchProgress, generate_batch
    from vidgen.device import choose_device, default_batch_size, tune
    from vidgen.labels import parse_labels
    from vidgen.weights import known_classes

    names = tuple(name.strip() for name in methods.split(",") if name.strip())
    if not names:
        raise ValueError("no method given; say for example 'proposed,comparison'")
    place = choose_device(device)
    tune(place)
    config = BatchConfig(
        label_sets=tuple(parse_labels(labels, known_classes(preset, weights))),
        methods=names,
        per_label=per_label,
        real_per_label=real,
        preset=preset,
        weights=str(weights) if weights else None,
        seed=seed,
        steps=steps,
        device=place,
        batch_size=batch_size or default_batch_size(place),
    )
    with tqdm(
        total=0,
        unit="video",
        desc="generate",
        bar_format=BAR,
    ) as bar:

        def show(progress: BatchProgress) -> None:
            bar.total = progress.total
            bar.set_description(f"generate {progress.method}", refresh=False)
            bar.n = progress.done + progress.fraction
            bar.refresh()

        made = generate_batch(out, config, show)
    kept = len(config.label_sets) * (len(names) * per_label + real) - made
    click.echo(f"{made} videos made{f', {kept} kept from an earlier run' if kept else ''}: {out / 'metadata.csv'}")
