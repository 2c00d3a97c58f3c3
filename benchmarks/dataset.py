"""Dataset clips per second: what `make-dataset` does, small and large, on one and on two processes, side by side.

`python -m benchmarks.dataset [--per-class 200]`; the large dataset has as many clips. Each begins from scratch, and the
start of the processes and the first rendering of each drawing count: with few clips they weigh most.
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
from vidgen.dataset.settings import DatasetSettings, LargeSettings
from vidgen.dataset.shards import write_shards
from vidgen.labels import LABELS


def clips_per_second(size: str, workers: int, per_class: int) -> float:
    """Clips written in a second, encoding included."""
    clips = per_class * len(LABELS)
    with tempfile.TemporaryDirectory() as directory:
        out, began = Path(directory) / "dataset", time.perf_counter()
        if size == "small":
            write_dataset(out, DatasetSettings(per_class=per_class), workers=workers)
        else:
            write_shards(out, LargeSettings(clips=clips, shard_size=max(1, clips // 20)), workers=workers)
        return clips / (time.perf_counter() - began)


def main() -> None:
    """Print the medians and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-class", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    tune_allocator()
    runs = [(size, workers) for size in ("small", "large") for workers in (1, 2)]
    rates: dict[tuple[str, int], list[float]] = {run: [] for run in runs}
    for _ in range(options.rounds):
        for size, workers in runs:
            rates[size, workers].append(clips_per_second(size, workers, options.per_class))
    for (size, workers), taken in rates.items():
        print(f"{size}, {workers} process(es){statistics.median(taken):10.0f} clips/s")
    for size in ("small", "large"):
        print(f"{size}, two processes against one{_ratio(rates[size, 2], rates[size, 1]):10.2f}")
    print(f"large against small, two processes{_ratio(rates['large', 2], rates['small', 2]):10.2f}")


def _ratio(rates: list[float], others: list[float]) -> float:
    """The median of the ratios, round by round."""
    return statistics.median(one / other for one, other in zip(rates, others, strict=True))


if __name__ == "__main__":
    main()
