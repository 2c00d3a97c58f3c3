"""Accuracies by class, object and direction, and what was answered, per method."""

import functools
import operator
from dataclasses import replace
from typing import Any

import numpy as np

from analysis.agreement import Agreement, Bootstrap
from analysis.answers import Answers
from analysis.comparisons import Rules, chance_corrected
from analysis.naming.confusion import confusion, distance_test, kinds, shares_of_kinds
from analysis.counts import KEPT, Counts, score
from analysis.estimates import Estimate, estimate
from analysis.formats import isolated
from analysis.labels import DIRECTIONS, have_directions, split
from crowd.design.texts import parts

#: Most labels whose confusion tables stand in the report and its figure.
MOST_CONFUSED = 60


def _estimate(counts: Counts, policy: str, confidence: float) -> Estimate | None:
    """An estimate whose number of answers is that of answers, whatever they weigh."""
    value = estimate(counts, policy, confidence)
    if value is None or counts.unweighted is None:
        return value
    plain = score(replace(counts, by_video=counts.unweighted, squared=None), policy)
    return replace(value, num_answers=int(plain.video_n.sum()))


def estimate_row(value: Estimate, rules: Rules) -> dict[str, Any]:
    """An estimate as report.json has it: `ci_*` for the plan's target, `new_*` and `these_*` for each target."""
    interval = value.these_videos if rules.target == "these-videos" else value.new_videos
    return {
        "accuracy": value.accuracy,
        "ci_low": interval.low,
        "ci_high": interval.high,
        "new_low": value.new_videos.low,
        "new_high": value.new_videos.high,
        "these_low": value.these_videos.low,
        "these_high": value.these_videos.high,
        "n_answers": value.num_answers,
        "n_videos": value.num_videos,
        "n_workers": value.num_workers,
        "separated": value.separated,
    }


def method_row(counts: Counts, name: str, control: str, rules: Rules) -> dict[str, Any] | None:
    """A method's accuracy with its intervals, and how often its viewers committed to a label; None without answers."""
    own = counts.where(methods=[name])
    value = _estimate(own, rules.policy, rules.confidence)
    if value is None:
        return None
    committed = _estimate(own, "committed only", rules.confidence)
    commitment = _estimate(own, "commitment", rules.confidence)
    return {"name": name, "control": name == control} | estimate_row(value, rules) | {
        "chance_corrected": chance_corrected(value.accuracy, len(counts.labels)),
        "commitment": None if commitment is None else estimate_row(commitment, rules),
        "when_committed": None if committed is None else estimate_row(committed, rules),
    }  # fmt: skip


def by_group(counts: Counts, methods: list[str], groups: dict[str, list[int]], rules: Rules) -> list[dict[str, Any]]:
    """One row per group of classes: its name, all methods together, and each method."""
    rows = []
    for name, labels in groups.items():
        part = counts.of_labels(labels)
        found = {method: _estimate(part.where(methods=[method]), rules.policy, rules.confidence) for method in methods}
        together = _estimate(part.where(methods=methods), rules.policy, rules.confidence)
        if together is not None:
            rows.append(
                {
                    "name": name,
                    "all": estimate_row(together, rules),
                    "methods": {
                        method: None if value is None else estimate_row(value, rules) for method, value in found.items()
                    },
                }
            )
    return rows


def classes(counts: Counts) -> dict[str, list[int]]:
    """Every class that was shown, by itself."""
    shown = set(counts.video_label.tolist())
    return {label: [code] for code, label in enumerate(counts.labels) if code in shown}


def objects(counts: Counts) -> dict[str, list[int]]:
    """The classes of each object; empty where labels have no directions."""
    return _halves(counts, 0)


def directions(counts: Counts) -> dict[str, list[int]]:
    """The classes of each direction; empty where labels have none."""
    found = _halves(counts, 1)
    return {name: found[name] for name in DIRECTIONS if name in found}


def _halves(counts: Counts, half: int) -> dict[str, list[int]]:
    if not have_directions(counts.labels):
        return {}
    groups: dict[str, list[int]] = {}
    for code, label in enumerate(counts.labels):
        groups.setdefault((split(label) or ("", ""))[half], []).append(code)
    return groups


def halves_apart(counts: Counts, methods: list[str], rules: Rules) -> list[dict[str, Any]]:
    """Per method, how often the object was right and how often the direction, whatever the other half was."""
    if not have_directions(counts.labels):
        return []
    suffix = " when committed" if rules.policy == "committed only" else ""
    rows = []
    for method in methods:
        own = counts.where(methods=[method])
        halves = {name: _estimate(own, name + suffix, rules.confidence) for name in ("object", "direction")}
        rows.append({"method": method} | {name: value and estimate_row(value, rules) for name, value in halves.items()})
    return rows


def answered(counts: Counts, methods: list[str], rng: np.random.Generator, *, tested: bool = True) -> dict[str, Any]:
    """Confusions, kinds of answer and, where `tested`, their tests."""
    tables = {method: confusion(counts.where(methods=[method])) for method in methods}
    names, told = kinds(counts.labels)[0], len(counts.labels) <= MOST_CONFUSED
    shares = {method: shares_of_kinds(counts.where(methods=[method]))[1].tolist() for method in methods}
    tests = []
    for place, a in enumerate(methods):
        for b in methods[place + 1 :]:
            found = distance_test(counts, a, b, rng) if tested else None
            if found is not None:
                tests.append(
                    {
                        "a": a,
                        "b": b,
                        "distance": found.distance,
                        "p_value": found.p_value,
                        "smallest_attainable_p": found.smallest_attainable_p,
                        "over": found.what,
                    }
                )
    return {
        "kinds": names,
        "shares": shares,
        "confusion": {method: table.tolist() if told else [] for method, table in tables.items()},
        "left_out": None if told else _commonest(counts.labels, tables),
        "tests": tests,
    }


def _commonest(labels: list[str], tables: dict[str, Any]) -> str:
    """In words why the confusion tables are left out, and what was confused most often."""
    texts = []
    for method, table in tables.items():
        mistakes = table[:, : len(labels)].copy()
        np.fill_diagonal(mistakes, 0)
        first = np.argsort(-mistakes, axis=None, kind="stable")[:5]
        pairs = [(labels[place // len(labels)], labels[place % len(labels)], mistakes.flat[place]) for place in first]
        told = "; ".join(f"{isolated(shown)} as {isolated(said)} ({number})" for shown, said, number in pairs if number)
        texts.append(f"{isolated(method)}: {told or 'no label taken for another'}.")
    return (
        f"Confusion tables of {len(labels)} labels are left out, as are those of more than {MOST_CONFUSED}. "
        f"Confused most often, {' '.join(texts)}"
    )


def agreements(counts: Counts, methods: list[str], rng: np.random.Generator, confidence: float) -> list[dict[str, Any]]:
    """Krippendorff's α and Fleiss' κ over each method's videos, and over all, resampled within methods."""
    groups = {method: Bootstrap.of(counts.where(methods=[method]).by_video, rng) for method in methods}
    known = [group for group in groups.values() if group is not None]
    if len(methods) > 1:
        groups["all"] = functools.reduce(operator.add, known) if known else None
    rows = []
    for name, group in groups.items():
        nothing = Agreement(None, None, None)
        alpha, kappa = (nothing, nothing) if group is None else group.agreement(confidence)
        rows.append(
            {
                "method": name,
                "alpha": alpha.value,
                "alpha_low": alpha.low,
                "alpha_high": alpha.high,
                "kappa": kappa.value,
                "kappa_low": kappa.low,
                "kappa_high": kappa.high,
            }
        )
    return rows


def several_labels(answers: Answers) -> list[dict[str, Any]]:
    """Videos of several labels, secondary: per method the mean score, half for naming one label of two or more."""
    chosen = answers.videos.several
    if not chosen:
        return []
    code = {text: place for place, text in enumerate(answers.options)}
    found = answers.arrays(
        f"SELECT video, answer, count(*) AS n FROM answers WHERE {KEPT} AND video IN ? GROUP BY ALL",  # noqa: S608
        [chosen],
    )
    truths = {video: {code[part] for part in parts(answers.videos.label[video])} for video in chosen}
    right = np.array(
        [answer in truths[int(video)] for video, answer in zip(found["video"], found["answer"], strict=True)], float
    )
    methods = answers.videos.method[found["video"].astype(int)]
    rows = []
    for name in sorted(set(methods)):
        own = methods == name
        n = int(found["n"][own].sum())
        score = float((0.5 * right[own] * found["n"][own]).sum() / n)
        rows.append(
            {"method": name, "score": score, "n_answers": n, "n_videos": len(set(found["video"][own].tolist()))}
        )
    return rows
