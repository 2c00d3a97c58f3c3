"""How often our tests reject and our intervals cover, over simulated studies, beside the tests that papers use.

    python -m benchmarks.calibration --out benchmarks/results/calibration.json --docs docs/statistics.md

Every figure comes from the functions that the report calls. Under the null (no difference between the methods over new
videos) a test at 5 % should reject 5 %; an interval of 95 % should hold the true value 95 % of the time. What is
promised stands in `broken`, without allowance for chance; a run that breaks a promise exits with 1. With 10,000 studies
chance moves a rate of 5 % by .002 (one standard error), a tenth of the width that is promised; with 2,000, by .005.
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
from scipy import special
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
    "stress: 6 classes, 2 videos each": StudyModel(videos=(2, 2), num_labels=6, num_workers=100),
    "stress: 11 classes, 97 % right": StudyModel(videos=(1, 1), num_labels=11, accuracies=(0.97, 0.97)),
    "stress: 11 classes, 1 v 4 videos": StudyModel(videos=(1, 4), num_labels=11, num_workers=100),
}

#: Marks around the table in docs/statistics.md.
BEGIN, END = "<!-- benchmarks.calibration writes this table -->", "<!-- end of the table -->"

#: Promised rates of rejecting a true null at 5 %, and of covering at 95 %.
LEVEL, LEVEL_OF_PERMUTATION, LEVEL_UNDER_STRESS = (0.040, 0.060), (0.040, 0.062), (0.025, 0.075)
COVERAGE_FROM_20, COVERAGE_FROM_10 = (0.94, 0.96), (0.925, 1.0)
CONTROL = 0.3


def broken(name: str, found: dict[str, Any]) -> list[str]:
    """The promises that a design's rates break; empty where all hold.

    From 10 videos of each method: the primary test and the two-way t of its interval reject a true null at `LEVEL`, a
    permutation test at most a little more. With fewer, or under stress: the primary test keeps `LEVEL_UNDER_STRESS`.
    Intervals cover from 10 videos on, more narrowly from 20. Everywhere the pooled z fails.
    """
    model, rejected, covered = found["model"], found["rejected"], found["covered"]
    videos = min(model["videos"]) * model["num_labels"]
    hard = name.startswith("stress") or videos < 10
    promises: list[tuple[str, float, tuple[float, float]]] = []
    if model["accuracies"][0] == model["accuracies"][1]:
        primary = found["primary"]
        level = LEVEL_OF_PERMUTATION if primary.startswith("permutation") else LEVEL
        promises.append((primary, rejected[primary], LEVEL_UNDER_STRESS if hard else level))
        if not hard:
            promises.append((found["interval"], rejected[found["interval"]], LEVEL))
        promises.append(("pooled z on answers", rejected["pooled z on answers"], (CONTROL, 1.0)))
    if not hard:
        bounds = COVERAGE_FROM_20 if videos >= 20 else COVERAGE_FROM_10
        promises += [(each, covered[each], bounds) for each in ("method, new videos", "difference, new videos")]
    return [
        f"{name}: {what} is {value:.4f}, not {low} to {high}"
        for what, value, (low, high) in promises
        if not low <= value <= high
    ]


def naive(counts: Counts) -> dict[str, Any]:
    """What papers do: every answer independent, or only participants random."""
    n = np.bincount(counts.video_method, counts.by_video.sum(axis=1), 2)
    s = np.bincount(counts.video_method, counts.right(), 2)
    p, pooled = s / n, s.sum() / n.sum()
    se = math.sqrt(pooled * (1 - pooled) * (1 / n).sum())
    z = (p[0] - p[1]) / se if se else 0.0
    intervals = [wilson(float(p[m]), float(n[m]), 1.959964) for m in (0, 1)]
    cell = counts.cell_worker * 2 + counts.cell_method
    seen, right = (
        np.bincount(cell, counts.by_cell[:, place], 2 * counts.num_workers).reshape(-1, 2) for place in (0, 1)
    )
    both = (seen > 0).all(axis=1)
    own = right[both] / seen[both]
    difference = own[:, 0] - own[:, 1]
    return {
        "pooled z": 2 * special.ndtr(-abs(z)),
        "participant paired t": significance.paired_t(difference),
        "wilson": intervals[0],
        "newcombe": newcombe(float(p[0]), intervals[0], float(p[1]), intervals[1]),
    }


def calibrate(model: StudyModel, number: int, seed: int) -> dict[str, Any]:
    """Rejection rates of each test and coverage of each interval over so many studies."""
    rng = np.random.default_rng(seed)
    p_values: dict[str, list[float | None]] = {}
    covered: dict[str, list[bool]] = {}
    groups: list[list[tuple[np.ndarray, np.ndarray]]] = []
    for drawn in tqdm(studies(model, number, rng), total=number, leave=False, disable=None):
        counts, new, these = drawn.counts, drawn.new_videos, drawn.these_videos
        scored = score(counts)
        strata = by_class(scored, 0, 1)
        everything = means(scored, 0), means(scored, 1)
        groups.append([everything, *strata])
        first, second = estimate(counts.where(methods=["a"])), estimate(counts.where(methods=["b"]))
        assert first is not None
        assert second is not None
        unit = UNITS[choose_test(strata, Rules())]
        common = naive(counts)
        both = (first, second)
        for name, interval, value in (
            ("method, new videos", first.new_videos, new[0]),
            ("method, Wilson on answers", common["wilson"], new[0]),
            ("difference, new videos", difference_interval(scored, (0, 1), both, unit), new[0] - new[1]),
            ("difference, Newcombe on answers", common["newcombe"], new[0] - new[1]),
            ("method, these videos", first.these_videos, these[0]),
            ("difference, these videos", difference_interval(scored, (0, 1), both, None), these[0] - these[1]),
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
    primary = choose_test(groups[0][1:], Rules())
    return {
        "model": asdict(model),
        "primary": primary,
        "interval": "two-way t by class" if UNITS[primary] == "class" else "two-way t by video",
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
    """The commit that the run was made from, marked where the code that it uses differs from it."""

    def git(*arguments: str) -> str:
        run = ["git", *arguments]
        return subprocess.run(run, capture_output=True, text=True, check=True, cwd=Path(__file__).parent).stdout.strip()

    changed = git("status", "--porcelain", "--", "../analysis", "calibration.py")
    return git("rev-parse", "--short=12", "HEAD") + ("-dirty" if changed else "")


def markdown(result: dict[str, Any]) -> str:
    """The table of docs/statistics.md."""
    lines = [
        "| design | primary test | rejects a true null | its interval’s t | pooled z | Δ, new videos, covers | "
        "Δ, these videos, covers | Newcombe on answers covers |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, found in result["designs"].items():
        rejected, covered = found["rejected"], found["covered"]
        null = found["model"]["accuracies"][0] == found["model"]["accuracies"][1]
        rates = [rejected[found["primary"]], rejected[found["interval"]], rejected["pooled z on answers"]]
        cells = [_rate(rate) if null else "–" for rate in rates]
        cells += [
            _rate(covered[each])
            for each in ("difference, new videos", "difference, these videos", "difference, Newcombe on answers")
        ]
        lines.append(f"| {name} | {found['primary']} | {' | '.join(cells)} |")
    about = f"{result['studies']:,} studies of each design, seed {result['seed']}, commit {result['commit']}."
    return "\n".join([about, "", *lines]) + "\n"


def _rate(value: float) -> str:
    return f"{value:.4f}"[1:]


def write_docs(path: Path, result: dict[str, Any]) -> None:
    """Put the table between the two marks of a page."""
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    path.write_text(f"{before}{BEGIN}\n{markdown(result)}{END}{rest.split(END)[1]}", encoding="utf-8")


def main() -> None:
    """Run every design that the result doesn't have yet, and write it after each; exit with 1 for broken promises."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--design", help="only the designs whose name holds this")
    parser.add_argument("--out", type=Path, help="the result; one of the same commit, seed and number is continued")
    parser.add_argument("--docs", type=Path, help="the page whose table is to be written")
    options = parser.parse_args()
    about = {"studies": options.studies, "seed": options.seed, "commit": commit()}
    about |= {"python": platform.python_version(), "numpy": np.__version__}
    result: dict[str, Any] = about | {"designs": {}}
    if options.out and options.out.exists():
        earlier = json.loads(options.out.read_text())
        if {key: earlier.get(key) for key in about} == about and not about["commit"].endswith("-dirty"):
            result = earlier
    for place, (name, model) in enumerate(DESIGNS.items()):
        if name in result["designs"] or (options.design and options.design not in name):
            continue
        start = time.perf_counter()
        found = calibrate(model, options.studies, options.seed + place)
        result["designs"][name] = found | {"seconds": round(time.perf_counter() - start)}
        rows = found["rejected"] | {f"covered: {key}": value for key, value in found["covered"].items()}
        print(name, *(f"  {key}: {value:.4f}" for key, value in rows.items()), sep="\n", flush=True)
        result["designs"] = {each: result["designs"][each] for each in DESIGNS if each in result["designs"]}
        if options.out:
            options.out.write_text(json.dumps(result, indent=1) + "\n")
    if options.docs:
        write_docs(options.docs, result)
    failures = [failure for name, found in result["designs"].items() for failure in broken(name, found)]
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
