"""Sensitivity: the first comparison again, with one rule changed at a time."""

from dataclasses import replace

import numpy as np

from analysis.answers import Answers
from analysis.comparisons import Comparison, Rules, compare
from analysis.counts import KEPT, Counts, count, distinct
from analysis.inference import TARGETS
from analysis.records.comparisons import SensitivityResult

#: A stricter filter than any plan's default, as SQL over the answers, for the columns that a table has.
STRICT = {
    "watched_fraction": "coalesce(watched_fraction, 1) >= 0.9",
    "time_to_answer_s": "coalesce(time_to_answer_s, 9) >= 1",
    "focus_losses": "coalesce(focus_losses, 0) = 0",
    "playback_errors": "coalesce(playback_errors, 0) = 0",
}

#: What is said of a row whose answers allow no comparison.
TOO_FEW = "cannot be computed: too few answers are left"


def sensitivity(
    answers: Answers, counts: Counts, main: Comparison, rules: Rules, rng: np.random.Generator
) -> list[SensitivityResult]:
    """One row per variation of the first comparison: name, difference, interval, p and what was changed."""
    a, b = main.a, main.b
    usual = replace(rules, primary_test="t")
    rows = [_row("as above", main, "")]

    def add(name: str, changed: str, other: Counts | None, rules: Rules = usual) -> None:
        found = other and compare(other, a, b, rng, rules, primary_only=True)
        rows.append(_row(name, found or None, changed))

    for target in TARGETS:
        if target != rules.target and (target != "new-labels" or main.shared_classes > 1):
            rows.append(
                _row(f"target: {target.replace('-', ' ')}", replace(main, target=target), "for whom the result holds")
            )
    if main.shared_classes > 1:
        other = "videos" if rules.class_weights == "equal" else "equal"
        words = {"videos": "labels weighted by their videos", "equal": "labels of equal weight"}
        add(words[other], "how much each label counts", counts, replace(usual, class_weights=other))
    if counts.squared is not None:
        add("without weights", "every answer counts once", count(answers))
    policies = {
        "planned": "Other and Unclear count as wrong",
        "without Unclear": "answers “Unclear” dropped",
        "committed only": "answers “Other” and “Unclear” dropped",
        "Unclear as a guess": f"“Unclear” scores 1/{len(counts.labels)}",
    }
    for policy, name in policies.items():
        # With one label an “Unclear” that guesses would always be right.
        if policy != rules.policy and (policy != "Unclear as a guess" or len(counts.labels) > 1):
            add(name, "what counts as right", counts, replace(usual, policy=policy))
    for name, changed, where in _filters(answers):
        add(name, changed, count(answers, where, weighted=counts.squared is not None))
    return [*rows, *_leaving_out(counts, main, usual, rng)]


def _row(name: str, found: Comparison | None, changed: str) -> SensitivityResult:
    if found is None or not found.conclusion.inferences[0].part.known:
        changed = "; ".join(text for text in (changed, TOO_FEW) if text)
        return SensitivityResult(name=name, changed=changed, difference=None, ci_low=None, ci_high=None, p_value=None)
    interval = found.interval()
    return SensitivityResult(
        name=name,
        changed=changed,
        difference=found.difference,
        ci_low=interval.low,
        ci_high=interval.high,
        p_value=found.p_value,
    )


def _filters(answers: Answers) -> list[tuple[str, str, str]]:
    """Names, reasons and SQL of the other filters that this table allows."""
    found = []
    if answers.scalar("SELECT count(*) FROM answers WHERE excluded IS NOT NULL"):
        found.append(("no exclusions", "all answers, also those that the plan excludes", "true"))
    strict = [rule for column, rule in STRICT.items() if column in answers.telemetry]
    controls = "SELECT worker FROM controls WHERE kind IN ('gold', 'attention')"
    if answers.scalar(f"SELECT count(*) FROM ({controls})"):  # noqa: S608  a constant
        strict.append(f"worker NOT IN ({controls} AND NOT correct)")
    if strict:
        reason = "only attentive answers: watched, not hurried, no gold or attention item wrong, as far as recorded"
        found.append(("strict filter", reason, " AND ".join([KEPT, *strict])))
    if "position" in answers.telemetry:
        half = "SELECT rowid AS id, ntile(2) OVER (PARTITION BY worker ORDER BY position, rowid) AS half FROM answers"
        where = f"rowid IN (SELECT id FROM ({half} WHERE {KEPT}) WHERE half = 1)"  # noqa: S608  constants
        found.append(("first half of each participant’s answers", "before participants tire", where))
    return found


def _leaving_out(counts: Counts, main: Comparison, rules: Rules, rng: np.random.Generator) -> list[SensitivityResult]:
    """How much the difference can shrink when one label, or one participant, is left out."""
    pair = counts.where(methods=[main.a, main.b])
    classes = np.flatnonzero(main.layout.counting) if main.shared_classes > 1 else np.array([], int)
    rows = []
    if len(classes) > 1:
        # Each class's part of the difference is known; only the one that matters most is compared without.
        own = main.layout.weights[classes] * (main.layout.p[0] - main.layout.p[1])[classes]
        sign = 1.0 if main.layout.accuracies[0] - main.layout.accuracies[1] >= 0 else -1.0
        rest = (own.sum() - own) / (1 - main.layout.weights[classes])
        left = int(classes[int(np.argmin(sign * rest))])
        others = pair.of_labels([label for label in classes if label != left])
        found = compare(others, main.a, main.b, rng, rules, primary_only=True)
        rows.append(_row("without the label that helps most", found, f"without “{counts.labels[left]}”"))
    worker = _without_one_worker(pair, main)
    if worker is not None:
        rows.append(
            SensitivityResult(
                name="without the participant who helps most",
                changed="the smallest difference when one participant is left out",
                difference=worker,
                ci_low=None,
                ci_high=None,
                p_value=None,
            )
        )
    return rows


def _without_one_worker(pair: Counts, main: Comparison) -> float | None:
    """The smallest difference over all ways to leave out one participant; labels that nobody else answered drop out."""
    layout, accuracies = main.layout, []
    number = layout.num_labels
    for name in (main.a, main.b):
        place = layout.methods.index(pair.methods.index(name))
        labels = layout.cell_label[place]
        worker = layout.of_cells(place, layout.scored.counts.cell_worker).astype(np.int64)
        found, inverse = distinct(worker * number + labels)
        n, s = (
            np.bincount(inverse, layout.of_cells(place, values), len(found))
            for values in (layout.scored.cell_n, layout.scored.cell_s)
        )
        label, worker = (found % number).astype(np.intp), (found // number).astype(np.intp)
        total_n, total_s = layout.n[place].take(label), (layout.p[place] * layout.n[place]).take(label)
        rest = np.divide(total_s - s, total_n - n, out=layout.p[place].take(label), where=total_n - n > 1e-9)
        change = layout.weights.take(label) * (rest - layout.p[place].take(label))
        accuracies.append(layout.accuracies[place] + np.bincount(worker, change, layout.num_workers))
    present = np.any([layout.workers[place].share > 0 for place in (0, 1)], axis=0)
    if present.sum() < 2:
        return None
    return float((accuracies[0] - accuracies[1])[present].min())
