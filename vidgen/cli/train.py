"""`vidgen train`."""

import os
from collections import Counter
from pathlib import Path
from typing import Any

import click

from vidgen.cli import command as declare
from vidgen.cli.types import DEVICE, IN_FOLDER, NETWORKS, OUT_FOLDER, PRESET, PRIOR, SEED, Number
from vidgen.distribution import GENERATION

EXAMPLES = """
vidgen train --preset compact --out weights
vidgen train --out weights --data my-labelled-videos
vidgen train --out try --effort 0.02 --networks tempcae,c3d,prior
vidgen train --out kept --prior exemplars
"""

#: All networks; their module would load torch.
ALL = "tempcae,c3d,judge,prior,c3d_robust,tempcae_shallow,tempcae_deep,attribute_judge,text,scene_prior"


@declare("train", EXAMPLES, needs=GENERATION)
@click.option("--out", required=True, type=OUT_FOLDER, help="Folder of the checkpoints; created, or finished.")
@click.option("--preset", type=PRESET, default="compact", help="Size of the networks and of their training.")
@click.option("--data", type=IN_FOLDER, help="Your own labelled videos instead of the moving objects.")
@click.option("--networks", type=NETWORKS, default=ALL, help="Comma-separated; in parallel on a CPU.")
@click.option(
    "--prior",
    type=PRIOR,
    default="learned",
    help="What draws shapes and paths: a learned prior, or kept training clips (exemplars).",
)
@click.option("--seed", default=0, type=SEED, help="Seed of weights, clips and noise.")
@click.option(
    "--effort", default=1.0, type=Number(0, 1000, min_open=True), help="Factor on every network's number of steps."
)
@click.option("--device", type=DEVICE, default="auto", help="auto, cpu or cuda.")
def command(
    out: Path, preset: str, data: Path | None, networks: str, prior: str, seed: int, effort: float, device: str
) -> None:
    """Train the auto-encoder with its prior, the classifier and the judge.

    The same command continues a training that was stopped. Each checkpoint is a safetensors file with its configuration
    and its figures.
    """
    # Inherited by the processes that draw clips, which need no threads of their own.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from tqdm import tqdm

    import vidgen
    from crowd.texts import apart, counted, lookalikes, printable, unholdable
    from vidgen.dataset.folder import read_folder
    from vidgen.device import choose_device
    from vidgen.training.fit import Progress

    place = choose_device(device)  # an error now, not after the videos were read

    def check(classes: tuple[str, ...]) -> None:
        """Refuse classes that no study could show, before any video is read."""
        if strange := unholdable("".join(classes)):
            raise ValueError(f"{data}: a class holds {strange}, a character that no page can show; rename it")
        if alike := lookalikes(classes):
            raise ValueError(f"{data}: classes {apart(*alike)}; people cannot tell them apart")

    folder = read_folder(data, on_classes=check) if data else None
    if folder:
        for file_name, reason in folder.skipped:
            click.echo(printable(f"skipped {file_name}: {reason}"), err=True)
        counts = ", ".join(f"{split} {count}" for split, count in sorted(Counter(folder.splits).items()))
        click.echo(f"{counted(len(folder.files), 'video')} ({counts}), {len(folder.skipped)} skipped", err=True)
        click.echo(
            printable(f"{counted(len(folder.classes), 'class', 'classes')}: {', '.join(folder.classes)}"), err=True
        )
    bars: dict[str, Any] = {}

    def show(name: str, progress: Progress) -> None:
        if name not in bars:
            bars[name] = tqdm(total=progress.steps, desc=f"train {name}", initial=progress.step - 1, mininterval=1)
        bars[name].update()
        bars[name].set_postfix(loss=f"{progress.loss:.4f}", refresh=False)

    figures = vidgen.train(
        out,
        data=folder,
        preset=preset,
        networks=[name.strip() for name in networks.split(",") if name.strip()],
        prior=prior,
        seed=seed,
        effort=effort,
        device=place,
        callback=show,
    )
    for bar in bars.values():
        bar.close()
    for name, figure in figures.items():
        phases = [phase for phase in figure.values() if isinstance(phase, dict) and "loss" in phase]
        held_out = {key: figure[key] for key in ("test_accuracy", "test_error") if key in figure}
        seconds = sum(phase["seconds"] for phase in phases)
        click.echo(f"{name}: loss {phases[-1]['loss']:.4f}, held out {held_out}, {seconds:.0f} s")
