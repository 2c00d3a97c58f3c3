"""Power of comparisons by preferences, ratings and captions: the formula against simulated studies.

    python -m benchmarks.score_power [--studies 2000] [--seed 1]

The two agree where the formula's assumptions hold: scores of many answers are nearly normal, and variances are
estimated from enough prompts and participants. A difference of more than `ALLOWED` in power, or a false positive rate
or coverage outside their limits, ends the run with status 1. With 2,000 studies chance moves a power by .011 (one
standard error), a false positive rate or a coverage by .005.
"""

import argparse
import sys

import numpy as np

from analysis.accuracy_model import AccuracyModel
from analysis.score_models import PreferenceModel, RatingModel, ScoreModel
from analysis.score_power import ScoreDesign, planned_scores
from analysis.score_simulation import simulate_scores

#: How far power by simulation may be from that by formula; limits of the false positive rate and of the coverage.
ALLOWED, REJECTED, COVERED = 0.06, (0.035, 0.065), (0.935, 0.965)

DESIGNS: dict[str, ScoreDesign] = {
    "10 prompts × 10 people": ScoreDesign(prompts=10, people=10, answers_per_prompt=10),
    "30 × 60, 10 answers": ScoreDesign(),
    "30 × 15, 10 answers": ScoreDesign(people=15),
    "100 × 20, 5 answers": ScoreDesign(prompts=100, people=20, answers_per_prompt=5),
}


def models(design: ScoreDesign) -> dict[str, ScoreModel]:
    """Preferences, ratings and captions with a difference that the design finds with a chance near 60 %."""
    smaller = 0.8 * design.prompts**-0.5
    return {
        "preference": PreferenceModel(difference=min(1.3 * smaller + 0.05, 0.8)),
        "rating": RatingModel(difference=1.6 * smaller + 0.05),
        "caption": AccuracyModel(difference=0.75 * smaller + 0.01, chance=0.25, accuracy=0.625),
    }


def main() -> None:
    """Print a row for each design and kind; status 1 where one is outside its limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print("| design | kind | power by formula, simulated | 2 × prompts | 2 × people | rejects a true null | covers |")
    print("|---|---|---:|---:|---:|---:|---:|")
    rows = [
        row(name, design, kind, model, arguments.studies, arguments.seed)
        for name, design in DESIGNS.items()
        for kind, model in models(design).items()
    ]
    sys.exit(0 if all(rows) else 1)


def row(name: str, design: ScoreDesign, kind: str, model: ScoreModel, studies: int, seed: int) -> bool:
    """Print one row; whether it is within its limits."""
    formula = planned_scores(design, model)
    found = simulate_scores(design, model, studies, np.random.default_rng(seed))
    pairs = [
        (formula.power, found.power),
        (formula.power_with_more_prompts, found.power_with_more_prompts),
        (formula.power_with_more_people, found.power_with_more_people),
    ]
    cells = [f"{one:.3f}, {other:.3f}" for one, other in pairs]
    cells += [f"{found.false_positives:.4f}", f"{found.coverage:.4f}"]
    print(f"| {name} | {kind} | {' | '.join(cells)} |", flush=True)
    within = REJECTED[0] <= found.false_positives <= REJECTED[1] and COVERED[0] <= found.coverage <= COVERED[1]
    return within and all(abs(one - other) <= ALLOWED for one, other in pairs)


if __name__ == "__main__":
    main()
