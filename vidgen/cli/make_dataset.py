"""`vidgen make-dataset`."""

import os
import time
from dataclasses import asdict
from pathlib import Path

import click
from click.core import ParameterSource

from vidgen.cli import command as declare
from vidgen.cli.types import BACKGROUND, DATASET_SIZE, OUT_FOLDER, SEED, SPLIT, Whole
from vidgen.dataset.settings import DATASET_SIZES, DatasetSettings, LargeSettings

EXAMPLES = """
vidgen make-dataset --out dataset
vidgen make-dataset --out small --per-class 20 --split test --background soft
vidgen make-dataset --out captioned --size large
"""
_DEFAULTS, _LARGE = DatasetSettings(), LargeSettings()


@declare("make-dataset", EXAMPLES, needs=("resvg_py",))
@click.option("--out", type=OUT_FOLDER, required=True, help="Directory to fill.")
@click.option(
    "--size",
    type=DATASET_SIZE,
    default=DATASET_SIZES[0],
    help="small: the eleven classes; large: captioned clips of 24 kinds of objects, in shards.",
)
@click.option("--per-class", type=Whole(1, 1_000_000), default=_DEFAULTS.per_class, help="small: clips of each class.")
@click.option("--clips", type=Whole(1, 100_000_000), default=_LARGE.clips, help="large: clips in all.")
@click.option("--seed", type=SEED, default=_DEFAULTS.seed, help="Another seed gives other clips.")
@click.option(
    "--background",
    type=BACKGROUND,
    default=_DEFAULTS.background,
    help="small: white or soft (pale colours, gradients).",
)
@click.option("--split", type=SPLIT, default=_DEFAULTS.split, help="train, validation, judge, test, or all of them.")
@click.option("--workers", type=Whole(1, 1000), help="Processes.  [default: one per processor]")
def command(
    out: Path,
    size: str,
    per_class: int,
    clips: int,
    seed: int,
    background: str,
    split: str,
    workers: int | None,
) -> None:
    """Make the moving-objects dataset: clips of 128×96 pixels and 16 frames.

    Small, OUT becomes a videos directory of the eleven classes: MP4 files and metadata.csv. Large, it holds captioned
    clips in WebDataset archives, Parquet tables and a data card. No drawing appears in two splits. The same options
    give the same files, for any number of processes; the same command finishes an interrupted run.
    """
    context = click.get_current_context()
    for name in ("clips",) if size == "small" else ("per_class", "background"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name.replace('_', '-')} does not go with --size {size}")
    # Inherited by the worker processes, which need no threads of their own.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from tqdm import tqdm

    import vidgen
    from vidgen.labels import LABELS

    settings: DatasetSettings | LargeSettings
    if size == "small":
        settings = DatasetSettings(per_class=per_class, seed=seed, background=background, split=split)
        unit = len(LABELS)
    else:
        settings, unit = LargeSettings(clips=clips, seed=seed, split=split), 1
    counts = {name: count * unit for name, count in settings.counts().items() if count}
    started = time.perf_counter()
    with tqdm(total=sum(counts.values()), desc="clips", unit="clip", delay=0.3) as bar:
        make = vidgen.make_dataset if size == "small" else vidgen.make_captioned_dataset
        make(out, **asdict(settings), workers=workers, callback=bar.update)
    seconds = time.perf_counter() - started
    of = f"of {len(LABELS)} classes " if size == "small" else ""
    shares = ", ".join(f"{name} {count}" for name, count in counts.items())
    click.echo(f"{sum(counts.values())} clips {of}({shares}) in {out}: {seconds:.1f} s")
