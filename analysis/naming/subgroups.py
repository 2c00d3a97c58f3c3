"""Accuracy by label, by object and by direction."""

from analysis.comparisons import Rules
from analysis.counts import Counts
from analysis.labels import DIRECTIONS, have_directions, split
from analysis.naming.accuracy import accuracy_of
from analysis.records.accuracies import GroupAccuracy, HalvesAccuracy


def by_group(counts: Counts, methods: list[str], groups: dict[str, list[int]], rules: Rules) -> list[GroupAccuracy]:
    """Accuracy in each group of labels, of all methods together and of each; groups without answers are left out.

    Args:
        counts: what was counted.
        methods: names, in the report's order.
        groups: for each group the codes of its labels.
        rules: of the plan.
    """
    rows = []
    for name, labels in groups.items():
        part = counts.of_labels(labels)
        found = {method: accuracy_of(part.where(methods=[method]), rules.policy, rules) for method in methods}
        together = accuracy_of(part.where(methods=methods), rules.policy, rules)
        if together is not None:
            rows.append(GroupAccuracy(name=name, all=together, methods=found))
    return rows


def classes(counts: Counts) -> dict[str, list[int]]:
    """Every label that was shown, by itself."""
    shown = set(counts.video_label.tolist())
    return {label: [code] for code, label in enumerate(counts.labels) if code in shown}


def objects(counts: Counts) -> dict[str, list[int]]:
    """The labels of each object; empty where labels have no directions."""
    return _halves(counts, 0)


def directions(counts: Counts) -> dict[str, list[int]]:
    """The labels of each direction; empty where labels have none."""
    found = _halves(counts, 1)
    return {name: found[name] for name in DIRECTIONS if name in found}


def _halves(counts: Counts, half: int) -> dict[str, list[int]]:
    if not have_directions(counts.labels):
        return {}
    groups: dict[str, list[int]] = {}
    for code, label in enumerate(counts.labels):
        groups.setdefault((split(label) or ("", ""))[half], []).append(code)
    return groups


def halves_apart(counts: Counts, methods: list[str], rules: Rules) -> list[HalvesAccuracy]:
    """Per method, how often the object was right and how often the direction, whatever the other half was."""
    if not have_directions(counts.labels):
        return []
    suffix = " when committed" if rules.policy == "committed only" else ""
    rows = []
    for method in methods:
        own = counts.where(methods=[method])
        object_, direction = (accuracy_of(own, half + suffix, rules) for half in ("object", "direction"))
        rows.append(HalvesAccuracy(method=method, object=object_, direction=direction))
    return rows
