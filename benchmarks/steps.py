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

import torch
from torch import Tensor

from vidgen.allocator import tune_allocator
from vidgen.batch import BatchConfig, plan, target_of
from vidgen.descent import descend, start_video, term_values
from vidgen.labels import CLASSES
from vidgen.methods import METHODS, Method
from vidgen.presets import load_networks

#: Share of the flow's ink up to which a video shows the same thing in the same place.
SAME = 0.3


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
    method, networks = METHODS[options.method], load_networks("compact")
    config = BatchConfig(methods=(method.name,), per_label=-(-options.videos // len(CLASSES)), seed=options.seed)
    items = plan(config)[: options.videos]
    target = torch.stack([target_of(item.labels, networks.classes, networks.num_outputs) for item in items])
    size = networks.c3d.config
    shape = (3, size.frames, size.height, size.width)  # type: ignore[union-attr]
    start = start_video(method.start, [item.seed for item in items], shape, torch.device("cpu"))  # type: ignore[arg-type]
    nets = {"c3d": networks.c3d, "tempcae": networks.tempcae}

    def follow(steps: int, order: int) -> tuple[Tensor, list[float], float]:
        annealing = replace(method.annealing, order=order) if method.annealing else None
        chosen: Method = replace(method, steps=steps, annealing=annealing)
        began = time.perf_counter()
        videos = descend(start, chosen, target, **nets)
        seconds = (time.perf_counter() - began) / len(items)
        terms = term_values(videos, chosen, target, **nets)
        return videos, torch.stack(list(terms.values())).sum(0).tolist(), seconds

    end, _, _ = follow(options.reference, 1)
    ink = (1 - end).abs().flatten(1).mean(1)
    print(f"{method.name}: {len(items)} videos, the flow's end by {options.reference} of Euler's steps")
    print("order  steps  s/video  objective: median    mean  largest   from the flow's end  same")
    for order in (1, 2):
        for steps in map(int, options.steps.split(",")):
            videos, losses, seconds = follow(steps, order)
            away = (videos - end).abs().flatten(1).mean(1) / ink
            median, mean = statistics.median(losses), statistics.mean(losses)
            print(
                f"{order:>5}{steps:>7}{seconds:>9.3f}{median:>19.2f}{mean:>8.2f}{max(losses):>9.1f}"
                f"{float(away.median()):>22.3f}{int((away < SAME).sum()):>6}",
                flush=True,
            )


if __name__ == "__main__":
    main()
