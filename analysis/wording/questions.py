"""One question in words, whatever its kind: what its comparisons show, and the first screen where it is the primary."""

from analysis.formats import decimal, equals, isolated, level, listed, number
from analysis.records.contents import Fact, Headline, ReportContents
from analysis.records.questions import MethodStrength, QuestionComparison, QuestionResult
from analysis.wording import measure as written
from analysis.wording.comparison import POPULATIONS, margin_source, names
from analysis.wording.notices import notices, so_far
from analysis.wording.plan import broken_promises, post_hoc

ADJUSTMENTS = {"holm": "Holm", "max-t": "Holm", "none": "not adjusted"}


def concluded(contents: ReportContents, pair: QuestionComparison) -> str:
    """What a comparison shows: `equivalent`, `more`, `not inferior`, `too few` or `unclear`."""
    alpha, equal = 1 - contents.confidence, pair.equivalence
    if equal and equal.p_equivalence < alpha:
        return "equivalent"
    if pair.p_adjusted < alpha:
        return "more"
    if equal and min(equal.p_a_not_inferior, equal.p_b_not_inferior) < alpha:
        return "not inferior"
    alone = pair.n_workers < 2 or (pair.n_units < 2 and contents.target != "these-videos")
    return "too few" if pair.df is None and alone else "unclear"


def said(contents: ReportContents, question: QuestionResult, pair: QuestionComparison) -> str:
    """What a comparison shows, as a sentence without its full stop."""
    found, (a, b), unit = concluded(contents, pair), names(pair), question.measure.unit
    if found == "more":
        by = written.difference(question.measure, abs(pair.difference))
        return f"{a} {question.measure.more} {b}, by {by} {unit} ({adjusted_interval(question, pair)})"
    if found == "equivalent":
        return f"{a} and {b} differ by less than {_margin(question, pair)} {unit} ({question.measure.name})"
    if found == "not inferior":
        first, second = _better(pair)
        return f"{first} is at most {_margin(question, pair)} {unit} worse than {second}"
    if found == "too few":
        return f"Too few answers to tell {a} from {b}"
    return f"No clear difference between {a} and {b}"


def concluded_in_a_cell(contents: ReportContents, question: QuestionResult, pair: QuestionComparison) -> str:
    """The same in a table's cell."""
    found = concluded(contents, pair)
    if found == "more":
        return f"{names(pair)[0]} {question.measure.more} {names(pair)[1]}"
    if found == "not inferior":
        return f"{_better(pair)[0]} not inferior"
    return {"too few": "too few to tell", "unclear": "no clear difference"}.get(found, found)


def adjusted_interval(question: QuestionResult, pair: QuestionComparison) -> str:
    """The interval that belongs to the adjusted p; of a difference that is shown as its size, with its sign turned."""
    low, high = pair.adjusted_low, pair.adjusted_high
    if pair.difference < 0 and low is not None and high is not None:
        low, high = -high, -low
    return f"{level(pair.adjusted_confidence)} interval {written.differences(question.measure, low, high)}"


def is_adjusted(contents: ReportContents, pair: QuestionComparison) -> bool:
    """Whether a comparison shares its level with others."""
    return bool(contents.adjustment != "none" and pair.family > 1)


def several(contents: ReportContents, question: QuestionResult) -> bool:
    """Whether any comparison of a question shares its level with others."""
    return any(is_adjusted(contents, pair) for pair in question.comparisons)


def adjusted_by(contents: ReportContents) -> str:
    """The name of the adjustment of several comparisons on one question."""
    return ADJUSTMENTS[contents.adjustment]


def population(contents: ReportContents) -> str:
    """For whom comparisons on a question hold, in a few words; labels are random in naming only."""
    return POPULATIONS["these-videos" if contents.target == "these-videos" else "new-videos"]


def strength(row: MethodStrength) -> str:
    """A strength; a dash where it is infinite or nothing compares the method."""
    return decimal(row.strength)


def strength_interval(row: MethodStrength) -> str:
    """Its interval, of which an end may be open: `above 1.2`."""
    if row.ci_low is not None and row.ci_high is not None:
        return f"{decimal(row.ci_low)} to {decimal(row.ci_high)}"
    if row.ci_low is None and row.ci_high is None:
        return "–"
    return f"above {decimal(row.ci_low)}" if row.ci_high is None else f"below {decimal(row.ci_high)}"


def ranks(row: MethodStrength) -> str:
    """The ranks that are possible: `2`, `1 to 3`."""
    return f"{row.rank_low} to {row.rank_high}" if row.rank_low < row.rank_high else str(row.rank_low)


def asked(question: QuestionResult) -> str:
    """The question as participants read it, or as the table calls it."""
    return f"“{isolated(question.text)}”" if question.text else isolated(question.id)


def question_headline(contents: ReportContents, question: QuestionResult) -> Headline:
    """The first screen of a report whose primary question this is."""
    pair = question.comparisons[0] if question.comparisons else None
    title, detail, facts = _alone(contents, question) if pair is None else _compared(contents, question, pair)
    whom = _population(contents, question)
    return Headline(
        title=title,
        detail=detail,
        facts=[*facts, whom],
        remarks=[*([] if pair is None else _limits(contents, question, pair)), *_of_the_report(contents, question)],
        scope=f"This is about {whom.answer} {whom.note}.",
        notices=notices(contents),
    )


def participants(contents: ReportContents) -> str:
    """The sentence of the methods text on who answered, and on what intervals allow for."""
    people, answers = contents.programs, sum(question.funnel.counted for question in contents.questions)
    who = f"participant{'s' if people.of != 1 else ''}"
    if people.number and people.number == people.of:
        who = f"simulated {who} ({'programs, not people' if people.of != 1 else 'a program, not a person'})"
    held = POPULATIONS["these-videos" if contents.target == "these-videos" else "new-videos"]
    return (
        f"{number(people.of)} {who} gave {number(answers)} answers to {len(contents.questions)} "
        f"question{'s' if len(contents.questions) > 1 else ''}. {level(contents.confidence)} intervals are for {held}, "
        "clustered by participant and by what the videos show."
    )


def reported(contents: ReportContents, question: QuestionResult) -> str:
    """One question in the methods text: each method's estimate, and each comparison."""
    measure = question.measure
    text = f"{asked(question)} ({question.kind}; {number(question.funnel.counted)} answers)"
    rows = [
        f"{isolated(row.name)} {written.estimate(measure, row.estimate)} "
        f"({written.estimates(measure, row.ci_low, row.ci_high)})"
        for row in question.methods
    ]
    text += f": {measure.name} of {listed(rows)}." if rows else "."
    for pair in question.comparisons:
        (a, b), size = names(pair), written.difference(measure, pair.difference)
        shared = f", adjusted by {ADJUSTMENTS[contents.adjustment]} {equals(pair.p_adjusted)}"
        text += (
            f" {a} − {b}: {size} {measure.unit} ({level(contents.confidence)} interval "
            f"{written.differences(measure, pair.ci_low, pair.ci_high)}; {equals(pair.p_value)}"
            f"{shared if is_adjusted(contents, pair) else ''})."
        )
    return text


def _compared(
    contents: ReportContents, question: QuestionResult, pair: QuestionComparison
) -> tuple[str, str, list[Fact]]:
    """Title, detail and facts of the first comparison."""
    measure, found = question.measure, concluded(contents, pair)
    size = f"{written.difference(measure, abs(pair.difference))} {measure.unit}"
    interval = adjusted_interval(question, pair)
    by = Fact(
        question="By how much" if found == "more" else "How far apart", answer=size, note=f"{interval}; {measure.name}"
    )
    note = "probability of a difference at least this large if the methods did not differ; clustered t"
    p = pair.p_adjusted
    if found == "equivalent" and pair.equivalence:
        p, note = (
            pair.equivalence.p_equivalence,
            f"of two one-sided tests against {_margin(question, pair)} {measure.unit}",
        )
    elif is_adjusted(contents, pair):
        note += f", adjusted by {ADJUSTMENTS[contents.adjustment]} for {pair.family} comparisons"
    note += ", at all looks together" if contents.sequential else ""
    sure = Fact(question="How sure", answer=equals(p), note=note)
    title = said(contents, question, pair)
    if contents.interim:
        title = f"{so_far(contents)}: {title}"
    detail = f"{asked(question)}: {measure.name}, {size}, {interval}, {equals(p)}."
    return title, detail, [by, sure]


def _alone(contents: ReportContents, question: QuestionResult) -> tuple[str, str, list[Fact]]:
    """Title, detail and facts where nothing is compared: an unfinished study, one method, or none."""
    count = question.funnel.counted
    answers = f"{number(count)} answer{'s' if count != 1 else ''} to {asked(question)}"
    nothing = "This question compares no methods."
    if question.methods and contents.interim:
        nothing = "Methods are compared when all tasks are in."
    shares = [f"{isolated(row.name)} {written.estimate(question.measure, row.estimate)}" for row in question.methods]
    if len(shares) == 1 and not contents.interim:
        nothing = "There is no second method to compare it with."
    title = so_far(contents) or (f"{shares[0]}: {question.measure.name}" if len(shares) == 1 else answers)
    found = Fact(
        question="Found", answer=listed(shares) if shares else answers, note=question.measure.name if shares else ""
    )
    return title, f"{answers}. {nothing}", [found, Fact(question="Compared with", answer="nothing", note=nothing)]


def _population(contents: ReportContents, question: QuestionResult) -> Fact:
    """For whom."""
    if not question.methods:
        return Fact(question="For whom", answer=_people(contents), note=f"like these {number(contents.programs.of)}")
    rows = question.comparisons[:1] or question.methods
    units, workers = (max((getattr(row, key) for row in rows), default=0) for key in ("n_units", "n_workers"))
    people = f"judged by {_people(contents)} like these {number(workers)}"
    if contents.target == "these-videos":
        return Fact(question="For whom", answer=POPULATIONS["these-videos"], note=f"and no others, {people}")
    note = f"that these methods make, for {question.units} like these {number(units)}, {people}"
    return Fact(question="For whom", answer=POPULATIONS["new-videos"], note=note)


def _people(contents: ReportContents) -> str:
    if contents.simulated and contents.programs.number < contents.programs.of:
        return "people and programs"
    return "simulated participants" if contents.simulated else "people"


def _limits(contents: ReportContents, question: QuestionResult, pair: QuestionComparison) -> list[str]:
    """What was not shown, and what is unusual about this comparison."""
    rows, found = [], concluded(contents, pair)
    if found in ("unclear", "not inferior"):
        fits = written.differences(question.measure, pair.adjusted_low, pair.adjusted_high)
        rows.append(
            f"That no difference was shown is not evidence that there is none: differences from {fits} "
            f"{question.measure.unit} fit these answers ({level(pair.adjusted_confidence)} interval)."
        )
    if found == "too few":
        rows.append("A study of this size cannot show a difference, whatever the answers.")
    elif pair.df is None and pair.p_adjusted >= 1:
        rows.append(
            "Nothing can be inferred from these answers: they do not vary, or all of a method's are by one participant "
            "or about one video."
        )
    if not pair.planned:
        rows.append("This comparison was not planned.")
    if found == "equivalent":
        rows.append(f"The margin is the one {margin_source(contents)}.")
    return rows


def _of_the_report(contents: ReportContents, question: QuestionResult) -> list[str]:
    """What must be known of the answers and of the rules."""
    return [*question.notes, *primary(contents), *post_hoc(contents.plan), *broken_promises(contents.plan)]


def primary(contents: ReportContents) -> list[str]:
    """Which of several questions the conclusion rests on."""
    others = len(contents.questions) - 1
    if others < 1:
        return []
    first = next(question for question in contents.questions if question.primary)
    rest = f"the {number(others)} others are secondary" if others > 1 else "the other one is secondary"
    how = "declared first" if contents.plan.declared else "the first"
    how += " of those that compare methods" if contents.questions[0] is not first else ""
    nothing = [asked(question) for question in contents.questions if not question.funnel.counted]
    said = [f"No answer is left to count to {listed(nothing)}: no result is given there."] if nothing else []
    return [f"The primary question is {asked(first)}, {how}; {rest}.", *said]


def _margin(question: QuestionResult, pair: QuestionComparison) -> str:
    assert pair.equivalence is not None  # noqa: S101  asked for only where there is a margin
    return written.difference(question.measure, pair.equivalence.margin)


def _better(pair: QuestionComparison) -> tuple[str, str]:
    """The method that was shown not to be inferior, and the other."""
    assert pair.equivalence is not None  # noqa: S101  asked for only where there is a margin
    first = pair.equivalence.p_a_not_inferior <= pair.equivalence.p_b_not_inferior
    return names(pair) if first else names(pair)[::-1]
