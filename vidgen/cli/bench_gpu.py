"""`vidgen bench-gpu`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import progress_bar
from vidgen.cli.types import COUNT, DEVICE, OUT_FILE, Whole, check_writable
from vidgen.distribution import GENERATION

EXAMPLES = """
vidgen bench-gpu
vidgen bench-gpu --runs proposed:paper/full --batch-size 32 --out h100.json
"""


@declare("bench-gpu", EXAMPLES, needs=GENERATION)
@click.option("--runs", default="proposed:paper/full,refined/compact", help="Comma-separated METHOD/PRESET.")
@click.option("--batch-size", type=COUNT, help="Videos that descend together.  [default: what fills a GPU]")
@click.option("--steps", default=200, type=Whole(1, 10_000_000), help="Steps to time of a method of more than 1,000.")
@click.option("--out", type=OUT_FILE, help="File of the record.  [default: bench-gpu-DATE.json here]")
@click.option("--device", type=DEVICE, default="cuda", hidden=True, help="cpu tries the command itself.")
def command(runs: str, batch_size: int | None, steps: int, out: Path | None, device: str) -> None:
    """Measure seconds per video and achieved TFLOP/s on a CUDA device.

    The first of the default runs has the paper's own settings, C3D at full width for 50,000 steps: some steps are timed
    and extrapolated, which the record says. Presets without weights are measured with untrained networks. Writes a
    dated JSON record with hardware and versions, and a Markdown page beside it.
    """
    from vidgen.bench import bench_gpu

    check_writable(out.parent if out else Path(), "--out")
    with progress_bar("measure", "runs") as show:
        path = bench_gpu(runs.split(","), batch_size=batch_size, steps=steps, out=out, device=device, callback=show)
    click.echo(f"{path.with_suffix('.md').read_text(encoding='utf-8')}\n{path}")
