"""`analyse`: an answers table in, a `Report` out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis import breakdown, wording
from analysis.answers import Answers, read_answers
from analysis.comparisons import Comparison
from analysis.components import of_answers
from analysis.counts import Counts, count
from analysis.drawing import Drawing
from analysis.exclusions import Step, exclusions
from analysis.fatigue import order_and_fatigue
from analysis.pairs import compared, row
from analysis.people import leave_out_programs, programs_that_count
from analysis.plan import Plan, chosen, load_plan
from analysis.power import Design, detectable, precision, videos_needed
from analysis.report import Report
from analysis.retest import retest_row
from analysis.reviewers import reviewers_model
from analysis.samples import samples
from analysis.sensitivity import sensitivity
from analysis.setaside import set_aside
from analysis.timing import response_times
from analysis.versions import versions
from analysis.workers import describe_workers, diagnose
from crowd.fileformat import parsed, unstamped
from crowd.studydir import StudyDirectory, instead_of

if TYPE_CHECKING:
    import pandas as pd

#: Called with the name of each stage as it begins.
Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Extent:
    """What a report covers, whatever the plan says."""

    seed: int = 0
    #: Whether answers of simulated participants are left out.
    people_only: bool = False
    #: Whether the mixed model is fitted; None where there are few answers.
    mixed: bool | None = None

    def __post_init__(self) -> None:
        """Check the seed."""
        if self.seed < 0:
            raise ValueError(f"seed: must not be negative, is {self.seed}")


def analyse(
    answers: "pd.DataFrame | str | Path",
    *,
    columns: Mapping[str, str] | None = None,
    seed: int = 0,
    people_only: bool = False,
    mixed: bool | None = None,
    progress: Progress | None = None,
    drawing: Drawing | None = None,
    **choices: Any,
) -> Report:
    """Analyse an answers table (docs/formats.md).

    Args:
        answers: a DataFrame, or the path of a CSV, TSV, XLSX or Parquet file.
        columns: what the table calls its columns, where it has other names: `{"worker_id": "WorkerId"}`.
        seed: of permutations and resamples.
        people_only: leave out the answers of simulated participants before anything is counted.
        mixed: fit the crossed mixed logistic model to the first comparison, which takes minutes for a million answers;
            by default only where the answers are few (`analysis.reviewers.UNASKED`).
        progress: called with the name of each stage.
        drawing: draws the figures meanwhile.
        **choices: keys of a study file's section `analysis`, such as `target`, `confidence`, `comparisons`, `margin`;
            and `gold_method`, the name of the control.

    Raises:
        ValueError: the table breaks its schema, or a choice does not exist; the message says where.
        OSError: the file cannot be read.
    """
    with read_answers(answers, columns=columns) as checked:
        extent = Extent(seed=seed, people_only=people_only, mixed=mixed)
        contents = _contents(checked, chosen(choices), extent, progress or _silent, drawing)
    return Report(contents, drawing=drawing)


def analyse_study(
    directory: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    seed: int = 0,
    people_only: bool = False,
    mixed: bool | None = None,
    progress: Progress | None = None,
    drawing: Drawing | None = None,
    **choices: Any,
) -> Report:
    """Analyse a study directory: its answers by its plan, with its funnel and samples of its videos; see `analyse`.

    `columns` says what the answers table calls its columns, where it has other names.

    Raises:
        ValueError: the study has no answers, or its files are broken.
    """
    directory = Path(directory)
    if not directory.is_dir():
        raise ValueError(f"{directory}: no such study directory; {instead_of(directory)}")
    files = StudyDirectory(directory)
    found = files.answer_tables()
    if not found and not files.holds_study():
        raise ValueError(f"{directory}: holds no study and no {files.answers.name}; {instead_of(directory)}")
    if not found:
        raise ValueError(
            f"{directory}: no {files.answers.name}; run `vidgen collect-answers --study {directory}` first"
        )
    plan = load_plan(directory, choices)
    with read_answers(found[0], extra_options=plan.study.options, columns=columns) as checked:
        how = (_noted(files.simulation) or {}).get("answers_from")
        collection = _noted(files.funnel)
        extent = Extent(seed=seed, people_only=people_only, mixed=mixed)
        contents = _contents(checked, plan, extent, progress or _silent, drawing, how, collection)
    contents["title"] = plan.study.title
    return Report(contents, samples(files.design), drawing)


def missing_tasks(collection: dict[str, Any] | None) -> dict[str, int] | None:
    """How many tasks are in and how many were wanted, where some are missing; None where all are in.

    Tasks that programs did beside people are not those that were wanted; funnels of earlier releases count all.
    """
    noted = collection or {}
    wanted, submitted = noted.get("wanted"), noted.get("filled", noted.get("submitted"))
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
        noted = parsed(path)
    except ValueError as error:
        raise ValueError(f"{path}: not JSON ({error})") from None
    return unstamped(path, noted) if isinstance(noted, dict) else None


def _contents(
    answers: Answers,
    plan: Plan,
    extent: Extent,
    progress: Progress,
    drawing: Drawing | None = None,
    simulated_how: str | None = None,
    collection: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything that report.json holds."""
    missing, ended = missing_tasks(collection), bool((collection or {}).get("ended"))
    interim = None if ended else missing
    rng = np.random.default_rng(extent.seed)
    progress("counting")
    funnel = leave_out_programs(answers) if extent.people_only else []
    funnel += set_aside(answers)
    weighted, rules = answers.has_weights, plan.rules
    counts = count(answers, weighted=weighted)
    plain = count(answers) if weighted else counts
    rows = [breakdown.method_row(counts, name, plan.control, rules) for name in answers.methods]
    methods = sorted((row for row in rows if row is not None), key=lambda row: (row["control"], -row["accuracy"]))
    if not methods:
        raise ValueError(
            f"{answers.source['name']}: no answer is left to count ({_reasons(funnel, counts, plain)}); collect "
            "more answers, or look at the rules that leave these out"
        )
    names = [row["name"] for row in methods]
    progress("comparing")
    if "gold_method" in plan.chosen and plan.control not in answers.methods:
        raise ValueError(
            f"gold_method: no method {plan.control!r} in the answers; there are {', '.join(answers.methods)}"
        )
    # A rule for looking early that was chosen while looking opens nothing.
    sequential = rules.sequential and (interim is None or plan.as_published("sequential"))
    tested = interim is None or sequential
    pairs = compared(counts, names, plan, rng) if tested else []
    programs = programs_that_count(answers, plain)
    contents: dict[str, Any] = {
        "title": None,
        "simulated": programs["number"] > 0,
        "programs": programs,
        "people_only": extent.people_only,
        "notice": wording.notice(programs, simulated_how),
        "interim": interim,
        "headline": None,
        "confidence": rules.confidence,
        "target": rules.target,
        "sequential": sequential,
        "adjustment": rules.adjustment,
        "class_weights": rules.class_weights,
        "weighted": weighted,
        "paired": any(answers.videos.item),
        "methods": methods,
        "uncounted": [name for name in answers.methods if name not in names],
        "comparisons": [row(pair, plan) for pair in pairs],
        "plan": plan.contents(),
        "labels": answers.labels,
        "by_class": breakdown.by_group(counts, names, breakdown.classes(counts), rules),
    }
    stopped = missing if ended else None
    if drawing:
        # What figures say of later sections is known already.
        drawing.begin(contents | {"stopped": stopped})
    contents |= {
        "by_object": breakdown.by_group(counts, names, breakdown.objects(counts), rules),
        "by_direction": breakdown.by_group(counts, names, breakdown.directions(counts), rules),
        "halves": breakdown.halves_apart(counts, names, rules),
    }
    progress("confusions and agreement")
    contents["answered"] = breakdown.answered(plain, names, rng, tested=tested)
    if drawing:
        drawing.begin({"answered": contents["answered"]})
    contents["agreement"] = breakdown.agreements(plain, names, rng, rules.confidence)
    progress("response times")
    contents["response_times"] = response_times(answers)
    progress("participants")
    contents["workers"] = describe_workers(answers, rules.confidence)
    contents["diagnosis"] = diagnose(answers, extent.seed)
    contents["exclusions"] = exclusions(funnel, plain, names)
    contents["retest"] = retest_row(next((step.retest for step in funnel if step.retest), None), rules.confidence)
    progress("order and fatigue")
    contents["trend"] = order_and_fatigue(answers, names, rules, extent.seed, tested=tested)
    progress("sensitivity and power")
    main = pairs[0].found if pairs else None
    contents["sensitivity"] = sensitivity(answers, counts, main, rules, rng) if main else []
    contents["power"] = power_of(counts, main, plan) if main else None
    progress("mixed model")
    contents["mixed"] = reviewers_model(answers, main, rules, extent.seed, wanted=extent.mixed) if main else None
    contents |= {
        "funnel": {
            "rows": answers.source["rows"],
            "steps": [{"name": step.name, "removed": step.removed, "rule": step.rule} for step in funnel],
            "counted": plain.num_answers,
        },
        "several_labels": breakdown.several_labels(answers),
        "collection": collection,
        "stopped": stopped,
        "seed": extent.seed,
        "inputs": [answers.source],
        "versions": versions(),
    }
    contents["headline"] = wording.headline(contents)
    return contents


def _reasons(funnel: list[Step], counts: Counts, plain: Counts) -> str:
    """Where all answers went."""
    reasons = [f"{step.name}: {step.removed}" for step in funnel]
    if plain.num_answers:
        rest = "all others" if reasons else "all"
        dropped = "are “Other” or “Unclear”, which the plan drops" if counts.num_answers else "have a weight of 0"
        reasons.append(f"{rest} {dropped}")
    return "; ".join(reasons)


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
