"""How often the primary test rejects and its intervals cover, over simulated studies, beside what papers use.

    python -m benchmarks.calibration --out benchmarks/results/calibration.json --docs docs/statistics.md

Every figure comes from the functions that the report calls. Where methods do not differ, a test at 5 % should reject
5 %; an interval of 95 % should hold the true value 95 % of the time. The test inverts the interval, so a difference's
coverage is the complement of the rate at which its true value is rejected; the first studies of each design check that.
What is promised stands in `promise`, fixed beforehand and without allowance for chance; a run that breaks a promise
exits with 1. With 10,000 studies chance moves a rate of 5 % by .002 (one standard error).
"""

import argparse
import ast
import hashlib
import json
import math
import multiprocessing
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special

from analysis.comparisons import Comparison, Rules, adjusted, compare
from analysis.counts import Counts
from analysis.estimates import estimate
from analysis.inference import Target
from analysis.intervals import Interval, newcombe, wilson
from analysis.simulator import Drawn, Spreads, StudyModel, growing, studies

ROOT = Path(__file__).parents[1]

#: The modules whose change makes the committed run out of date, but for docstrings, comments and imports.
MODULES = ("intervals", "layout", "variance", "inference", "sequential", "comparisons")
MODULES += ("multiplicity", "estimates", "simulator")

#: Studies of each design whose p-values are held against their intervals.
CHECKED = 200


@dataclass(frozen=True, kw_only=True)
class SimulatedDesign:
    """A simulated study, what is inferred, and why its test may reject less than .03."""

    model: StudyModel
    target: Target = "new-videos"
    low: str = ""
    adjustment: str = "holm"
    #: Participants between two looks at a running study; 0 for one look at its end.
    step: int = 0


def interaction(worker_method: float, **others: Any) -> Spreads:
    """The usual spreads with another participant × method SD."""
    return Spreads(worker_method=worker_method, **others)


ONE_VIDEO = "one video of a label and method: labels’ own differences count as chance"
LONE = "a label’s only video is given the spread of the others"

#: Logit SDs unless said otherwise: videos 1.0, participants .7, participant × method .3, labels .7.
DESIGNS: dict[str, SimulatedDesign] = {
    "5 people × 40 videos, interaction .5": SimulatedDesign(
        model=StudyModel(num_workers=5, videos=(40, 40), spreads=interaction(0.5))
    ),
    "10 × 50, interaction .5": SimulatedDesign(
        model=StudyModel(num_workers=10, videos=(50, 50), spreads=interaction(0.5))
    ),
    "10 × 50, interaction .3": SimulatedDesign(model=StudyModel(num_workers=10, videos=(50, 50))),
    "20 × 100, interaction .5": SimulatedDesign(
        model=StudyModel(num_workers=20, videos=(100, 100), spreads=interaction(0.5))
    ),
    "5 × (11 × 5)": SimulatedDesign(model=StudyModel(num_workers=5, videos=(5, 5), num_labels=11)),
    "10 × (11 × 5), interaction .5": SimulatedDesign(
        model=StudyModel(num_workers=10, videos=(5, 5), num_labels=11, spreads=interaction(0.5))
    ),
    "9 × (11 × 2)": SimulatedDesign(model=StudyModel(num_workers=9, videos=(2, 2), num_labels=11)),
    "9 × (11 × 2), interaction .5": SimulatedDesign(
        model=StudyModel(num_workers=9, videos=(2, 2), num_labels=11, spreads=interaction(0.5))
    ),
    "5 × 20": SimulatedDesign(model=StudyModel(num_workers=5, videos=(20, 20))),
    "9 × 20": SimulatedDesign(model=StudyModel(num_workers=9, videos=(20, 20))),
    "10 × 20": SimulatedDesign(model=StudyModel(num_workers=10, videos=(20, 20))),
    "20 × 10": SimulatedDesign(model=StudyModel(num_workers=20, videos=(10, 10))),
    "20 × 20": SimulatedDesign(model=StudyModel(num_workers=20, videos=(20, 20))),
    "30 × 8": SimulatedDesign(model=StudyModel(num_workers=30, videos=(8, 8))),
    "30 × 20": SimulatedDesign(model=StudyModel(num_workers=30, videos=(20, 20))),
    "300 × 10": SimulatedDesign(model=StudyModel(videos=(10, 10))),
    "300 × 20, 88 % v 43 %": SimulatedDesign(model=StudyModel(videos=(20, 20), accuracies=(0.882, 0.427))),
    "4 labels, 9 9 1 1 v 1 1 9 9 videos": SimulatedDesign(
        model=StudyModel(num_workers=30, num_labels=4, videos=((9, 9, 1, 1), (1, 1, 9, 9))), low=LONE
    ),
    "the same, 300 people": SimulatedDesign(
        model=StudyModel(num_labels=4, videos=((9, 9, 1, 1), (1, 1, 9, 9))), low=LONE
    ),
    "4 labels, 6 6 2 2 v 2 2 6 6 videos": SimulatedDesign(
        model=StudyModel(num_workers=30, num_labels=4, videos=((6, 6, 2, 2), (2, 2, 6, 6)))
    ),
    "6 videos (SD 2.0) v 24 (SD .7)": SimulatedDesign(
        model=StudyModel(num_workers=30, videos=(6, 24), spreads=Spreads(video=(2.0, 0.7)))
    ),
    "the same, 300 people, sizes": SimulatedDesign(model=StudyModel(videos=(6, 24), spreads=Spreads(video=(2.0, 0.7)))),
    "10 videos (SD 2.0) v 40 (SD .7)": SimulatedDesign(
        model=StudyModel(num_workers=30, videos=(10, 40), spreads=Spreads(video=(2.0, 0.7)))
    ),
    "10 v 40 videos": SimulatedDesign(model=StudyModel(num_workers=30, videos=(10, 40))),
    "11 labels, 1 v 4 videos": SimulatedDesign(model=StudyModel(num_workers=30, videos=(1, 4), num_labels=11)),
    "6 labels × 2": SimulatedDesign(model=StudyModel(num_workers=30, videos=(2, 2), num_labels=6)),
    "nested, 6 + 6 people × (11 × 8)": SimulatedDesign(
        model=StudyModel(num_workers=12, people="nested", videos=(8, 8), num_labels=11)
    ),
    "nested, 10 + 10 × 20": SimulatedDesign(model=StudyModel(num_workers=20, people="nested", videos=(20, 20))),
    "nested, 20 + 20 × (11 × 2), interaction .5": SimulatedDesign(
        model=StudyModel(num_workers=40, people="nested", videos=(2, 2), num_labels=11, spreads=interaction(0.5))
    ),
    "half nested, 10 × 20, interaction .5": SimulatedDesign(
        model=StudyModel(num_workers=10, people="half nested", videos=(20, 20), spreads=interaction(0.5))
    ),
    "half nested, 20 × (11 × 2), interaction .5": SimulatedDesign(
        model=StudyModel(num_workers=20, people="half nested", videos=(2, 2), num_labels=11, spreads=interaction(0.5))
    ),
    "95 % right, 20 × 20": SimulatedDesign(model=StudyModel(num_workers=20, videos=(20, 20), accuracies=(0.95, 0.95))),
    "95 % right, 10 × (11 × 2)": SimulatedDesign(
        model=StudyModel(num_workers=10, videos=(2, 2), num_labels=11, accuracies=(0.95, 0.95))
    ),
    "95 % right, 30 × (11 × 2)": SimulatedDesign(
        model=StudyModel(num_workers=30, videos=(2, 2), num_labels=11, accuracies=(0.95, 0.95))
    ),
    "2 % right, 20 × 20": SimulatedDesign(model=StudyModel(num_workers=20, videos=(20, 20), accuracies=(0.02, 0.02))),
    "98 % v 90 %, 20 × 20": SimulatedDesign(model=StudyModel(num_workers=20, videos=(20, 20), accuracies=(0.98, 0.90))),
    "2 % v 87 %, 9 × (11 × 2)": SimulatedDesign(
        model=StudyModel(num_workers=9, videos=(2, 2), num_labels=11, accuracies=(0.02, 0.87))
    ),
    "30 people see 8 of 40": SimulatedDesign(model=StudyModel(num_workers=30, videos=(20, 20), videos_per_worker=8)),
    "100 people see 8 of 40": SimulatedDesign(model=StudyModel(num_workers=100, videos=(20, 20), videos_per_worker=8)),
    "11 labels × 1, 300 people": SimulatedDesign(model=StudyModel(videos=(1, 1), num_labels=11), low=ONE_VIDEO),
    "11 labels × 1, 9 people": SimulatedDesign(
        model=StudyModel(num_workers=9, videos=(1, 1), num_labels=11), low=ONE_VIDEO
    ),
    "label × method .5, labels given, 11 × 1": SimulatedDesign(
        model=StudyModel(num_workers=20, videos=(1, 1), num_labels=11, spreads=Spreads(label_method=0.5)), low=ONE_VIDEO
    ),
    "label × method .5, labels given, 11 × 2": SimulatedDesign(
        model=StudyModel(num_workers=20, videos=(2, 2), num_labels=11, spreads=Spreads(label_method=0.5))
    ),
    "label × method .5, labels given, 11 × 5": SimulatedDesign(
        model=StudyModel(num_workers=20, videos=(5, 5), num_labels=11, spreads=Spreads(label_method=0.5))
    ),
    "label × method .5, labels new, 11 × 2": SimulatedDesign(
        model=StudyModel(num_workers=20, videos=(2, 2), num_labels=11, spreads=Spreads(label_method=0.5)),
        target="new-labels",
    ),
    "label × method .5, labels new, 11 × 5": SimulatedDesign(
        model=StudyModel(num_workers=20, videos=(5, 5), num_labels=11, spreads=Spreads(label_method=0.5)),
        target="new-labels",
    ),
    "these videos, 9 × 20, interaction .5": SimulatedDesign(
        model=StudyModel(num_workers=9, videos=(20, 20), spreads=interaction(0.5)), target="these-videos"
    ),
    "these videos, nested, 10 + 10 × 20": SimulatedDesign(
        model=StudyModel(num_workers=20, people="nested", videos=(20, 20)), target="these-videos"
    ),
    "paired by item, 20 × 20": SimulatedDesign(
        model=StudyModel(num_workers=20, videos=(20, 20), paired=True, spreads=Spreads(video=0.5, item=1.0))
    ),
    "paired by item, nested, 10 + 10 × 20": SimulatedDesign(
        model=StudyModel(
            num_workers=20, people="nested", videos=(20, 20), paired=True, spreads=Spreads(video=0.5, item=1.0)
        )
    ),
    "three methods, Holm, 20 × (11 × 2)": SimulatedDesign(
        model=StudyModel(num_workers=20, videos=(2, 2, 2), num_labels=11, accuracies=(0.65, 0.65, 0.65))
    ),
    "three methods, max-T, 20 × (11 × 2)": SimulatedDesign(
        model=StudyModel(num_workers=20, videos=(2, 2, 2), num_labels=11, accuracies=(0.65, 0.65, 0.65)),
        adjustment="max-t",
    ),
    "three methods, Holm, 20 × 20": SimulatedDesign(
        model=StudyModel(num_workers=20, videos=(20, 20, 20), accuracies=(0.65, 0.65, 0.65))
    ),
}

LOOKS = "a confidence sequence never spends all of its level"
DESIGNS |= {
    "30 looks, 60 people × 20": SimulatedDesign(model=StudyModel(num_workers=60, videos=(20, 20)), step=2, low=LOOKS),
    "30 looks, 60 × (11 × 2), interaction .5": SimulatedDesign(
        model=StudyModel(num_workers=60, videos=(2, 2), num_labels=11, spreads=interaction(0.5)), step=2, low=LOOKS
    ),
}

#: Marks around the table in docs/statistics.md.
BEGIN, END = "<!-- benchmarks.calibration writes this table -->", "<!-- end of the table -->"

#: Most that the primary test may reject of true nulls, by the fewest people and videos of a method.
MOST = ((20, 10, 0.060), (10, 10, 0.065), (5, 0, 0.070))
LEAST, FAMILY, SEQUENTIAL = 0.030, 0.055, 0.050
#: Designs for which more is promised than their size demands.
STRICTER = {"4 labels", "6 videos (SD 2.0)", "the same", "30 × 8", "6 labels × 2"}


def promise(name: str, design: SimulatedDesign) -> float:
    """The most that a design's primary test may reject of true nulls."""
    model = design.model
    people = model.num_workers // (len(model.videos) if model.people == "nested" else 1)
    videos = min(map(sum, model.table))
    if design.step:
        return SEQUENTIAL
    if len(model.videos) > 2:
        return FAMILY
    if any(name.startswith(each) for each in STRICTER):
        return 0.060
    return next(most for workers, number, most in MOST if people >= workers and videos >= number)


def broken(name: str, found: dict[str, Any]) -> list[str]:
    """The promises that a design's rates break; empty where all hold."""
    design = DESIGNS[name]
    rate, most = found["rejected"], promise(name, design)
    failures = []
    if not rate <= most:
        failures.append(f"{name}: rejects {rate:.4f} of true nulls, more than {most}")
    if rate < LEAST and not design.low:
        failures.append(f"{name}: rejects {rate:.4f} of true nulls, less than {LEAST}, and no reason is given")
    if found["pooled_z"] is not None and found["pooled_z"] <= 0.05:
        failures.append(f"{name}: the pooled z, the control, rejects {found['pooled_z']:.4f}, as if answers were alone")
    return failures


def pooled_z(counts: Counts) -> float:
    """What papers do: the p of two proportions, every answer by itself."""
    n = np.bincount(counts.video_method, counts.by_video.sum(axis=1), len(counts.methods))[:2]
    s = np.bincount(counts.video_method, counts.right(), len(counts.methods))[:2]
    pooled = s.sum() / n.sum()
    se = math.sqrt(pooled * (1 - pooled) * (1 / n).sum())
    return float(2 * special.ndtr(-abs((s[0] / n[0] - s[1] / n[1]) / se))) if se else 1.0


def naive(counts: Counts, truth: float) -> bool:
    """Whether Newcombe's interval on single answers holds the truth."""
    n = np.bincount(counts.video_method, counts.by_video.sum(axis=1), len(counts.methods))[:2]
    s = np.bincount(counts.video_method, counts.right(), len(counts.methods))[:2]
    p = [float(value) for value in s / n]
    own = [wilson(p[place], float(n[place]), 1.959964) for place in (0, 1)]
    return holds(newcombe(p[0], own[0], p[1], own[1]), truth)


def holds(interval: Interval, value: float) -> bool:
    """Whether the interval holds the value."""
    return interval.low <= value <= interval.high


def truths(drawn: Drawn, target: Target) -> tuple[float, ...]:
    """The accuracies that a target is about."""
    return {"these-videos": drawn.these_videos, "new-videos": drawn.new_videos, "new-labels": drawn.new_labels}[target]


def calibrate(design: SimulatedDesign, number: int, seed: int) -> dict[str, Any]:
    """Rates over so many studies."""
    rng, rules = np.random.default_rng(seed), Rules(target=design.target, adjustment=design.adjustment)
    several = len(design.model.videos) > 2
    rejected, pooled, answers_alone, accuracy, narrower = [], [], [], [], 0
    null = len(set(design.model.accuracies)) == 1
    for place, drawn in enumerate(studies(design.model, number, rng)):
        names = drawn.counts.methods
        pairs = [
            found
            for first, a in enumerate(names)
            for b in names[first + 1 :]
            if (found := compare(drawn.counts, a, b, rng, rules, primary_only=True)) is not None
        ]
        true = truths(drawn, design.target)
        if several:
            rejected.append(any(each.p_value < 0.05 for each in adjusted(pairs, rules, rng)))
            continue
        difference = true[0] - true[1]
        interval = pairs[0].interval()
        rejected.append(not holds(interval, difference))
        narrower += _narrower(pairs[0])
        if place < CHECKED:
            p = pairs[0].conclusion.p_value(difference)
            assert (p < 0.05) == rejected[-1], (design, p, interval, difference)
        own = estimate(drawn.counts.where(methods=["a"]))
        if own is not None and len(set(design.model.table[0])) == 1 and design.target != "new-labels":
            accuracy.append(holds(own.new_videos if design.target == "new-videos" else own.these_videos, true[0]))
        answers_alone.append(naive(drawn.counts, difference))
        if null:
            pooled.append(pooled_z(drawn.counts) < 0.05)
    return {
        "model": asdict(design.model),
        "target": design.target,
        "rejected": float(np.mean(rejected)),
        "covered_accuracy": float(np.mean(accuracy)) if accuracy else None,
        "newcombe_on_answers": float(np.mean(answers_alone)) if answers_alone else None,
        "pooled_z": float(np.mean(pooled)) if pooled else None,
        "narrower": narrower,
    }


def look_often(design: SimulatedDesign, number: int, seed: int) -> dict[str, Any]:
    """How often any of the looks at a growing study rejects the truth, by the sequential rule and without one."""
    rng, rules = np.random.default_rng(seed), Rules(target=design.target, sequential=True)
    rejected, without = [], []
    for drawn, looks in growing(design.model, number, rng, design.step):
        truth = drawn.new_videos[0] - drawn.new_videos[1]
        found = [compare(counts, "a", "b", rng, rules, primary_only=True) for counts in looks]
        pairs = [pair for pair in found if pair is not None]
        rejected.append(any(not holds(pair.interval(), truth) for pair in pairs))
        alone = [[replace(each, sequential=False) for each in pair.conclusion.inferences] for pair in pairs]
        without.append(any(all(not holds(each.interval(0.95), truth) for each in one) for one in alone))
    return {
        "model": asdict(design.model),
        "target": design.target,
        "rejected": float(np.mean(rejected)),
        "covered_accuracy": None,
        "newcombe_on_answers": None,
        "pooled_z": None,
        "peeking": float(np.mean(without)),
        "narrower": 0,
    }


def _narrower(pair: Comparison) -> int:
    """Whether the interval of a wider target lies inside that of a narrower one."""
    these, new = pair.interval("these-videos"), pair.interval("new-videos")
    return int(new.low > these.low or new.high < these.high)


def commit() -> str:
    """The commit that the run was made from, marked where the code that it uses differs from it."""

    def git(*arguments: str) -> str:
        run = ["git", *arguments]
        return subprocess.run(run, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()

    files = [f"analysis/{name}.py" for name in MODULES]
    changed = git("status", "--porcelain", "--", *files, "benchmarks/calibration.py")
    return git("rev-parse", "--short=12", "HEAD") + ("-dirty" if changed else "")


def fingerprint(files: Iterable[Path] | None = None) -> str:
    """Of the code of the primary inference.

    Docstrings, comments, imports and the modules' places do not enter, so that moving or describing a module leaves a
    committed run valid.

    Args:
        files: the modules in the order of `MODULES`; those of this checkout by default.
    """
    digest = hashlib.sha256()
    for file in [ROOT / "analysis" / f"{name}.py" for name in MODULES] if files is None else files:
        digest.update(normalised(file.read_text(encoding="utf-8")).encode())
    return digest.hexdigest()[:16]


def normalised(source: str) -> str:
    """A module's syntax tree as text, without what `fingerprint` leaves out."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [each for each in body if not _is_left_out(each)]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _is_left_out(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom) or _is_text(node)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def markdown(result: dict[str, Any]) -> str:
    """The table of docs/statistics.md."""
    lines = [
        "| design | at most | rejects a true null | pooled z | accuracy covers | Newcombe on answers covers | note |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for name, found in result["designs"].items():
        design = DESIGNS[name]
        cells = [_rate(found[key]) for key in ("rejected", "pooled_z", "covered_accuracy", "newcombe_on_answers")]
        low = design.low if found["rejected"] < LEAST + 0.01 else ""
        target = "" if design.target == "new-videos" else design.target.replace("-", " ")
        peeking = f"without the rule {_rate(found['peeking'])}" if "peeking" in found else ""
        note = "; ".join(text for text in (target, low, peeking) if text)
        lines.append(f"| {name} | {_rate(promise(name, design), 3)} | {' | '.join(cells)} | {note} |")
    about = (
        f"{result['studies']:,} studies of each design, seed {result['seed']}, commit {result['commit']}, "
        f"code {result['code']}."
    )
    return "\n".join([about, "", *lines]) + "\n"


def _rate(value: float | None, digits: int = 4) -> str:
    return "–" if value is None else f"{value:.{digits}f}".lstrip("0") or "0"


def write_docs(path: Path, result: dict[str, Any]) -> None:
    """Put the table between the two marks of a page."""
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    path.write_text(f"{before}{BEGIN}\n{markdown(result)}{END}{rest.split(END)[1]}", encoding="utf-8")


def one(task: tuple[str, int, int]) -> tuple[str, dict[str, Any]]:
    """One design, in a process of its own."""
    name, number, seed = task
    start = time.perf_counter()
    found = (look_often if DESIGNS[name].step else calibrate)(DESIGNS[name], number, seed)
    return name, found | {"seconds": round(time.perf_counter() - start)}


def main() -> None:
    """Run every design that the result doesn't have yet, and write it after each; exit with 1 for broken promises."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--design", help="only the designs whose name holds this")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--out", type=Path, help="the result; one of the same code, seed and number is continued")
    parser.add_argument("--docs", type=Path, help="the page whose table is to be written")
    options = parser.parse_args()
    about = {"studies": options.studies, "seed": options.seed, "code": fingerprint()}
    about |= {"python": platform.python_version(), "numpy": np.__version__}
    result: dict[str, Any] = about | {"commit": commit(), "designs": {}}
    if options.out and options.out.exists():
        earlier = json.loads(options.out.read_text())
        if {key: earlier.get(key) for key in about} == about:
            result = earlier
    tasks = [
        (name, options.studies, options.seed + place)
        for place, name in enumerate(DESIGNS)
        if name not in result["designs"] and (not options.design or options.design in name)
    ]
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        for name, found in pool.imap_unordered(one, tasks):
            result["designs"][name] = found
            print(f"{name}: {found['rejected']:.4f} (at most {promise(name, DESIGNS[name])})", flush=True)
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
