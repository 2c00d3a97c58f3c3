"""`analyse`: an answers table in, a `Report` out."""

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import breakdown, significance, wording
from analysis.answers import Answers, read_answers
from analysis.comparisons import Comparison, compare
from analysis.components import of_answers
from analysis.counts import Counts, count, score
from analysis.estimates import Interval
from analysis.plan import Plan, chosen, load_plan
from analysis.power import Design, detectable, standard_error, videos_needed
from analysis.report import Report
from analysis.samples import samples
from analysis.sensitivity import sensitivity
from analysis.setaside import set_aside
from analysis.timing import response_times
from analysis.versions import versions
from analysis.workers import describe_workers, diagnose

#: The method name of real clips, the control.
CONTROL = "real"

#: Called with the name of each stage as it begins.
Progress = Callable[[str], None]


def analyse(
    answers: pd.DataFrame | str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    **choices: Any,
) -> Report:
    """Analyse an answers table (docs/formats.md).

    Args:
        answers: a DataFrame, or the path of a CSV, TSV, XLSX or Parquet file.
        columns: what the table calls its columns, where it has other names: `{"worker_id": "WorkerId"}`.
        seed: of permutations and resamples.
        progress: called with the name of each stage.
        **choices: keys of a study file's section `analysis`: `target`, `primary_test`, `confidence`, `unclear`,
            `comparisons`.

    Raises:
        ValueError: the table breaks its schema, or a choice does not exist; the message says where.
        OSError: the file cannot be read.
    """
    with read_answers(answers, columns=columns) as checked:
        return Report(_contents(checked, chosen(choices), seed, progress or _silent))


def analyse_study(
    directory: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    **choices: Any,
) -> Report:
    """Analyse a study directory: its answers by its plan, with its funnel and samples of its videos.

    `columns` says what the answers table calls its columns, where it has other names.

    Raises:
        ValueError: the study has no answers, or its files are broken.
    """
    directory = Path(directory)
    if not directory.is_dir():
        raise ValueError(f"{directory}: no such study directory")
    found = [directory / name for name in ("answers.parquet", "answers.csv") if (directory / name).exists()]
    if not found:
        raise ValueError(f"{directory}: no answers.parquet; run `vidgen collect-answers --study {directory}` first")
    plan = load_plan(directory, choices)
    with read_answers(found[0], extra_options=plan.study.options, columns=columns) as checked:
        how = (_noted(directory / "simulation.json") or {}).get("answers_from")
        contents = _contents(checked, plan, seed, progress or _silent, how)
    contents["title"] = plan.study.title
    contents["collection"] = _noted(directory / "funnel.json")
    return Report(contents, samples(directory / "design.json"))


def _silent(stage: str) -> None:
    """Report no progress."""


def _noted(path: Path) -> dict[str, Any] | None:
    """What a command noted in the study, such as its funnel; None where it left nothing."""
    if not path.exists():
        return None
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: not JSON ({error})") from None
    return {str(key): value for key, value in noted.items()} if isinstance(noted, dict) else None


def _contents(
    answers: Answers, plan: Plan, seed: int, progress: Progress, simulated_how: str | None = None
) -> dict[str, Any]:
    """Everything that report.json holds."""
    rng = np.random.default_rng(seed)
    progress("counting")
    funnel = set_aside(answers)
    counts, rules = count(answers), plan.rules
    rows = [breakdown.method_row(counts, name, CONTROL, rules) for name in answers.methods]
    methods = sorted((row for row in rows if row is not None), key=lambda row: (row["control"], -row["accuracy"]))
    if not methods:
        raise ValueError(f"{answers.source['name']}: no answer is left to count ({_reasons(funnel)})")
    names = [row["name"] for row in methods]
    progress("comparing")
    pairs = compared(counts, names, plan, rng)
    simulated = int(answers.workers["simulated"].sum())
    contents: dict[str, Any] = {
        "title": None,
        "simulated": simulated > 0,
        "notice": wording.notice(simulated, len(answers.workers), simulated_how),
        "headline": None,
        "confidence": rules.confidence,
        "target": rules.target,
        "methods": methods,
        "comparisons": [_comparison_row(pair, plan) | adjusted for pair, adjusted in pairs],
        "plan": plan.contents(),
        "labels": answers.labels,
        "by_class": breakdown.by_group(counts, names, breakdown.classes(counts), rules),
        "by_object": breakdown.by_group(counts, names, breakdown.objects(counts), rules),
        "by_direction": breakdown.by_group(counts, names, breakdown.directions(counts), rules),
        "halves": breakdown.halves_apart(counts, names, rules),
    }
    progress("confusions and agreement")
    contents["answered"] = breakdown.answered(counts, names, rng)
    contents["agreement"] = breakdown.agreements(counts, names, rng, rules.confidence)
    progress("response times")
    contents["response_times"] = response_times(answers)
    progress("participants")
    contents["workers"] = describe_workers(answers, rules.confidence)
    contents["diagnosis"] = diagnose(answers, seed)
    progress("sensitivity and power")
    main = next((pair for pair, _ in pairs), None)
    contents["sensitivity"] = sensitivity(answers, counts, main, rules, rng) if main else []
    contents["power"] = power_of(counts, main, plan) if main else None
    contents |= {
        "funnel": {
            "rows": answers.source["rows"],
            "steps": [{"name": step.name, "removed": step.removed, "rule": step.rule} for step in funnel],
            "counted": counts.num_answers,
        },
        "several_labels": breakdown.several_labels(answers),
        "collection": None,
        "seed": seed,
        "inputs": [answers.source],
        "versions": versions(),
    }
    contents["headline"] = wording.headline(contents)
    return contents


def _reasons(funnel: list[Any]) -> str:
    return "; ".join(f"{step.name}: {step.removed}" for step in funnel) or "none given"


def compared(
    counts: Counts, names: list[str], plan: Plan, rng: np.random.Generator
) -> list[tuple[Comparison, dict[str, Any]]]:
    """Every pair, the more accurate method first; planned pairs first, those with the control last.

    Holm's adjustment is over the planned pairs together; for a pair that was not planned, over all.
    """
    for name in itertools.chain(*plan.pairs):
        if name not in counts.methods:
            raise ValueError(f"the plan compares {name!r}; the methods are {', '.join(counts.methods)}")
    found = [compare(counts, a, b, rng, plan.rules) for a, b in itertools.combinations(names, 2)]
    pairs = [pair if pair.difference >= 0 else swapped(pair) for pair in found if pair is not None]
    wanted = {frozenset(pair) for pair in plan.pairs}
    planned = [not wanted or frozenset((pair.a, pair.b)) in wanted for pair in pairs]
    over_all = significance.holm([pair.p_value for pair in pairs])
    over_planned = iter(significance.holm([pair.p_value for pair, yes in zip(pairs, planned, strict=True) if yes]))
    rows = [
        (pair, {"p_holm": next(over_planned) if yes else p, "planned": yes})
        for pair, yes, p in zip(pairs, planned, over_all, strict=True)
    ]
    accuracy = {pair.a: pair.estimates[0].accuracy for pair in pairs} | {
        pair.b: pair.estimates[1].accuracy for pair in pairs
    }
    return sorted(
        rows,
        key=lambda row: (
            not row[1]["planned"],
            CONTROL in (row[0].a, row[0].b),
            -accuracy[row[0].a],
            -accuracy[row[0].b],
        ),
    )


def swapped(pair: Comparison) -> Comparison:
    """The same comparison seen from the other method."""
    p, q = pair.estimates[1].accuracy, pair.estimates[0].accuracy
    return replace(
        pair,
        a=pair.b,
        b=pair.a,
        difference=-pair.difference,
        new_videos=Interval(-pair.new_videos.high, -pair.new_videos.low),
        these_videos=Interval(-pair.these_videos.high, -pair.these_videos.low),
        macro_difference=-pair.macro_difference,
        risk_ratio=p / q if q else None,
        cohens_h=-pair.cohens_h,
        chance_corrected=-pair.chance_corrected,
        estimates=pair.estimates[::-1],
    )


def _comparison_row(pair: Comparison, plan: Plan) -> dict[str, Any]:
    """A comparison as report.json has it."""
    interval = pair.these_videos if plan.rules.target == "these-videos" else pair.new_videos
    return {
        "a": pair.a,
        "b": pair.b,
        "control": CONTROL in (pair.a, pair.b),
        "difference": pair.difference,
        "ci_low": interval.low,
        "ci_high": interval.high,
        "new_low": pair.new_videos.low,
        "new_high": pair.new_videos.high,
        "these_low": pair.these_videos.low,
        "these_high": pair.these_videos.high,
        "p_value": pair.p_value,
        "test": pair.test,
        "smallest_attainable_p": pair.smallest_attainable_p,
        "tests": pair.tests,
        "macro_difference": pair.macro_difference,
        "risk_ratio": pair.risk_ratio,
        "cohens_h": pair.cohens_h,
        "chance_corrected_difference": pair.chance_corrected,
        "separated": pair.separated,
        "shared_classes": pair.shared_classes,
        "unshared_classes": pair.unshared,
    }


def power_of(counts: Counts, main: Comparison, plan: Plan) -> dict[str, Any] | None:
    """What this study could detect, and how many videos smaller differences take; None for too small a study."""
    pair = counts.where(methods=[main.a, main.b])
    codes = counts.methods.index(main.a), counts.methods.index(main.b)
    videos = min(estimate.num_videos for estimate in main.estimates)
    classes = max(1, main.shared_classes)
    if videos < max(2, classes):
        return None
    workers = max(estimate.num_workers for estimate in main.estimates)
    answers = max(1, min(workers, round(pair.num_answers / len(pair.video))))
    design = Design(videos=videos, classes=classes, workers=workers, answers_per_video=answers)
    components = of_answers(score(pair, plan.rules.policy), codes)
    error, alpha = standard_error(design, components), 1 - plan.rules.confidence
    return {
        "pair": [main.a, main.b],
        "videos": videos,
        "classes": classes,
        "workers": workers,
        "answers_per_video": answers,
        "sd_video": components.video**0.5,
        "sd_worker_method": components.worker_method**0.5,
        "detectable": min(1.0, detectable(error, design.df, alpha=alpha)) if error > 0 else None,
        "needed": [
            {"difference": size, "videos": videos_needed(size, design, components, alpha=alpha)}
            for size in (0.2, 0.1, 0.05)
        ]
        if error > 0
        else [],
    }
