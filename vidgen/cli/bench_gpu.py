"""`vidgen bench-gpu`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
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
@click.option("--out", type=OUT_FILE, help="Where the record goes.  [default: bench-gpu-DATE.json here]")
@click.option("--device", type=DEVICE, default="cuda", hidden=True, help="cpu tries the command itself.")
def command(runs: str, batch_size: int | None, steps: int, out: Path | None, device: str) -> None:
    """Measure seconds a video and achieved TFLOP/s on a CUDA device.

    The first run is the paper's own setting, C3D at full width for 50,000 iterations: some of them are timed, and the
    rest reckoned from them, which the record says. Presets without weights are measured with untrained networks. Writes
    a dated JSON record with hardware and versions, and the same as a Markdown page beside it.
    """
    import json

    import torch
    from tqdm import tqdm

    from vidgen.atomic_write import write_text
    from vidgen.device import choose_device, default_batch_size, tune
    from vidgen.methods import find_method
    from vidgen.profiling import as_markdown, measure, record
    from vidgen.runrecord import stamp
    from vidgen.training.presets import find_preset

    check_writable(out.parent if out else Path(), "--out")
    pairs = [tuple(run.strip().partition("/")[::2]) for run in runs.split(",") if run.strip()]
    if not pairs:
        raise ValueError("no run given; say for example 'refined/compact'")
    for method, preset in pairs:
        find_method(method)
        find_preset(preset)
    place = torch.device(choose_device(device))
    tune(place.type)
    batch = batch_size or default_batch_size(place.type)
    with tqdm(pairs, unit="run", leave=False) as bar:
        speeds = [measure(method, preset, place, batch=batch, steps=steps) for method, preset in bar]
    kept = record(speeds, place)
    path = out or Path(f"bench-gpu-{kept['date']}.json")
    write_text(path, json.dumps({**stamp(), **kept}, indent=1, ensure_ascii=False) + "\n")
    page = as_markdown(kept)
    write_text(path.with_suffix(".md"), page)
    click.echo(f"{page}\n{path}")
