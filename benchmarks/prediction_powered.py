"""How often prediction-powered intervals cover, and how wide they are, with a good, a useless and a biased machine.

    python -m benchmarks.prediction_powered --out benchmarks/results/prediction_powered.json --docs docs/statistics.md

Two methods make a video of each prompt. People answer about some of the prompts' videos, the machine scores all. The
true values are the models' own. The control is PPI++ that takes answers for independent, which must fail. A run whose
intervals cover less than `LEAST` or more than `MOST`, or are wider than `WIDEST`, exits with 1.
"""

import argparse
import json
import math
import multiprocessing
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special

from analysis.intervals import Interval
from analysis.prediction_powered import PredictionPowered, ScoredVideos, difference, mean
from benchmarks.calibration import holds

#: Marks around the table in docs/statistics.md.
BEGIN, END = "<!-- benchmarks.prediction_powered writes this table -->", "<!-- end of the prediction-powered table -->"

#: Least and most that 95 % intervals may cover; their largest mean width, as a fraction of that of people alone.
LEAST, MOST, WIDEST = 0.935, 0.970, 1.05

MACHINES = ("good", "useless", "biased")

#: Standard deviations: of prompts, of videos of a prompt, of participants, of participant × method, of single answers.
PROMPT, VIDEO, PERSON, INTERACTION, ANSWER = 0.6, 0.6, 0.5, 0.2, 0.8

#: Correlation of the good machine's score with what people would say of a video in the mean.
GOOD = 0.9


@dataclass(frozen=True, kw_only=True)
class PoweredDesign:
    """A simulated study of two methods that are equally good."""

    labelled: int
    """Prompts whose videos people answer about."""
    prompts: int
    """Prompts in all; the machine scores both methods' videos of each."""
    people: int
    """Participants."""
    seen: float = 1.0
    """Share of the labelled videos that a participant sees."""
    per_prompt: int = 1
    """Videos of a method for each prompt, of which one is answered about, in as many of the prompts as are labelled."""
    right: float | None = None
    """Share of right answers, for answers that are right or wrong; None for points on a line."""


DESIGNS: dict[str, PoweredDesign] = {
    "10 of 30 prompts × 10 people": PoweredDesign(labelled=10, prompts=30, people=10),
    "10 of 100 × 10": PoweredDesign(labelled=10, prompts=100, people=10),
    "10 of 100 × 5": PoweredDesign(labelled=10, prompts=100, people=5),
    "10 of 100 × 10, 80 % right": PoweredDesign(labelled=10, prompts=100, people=10, right=0.8),
    "20 of 200 × 10": PoweredDesign(labelled=20, prompts=200, people=10),
    "20 of 200 × 20, 65 % right": PoweredDesign(labelled=20, prompts=200, people=20, right=0.65),
    "30 of 300 × 60, each sees a quarter": PoweredDesign(labelled=30, prompts=300, people=60, seen=0.25),
    "50 of 500 × 20": PoweredDesign(labelled=50, prompts=500, people=20),
    "50 of 500 × 60, 65 % right": PoweredDesign(labelled=50, prompts=500, people=60, right=0.65),
    "20 of 20 prompts, 1 of 5 videos × 20": PoweredDesign(labelled=20, prompts=20, people=20, per_prompt=5),
}


@dataclass(slots=True)
class Tally:
    """What the studies of one design and machine gave."""

    covered: list[bool] = field(default_factory=list)
    alone: list[bool] = field(default_factory=list)
    covered_mean: list[bool] = field(default_factory=list)
    alone_mean: list[bool] = field(default_factory=list)
    control: list[bool] = field(default_factory=list)
    width: list[float] = field(default_factory=list)
    width_alone: list[float] = field(default_factory=list)
    used: list[bool] = field(default_factory=list)

    def rates(self) -> dict[str, float]:
        """Shares and the ratio of mean widths."""
        shares = ("covered", "alone", "covered_mean", "alone_mean", "control", "used")
        width = float(np.mean(self.width) / np.mean(self.width_alone))
        rates = {name: float(np.mean(getattr(self, name))) for name in shares} | {"relative_width": width}
        return {name: round(value, 4) for name, value in rates.items()}


def study(design: PoweredDesign, machine: str, rng: np.random.Generator) -> list[ScoredVideos]:
    """The two methods' videos of one study."""
    number = design.prompts * design.per_prompt
    unit = np.repeat(np.arange(design.prompts), design.per_prompt)
    prompt, person = rng.normal(0, PROMPT, design.prompts)[unit], rng.normal(0, PERSON, design.people)
    labelled = np.flatnonzero((np.arange(number) % design.per_prompt == 0) & (unit < design.labelled))
    return [_method(design, machine, place, prompt, unit, person, labelled, rng) for place in (0, 1)]


def _method(
    design: PoweredDesign,
    machine: str,
    place: int,
    prompt: np.ndarray,
    unit: np.ndarray,
    person: np.ndarray,
    labelled: np.ndarray,
    rng: np.random.Generator,
) -> ScoredVideos:
    worth = prompt + rng.normal(0, VIDEO, len(prompt))
    own = person + rng.normal(0, INTERACTION, len(person))
    who, which = np.nonzero(rng.random((design.people, len(labelled))) < design.seen)
    video = labelled[which]
    latent = worth[video] + own[who] + rng.normal(0, ANSWER, len(who))
    scores = latent if design.right is None else (latent > -_threshold(design.right)).astype(float)
    said = _machine(machine, place, worth, rng)
    others = np.setdiff1d(np.arange(len(prompt)), labelled)
    return ScoredVideos(
        score=scores,
        participant=who,
        unit=unit[video],
        machine=said[video],
        other_machine=said[others],
        other_unit=unit[others],
    )


def _threshold(right: float) -> float:
    """How far above the threshold the mean lies for that share of right answers."""
    total = math.sqrt(PROMPT**2 + VIDEO**2 + PERSON**2 + INTERACTION**2 + ANSWER**2)
    return float(special.ndtri(right)) * total


def _machine(name: str, place: int, worth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Scores of a method's videos; the biased machine is blunter, and prefers the second method by much."""
    noise = rng.standard_normal(len(worth))
    if name == "useless":
        return noise
    good = GOOD * worth / math.hypot(PROMPT, VIDEO) + math.sqrt(1 - GOOD**2) * noise
    return good if name == "good" else 7 + 0.3 * np.exp(good) + 2.0 * place


def unclustered(a: ScoredVideos, b: ScoredVideos) -> tuple[float, float]:
    """The control: 95 % interval of PPI++ (arXiv:2311.01453) with every answer taken for independent."""
    total, variance = 0.0, 0.0
    for sign, own in ((1, a), (-1, b)):
        n, others = len(own.score), len(own.other_machine)
        every = np.concatenate([own.machine, own.other_machine])
        tuning = np.cov(own.score, own.machine)[0, 1] / ((1 + n / others) * every.var(ddof=1))
        total += sign * (own.score.mean() - tuning * (own.machine.mean() - own.other_machine.mean()))
        variance += (own.score - tuning * own.machine).var() / n + tuning**2 * own.other_machine.var() / others
    half = 1.959964 * math.sqrt(variance)
    return total - half, total + half


def calibrate(design: PoweredDesign, machine: str, number: int, seed: int) -> dict[str, float]:
    """Rates over so many studies, of the difference and of the first method's mean."""
    rng, tally = np.random.default_rng(seed), Tally()
    for _ in range(number):
        a, b = study(design, machine, rng)
        _count_difference(tally, difference(a, b))
        _count_mean(tally, mean(a), design.right)
        tally.control.append(holds(Interval(*unclustered(a, b)), 0.0))
    return tally.rates()


def _count_difference(tally: Tally, found: PredictionPowered) -> None:
    own, alone = found.powered.interval("new"), found.alone.interval("new")
    tally.covered.append(holds(own, 0.0))
    tally.alone.append(holds(alone, 0.0))
    tally.used.append(found.tuning != 0)
    if math.isfinite(alone.high):
        tally.width.append(own.high - own.low)
        tally.width_alone.append(alone.high - alone.low)


def _count_mean(tally: Tally, found: PredictionPowered, right: float | None) -> None:
    if right is None:
        own, alone = found.powered.interval("new"), found.alone.interval("new")
    else:
        own, alone = found.share_interval(), found.share_interval(alone=True)
    tally.covered_mean.append(holds(own, right or 0.0))
    tally.alone_mean.append(holds(alone, right or 0.0))


def broken(name: str, machine: str, found: dict[str, float]) -> list[str]:
    """The promises that are broken."""
    failures = [
        f"{name}, {machine}: {key} {found[key]:.4f} is not between {LEAST} and {MOST}"
        for key in ("covered", "covered_mean")
        if not LEAST <= found[key] <= MOST
    ]
    if found["relative_width"] > WIDEST:
        failures.append(f"{name}, {machine}: intervals are {found['relative_width']:.3f} as wide as people's alone")
    if found["control"] >= 0.93:
        failures.append(f"{name}, {machine}: the control covers {found['control']:.4f}, as if answers were independent")
    return failures


def markdown(result: dict[str, Any]) -> str:
    """The table of docs/statistics.md."""
    lines = [
        "| design | machine | difference covers | people alone | mean covers | people alone | width | used | control |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, machines in result["designs"].items():
        for machine, found in machines.items():
            cells = [f"{found[key]:.3f}".lstrip("0") for key in ("covered", "alone", "covered_mean", "alone_mean")]
            cells += [f"{found['relative_width']:.2f}", f"{100 * found['used']:.0f} %"]
            cells.append(f"{found['control']:.3f}".lstrip("0"))
            lines.append(f"| {name} | {machine} | {' | '.join(cells)} |")
    about = f"{result['studies']:,} studies of each design and machine, seed {result['seed']}."
    return "\n".join([about, "", *lines]) + "\n"


def write_docs(path: Path, result: dict[str, Any]) -> None:
    """Put the table between the two marks of a page."""
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    path.write_text(f"{before}{BEGIN}\n{markdown(result)}{END}{rest.split(END)[1]}", encoding="utf-8")


def _begun(path: Path | None, number: int, seed: int) -> dict[str, Any]:
    """What an interrupted run of the same size and seed has written, or nothing yet."""
    if path and path.is_file():
        result = dict(json.loads(path.read_text(encoding="utf-8")))
        if (result["studies"], result["seed"]) == (number, seed):
            return result
    return {"studies": number, "seed": seed, "designs": {}}


def one(task: tuple[str, str, int, int]) -> tuple[str, str, dict[str, float]]:
    """One design and machine, in a process of its own."""
    name, machine, number, seed = task
    return name, machine, calibrate(DESIGNS[name], machine, number, seed)


def main() -> None:
    """Run every design and machine that the result doesn't have yet; exit with 1 for broken promises."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=4_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--docs", type=Path)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    result = _begun(options.out, options.studies, options.seed)
    designs = result["designs"]
    tasks = [
        (name, machine, options.studies, options.seed)
        for name in DESIGNS
        for machine in MACHINES
        if machine not in designs.get(name, {})
    ]
    with multiprocessing.Pool(options.processes) as pool:
        for name, machine, found in pool.imap(one, tasks):
            designs.setdefault(name, {})[machine] = found
            print(
                f"{name:<40}{machine:<9}" + "  ".join(f"{key} {value:.4f}" for key, value in found.items()), flush=True
            )
            if options.out:
                options.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    failures = [
        each for name in designs for machine in MACHINES for each in broken(name, machine, designs[name][machine])
    ]
    if options.docs:
        write_docs(options.docs, result)
    print("\n".join(failures))
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
