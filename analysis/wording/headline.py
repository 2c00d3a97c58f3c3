"""The first screen: the first comparison in a sentence, by how much, how sure, for whom, and what limits it."""

from analysis.formats import (
    equals,
    isolated,
    level,
    listed,
    number,
    percent,
    points,
    probability,
    range_percent,
    range_points,
)
from analysis.records.comparisons import MethodComparison
from analysis.records.contents import Fact, Headline, ReportContents
from analysis.wording.comparison import (
    POPULATIONS,
    adjusted_interval,
    adjustment,
    better,
    concluded,
    equivalence,
    equivalence_interval,
    is_adjusted,
    margin,
    margin_source,
    names,
    of_accuracies,
    weighting,
)
from analysis.wording.design import apart, nesting, uneven, videos
from analysis.wording.notices import notices, so_far
from analysis.wording.plan import broken_promises, post_hoc
from analysis.wording.questions import primary, question_headline


def headline(contents: ReportContents) -> Headline:
    """The first screen, about the primary question; made from all other sections, whatever headline `contents` has."""
    first = next((question for question in contents.questions if question.primary), None)
    if first and not first.top_level:
        return question_headline(contents, first)
    pair = contents.comparisons[0] if contents.comparisons else None
    title, detail, facts = _alone(contents) if pair is None else _compared(contents, pair)
    return Headline(
        title=title,
        detail=detail,
        facts=[*facts, _population(contents)],
        remarks=[*([] if pair is None else remarks(contents, pair)), *_of_answers(contents)],
        scope=_scope(contents),
        notices=notices(contents),
    )


def _compared(contents: ReportContents, pair: MethodComparison) -> tuple[str, str, list[Fact]]:
    """Title, detail and facts of the first comparison."""
    title = _title(contents, pair)
    if contents.interim:
        title = f"INTERIM: {title[:1].lower() + title[1:] if title.startswith(('No', 'Too')) else title}"
    return title, _detail(contents, pair), [_size(contents, pair), _certainty(contents, pair)]


def _title(contents: ReportContents, pair: MethodComparison) -> str:
    (a, b), found = names(pair), concluded(contents, pair)
    if found == "more":
        return f"{a} is recognised more often than {b}, by {points(pair.difference)} points ({adjusted_interval(pair)})"
    if found == "too few":
        return f"Too few videos or participants to tell {a} from {b}"
    if found == "equivalent" and pair.p_adjusted < 1 - contents.confidence:
        return f"{a} is recognised more often than {b}, by less than the margin of {margin(pair)} points"
    if found == "equivalent":
        return f"{a} and {b} are recognised equally often, within {margin(pair)} points"
    if found == "not inferior":
        first, second = better(pair)
        return f"{first} is recognised at most {margin(pair)} points less often than {second}"
    return f"No clear difference between {a} and {b}"


def _alone(contents: ReportContents) -> tuple[str, str, list[Fact]]:
    """Title, detail and facts of a single method, or of a study that is not finished."""
    best = contents.methods[0]
    interval = f"{level(contents.confidence)} interval {range_percent(best.ci_low, best.ci_high)}"
    name = isolated(best.name)
    how_often = Fact(question="How often", answer=percent(best.accuracy), note=f"{name}; {interval}")
    nothing = "There is no second method to compare it with."
    if contents.uncounted:
        nothing = f"All answers to videos of {_uncounted(contents)} were left out, so that there is nothing to compare."
    title = f"{name}: {percent(best.accuracy)} of answers are right"
    if contents.interim and len(contents.methods) > 1:
        nothing = "Methods are compared when all tasks are in."
        shares = [f"{isolated(row.name)} {percent(row.accuracy)}" for row in contents.methods]
        how_often = Fact(question="Right so far", answer=listed(shares), note="Not a result yet")
        interval = f"Right so far: {listed(shares)}"
    compared = Fact(question="Compared with", answer="nothing yet" if contents.interim else "nothing", note=nothing)
    return so_far(contents) if contents.interim else title, f"{interval}. {nothing}", [how_often, compared]


def _size(contents: ReportContents, pair: MethodComparison) -> Fact:
    """By how much."""
    found, (a, b) = concluded(contents, pair), names(pair)
    interval = adjusted_interval(pair)
    if found == "equivalent":
        interval = f"{equivalence_interval(contents, pair)}, within ±{margin(pair)}"
    if found == "not inferior":
        side = "above −" if better(pair)[0] == a else "below "
        interval = f"{equivalence_interval(contents, pair)}, {side}{margin(pair)}"
    shares = f"{a} {percent(pair.accuracy_a)}, {b} {percent(pair.accuracy_b)} right"
    return Fact(
        question="By how much" if found == "more" else "How far apart",
        answer=f"{points(pair.difference, sign=True)} points",
        note=f"{interval}; {shares}{weighting(contents, pair)}",
    )


def _certainty(contents: ReportContents, pair: MethodComparison) -> Fact:
    """How sure."""
    found = concluded(contents, pair)
    if found == "equivalent":
        note = f"of two one-sided tests: is the difference {margin(pair)} points or more, either way?"
        return Fact(question="How sure", answer=equals(equivalence(pair).p_equivalence), note=note)
    if found == "not inferior":
        p = min(equivalence(pair).p_a_not_inferior, equivalence(pair).p_b_not_inferior)
        note = (
            f"one-sided: is {better(pair)[0]} worse by {margin(pair)} points or more? For any difference, "
            f"{equals(pair.p_adjusted)}"
        )
        return Fact(question="How sure", answer=equals(p), note=note)
    note = f"probability of a difference at least this large if the methods did not differ; {pair.test}"
    if is_adjusted(contents, pair):
        note += f", adjusted by {adjustment(contents)} for {pair.family} comparisons"
        note += "" if _unchanged(pair) else f" (unadjusted {equals(pair.p_value)})"
    if contents.sequential:
        note += ", at all looks together"
    return Fact(question="How sure", answer=equals(pair.p_adjusted), note=note)


def _population(contents: ReportContents) -> Fact:
    """For whom."""
    labels, alone = _labels(contents), len(contents.methods) == 1
    these, s = ("this method", "s") if alone else ("these methods", "")
    note = {
        "new-videos": f"that {these} make{s} for {labels}, judged by {_people(contents)}; {_shown(contents)}",
        "these-videos": f"and no others, of {labels}, judged by {_people(contents)}; {_shown(contents)}",
        "new-labels": f"of {these}, for labels like {labels}, judged by {_people(contents)}; {_shown(contents)}",
    }
    target = contents.target if contents.comparisons else of_accuracies(contents)
    return Fact(question="For whom", answer=POPULATIONS[target], note=note[target])


def _labels(contents: ReportContents) -> str:
    """The labels that the first comparison, or the accuracies, rest on."""
    shared = contents.comparisons[0].shared_classes if contents.comparisons else 0
    count = shared or len(contents.by_class)
    return f"these {number(count)} labels" if count > 1 else "this label"


def _people(contents: ReportContents) -> str:
    who = "simulated participants" if contents.simulated else "people"
    if contents.simulated and contents.programs.number < contents.programs.of:
        who = "people and programs"
    workers = max(row.n_workers for row in contents.methods)
    if contents.comparisons:
        seen = contents.comparisons[0].participants
        workers = seen.both + seen.only_a + seen.only_b
    return f"{who} like these {number(workers)}" if workers > 1 else f"{who} like this one"


def _detail(contents: ReportContents, pair: MethodComparison) -> str:
    a, b = names(pair)
    text = (
        f"{percent(pair.accuracy_a)} of answers right for {a}, {percent(pair.accuracy_b)} for {b}"
        f"{weighting(contents, pair)}; {level(contents.confidence)} interval of the difference "
        f"{range_points(pair.ci_low, pair.ci_high)} points, {equals(pair.p_value)}"
    )
    text += f" ({pair.test})"
    if is_adjusted(contents, pair):
        shown = "the same" if _unchanged(pair) else f"{adjusted_interval(pair)}, {equals(pair.p_adjusted)}"
        text += f"; adjusted by {adjustment(contents)} for {pair.family} comparisons: {shown}"
    if pair.equivalence:
        text += (
            f"; equivalence within a margin of {margin(pair)} points: {equivalence_interval(contents, pair)}, "
            f"{equals(pair.equivalence.p_equivalence)}"
        )
    return f"{text}."


def _unchanged(pair: MethodComparison) -> bool:
    """Whether adjusting for other comparisons changed nothing."""
    keys = (("p_adjusted", "p_value"), ("adjusted_low", "ci_low"), ("adjusted_high", "ci_high"))
    return all(getattr(pair, adjusted) == getattr(pair, alone) for adjusted, alone in keys)


def _of_answers(contents: ReportContents) -> list[str]:
    """What must be known of the answers and of the rules, whatever was compared."""
    rows = ["Answers are weighted by the column weight of the answers table."] if contents.weighted else []
    if contents.uncounted and contents.comparisons:
        which = "this method" if len(contents.uncounted) == 1 else "these methods"
        rows.append(f"All answers to videos of {_uncounted(contents)} were left out: there are no results for {which}.")
    test = contents.plan.choices.primary_test
    if contents.target == "these-videos" and test not in ("auto", "t"):
        rows.append(
            f"The plan's primary_test, {test}, is a test for new videos; for these videos there is the clustered t."
        )
    return [*rows, *primary(contents), *post_hoc(contents.plan), *broken_promises(contents.plan)]


def _uncounted(contents: ReportContents) -> str:
    return listed([isolated(name) for name in contents.uncounted])


def _scope(contents: ReportContents) -> str:
    whom = _population(contents)
    return f"This is about {whom.answer} {whom.note}."


def _shown(contents: ReportContents) -> str:
    """How many videos were seen, of the methods that the first comparison is about."""
    rows = contents.comparisons[:1]
    numbers = [rows[0].videos_a, rows[0].videos_b] if rows else [row.n_videos for row in contents.methods]
    if len(numbers) == 2 and numbers[0] != numbers[1] and rows:
        a, b = names(rows[0])
        return f"{videos(numbers[0])} of {a} and {number(numbers[1])} of {b} were shown"
    up_to = "up to " if len(set(numbers)) > 1 else ""
    of = "of each" if len(numbers) > 1 else "of it"
    return f"{up_to}{videos(max(numbers))} {of} {'was' if max(numbers) == 1 else 'were'} shown"


def remarks(contents: ReportContents, pair: MethodComparison) -> list[str]:
    """What was not shown, and what is unusual about this comparison's design."""
    found, rows = concluded(contents, pair), []
    if found in ("unclear", "not inferior"):
        rows.append(
            "That no difference was shown is not evidence that there is none: differences from "
            f"{range_points(pair.adjusted_low, pair.adjusted_high)} points fit these answers "
            f"({level(pair.adjusted_confidence)} interval)."
        )
    if found == "too few":
        smallest = pair.smallest_adjusted_p
        can = "show a difference" if smallest >= 0.9995 else f"give a p below {probability(smallest)}"
        rows.append(
            f"A study of this size cannot {can}, whatever the answers: it says nothing on whether the methods differ."
        )
    if not pair.planned:
        rows.append("This comparison was not planned.")
    if found == "equivalent" and pair.p_adjusted < 1 - contents.confidence:
        rows.append(
            f"A difference was shown ({equals(pair.p_adjusted)}), smaller than the margin {margin_source(contents)}."
        )
    if pair.uneven:
        rows.append(uneven(contents, pair))
    if pair.participants.nesting != "crossed":
        rows.append(nesting(pair))
    if not pair.shared_classes:
        rows.append(apart(pair))
    return rows
