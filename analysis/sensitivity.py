"""Would the answer be another one? The headline difference again, under other rules than the planned ones."""

from dataclasses import replace
from typing import Any

import numpy as np

from analysis.answers import Answers
from analysis.comparisons import Comparison, Rules, by_class, compare
from analysis.counts import KEPT, Counts, count, score

#: A stricter filter than any plan's default, as SQL over the answers, for the columns that a table has.
STRICT = {
    "watched_fraction": "coalesce(watched_fraction, 1) >= 0.9",
    "time_to_answer_s": "coalesce(time_to_answer_s, 9) >= 1",
    "focus_losses": "coalesce(focus_losses, 0) = 0",
    "playback_errors": "coalesce(playback_errors, 0) = 0",
}

#: Most classes that are left out one after the other: each costs a comparison of all the others.
MOST_LEFT_OUT = 300


def sensitivity(
    answers: Answers, counts: Counts, main: Comparison, rules: Rules, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """One row per variation of the main comparison: name, difference, interval, p and what was changed."""
    a, b = main.a, main.b
    rows = [_row("as planned", main, "")]

    def add(name: str, changed: str, other: Counts | None, rules: Rules = rules) -> None:
        found = other and compare(other, a, b, rng, rules, primary_only=True)
        if found:
            rows.append(_row(name, found, changed))

    target = "these-videos" if rules.target == "new-videos" else "new-videos"
    if target == "new-videos" or main.tests["sign-flip over participants"] is not None:
        add(f"target: {target.replace('-', ' ')}", "the other population", counts, replace(rules, target=target))
    rows += _macro(counts, main, rules)
    policies = {
        "planned": ("Other and Unclear count as wrong", "scoring"),
        "without Unclear": ("answers “Unclear” dropped", "scoring"),
        "committed only": ("answers “Other” and “Unclear” dropped", "scoring"),
        "Unclear as a guess": (f"“Unclear” scores 1/{len(counts.labels)}", "scoring"),
    }
    for policy, (name, changed) in policies.items():
        if policy != rules.policy:
            add(name, changed, counts, replace(rules, policy=policy))
    for name, changed, where in _filters(answers):
        add(name, changed, _counted(answers, where, a, b))
    return [*rows, *_leaving_out(counts, main, rules, rng)]


def _row(name: str, found: Comparison, changed: str) -> dict[str, Any]:
    interval = found.these_videos if found.test == "sign-flip over participants" else found.new_videos
    return {
        "name": name,
        "changed": changed,
        "difference": found.difference,
        "ci_low": interval.low,
        "ci_high": interval.high,
        "p_value": found.p_value,
        "test": found.test,
    }


def _counted(answers: Answers, where: str, a: str, b: str) -> Counts | None:
    """Counts of a filtered table; None where a method is left without answers."""
    filtered = count(answers, where)
    enough = all(filtered.where(methods=[name]).num_answers for name in (a, b))
    return filtered if enough else None


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
    first = "SELECT min(rowid) FROM answers WHERE excluded IS NULL GROUP BY worker"
    if "position" in answers.telemetry:
        first = "SELECT arg_min(rowid, position) FROM answers WHERE excluded IS NULL GROUP BY worker"
    found.append(("first answer of each participant", "no habit, no fatigue", f"rowid IN ({first})"))
    return found


def _macro(counts: Counts, main: Comparison, rules: Rules) -> list[dict[str, Any]]:
    """Every class counts the same, every video in it too."""
    if not np.isfinite(main.macro_difference) or main.shared_classes < 2:
        return []
    from analysis import significance
    from analysis.estimates import t_quantile

    scored = score(counts.where(methods=[main.a, main.b]), rules.policy)
    strata = by_class(scored, counts.methods.index(main.a), counts.methods.index(main.b))
    differences = np.array([x.mean() - y.mean() for x, y in strata if min(len(x), len(y))])
    half = t_quantile(len(differences) - 1, rules.confidence) * float(differences.std(ddof=1)) / len(differences) ** 0.5
    return [
        {
            "name": "classes weighted alike",
            "changed": "macro average over classes",
            "difference": float(differences.mean()),
            "ci_low": max(-1.0, float(differences.mean()) - half),
            "ci_high": min(1.0, float(differences.mean()) + half),
            "p_value": significance.paired_t(differences),
            "test": "paired t over classes",
        }
    ]


def _leaving_out(counts: Counts, main: Comparison, rules: Rules, rng: np.random.Generator) -> list[dict[str, Any]]:
    """The most that leaving out one class, or one participant, can change."""
    pair = counts.where(methods=[main.a, main.b])
    classes = np.unique(pair.video_label)
    rows = []
    if 1 < len(classes) <= MOST_LEFT_OUT:
        found = [
            (
                compare(
                    pair.of_labels([c for c in classes if c != left]), main.a, main.b, rng, rules, primary_only=True
                ),
                left,
            )
            for left in classes
        ]
        kept = [(one, counts.labels[left]) for one, left in found if one is not None]
        if kept:
            one, label = min(kept, key=lambda item: item[0].difference)
            rows.append(_row("without the class that helps most", one, f"without “{label}”"))
    worker = _without_one_worker(pair, main, rules)
    if worker is not None:
        rows.append(
            {
                "name": "without the participant who helps most",
                "changed": "smallest difference that leaving out one participant gives",
                "difference": worker,
                "ci_low": None,
                "ci_high": None,
                "p_value": None,
                "test": None,
            }
        )
    return rows


def _without_one_worker(pair: Counts, main: Comparison, rules: Rules) -> float | None:
    """The smallest difference over all ways to leave out one participant."""
    scored = score(pair, rules.policy)
    left = []
    for name in (main.a, main.b):
        chosen = scored.counts.cell_method == pair.methods.index(name)
        worker = scored.counts.cell_worker[chosen]
        n = np.bincount(worker, scored.cell_n[chosen], pair.num_workers)
        s = np.bincount(worker, scored.cell_s[chosen], pair.num_workers)
        with np.errstate(invalid="ignore", divide="ignore"):
            left.append((s.sum() - s) / (n.sum() - n))
    differences = (left[0] - left[1])[np.unique(scored.counts.cell_worker)]
    differences = differences[np.isfinite(differences)]
    return float(differences.min()) if len(differences) > 1 else None
