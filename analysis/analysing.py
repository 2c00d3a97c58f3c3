"""`analyse`: an answers table in, a `Report` out."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import breakdown, wording
from analysis.answers import Answers, read_answers
from analysis.comparisons import Comparison
from analysis.components import of_answers
from analysis.counts import Counts, count
from analysis.pairs import compared, row
from analysis.plan import Plan, chosen, load_plan
from analysis.power import Design, detectable, precision, videos_needed
from analysis.report import Report
from analysis.samples import samples
from analysis.sensitivity import sensitivity
from analysis.setaside import set_aside
from analysis.timing import response_times
from analysis.versions import versions
from analysis.workers import describe_workers, diagnose

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
        **choices: keys of a study file's section `analysis`, such as `target`, `confidence`, `comparisons`, `margin`;
            and `gold_method`, the name of the control.

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
        collection = _noted(directory / "funnel.json")
        contents = _contents(checked, plan, seed, progress or _silent, how, unfinished(collection))
    contents["title"] = plan.study.title
    contents["collection"] = collection
    return Report(contents, samples(directory / "design.json"))


def unfinished(collection: dict[str, Any] | None) -> dict[str, int] | None:
    """How many tasks are in and how many were wanted, where more are to come; None of a finished study."""
    if not collection or collection.get("ended"):
        return None
    wanted, submitted = collection.get("wanted"), collection.get("submitted")
    if not isinstance(wanted, int) or not isinstance(submitted, int) or submitted >= wanted:
        return None
    return {"submitted": submitted, "wanted": wanted}


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
    answers: Answers,
    plan: Plan,
    seed: int,
    progress: Progress,
    simulated_how: str | None = None,
    interim: dict[str, int] | None = None,
) -> dict[str, Any]:
    """Everything that report.json holds."""
    rng = np.random.default_rng(seed)
    progress("counting")
    funnel = set_aside(answers)
    weighted, rules = bool(getattr(answers, "has_weights", False)), plan.rules
    counts = count(answers, weighted=weighted)
    plain = count(answers) if weighted else counts
    rows = [breakdown.method_row(counts, name, plan.control, rules) for name in answers.methods]
    methods = sorted((row for row in rows if row is not None), key=lambda row: (row["control"], -row["accuracy"]))
    if not methods:
        raise ValueError(f"{answers.source['name']}: no answer is left to count ({_reasons(funnel)})")
    names = [row["name"] for row in methods]
    progress("comparing")
    pairs = [] if interim and not rules.sequential else compared(counts, names, plan, rng)
    simulated = int(answers.workers["simulated"].sum())
    contents: dict[str, Any] = {
        "title": None,
        "simulated": simulated > 0,
        "notice": wording.notice(simulated, len(answers.workers), simulated_how),
        "interim": interim,
        "headline": None,
        "confidence": rules.confidence,
        "target": rules.target,
        "sequential": rules.sequential,
        "adjustment": rules.adjustment,
        "class_weights": rules.class_weights,
        "weighted": weighted,
        "methods": methods,
        "comparisons": [row(pair, plan) for pair in pairs],
        "plan": plan.contents(),
        "labels": answers.labels,
        "by_class": breakdown.by_group(counts, names, breakdown.classes(counts), rules),
        "by_object": breakdown.by_group(counts, names, breakdown.objects(counts), rules),
        "by_direction": breakdown.by_group(counts, names, breakdown.directions(counts), rules),
        "halves": breakdown.halves_apart(counts, names, rules),
    }
    progress("confusions and agreement")
    contents["answered"] = breakdown.answered(plain, names, rng)
    contents["agreement"] = breakdown.agreements(plain, names, rng, rules.confidence)
    progress("response times")
    contents["response_times"] = response_times(answers)
    progress("participants")
    contents["workers"] = describe_workers(answers, rules.confidence)
    contents["diagnosis"] = diagnose(answers, seed)
    progress("sensitivity and power")
    main = pairs[0].found if pairs else None
    contents["sensitivity"] = sensitivity(answers, counts, main, rules, rng) if main else []
    contents["power"] = power_of(counts, main, plan) if main else None
    contents |= {
        "funnel": {
            "rows": answers.source["rows"],
            "steps": [{"name": step.name, "removed": step.removed, "rule": step.rule} for step in funnel],
            "counted": plain.num_answers,
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


def power_of(counts: Counts, main: Comparison, plan: Plan) -> dict[str, Any] | None:
    """What this study could detect, and how many videos smaller differences take; None for too small a study."""
    pair = counts.where(methods=[main.a, main.b])
    videos, classes = min(main.num_videos), max(1, main.shared_classes)
    if videos < max(2, classes):
        return None
    workers = main.num_workers
    answers = max(1, min(workers, round(pair.num_answers / len(pair.video))))
    design = Design(videos=videos, classes=classes, workers=workers, answers_per_video=answers)
    components = of_answers(main.layout)
    found, alpha = precision(design, components), 1 - plan.rules.confidence
    error = found.error
    return {
        "pair": [main.a, main.b],
        "videos": videos,
        "classes": classes,
        "workers": workers,
        "answers_per_video": answers,
        "sd_video": components.video**0.5,
        "sd_worker_method": components.worker_method**0.5,
        "detectable": min(1.0, detectable(error, found.df, alpha=alpha)) if error > 0 else None,
        "needed": [
            {"difference": size, "videos": videos_needed(size, design, components, alpha=alpha)}
            for size in (0.2, 0.1, 0.05)
        ]
        if error > 0
        else [],
    }
