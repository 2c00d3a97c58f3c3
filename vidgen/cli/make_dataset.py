"""`vidgen make-dataset`."""

import os
import time
from dataclasses import asdict
from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.types import BACKGROUND, OUT_FOLDER, SEED, SPLIT, Whole
from vidgen.dataset.settings import DatasetSettings

EXAMPLES = """
vidgen make-dataset --out dataset
vidgen make-dataset --out small --per-class 20 --split test --background soft
"""
_DEFAULTS = DatasetSettings()


@declare("make-dataset", EXAMPLES, needs=("resvg_py",))
@click.option("--out", type=OUT_FOLDER, required=True, help="Directory to fill.")
@click.option("--per-class", type=Whole(1, 1_000_000), default=_DEFAULTS.per_class, help="Clips of each class.")
@click.option("--seed", type=SEED, default=_DEFAULTS.seed, help="Another seed gives other clips.")
@click.option(
    "--background", type=BACKGROUND, default=_DEFAULTS.background, help="white or soft (pale colours, gradients)."
)
@click.option("--split", type=SPLIT, default=_DEFAULTS.split, help="train, validation, judge, test, or all of them.")
@click.option("--workers", type=Whole(1, 1000), help="Processes.  [default: one per processor]")
def command(out: Path, per_class: int, seed: int, background: str, split: str, workers: int | None) -> None:
    """Make the moving-objects dataset: clips of the eleven classes, 128×96 pixels, 16 frames.

    OUT becomes a videos directory: MP4 files and metadata.csv. No drawing appears in two splits. The same options give
    the same files, for any number of processes; the same command finishes an interrupted run.
    """
    # Inherited by the worker processes, which need no threads of their own.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from tqdm import tqdm

    import vidgen
    from vidgen.labels import LABELS

    settings = DatasetSettings(per_class=per_class, seed=seed, background=background, split=split)
    started = time.perf_counter()
    with tqdm(total=per_class * len(LABELS), desc="clips", unit="clip", delay=0.3) as bar:
        rows = vidgen.make_dataset(out, **asdict(settings), workers=workers, callback=bar.update)
    seconds = time.perf_counter() - started
    shares = ", ".join(f"{name} {count * len(LABELS)}" for name, count in settings.counts().items() if count)
    click.echo(f"{len(rows)} clips of {len(LABELS)} classes ({shares}) in {out}: {seconds:.1f} s")
