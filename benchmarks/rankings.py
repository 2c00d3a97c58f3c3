"""How often intervals from rankings hold the truth, and how often they find a difference that is not there.

    python -m benchmarks.rankings [--studies 500] [--seed 1]

Orders are drawn from the Plackett–Luce model. `covers` is the share of the 95 % intervals of strengths that hold the
true ones, `ranks` that of the studies whose rank intervals hold all true ranks, `rejects` the share of tests of two
equal methods that find a difference, by strengths and by the share that is ahead, and `naive` the same for z of the
model that takes answers to be independent. Effects of participants and prompts are of single methods (standard
deviations on the scale of strengths). Averaging over them shrinks the strengths of the population: with effects, only
differences that are 0 are known, and nothing is covered but these.
"""

import argparse
import sys
from dataclasses import dataclass

import numpy as np

from analysis.preference.strengths import Strength
from analysis.ranking.plackett_luce import fit
from analysis.ranking.rankings import Rankings
from analysis.ranking.ranks import pair_orders
from analysis.ranking.stages import stages_of
from analysis.ranking.strengths import RankingStrengths
from tests.analysis.ranking.scenes import drawn

#: Limits of the share that rejects, and of the share that covers. Without effects the first is low, since the variance
#: for new prompts is never below that for these.
REJECTED, COVERED = (0.025, 0.065), (0.93, 0.97)


@dataclass(frozen=True, kw_only=True, slots=True)
class RankingDesign:
    """A study, and how participants and prompts differ."""

    prompts: int
    people: int
    #: Answers to each prompt.
    answers: int
    shown: int = 3
    sd: float = 0.7
    best_and_worst: bool = False


DESIGNS = {
    "10 prompts × 10 people, all answers": RankingDesign(prompts=10, people=10, answers=10),
    "30 × 20, all answers": RankingDesign(prompts=30, people=20, answers=20),
    "30 × 60, 10 answers": RankingDesign(prompts=30, people=60, answers=10),
    "30 × 60, 10 answers, 2 of 3 shown": RankingDesign(prompts=30, people=60, answers=10, shown=2),
    "30 × 60, 10 answers, best and worst of 4": RankingDesign(
        prompts=30, people=60, answers=10, shown=4, best_and_worst=True
    ),
    "30 × 60, 10 answers, no effects": RankingDesign(prompts=30, people=60, answers=10, sd=0.0),
    "30 × 5, all answers": RankingDesign(prompts=30, people=5, answers=5),
}


def main() -> None:
    """Print a row for each design; status 1 where one is outside its limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print("| design | covers | ranks | rejects, strengths | rejects, share ahead | naive |")
    print("|---|---:|---:|---:|---:|---:|")
    rows = [row(*item, arguments.studies, arguments.seed) for item in DESIGNS.items()]
    sys.exit(0 if all(rows) else 1)


def row(name: str, design: RankingDesign, studies: int, seed: int) -> bool:
    """Print one row; whether it is within its limits."""
    strength = [0.6, 0.0, -0.6] if design.sd == 0 else [0.0] * max(design.shown, 3)
    held, ranked, rejected, ahead, naive = [], [], [], [], []
    for study in range(studies):
        rng = np.random.default_rng([seed, study])
        rankings = _drawn(strength, design, rng)
        rows = RankingStrengths(rankings).summary(rng=rng)
        held.append([each.new.low <= true <= each.new.high for each, true in zip(rows, strength, strict=True)])
        ranked.append(all(_ranked(each, own, strength) for each, own in zip(rows, strength, strict=True)))
        null = _drawn([0.0] * len(strength), design, rng)
        rejected.append(RankingStrengths(null).difference(0, 1).p_value("new") < 0.05)
        ahead.append(pair_orders(null)[0].ahead.p_value("new") < 0.05)
        found = fit(stages_of(null))
        error = np.sqrt(found.inverse[0, 0] + found.inverse[1, 1] - 2 * found.inverse[0, 1])
        naive.append(abs(found.strength[0] - found.strength[1]) > 1.96 * error)
    shares = [float(np.mean(values)) for values in (held, ranked, rejected, ahead, naive)]
    print(f"| {name} | {' | '.join(f'{share:.3f}' for share in shares)} |", flush=True)
    return COVERED[0] <= shares[0] <= COVERED[1] and all(REJECTED[0] <= each <= REJECTED[1] for each in shares[2:4])


def _ranked(found: Strength, own: float, strength: list[float]) -> bool:
    """Whether the rank interval holds the true rank; equal methods share theirs."""
    first = 1 + sum(other > own for other in strength)
    return found.rank_low < first + strength.count(own) and first <= found.rank_high


def _drawn(strength: list[float], design: RankingDesign, rng: np.random.Generator) -> Rankings:
    return drawn(
        strength,
        design.prompts * design.answers,
        rng,
        shown=design.shown,
        people=design.people,
        prompts=design.prompts,
        sd_people=design.sd,
        sd_prompt=design.sd,
        best_and_worst=design.best_and_worst,
    )


if __name__ == "__main__":
    main()
