"""Dataset clips per second: what `make-dataset` does, on one and on two processes, side by side, each from scratch.

`python -m benchmarks.dataset [--per-class 200]`. The start of the processes counts: with few clips it weighs most.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

# As the command does: each process is one of many.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from vidgen.allocator import tune_allocator
from vidgen.dataset.files import write_dataset
from vidgen.dataset.settings import DatasetSettings


def clips_per_second(workers: int, per_class: int) -> float:
    """Clips written in a second, encoding included."""
    with tempfile.TemporaryDirectory() as directory:
        began = time.perf_counter()
        rows = write_dataset(Path(directory) / "dataset", DatasetSettings(per_class=per_class), workers=workers)
        return len(rows) / (time.perf_counter() - began)


def main() -> None:
    """Print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-class", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    tune_allocator()
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(options.rounds):
        for workers, taken in rates.items():
            taken.append(clips_per_second(workers, options.per_class))
    for workers, taken in rates.items():
        print(f"{workers} process(es){statistics.median(taken):10.0f} clips/s")
    print(f"ratio{statistics.median(two / one for one, two in zip(rates[1], rates[2], strict=True)):18.2f}")


if __name__ == "__main__":
    main()
