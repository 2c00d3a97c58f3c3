"""How often the test of two methods' mean ratings rejects and its intervals cover, over simulated studies.

    python -m benchmarks.ratings --docs docs/statistics.md [--studies 10000] [--design NAME] [--model 100000]

Ratings are latent normal values cut into points. People differ in their bias and in how much of the scale they use;
prompts, videos and participant × method vary too. Beside the report's test stands what papers do, Student's t test of
all ratings as if they were independent, which fails. Where methods differ, the truth is found by quadrature. What is
promised stands in `broken`, fixed beforehand and without allowance for chance; a run that breaks it exits with 1.
Designs in which people see a part of the videos have a fifth of the studies. `--model` fits the cumulative link model
with random effects to so many ratings instead, and tells the time.
"""

import argparse
import math
import multiprocessing
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special

from analysis.clustering import Target
from analysis.rating.means import compare_means, method_ratings
from analysis.rating.rating_model import rating_model
from analysis.rating.ratings import Ratings, Scale
from benchmarks.rating_studies import SimulatedStudy, draw, draw_tables, ratings_of, truths

Array = np.ndarray

#: Limits of rejections of a true difference and of coverage: from 10 people and 10 prompts on, and with fewer.
REJECTS, FEW_REJECTS = (0.040, 0.060), (0.030, 0.080)
COVERS, FEW_COVERS = (0.940, 0.960), (0.920, 0.970)

#: Studies in which all rate everything are drawn so many at a time; so many are held against the report's own p.
CHUNK, CHECKED = 500, 50
#: Of the other designs, which the report's functions analyse one by one, there is one study for so many.
SLOWER = 5

#: The table in docs/statistics.md, between two marks.
BEGIN, END = "<!-- benchmarks.ratings writes this table -->", "<!-- end of the table of ratings -->"
HEAD = "| design | rejects a true difference | t test of ratings | interval of a mean covers |\n|---|---:|---:|---:|"

#: People × prompts unless said otherwise.
DESIGNS: dict[str, SimulatedStudy] = {
    "10 × 10": SimulatedStudy(people=10, prompts=10),
    "10 × 10, interaction .4": SimulatedStudy(people=10, prompts=10, interaction=0.4),
    "10 × 10, 1 point apart": SimulatedStudy(people=10, prompts=10, effects=(0.5, -0.5)),
    "10 × 30": SimulatedStudy(people=10, prompts=30),
    "30 × 10": SimulatedStudy(people=30, prompts=10),
    "20 × 20": SimulatedStudy(people=20, prompts=20),
    "20 × 20, half a point apart, near the top": SimulatedStudy(people=20, prompts=20, effects=(1.6, 1.1)),
    "10 × 10, half a point apart, near the top": SimulatedStudy(people=10, prompts=10, effects=(1.6, 1.1)),
    "20 × 20, near the bottom, 11 points": SimulatedStudy(people=20, prompts=20, points=11, effects=(-1.6, -1.1)),
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
    "10 × 10, at the top": SimulatedStudy(people=10, prompts=10, effects=(2.4, 1.9)),
    "20 × 20, at the top": SimulatedStudy(people=20, prompts=20, effects=(2.4, 1.9)),
}


def calibrate(name: str, number: int, seed: int) -> dict[str, Any]:
    """Rates over so many studies."""
    design, rng = DESIGNS[name], np.random.default_rng(seed)
    if design.whole:
        return calibrate_tables(design, number, rng)
    rejected, covered, alone = [], [], []
    for _ in range(number // SLOWER):
        drawn = draw(design, rng)
        found = compare_means(drawn.ratings, "a", "b")
        assert found is not None
        difference = float(drawn.truth[0] - drawn.truth[1])
        rejected.append(found.p_value(design.target, difference) < 0.05)
        covered.append(holds(drawn.ratings, design.target, float(drawn.truth[0])))
        alone.append(
            _t_test(*(drawn.ratings.value[drawn.ratings.method == code] for code in (0, 1)), difference) < 0.05
        )
    return {
        "rejected": float(np.mean(rejected)),
        "mean": float(np.mean(covered)),
        "alone": float(np.mean(alone)),
    }


def calibrate_tables(design: SimulatedStudy, number: int, rng: np.random.Generator) -> dict[str, Any]:
    """The same where all rate everything, by formulas for many studies that are held against the report's p-values."""
    rates = []
    for start in range(0, number, CHUNK):
        tables, quality = draw_tables(design, min(CHUNK, number - start), rng)
        truth = truths(design, quality[..., 0], quality[..., 1])
        found = compare_tables(tables[..., 0] - tables[..., 1], truth[0] - truth[1], design.target)
        if not start:
            for place in range(CHECKED):
                own = compare_means(ratings_of(design, tables[place]), "a", "b")
                assert own is not None
                difference = float(np.broadcast_to(truth[0] - truth[1], len(found))[place])
                assert math.isclose(own.p_value(design.target, difference), found[place], rel_tol=1e-6, abs_tol=1e-9)
        mean = compare_tables(tables[..., 0], truth[0], design.target, design.scale)
        if not start:
            for place in range(CHECKED):
                first = float(np.broadcast_to(truth[0], len(mean))[place])
                assert holds(ratings_of(design, tables[place]), design.target, first) == (mean[place] >= 0.05)
        alone = _t_test(*(np.moveaxis(tables, 3, 0).reshape(2, len(tables), -1)), truth[0] - truth[1])
        rates.append([(found < 0.05).mean(), (mean >= 0.05).mean(), (alone < 0.05).mean()])
    weights = [min(CHUNK, number - start) for start in range(0, number, CHUNK)]
    rejected, covered, control = np.average(rates, axis=0, weights=weights)
    return {"rejected": float(rejected), "mean": float(covered), "alone": float(control)}


def holds(ratings: Ratings, target: Target, truth: float) -> bool:
    """Whether the report's interval of the first method's mean holds the truth."""
    interval = method_ratings(ratings.where(ratings.method == 0))[0].mean_intervals[target]
    return interval.low <= truth <= interval.high


@np.errstate(divide="ignore", invalid="ignore")
def compare_tables(table: Array, truth: Any, target: str, scale: Scale | None = None) -> Array:
    """(studies,) p of a mean being the truth, from (studies, people, prompts) values with one of each.

    With a scale the variances are those at the truth, as in the interval of a mean; it leaves out what has p < .05.
    Where all values are equal nothing is known, and p is 1.
    """
    _, n, k = table.shape
    mean = table.mean(axis=(1, 2))
    widened = 1.0
    if scale is not None:
        widened = np.sqrt((truth - scale.low) * (scale.high - truth) / ((mean - scale.low) * (scale.high - mean)))
    rest = table - mean[:, None, None]
    people, prompts = (rest.mean(axis=2) ** 2).sum(axis=1), (rest.mean(axis=1) ** 2).sum(axis=1)
    w, u, o = people / n / (n - 1), prompts / k / (k - 1), (rest**2).sum(axis=(1, 2)) / (n * k) ** 2
    these = np.where(w > 0, 2 * special.stdtr(n - 1, -np.abs(mean - truth) / widened / np.sqrt(w)), 1.0)
    if target == "these":
        return np.asarray(these)
    lost = np.maximum(prompts / k**2 - o, 0) / (n - 1) + np.maximum(people / n**2 - o, 0) / (k - 1)
    v = np.maximum(w + u - o + lost, w)
    df = np.minimum((w + u + v) / 2, w + u) ** 2 / (w**2 / (n - 1) + u**2 / (k - 1))
    new = 2 * special.stdtr(df, -np.abs(mean - truth) / widened / np.sqrt(v))
    return np.asarray(np.where(w > 0, np.maximum(these, new), 1.0))


def _t_test(a: Array, b: Array, difference: Any) -> Array:
    """The p of Student's test that two means over the last axis differ by so much, every rating by itself."""
    n, m = a.shape[-1], b.shape[-1]
    pooled = (n * a.var(axis=-1) + m * b.var(axis=-1)) / (n + m - 2)
    t = (a.mean(axis=-1) - b.mean(axis=-1) - difference) / np.sqrt(pooled * (1 / n + 1 / m))
    return np.asarray(2 * special.stdtr(n + m - 2, -np.abs(t)))


def broken(name: str, found: dict[str, Any]) -> list[str]:
    """The promises that a design's rates break."""
    design = DESIGNS[name]
    # At an end of the scale most ratings are equal, and few of them tell how people and prompts vary.
    few = min(design.people, design.prompts) < 10 or "at the top" in name
    rejects, (least, most) = (FEW_REJECTS, FEW_COVERS) if few else (REJECTS, COVERS)
    failures = []
    if not rejects[0] <= found["rejected"] <= rejects[1]:
        failures.append(f"{name}: rejects {found['rejected']:.4f} of true differences, promised {rejects}")
    if not least <= found["mean"] <= most:
        failures.append(f"{name}: intervals of a mean cover {found['mean']:.4f}, promised {least} to {most}")
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


def row(name: str, found: dict[str, Any]) -> str:
    """A design's line of the table."""
    cells = (f"{found[key]:.4f}".lstrip("0") for key in ("rejected", "alone", "mean"))
    return f"| {name} | {' | '.join(cells)} |"


def write_docs(path: Path, result: dict[str, dict[str, Any]]) -> None:
    """Put the table between the two marks of a page."""
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    lines = [HEAD, *(row(name, found) for name, found in result.items())]
    path.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{rest.split(END)[1]}", encoding="utf-8")


def main() -> None:
    """Print the rows of a table of all designs; exit with 1 for broken promises."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--design", default="", help="only the designs whose name holds this")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--docs", type=Path, help="the page whose table is to be written")
    parser.add_argument("--model", type=int, metavar="RATINGS", help="time a fit of the model instead")
    options = parser.parse_args()
    if options.model:
        fit_model(options.model, options.seed)
        return
    tasks = [
        (name, options.studies, options.seed + place) for place, name in enumerate(DESIGNS) if options.design in name
    ]
    result = {}
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        for name, found in pool.imap(one, tasks):
            result[name] = found
            print(row(name, found), flush=True)
    if options.docs:
        write_docs(options.docs, result)
    if failures := [failure for name, found in result.items() for failure in broken(name, found)]:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
