"""How often our tests reject and our intervals cover, over simulated studies, beside the tests that papers use.

    python benchmarks/calibration.py --studies 2000 --seed 1 --out benchmarks/results/calibration.json

Every figure comes from the functions that the report calls. Under the null (no difference between the methods over new
videos) a test at 5 % should reject 5 %; an interval of 95 % should hold the true value 95 % of the time.
"""

import argparse
import json
import math
import platform
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats
from tqdm import tqdm

from analysis import significance
from analysis.comparisons import UNITS, Rules, by_class, choose_test, difference_interval, means, two_way_t
from analysis.counts import Counts, score
from analysis.estimates import estimate, newcombe, wilson
from analysis.simulator import StudyModel, studies

#: The designs: two methods, 300 participants who see everything unless said otherwise.
DESIGNS: dict[str, StudyModel] = {
    "K=5 videos per method": StudyModel(videos=(5, 5)),
    "K=10": StudyModel(videos=(10, 10)),
    "K=20": StudyModel(videos=(20, 20)),
    "K=50": StudyModel(videos=(50, 50), num_workers=100),
    "11 classes, 1 video each": StudyModel(videos=(1, 1), num_labels=11),
    "11 classes, 3 videos each": StudyModel(videos=(3, 3), num_labels=11, num_workers=100),
    "K=20, each sees 8 of 40": StudyModel(videos=(20, 20), videos_per_worker=8),
    "K=20, 88 % v 43 %": StudyModel(videos=(20, 20), accuracies=(0.882, 0.427)),
    "stress: K=5, 97 % right": StudyModel(videos=(5, 5), accuracies=(0.97, 0.97)),
    "stress: 10 v 40 videos": StudyModel(videos=(10, 40), num_workers=100),
    "stress: 5 v 15 videos": StudyModel(videos=(5, 15)),
    "stress: K=10, 30 participants": StudyModel(videos=(10, 10), num_workers=30),
}


def naive(counts: Counts) -> dict[str, Any]:
    """What papers do: every answer independent, or only participants random."""
    n = np.bincount(counts.video_method, counts.by_video.sum(axis=1), 2)
    s = np.bincount(counts.video_method, counts.right(), 2)
    p, pooled = s / n, s.sum() / n.sum()
    se = math.sqrt(pooled * (1 - pooled) * (1 / n).sum())
    z = (p[0] - p[1]) / se if se else 0.0
    intervals = [wilson(float(p[m]), float(n[m]), 1.959964) for m in (0, 1)]
    table = np.zeros((counts.num_workers, 2, 2))
    np.add.at(table, (counts.cell_worker, counts.cell_method), counts.by_cell[:, :2])
    both = (table[:, :, 0] > 0).all(axis=1)
    own = table[both, :, 1] / table[both, :, 0]
    difference = own[:, 0] - own[:, 1]
    worker_p = stats.ttest_1samp(difference, 0).pvalue if np.ptp(difference) > 0 else 1.0
    return {
        "pooled z": 2 * stats.norm.sf(abs(z)),
        "participant paired t": worker_p,
        "wilson": intervals[0],
        "newcombe": newcombe(float(p[0]), intervals[0], float(p[1]), intervals[1]),
    }


def calibrate(model: StudyModel, number: int, seed: int) -> dict[str, Any]:
    """Rejection rates of each test and coverage of each interval over so many studies."""
    rng = np.random.default_rng(seed)
    p_values: dict[str, list[float | None]] = {}
    covered: dict[str, list[bool]] = {}
    groups: list[list[tuple[np.ndarray, np.ndarray]]] = []
    for drawn in tqdm(studies(model, number, rng), total=number, leave=False):
        counts, truths = drawn.counts, drawn.truths
        scored = score(counts)
        strata = by_class(scored, 0, 1)
        everything = means(scored, 0), means(scored, 1)
        groups.append([everything, *strata])
        first, second = estimate(counts.where(methods=["a"])), estimate(counts.where(methods=["b"]))
        assert first is not None
        assert second is not None
        unit = UNITS[choose_test(strata, Rules())]
        common = naive(counts)
        for name, interval, value in (
            ("method, ours", first.new_videos, truths[0]),
            ("method, Wilson on answers", common["wilson"], truths[0]),
            ("difference, ours", difference_interval(scored, (0, 1), (first, second), unit), truths[0] - truths[1]),
            ("difference, Newcombe on answers", common["newcombe"], truths[0] - truths[1]),
        ):
            covered.setdefault(name, []).append(interval.low <= value <= interval.high)
        tests = {
            "pooled z on answers": common["pooled z"],
            "participant paired t": common["participant paired t"],
            "two-way t by video": two_way_t(scored, (0, 1), "video"),
            "Welch on video means": significance.welch(*everything),
        }
        if model.num_labels > 1:
            tests["two-way t by class"] = two_way_t(scored, (0, 1), "class")
            tests["paired t over classes"] = significance.paired_t(np.array([a.mean() - b.mean() for a, b in strata]))
        for name, p in tests.items():
            p_values.setdefault(name, []).append(p)
    for name, values in resampled(groups, rng).items():
        p_values[name] = values
    return {
        "model": asdict(model),
        "primary": choose_test(groups[0][1:], Rules()),
        "rejected": {
            name: float(np.mean([p is not None and p < 0.05 for p in values])) for name, values in p_values.items()
        },
        "covered": {name: float(np.mean(values)) for name, values in covered.items()},
    }


def resampled(groups: list[list[tuple[np.ndarray, np.ndarray]]], rng: np.random.Generator) -> dict[str, Any]:
    """The permutation tests of all studies at once; they share their rearrangements."""

    def stacked(place: int, studies_: list[Any]) -> tuple[np.ndarray, np.ndarray]:
        return np.stack([g[place][0] for g in studies_]), np.stack([g[place][1] for g in studies_])

    found: dict[str, list[float]] = {}
    for start in range(0, len(groups), 200):
        part = groups[start : start + 200]
        strata = [stacked(place, part) for place in range(1, len(part[0]))]
        batch = {"permutation over videos": significance.permutation([stacked(0, part)], rng)}
        if len(strata) > 1:
            differences = np.stack([a.mean(axis=1) - b.mean(axis=1) for a, b in strata], axis=1)
            batch["sign-flip over classes"] = significance.sign_flip(differences, rng)
            if min(strata[0][0].shape[1], strata[0][1].shape[1]) > 1:
                batch["permutation over videos within classes"] = significance.permutation(strata, rng)
        for name, values in batch.items():
            found.setdefault(name, []).extend(float(value) for value in values)
    return found


def commit() -> str:
    """The commit that the run was made from, marked where the tree differs in what it uses."""
    run = ["git", "describe", "--always", "--abbrev=12", "--dirty", "--exclude=*"]
    return subprocess.run(run, capture_output=True, text=True, check=True, cwd=Path(__file__).parent).stdout.strip()


def main() -> None:
    """Run every design and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--design", help="only the designs whose name holds this")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    start = time.perf_counter()
    table = {}
    for place, (name, model) in enumerate(DESIGNS.items()):
        if options.design and options.design not in name:
            continue
        table[name] = calibrate(model, options.studies, options.seed + place)
        rows = table[name]["rejected"] | {f"covered: {k}": v for k, v in table[name]["covered"].items()}
        print(name, *(f"  {key}: {value:.3f}" for key, value in rows.items()), sep="\n", flush=True)
    result = {
        "studies": options.studies,
        "seed": options.seed,
        "commit": commit(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "seconds": round(time.perf_counter() - start),
        "designs": table,
    }
    if options.out:
        options.out.write_text(json.dumps(result, indent=1) + "\n")
        print(options.out, file=sys.stderr)


if __name__ == "__main__":
    main()
