"""How near to the end of its flow an annealed method comes in how many steps, of Euler's kind and of second order.

The flow's end is that of very many of Euler's steps from the same noise. What stands beside each number of steps: its
objective, as `vidgen generate-batch` records it, and how far its videos are from the flow's, as a share of their ink,
in the median; and for how many it is so little (under 0.3) that they show the same thing.
`python -m benchmarks.steps [--method refined] [--steps 12,24,48]`.
"""

import argparse
import statistics
import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vidgen.allocator import tune_allocator
from vidgen.batch import make_videos
from vidgen.batch_config import BatchConfig, plan
from vidgen.labels import CLASSES
from vidgen.methods import METHODS
from vidgen.weights import load_networks

#: Share of the flow's ink up to which a video shows the same thing in the same place.
SAME = 0.3


def integrate(method_name: str, order: int) -> None:
    """Let an annealed method take steps of that order, in this process."""
    method = METHODS[method_name]
    if method.annealing is None:
        raise ValueError(f"method {method_name!r} is not annealed")
    METHODS[method_name] = replace(method, annealing=replace(method.annealing, order=order))


def objective(fact: dict[str, float]) -> float:
    """The sum of a video's losses."""
    return sum(value for name, value in fact.items() if name.startswith("loss_"))


def main() -> None:
    """Make the same videos in each number of steps, and print what they reach."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--method", default="refined", choices=[name for name in METHODS if METHODS[name].annealing])
    parser.add_argument("--videos", type=int, default=66)
    parser.add_argument("--steps", default="12,16,24,48")
    parser.add_argument("--reference", type=int, default=192, help="Euler's steps to the flow's end")
    parser.add_argument("--seed", type=int, default=1000)
    options = parser.parse_args()
    tune_allocator()
    networks = load_networks("compact")
    per_label = -(-options.videos // len(CLASSES))

    def follow(steps: int, order: int) -> tuple[NDArray[np.float32], list[float], float]:
        """The videos' ink, their objectives, and seconds a video."""
        integrate(options.method, order)
        config = BatchConfig(methods=(options.method,), per_label=per_label, seed=options.seed, steps=steps)
        items = plan(config)[: options.videos]
        began = time.perf_counter()
        frames, facts = make_videos(items, config, networks, lambda _: None)
        seconds = (time.perf_counter() - began) / len(items)
        return 1 - frames.astype(np.float32) / 255, [objective(fact) for fact in facts], seconds

    end, _, _ = follow(options.reference, 1)
    ink = end.mean((1, 2, 3, 4))
    print(f"{options.method}: {len(end)} videos, the flow's end by {options.reference} of Euler's steps")
    print("order  steps  s/video  objective: median    mean  largest   from the flow's end  same")
    for order in (1, 2):
        for steps in map(int, options.steps.split(",")):
            videos, reached, seconds = follow(steps, order)
            away = np.abs(videos - end).mean((1, 2, 3, 4)) / ink
            median, mean = statistics.median(reached), statistics.mean(reached)
            print(
                f"{order:>5}{steps:>7}{seconds:>9.3f}{median:>19.2f}{mean:>8.2f}{max(reached):>9.1f}"
                f"{np.median(away):>22.3f}{(away < SAME).sum():>6}",
                flush=True,
            )


if __name__ == "__main__":
    main()
