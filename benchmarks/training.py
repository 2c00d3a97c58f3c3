"""Training: minutes until C3D names 99 % of held-out clips, and its time and memory against the plain loop's.

The plain loop is the same training without engineering: contiguous layout, the default allocator, clips drawn between
the steps. Held-out clips show drawings that no network learns from; looking at them is not counted in the minutes.
`python -m benchmarks.training [--steps 30] [--until 0.99]`.
"""

import argparse
import contextlib
import json
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import replace

#: Steps before those that are timed.
WARM_UP = 5


class Clock:
    """Seconds since its making, those left out that were spent looking."""

    def __init__(self) -> None:
        self.began = time.perf_counter()

    def __call__(self) -> float:
        """Seconds so far."""
        return time.perf_counter() - self.began

    def leave_out(self, seconds: float) -> None:
        """Count so many seconds less."""
        self.began += seconds


class ReachedError(Exception):
    """Enough clips are named."""


def measure(variant: str, steps: int, until: float, every: int) -> dict[str, float]:
    """Train the compact preset's C3D in this process: each phase for some steps, or to a share if that is not 0.

    Returns:
        Seconds of a whole training, in the one case reckoned from a phase's steps, in the other taken; the share of
        held-out clips named, the steps until then, and the peak memory.
    """
    import torch

    from vidgen.allocator import tune_allocator
    from vidgen.device import to_channels_last
    from vidgen.networks import checkpoints
    from vidgen.training.batches import stream
    from vidgen.training.fit import Progress, fit
    from vidgen.training.heldout import accuracy
    from vidgen.training.losses import Supervised
    from vidgen.training.presets import find_preset
    from vidgen.training.runs import phases_of

    tuned, cpu = variant == "ours", torch.device("cpu")
    if tuned:
        tune_allocator()
    preset = find_preset("compact")
    network = checkpoints.build("c3d", preset.c3d)
    network = to_channels_last(network, cpu) if tuned else network
    figures = {"seconds": 0.0, "steps": 0.0, "share": 0.0}
    for phase in phases_of(network, "c3d", preset, None):
        config = phase.fit if until else replace(phase.fit, steps=WARM_UP + steps)
        drawn = int(figures["steps"])  # a phase's clips go on where those of the one before ended
        numbers = range(drawn, drawn + config.steps)
        batches = stream(phase.draw, batch=config.batch, split="train", seed=0, steps=numbers, workers=int(tuned))
        clock, warm = Clock(), 0.0

        def look(progress: Progress, name: str = phase.name, clock: Clock = clock) -> None:
            nonlocal warm
            figures["steps"] += 1
            if progress.step == WARM_UP:
                warm = clock()
            if until and name != "snippets" and (progress.step % every == 0 or progress.step == progress.steps):
                began = clock()
                figures["share"] = accuracy(network.eval(), None, cpu, batches=10)
                network.train()
                clock.leave_out(clock() - began)
                minutes = (figures["seconds"] + clock()) / 60
                print(f"{name} {progress.step}, {minutes:.1f} min: {figures['share']:.1%}", file=sys.stderr, flush=True)
                if figures["share"] >= until:
                    raise ReachedError

        with contextlib.suppress(ReachedError):
            fit(Supervised(network), batches, phase.loss, config, callback=look)
        figures["seconds"] += clock() if until else (clock() - warm) / steps * phase.fit.steps
        if until and figures["share"] >= until:
            break
    return {**figures, "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20}


def main() -> None:
    """Time both variants in turn, in processes of their own, then train to the share that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=20, help="steps to time of each phase and variant")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--until", type=float, default=0.99, help="share of the held-out clips; 0 leaves this out")
    parser.add_argument("--every", type=int, default=50, help="steps between two looks at them")
    parser.add_argument("--child", metavar="VARIANT", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(measure(options.child, options.steps, options.until, options.every)))
        return

    def run(variant: str, until: float) -> dict[str, float]:
        arguments = [sys.executable, "-m", "benchmarks.training", "--child", variant, "--steps", str(options.steps)]
        arguments += ["--until", str(until), "--every", str(options.every)]
        output = subprocess.run(arguments, stdout=subprocess.PIPE, text=True, check=True).stdout
        figures: dict[str, float] = json.loads(output.splitlines()[-1])
        return figures

    taken: dict[str, list[dict[str, float]]] = {"ours": [], "plain": []}
    for _ in range(options.rounds):
        for variant, found in taken.items():
            found.append(run(variant, 0))
    for variant, found in taken.items():
        minutes = statistics.median(item["seconds"] for item in found) / 60
        memory = max(item["gigabytes"] for item in found)
        print(f"{variant:<8}{minutes:8.1f} min a training{memory:8.2f} GB peak", flush=True)
    pairs = [plain["seconds"] / ours["seconds"] for ours, plain in zip(*taken.values(), strict=True)]
    print(f"ours is {statistics.median(pairs):.2f} × as fast as the plain loop (median of {options.rounds} pairs)")
    if options.until:
        end = run("ours", options.until)
        verdict = "reached" if end["share"] >= options.until else "ended at"
        took = f"in {end['steps']:.0f} steps, {end['seconds'] / 60:.1f} min"
        print(f"C3D {verdict} {end['share']:.1%} of held-out clips {took}")


if __name__ == "__main__":
    main()
