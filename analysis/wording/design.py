"""What is unusual about the design of comparisons: mixes of labels, who judged what, how videos are paired."""

from collections.abc import Iterator

from analysis.formats import isolated, listed, number, points
from analysis.records.comparisons import MethodComparison
from analysis.records.contents import ReportContents
from analysis.wording.comparison import adjustment, is_adjusted, names


def difference_notes(contents: ReportContents) -> list[str]:
    """Notes on the table of differences that are no remark of the headline."""
    rows, others = contents.comparisons, contents.comparisons[1:]
    notes = [*_weights(contents), *_adjusted(contents)]
    mixed = [row for row in others if row.uneven]
    notes += [uneven(contents, *mixed)] if mixed else []
    notes += [nesting(row) for row in others if row.participants.nesting != "crossed"]
    notes += [pairing(row) for row in rows if row.items]
    pairs: dict[str, list[str]] = {}
    for row in rows:
        for text in _statements(contents, row):
            pairs.setdefault(text, []).append(" − ".join(names(row)))
    for text, found in pairs.items():
        notes.append(f"In {'every pair' if len(found) == len(rows) > 1 else listed(found)}, {text}")
    said = contents.headline.remarks
    return [note for note in notes if note not in said]


#: What is said where methods share no label.
APART = "the methods have no label in common, so that their difference may be due to the labels."


def apart(pair: MethodComparison) -> str:
    """The sentence on a comparison whose methods share no label."""
    return f"In {' − '.join(names(pair))}, {APART}"


def _statements(contents: ReportContents, pair: MethodComparison) -> Iterator[str]:
    """What holds of a pair and may hold of others in the same words."""
    if contents.paired and not pair.items:
        yield "the methods have no item in common, so that their videos are not paired."
    if pair.unit == "class" and pair.shared_classes > 1 and not pair.items:
        yield (
            "a method has one video of each label, so that the spread of videos is estimated from the differences "
            "between labels."
        )
    if pair.separated:
        yield (
            "the answers to one method are all right or all wrong; the interval counts its videos, or its participants "
            "where these are fewer, as single answers."
        )
    if not pair.shared_classes:
        yield APART
    elif pair.unshared_classes:
        labels = f"{number(pair.shared_classes)} labels" if pair.shared_classes > 1 else "label"
        yield f"the comparison is about the {labels} that both methods have."


def _weights(contents: ReportContents) -> list[str]:
    if len(contents.by_class) < 2:
        return []
    if contents.class_weights == "equal":
        return ["Each label that both methods have counts the same."]
    return ["Each label that both methods have counts by its share of their videos."]


def _adjusted(contents: ReportContents) -> list[str]:
    """How comparisons share the level, and that tests hold at all looks."""
    rows, notes = contents.comparisons, []
    if any(is_adjusted(contents, row) for row in rows):
        text = f"{adjustment(contents)}: p and interval are adjusted for the other comparisons"
        control = listed([isolated(row.name) for row in contents.methods if row.control])
        if len({row.control for row in rows}) > 1:
            text += f" of their kind, those with {control}, the control, being one and those without it the other"
        notes.append(f"{text}.")
    if contents.sequential:
        notes.append("Tests and intervals hold at all looks at the running study together (confidence sequence).")
    return notes


def uneven(contents: ReportContents, *pairs: MethodComparison) -> str:
    """The sentence on pairs whose methods were shown with different mixes of labels."""
    several, equal = len(pairs) > 1, contents.class_weights == "equal"
    weights = "gives each label the same weight" if equal else "weights labels by their videos"
    differences = []
    for pair in pairs:
        raw, found = pair.raw_difference, " − ".join(names(pair))
        turned = f", in favour of {names(pair)[1]}" if raw < 0 < pair.difference else ""
        differences.append(f"{points(raw)} points{f' for {found}' if several else ''}{turned}")
    these = "Some other pairs of methods" if several else " and ".join(names(pairs[0]))
    return (
        f"{these} were not shown with the same mix of labels. The comparison {weights}; without these weights the "
        f"difference over all answers is {listed(differences)}, which is partly one between labels."
    )


def nesting(pair: MethodComparison) -> str:
    """The sentence on a comparison in which not everybody judged both methods."""
    (a, b), seen = names(pair), pair.participants
    if seen.nesting == "nested":
        return (
            f"Participants are nested in methods: {number(seen.only_a)} judged {a}, and {number(seen.only_b)} "
            f"others judged {b}. The interval allows for two groups that differ by chance, not for groups that were "
            "chosen differently."
        )
    return (
        f"Participants are partly nested in methods: {number(seen.both)} judged both {a} and {b}, "
        f"{number(seen.only_a)} only {a} and {number(seen.only_b)} only {b}."
    )


def pairing(pair: MethodComparison) -> str:
    """The sentence on a comparison whose videos are paired by items."""
    a, b = names(pair)
    have = "1 item has" if pair.items == 1 else f"{number(pair.items)} items have"
    if pair.unit == "class":
        return (
            f"{a} and {b}: {have} videos of both, but no label has several items, so that the spread of items is "
            "estimated from the differences between labels."
        )
    alone = f"; {videos(pair.unpaired)} without a counterpart count one by one" if pair.unpaired else ""
    return f"{a} and {b} are compared item by item: {have} videos of both{alone}."


def videos(count: int) -> str:
    """A number of videos: `1 video`, `18 videos`."""
    return f"{number(count)} video{'s' if count > 1 else ''}"
