"""How often the intervals of metric validation hold what studies of their size find on average.

    python -m benchmarks.metric_validation --out benchmarks/results/metric_validation.json --docs docs/statistics.md

People rate each method's video of every prompt, and a metric scores the same videos. The methods stay the same in all
studies of a design; prompts, videos and people are drawn anew. What an interval should hold is the mean coefficient
over the studies. A run exits with 1 where an interval covers less than `LEAST`, unless `LOOSE` names it.
"""

import argparse
import json
import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from analysis.metrics.validation import validate
from analysis.records.metrics import MetricValidation
from tests.analysis.metrics.simulated_metrics import MetricStudy

#: Marks around the table in docs/statistics.md.
BEGIN, END = "<!-- benchmarks.metric_validation writes this table -->", "<!-- end of the table of metric validation -->"

#: Least that 95 % intervals may cover.
LEAST = 0.93

#: What is known to cover less: resamples have more noise than the answers, so that their quantiles lie too low, which
#: shows where the correlation over methods is known well. docs/statistics.md and the report say so.
LOOSE = {("10 × 10, 12 methods", "by_system", "pearson")}

#: Resamples of a study; reports take more.
SAMPLES = 100

DESIGNS: dict[str, MetricStudy] = {
    "10 prompts × 10 people": MetricStudy(prompts=10, people=10, prompt=0.5, fixed=True),
    "10 × 10, weak": MetricStudy(prompts=10, people=10, correlation=0.2, prompt=0.5, fixed=True),
    "10 × 10, strong": MetricStudy(prompts=10, people=10, correlation=0.95, prompt=0.5, fixed=True),
    "10 × 10, 12 methods": MetricStudy(systems=12, prompts=10, people=10, prompt=0.5, fixed=True),
    "10 × 60": MetricStudy(prompts=10, people=60, prompt=0.5, fixed=True),
    "50 × 10": MetricStudy(prompts=50, people=10, prompt=0.5, fixed=True),
    "50 × 60, each sees 15 %": MetricStudy(prompts=50, people=60, seen=0.15, prompt=0.5, fixed=True),
}


def calibrate(study: MetricStudy, number: int, seed: int, samples: int = SAMPLES) -> dict[str, dict[str, float]]:
    """Coverage of each coefficient's interval over so many studies, by video and by method."""
    rng = np.random.default_rng(seed)
    found = [validate(study.draw(rng), rng, samples=samples) for _ in range(number)]
    return {level: _coverage(found, level) for level in ("by_video", "by_system")}


def _coverage(found: list[MetricValidation], level: str) -> dict[str, float]:
    """Share of the intervals that hold the mean of the values; what has no value or no interval holds nothing."""
    covers = {}
    for rows in zip(*(getattr(one, level) for one in found), strict=True):
        value, low, high = np.array([(row.value, row.ci_low, row.ci_high) for row in rows], float).T
        truth = np.nanmean(value)
        covers[rows[0].name] = float(np.mean((low <= truth) & (truth <= high)))
    return covers


def broken(name: str, found: dict[str, dict[str, float]]) -> list[str]:
    """The intervals that cover too little and are not known to."""
    words = {"by_video": "video", "by_system": "method"}
    return [
        f"{name}, {coefficient} by {words[level]}: covers {share:.3f}, less than {LEAST}"
        for level, shares in found.items()
        for coefficient, share in shares.items()
        if share < LEAST and (name, level, coefficient) not in LOOSE
    ]


def markdown(result: dict[str, Any]) -> str:
    """The table of docs/statistics.md."""
    columns = [(level, name) for level in ("by_video", "by_system") for name in _names(result, level)]
    words = {"by_video": "videos", "by_system": "methods"}
    head = " | ".join(f"{name}, {words[level]}" for level, name in columns)
    lines = [f"| design | {head} |", f"|---|{'---:|' * len(columns)}"]
    for design, found in result["designs"].items():
        cells = [f"{found[level][name]:.3f}".removeprefix("0") for level, name in columns]
        lines.append(f"| {design} | {' | '.join(cells)} |")
    about = f"{result['studies']:,} studies of each design, {result['samples']} resamples, seed {result['seed']}."
    return "\n".join([about, "", *lines]) + "\n"


def _names(result: dict[str, Any], level: str) -> list[str]:
    return list(next(iter(result["designs"].values()))[level])


def write_docs(path: Path, result: dict[str, Any]) -> None:
    """Put the table between the two marks of a page."""
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    path.write_text(f"{before}{BEGIN}\n{markdown(result)}{END}{rest.split(END)[1]}", encoding="utf-8")


def _begun(path: Path | None, number: int, seed: int) -> dict[str, Any]:
    """What an interrupted run of the same size and seed has written, or nothing yet."""
    size = {"studies": number, "samples": SAMPLES, "seed": seed}
    if path and path.is_file():
        result = dict(json.loads(path.read_text(encoding="utf-8")))
        if {name: result[name] for name in size} == size:
            return result
    return {**size, "designs": {}}


def one(task: tuple[str, int, int]) -> tuple[str, dict[str, dict[str, float]]]:
    """One design, in a process of its own."""
    name, number, seed = task
    return name, calibrate(DESIGNS[name], number, seed)


def main() -> None:
    """Run every design; exit with 1 where an interval covers too little."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--docs", type=Path)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    result = _begun(options.out, options.studies, options.seed)
    tasks = [(name, options.studies, options.seed) for name in DESIGNS if name not in result["designs"]]
    with multiprocessing.Pool(options.processes) as pool:
        for name, found in pool.imap(one, tasks):
            result["designs"][name] = found
            print(name, json.dumps(found), flush=True)
            if options.out:
                options.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    if options.docs:
        write_docs(options.docs, result)
    failures = [each for name in DESIGNS for each in broken(name, result["designs"][name])]
    print("\n".join(failures))
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
