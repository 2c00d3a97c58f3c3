"""How often the test of two methods' mean ratings rejects and its intervals cover, over simulated studies.

    python -m benchmarks.ratings [--studies 10000] [--design NAME] [--model 100000]

Ratings are latent normal values cut into points. People differ in their bias and in how much of the scale they use;
prompts, videos and participant × method vary too. Beside the report's test stands what papers do, Student's t test of
all ratings as if they were independent, which fails. Where methods differ, the truth is found by quadrature. What is
promised stands in `broken`, fixed beforehand and without allowance for chance; a run that breaks it exits with 1.
`--model` fits the cumulative link model with random effects to so many ratings instead, and tells the time.
"""

import argparse
import math
import multiprocessing
import os
import sys
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from analysis.clustering import Target
from analysis.rating.means import compare_means, method_ratings
from analysis.rating.rating_model import rating_model
from analysis.rating.ratings import Ratings, Scale

Array = np.ndarray

#: Of the quadrature over how much of the scale people use.
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(31)

#: Limits of rejections of a true difference and of coverage: from 10 people and 10 prompts on, and with fewer.
REJECTS, FEW_REJECTS = (0.040, 0.060), (0.030, 0.080)
COVERS, FEW_COVERS = (0.940, 0.960), (0.920, 0.970)


@dataclass(frozen=True, kw_only=True)
class SimulatedStudy:
    """Two methods' videos of the same prompts, rated by people; SDs and effects in points of a five-point scale."""

    people: int
    prompts: int
    #: Of the methods, about the middle of the scale.
    effects: tuple[float, float] = (0.0, 0.0)
    #: Videos that each person rates; 0 for all.
    each: int = 0
    #: Whether some videos are shown several times as often as others.
    uneven: bool = False
    #: Whether methods have the prompts in common, and the analysis knows.
    shared: bool = True
    points: int = 5
    slider: bool = False
    prompt: float = 0.6
    video: float = 0.5
    bias: float = 0.4
    #: SD of the logarithm of how much of the scale a person uses.
    stretch: float = 0.25
    interaction: float = 0.2
    noise: float = 0.7
    target: Target = "new"


#: People × prompts unless said otherwise.
DESIGNS: dict[str, SimulatedStudy] = {
    "10 × 10": SimulatedStudy(people=10, prompts=10),
    "10 × 10, interaction .4": SimulatedStudy(people=10, prompts=10, interaction=0.4),
    "10 × 10, 1 point apart": SimulatedStudy(people=10, prompts=10, effects=(0.5, -0.5)),
    "10 × 30": SimulatedStudy(people=10, prompts=30),
    "30 × 10": SimulatedStudy(people=30, prompts=10),
    "20 × 20": SimulatedStudy(people=20, prompts=20),
    "20 × 20, half a point apart, near the top": SimulatedStudy(people=20, prompts=20, effects=(1.6, 1.1)),
    "20 × 20, much different use of the scale": SimulatedStudy(people=20, prompts=20, stretch=0.6, bias=0.8),
    "60 × 30": SimulatedStudy(people=60, prompts=30),
    "20 × 20, 11 points": SimulatedStudy(people=20, prompts=20, points=11),
    "20 × 20, slider": SimulatedStudy(people=20, prompts=20, slider=True),
    "40 people rate 10 of 2 × 20": SimulatedStudy(people=40, prompts=20, each=10),
    "40 people rate 10 of 2 × 20, unevenly": SimulatedStudy(people=40, prompts=20, each=10, uneven=True),
    "100 people rate 8 of 2 × 50": SimulatedStudy(people=100, prompts=50, each=8),
    "other prompts for each method, 20 × 20": SimulatedStudy(people=20, prompts=20, shared=False),
    "other prompts for each method, 40 rate 10, unevenly": SimulatedStudy(
        people=40, prompts=20, shared=False, each=10, uneven=True
    ),
    "these videos, 10 × 10": SimulatedStudy(people=10, prompts=10, target="these"),
    "these videos, 40 people rate 10 of 2 × 20": SimulatedStudy(people=40, prompts=20, each=10, target="these"),
    "5 people × 20 prompts": SimulatedStudy(people=5, prompts=20),
    "5 people × 40 prompts, interaction .4": SimulatedStudy(people=5, prompts=40, interaction=0.4),
    "20 people × 5 prompts": SimulatedStudy(people=20, prompts=5),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A simulated study and its true means, for new videos and people or for these videos."""

    ratings: Ratings
    truth: tuple[float, float]


def draw(design: SimulatedStudy, rng: np.random.Generator) -> Drawn:
    """One study."""
    number = 2 * design.prompts
    method = np.arange(number) % 2
    prompt = np.arange(number) // 2 if design.shared else np.arange(number)
    quality = rng.normal(0, design.prompt, number)[prompt] + rng.normal(0, design.video, number)
    quality += np.array(design.effects)[method]
    participant, video = _shown(design, number, rng)
    stretch = np.exp(rng.normal(0, design.stretch, design.people))
    latent = stretch[participant] * quality[video] + rng.normal(0, design.bias, design.people)[participant]
    interaction = rng.normal(0, design.interaction, (design.people, 2))
    latent += interaction[participant, method[video]] + rng.normal(0, design.noise, len(video))
    low, high = (1.0, 5.0) if design.slider else (1.0, float(design.points))
    ratings = Ratings(
        value=_cut(design, latent),
        participant=participant,
        video=video,
        method=method[video],
        prompt=prompt[video] if design.shared else None,
        methods=["a", "b"],
        scale=Scale(low=low, high=high, slider=design.slider),
    )
    return Drawn(ratings, _truth(design, quality, method))


def _shown(design: SimulatedStudy, number: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Who rates which video."""
    if not design.each:
        return np.repeat(np.arange(design.people), number), np.tile(np.arange(number), design.people)
    # The largest of random keys are a sample without replacement, weighted ones where keys are divided (Efraimidis).
    weights = rng.uniform(0.2, 1.8, number) if design.uneven else np.ones(number)
    keys = rng.exponential(size=(design.people, number)) / weights
    chosen = np.argsort(keys, axis=1)[:, : design.each]
    return np.repeat(np.arange(design.people), design.each), chosen.ravel()


def _bounds(design: SimulatedStudy) -> Array:
    """(points − 1,) latent values at which a rating becomes the next point; a five-point scale's are 1 apart."""
    return (np.arange(1, design.points) - design.points / 2) * 4 / (design.points - 1)


def _cut(design: SimulatedStudy, latent: Array) -> Array:
    if design.slider:
        return np.clip(3 + latent, 1, 5)
    return 1.0 + np.searchsorted(_bounds(design), latent)


def _expected(design: SimulatedStudy, mean: Array, sd: Array) -> Array:
    """The mean rating of normal latent values."""
    if not design.slider:
        return 1 + special.ndtr((mean[..., None] - _bounds(design)) / sd[..., None]).sum(axis=-1)
    low, high = ((end - mean) / sd for end in (-2.0, 2.0))

    def below(z: Array) -> Array:
        return z * special.ndtr(z) + np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)

    return np.asarray(5 - sd * (below(high) - below(low)))


def _truth(design: SimulatedStudy, quality: Array, method: Array) -> tuple[float, float]:
    """Both methods' mean ratings: over people and new videos, or over people for exactly these."""
    stretch, weights = np.exp(design.stretch * NODES), WEIGHTS / WEIGHTS.sum()
    own = design.bias**2 + design.interaction**2 + design.noise**2
    if design.target == "these":
        expected = _expected(design, stretch[:, None] * quality, np.full((31, len(quality)), math.sqrt(own)))
        by_video = weights @ expected
        return float(by_video[method == 0].mean()), float(by_video[method == 1].mean())
    spread = np.sqrt(own + stretch**2 * (design.prompt**2 + design.video**2))
    a, b = (float(weights @ _expected(design, stretch * effect, spread)) for effect in design.effects)
    return a, b


def calibrate(name: str, number: int, seed: int) -> dict[str, Any]:
    """Rates over so many studies."""
    design, rng = DESIGNS[name], np.random.default_rng(seed)
    rejected, covered, alone = [], [], []
    for _ in range(number):
        drawn = draw(design, rng)
        found = compare_means(drawn.ratings, "a", "b")
        assert found is not None
        difference = drawn.truth[0] - drawn.truth[1]
        rejected.append(found.p_value(design.target, difference) < 0.05)
        interval = method_ratings(drawn.ratings.where(drawn.ratings.method == 0))[0].mean_intervals[design.target]
        covered.append(interval.low <= drawn.truth[0] <= interval.high)
        alone.append(
            _t_test(*(drawn.ratings.value[drawn.ratings.method == code] for code in (0, 1)), difference) < 0.05
        )
    return {
        "rejected": float(np.mean(rejected)),
        "mean": float(np.mean(covered)),
        "alone": float(np.mean(alone)),
    }


def _t_test(a: Array, b: Array, difference: float) -> float:
    """The p of Student's test that two means differ by so much, every rating by itself."""
    df = len(a) + len(b) - 2
    pooled = (len(a) * a.var() + len(b) * b.var()) / df
    t = (a.mean() - b.mean() - difference) / math.sqrt(pooled * (1 / len(a) + 1 / len(b)))
    return float(2 * special.stdtr(df, -abs(t)))


def broken(name: str, found: dict[str, Any]) -> list[str]:
    """The promises that a design's rates break."""
    design = DESIGNS[name]
    few = min(design.people, design.prompts) < 10
    rejects, covers = (FEW_REJECTS, FEW_COVERS) if few else (REJECTS, COVERS)
    failures = []
    if not rejects[0] <= found["rejected"] <= rejects[1]:
        failures.append(f"{name}: rejects {found['rejected']:.4f} of true differences, promised {rejects}")
    if not covers[0] <= found["mean"] <= covers[1]:
        failures.append(f"{name}: intervals of a mean cover {found['mean']:.4f}, promised {covers}")
    if design.target == "new" and found["alone"] <= 0.06:
        failures.append(f"{name}: the t test of ratings, the control, rejects {found['alone']:.4f}")
    return failures


def one(task: tuple[str, int, int]) -> tuple[str, dict[str, Any]]:
    """One design, in a process of its own."""
    name, number, seed = task
    return name, calibrate(name, number, seed)


def fit_model(number: int, seed: int) -> None:
    """Fit the cumulative link model to so many ratings of three methods, 50 by each person, and print the time."""
    people = max(number // 50, 10)
    design = SimulatedStudy(people=people, prompts=max(people // 8, 20), each=50)
    ratings = draw(design, np.random.default_rng(seed)).ratings
    began = time.perf_counter()
    model = rating_model(ratings)
    seconds = time.perf_counter() - began
    print(f"{len(ratings):,} ratings, {people} people, {2 * design.prompts} videos: {seconds:.1f} s")
    print(f"{model.num_ratings:,} of them in the model, converged: {model.converged}, SDs {model.sd}")
    print(*model.notes, sep="\n")


def main() -> None:
    """Print a table of all designs; exit with 1 for broken promises."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--design", default="", help="only the designs whose name holds this")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--model", type=int, metavar="RATINGS", help="time a fit of the model instead")
    options = parser.parse_args()
    if options.model:
        fit_model(options.model, options.seed)
        return
    tasks = [
        (name, options.studies, options.seed + place) for place, name in enumerate(DESIGNS) if options.design in name
    ]
    print(
        "| design | rejects a true difference | t test of ratings | interval of a mean covers |\n|---|---:|---:|---:|"
    )
    failures = []
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        for name, found in pool.imap(one, tasks):
            cells = (f"{found[key]:.4f}".lstrip("0") for key in ("rejected", "alone", "mean"))
            print(f"| {name} | {' | '.join(cells)} |", flush=True)
            failures += broken(name, found)
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
