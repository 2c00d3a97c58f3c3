"""How often intervals of preferences hold and their tests reject, over simulated studies; and how long a fit takes.

    python -m benchmarks.preferences --out benchmarks/results/preferences.json --docs docs/statistics.md

Three parts: `tests` (net win rates; a binomial test of single votes as the control that must fail), `strengths` (three
models, whose intervals should hold the strengths of the simulated studies), `speed` (a million votes of 40 methods,
beside evalica in the same run). The limits stand in `broken`; a run that breaks one exits with 1.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from analysis.clustering import Target
from analysis.preference.fitting import fit, table_of
from analysis.preference.models import MODELS, ModelName
from analysis.preference.rates import adjusted, by_pair
from analysis.preference.simulator import VoteModel, simulate
from analysis.preference.strengths import Strengths
from analysis.preference.transitivity import transitivity
from analysis.preference.votes import LEFT, TIE, Votes

#: The step whose speed is promised.
FITTED = "fit with its two-way covariance"
#: Marks around the tables in docs/statistics.md.
BEGIN, END = "<!-- benchmarks.preferences writes these tables -->", "<!-- end of these tables -->"


@dataclass(frozen=True, kw_only=True)
class Design:
    """A simulated study whose first pair is tested, what the test at 5 % may reject of its truth, and why so little."""

    model: VoteModel
    least: float = 0.040
    most: float = 0.060
    target: Target = "new"
    low: str = ""


#: Why a test rejects little where prompts add next to nothing to the variance (docs/statistics.md has figures).
WIDER = "the wider of two intervals with nearly the same variance counts"


def even(participants: int, prompts: int, **others: Any) -> VoteModel:
    """Two equal methods, unless said otherwise."""
    return VoteModel(**({"strengths": (0.0, 0.0)} | others), num_participants=participants, num_prompts=prompts)


#: *People × prompts*; effects have the standard deviations of `VoteModel` unless said otherwise.
DESIGNS: dict[str, Design] = {
    "10 × 10": Design(model=even(10, 10)),
    "10 × 10, participants 1.0": Design(model=even(10, 10, participant_sd=1.0)),
    "10 × 10, prompts 1.0": Design(model=even(10, 10, prompt_sd=1.0)),
    "10 × 10, no effects": Design(
        model=even(10, 10, prompt_sd=0.0, participant_sd=0.0, side_sd=0.0), least=0.030, low=WIDER
    ),
    "10 × 10, position 1.5": Design(model=even(10, 10, position=1.5)),
    "10 × 10, many ties": Design(model=even(10, 10, tie=1.5)),
    "10 × 10, no ties": Design(model=even(10, 10, model="bradley-terry")),
    "10 × 30": Design(model=even(10, 30)),
    "30 × 10": Design(model=even(30, 10)),
    "30 × 30": Design(model=even(30, 30)),
    "30 × 30, strengths 1 and 0": Design(model=even(30, 30, strengths=(1.0, 0.0))),
    "60 × 30, three methods": Design(model=even(60, 30, strengths=(0.0, 0.0, 0.0))),
    "60 × 30, three methods, position 1.5": Design(model=even(60, 30, strengths=(0.0, 0.0, 0.0), position=1.5)),
    "30 × 40, 10 votes each": Design(model=even(30, 40, votes_per_participant=10)),
    "60 × 100, six methods, 20 votes each": Design(
        model=even(60, 100, strengths=(0.0,) * 6, votes_per_participant=20), least=0.030, low=WIDER
    ),
    "5 × 10": Design(model=even(5, 10), least=0.030, most=0.070),
    "5 × 30": Design(model=even(5, 30), least=0.030, most=0.070),
    "5 × 30, participants 1.0": Design(model=even(5, 30, participant_sd=1.0), least=0.030, most=0.070),
    "these prompts, 10 × 10": Design(model=even(10, 10, prompt_sd=0.0), target="these"),
    "these prompts, 10 × 30, participants 1.0": Design(
        model=even(10, 30, prompt_sd=0.0, participant_sd=1.0), target="these"
    ),
}


def binomial_p(votes: Votes) -> float:
    """The control: a sign test of the decided votes for the first method against the second, every vote by itself."""
    own = (np.minimum(votes.left, votes.right) == 0) & (np.maximum(votes.left, votes.right) == 1)
    decided = np.flatnonzero(own & (votes.outcome != TIE))
    first = (votes.left[decided] == 0) == (votes.outcome[decided] == LEFT)
    return float(stats.binomtest(int(first.sum()), len(decided)).pvalue) if len(decided) else 1.0


def net_win_rates(task: tuple[str, int, int]) -> tuple[str, dict[str, Any]]:
    """Rates of one design over so many studies."""
    name, number, seed = task
    model, target, rng = DESIGNS[name].model, DESIGNS[name].target, np.random.default_rng(seed)
    truth, several = model.net(0, 1), len(model.strengths) > 2
    rejected, alone, family = [], [], []
    for _ in range(number):
        votes = simulate(model, rng)
        pairs = by_pair(votes)
        rejected.append(pairs[0].p_value(target, truth) < 0.05)
        alone.append(binomial_p(votes) < 0.05)
        if several:
            family.append(any(each.p_value < 0.05 for each in adjusted(pairs, votes, target, "holm", 0.05, rng)))
    null = len(set(model.strengths)) == 1
    return name, {
        "rejected": float(np.mean(rejected)),
        "binomial": float(np.mean(alone)) if null else None,
        "family": float(np.mean(family)) if family and null else None,
    }


#: The studies whose strengths are known: three methods × 30 prompts × 60 people.
KNOWN = {
    name: VoteModel(strengths=(0.5, 0.0, -0.5), num_participants=60, num_prompts=30, model=name, tie=0.3, position=0.3)
    for name in MODELS
}


def strengths(task: tuple[ModelName, int, int]) -> tuple[str, dict[str, Any]]:
    """How many of the 95 % intervals of strengths, of the position and of ranks hold the truth."""
    name, number, seed = task
    model, rng = KNOWN[name], np.random.default_rng(seed)
    true = fit(model.expected(), name)
    held, sides, ranks = [], [], []
    for _ in range(number):
        found = Strengths(simulate(model, rng), name)
        rows = found.summary(rng=rng)
        held.append([row.new.low <= own <= row.new.high for row, own in zip(rows, true.strength, strict=True)])
        ranks.append(all(row.rank_low <= place <= row.rank_high for place, row in enumerate(rows, 1)))
        side, truth = found.position(), true.position
        assert side is not None
        assert truth is not None
        interval = side.interval("new")
        sides.append(interval.low <= truth <= interval.high)
    each = np.mean(held, axis=0)
    return name, {
        "studies": number,
        "strengths": float(each.mean()),
        "each": [float(value) for value in each],
        "position": float(np.mean(sides)),
        "ranks": float(np.mean(ranks)),
    }


def speed(number: int, methods: int, seed: int) -> dict[str, list[float]]:
    """Seconds of each step on so many votes, and of evalica's fit of the same votes: the best of three.

    Each with the seconds of processor time, which other programs on the machine leave as they are.
    """
    study = VoteModel(
        strengths=tuple(np.linspace(1, -1, methods)),
        num_participants=number // 100,
        num_prompts=1000,
        votes_per_participant=100,
    )
    votes = simulate(study, np.random.default_rng(seed))
    found = Strengths(votes)
    steps: dict[str, Callable[[], object]] = {
        "counts and Newton": lambda: fit(table_of(votes)),
        FITTED: lambda: Strengths(votes),
        "strengths, intervals and ranks": found.summary,
        "transitivity": lambda: transitivity(votes, found.fit),
        "net win rates of all pairs": lambda: by_pair(votes),
    }
    try:
        import evalica
    except ImportError:
        pass
    else:
        winners = np.array([evalica.Winner.X, evalica.Winner.Draw, evalica.Winner.Y], object)[votes.outcome].tolist()
        xs, ys = votes.left.tolist(), votes.right.tolist()
        steps["evalica.bradley_terry"] = lambda: evalica.bradley_terry(xs, ys, winners)
    return {name: min(_seconds(step) for _ in range(3)) for name, step in steps.items()}


def _seconds(step: Callable[[], object]) -> list[float]:
    began, processor = time.perf_counter(), time.process_time()
    step()
    return [round(time.perf_counter() - began, 3), round(time.process_time() - processor, 3)]


def broken(result: dict[str, Any]) -> list[str]:
    """The limits that a result breaks; empty where all hold."""
    failures = []
    for name, found in result.get("tests", {}).items():
        design = DESIGNS[name]
        if not design.least <= found["rejected"] <= design.most:
            failures.append(
                f"{name}: rejects {found['rejected']:.4f} of true values, not {design.least} to {design.most}"
            )
        if found["family"] is not None and found["family"] > design.most:
            failures.append(f"{name}: Holm rejects {found['family']:.4f} of the families, more than {design.most}")
    if result.get("tests") and max(found["binomial"] or 0.0 for found in result["tests"].values()) < 0.2:
        failures.append("the binomial test of single votes, the control, holds in every design")
    for name, found in result.get("strengths", {}).items():
        if not 0.93 <= found["strengths"] <= 0.97:
            failures.append(f"{name}: intervals hold {found['strengths']:.4f} of the strengths, not .93 to .97")
    seconds = result.get("speed", {}).get(FITTED, [0.0, 0.0])[1]
    if seconds > 1:
        failures.append(f"a fit of a million votes takes {seconds:.2f} s of processor time, more than 1 s")
    return failures


def markdown(result: dict[str, Any]) -> str:
    """The tables of docs/statistics.md."""
    lines = [
        f"{result['studies']:,} studies of each design.",
        "",
        "| people × prompts | allowed | rejects the truth | binomial test of single votes | Holm, all pairs | note |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for name, found in result["tests"].items():
        cells = [_rate(found[key]) for key in ("rejected", "binomial", "family")]
        design = DESIGNS[name]
        allowed = f"{_rate(design.least)}–{_rate(design.most)}"
        lines.append(f"| {name} | {allowed} | {' | '.join(cells)} | {design.low} |")
    lines += ["", "| model | studies | strengths held | position held | all ranks held |", "|---|---:|---:|---:|---:|"]
    for name, found in result["strengths"].items():
        cells = [_rate(found[key]) for key in ("strengths", "position", "ranks")]
        lines.append(f"| {name} | {found['studies']:,} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}".lstrip("0")


def write_docs(path: Path, result: dict[str, Any]) -> None:
    """Put the tables between the two marks of a page."""
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    path.write_text(f"{before}{BEGIN}\n{markdown(result)}{END}{rest.split(END)[1]}", encoding="utf-8")


def main() -> None:
    """Run the parts asked for, print and write their figures; exit with 1 where one breaks its limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=("tests", "strengths", "speed"), help="one part only")
    parser.add_argument("--studies", type=int, default=4000, help="of each design of the part `tests`")
    parser.add_argument("--known", type=int, default=500, help="studies of each model of the part `strengths`")
    parser.add_argument("--votes", type=int, default=1_000_000)
    parser.add_argument("--methods", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--design", default="", help="only the designs whose name holds this")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--out", type=Path, help="the result")
    parser.add_argument("--docs", type=Path, help="the page whose tables are to be written")
    options = parser.parse_args()
    result: dict[str, Any] = {"studies": options.studies, "seed": options.seed}
    parts = [options.part] if options.part else ["tests", "strengths", "speed"]
    if "speed" in parts:
        result["speed"] = speed(options.votes, options.methods, options.seed)
        for name, (wall, processor) in result["speed"].items():
            print(f"{name:<34}{wall:>8.3f} s, {processor:.3f} s of processor time", flush=True)
    seeds = {name: options.seed + place for place, name in enumerate(DESIGNS) if options.design in name}
    work: dict[str, tuple[Callable[..., tuple[str, dict[str, Any]]], list[tuple[Any, int, int]]]] = {
        "tests": (net_win_rates, [(name, options.studies, seed) for name, seed in seeds.items()]),
        "strengths": (strengths, [(name, options.known, options.seed) for name in MODELS]),
    }
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        for part in parts:
            if part in work:
                result[part] = {}
                for name, found in pool.map(work[part][0], work[part][1]):
                    result[part][name] = found
                    print(f"{name}: {found}", flush=True)
    if options.out:
        options.out.write_text(json.dumps(result, indent=1) + "\n")
    if options.docs:
        write_docs(options.docs, result)
    if failures := broken(result):
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
