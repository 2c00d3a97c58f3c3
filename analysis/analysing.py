"""`analyse`: an answers table in, a `Report` out."""

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import significance, wording
from analysis.answers import Answers, read_answers
from analysis.comparisons import Comparison, compare
from analysis.counts import Counts, count
from analysis.estimates import Estimate, estimate
from analysis.report import Report
from analysis.setaside import set_aside
from analysis.versions import versions

#: The method name of real clips, the control.
CONTROL = "real"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What an analysis can be told."""

    #: Seed of the permutations and resamples.
    seed: int = 0


def analyse(answers: pd.DataFrame | str | Path, settings: Settings | None = None, **changes: Any) -> Report:
    """Analyse an answers table (docs/formats.md).

    Args:
        answers: a DataFrame, or the path of a CSV or Parquet file.
        settings: see `Settings`.
        **changes: settings by name, in place of `settings`.

    Raises:
        ValueError: the table breaks its schema; the message says where.
        OSError: the file cannot be read.
    """
    settings = settings or Settings(**changes)
    with read_answers(answers) as checked:
        return Report(_contents(checked, settings))


def analyse_study(directory: str | Path, settings: Settings | None = None, **changes: Any) -> Report:
    """Analyse a study directory: its `answers.parquet` with what the study declares."""
    directory = Path(directory)
    if not directory.is_dir():
        raise ValueError(f"{directory}: no such study directory")
    for name in ("answers.parquet", "answers.csv"):
        if (directory / name).exists():
            return analyse(directory / name, settings, **changes)
    raise ValueError(f"{directory}: no answers.parquet; run `vidgen collect-answers --study {directory}` first")


def _contents(answers: Answers, settings: Settings) -> dict[str, Any]:
    """Everything that report.json holds."""
    rng = np.random.default_rng(settings.seed)
    funnel = set_aside(answers)
    counts = count(answers)
    methods = [name for name in answers.methods if counts.where(methods=[name]).num_answers]
    if not methods:
        raise ValueError(
            f"{answers.source['name']}: every video has several labels; accuracy needs videos of one label"
        )
    simulated = int(answers.workers["simulated"].sum())
    contents: dict[str, Any] = {
        "simulated": simulated > 0,
        "notice": wording.notice(simulated, len(answers.workers)),
        "methods": [_method(name, estimate(counts.where(methods=[name]))) for name in methods],
        "comparisons": compared(counts, methods, rng),
        "seed": settings.seed,
        "inputs": [answers.source],
        "versions": versions(),
        "funnel": [{"name": step.name, "removed": step.removed, "rule": step.rule} for step in funnel],
    }
    contents["headline"] = wording.headline(contents)
    return contents


def _method(name: str, value: Estimate | None) -> dict[str, Any]:
    return {"name": name, "control": name == CONTROL} | estimate_row(value)


def estimate_row(value: Estimate | None) -> dict[str, Any]:
    """An estimate as report.json has it: `ci_*` for new videos, `these_*` for exactly these; empty without answers."""
    if value is None:
        return {}
    return {
        "accuracy": value.accuracy,
        "ci_low": value.new_videos.low,
        "ci_high": value.new_videos.high,
        "these_low": value.these_videos.low,
        "these_high": value.these_videos.high,
        "n_answers": value.num_answers,
        "n_videos": value.num_videos,
        "n_workers": value.num_workers,
        "separated": value.separated,
    }


def compared(counts: Counts, methods: list[str], rng: np.random.Generator) -> list[dict[str, Any]]:
    """Every pair, the more accurate method first, pairs with the control last, with Holm's adjustment over all."""
    pairs = []
    for a, b in itertools.combinations(methods, 2):
        pair = compare(counts, a, b, rng)
        if pair is not None:
            pairs.append(pair if pair.difference >= 0 else swapped(pair))
    adjusted = significance.holm([pair.p_value for pair in pairs])
    rows = [comparison_row(pair) | {"p_holm": p} for pair, p in zip(pairs, adjusted, strict=True)]
    return sorted(rows, key=lambda row: row["control"])


def swapped(pair: Comparison) -> Comparison:
    """The same comparison seen from the other method."""
    from dataclasses import replace

    from analysis.estimates import Interval

    return replace(
        pair,
        a=pair.b,
        b=pair.a,
        difference=-pair.difference,
        new_videos=Interval(-pair.new_videos.high, -pair.new_videos.low),
        these_videos=Interval(-pair.these_videos.high, -pair.these_videos.low),
        macro_difference=-pair.macro_difference,
        risk_ratio=pair.estimates[1].accuracy / pair.estimates[0].accuracy if pair.estimates[0].accuracy else None,
        cohens_h=-pair.cohens_h,
        chance_corrected=None if pair.chance_corrected is None else -pair.chance_corrected,
        estimates=pair.estimates[::-1],
    )


def comparison_row(pair: Comparison) -> dict[str, Any]:
    """A comparison as report.json has it."""
    return {
        "a": pair.a,
        "b": pair.b,
        "control": CONTROL in (pair.a, pair.b),
        "difference": pair.difference,
        "ci_low": pair.new_videos.low,
        "ci_high": pair.new_videos.high,
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
