"""How a study was run, as items of a methods section; what the study does not know is a marked blank."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from analysis.formats import decimal, isolated, level, listed, number, range_decimal
from analysis.questions.kinds import agreement_of
from analysis.records.conduct import StudyConduct
from analysis.records.contents import ReportContents
from analysis.records.questions import QuestionResult
from crowd.release import DISTRIBUTION, RELEASE

#: Begins every blank.
BLANK = "[to fill in: "
#: What is said of items about people where there are none.
NO_PEOPLE = "Does not apply: all participants are simulated (programs, not people)."
#: Who asks for an item: Otani et al. (CVPR 2023, arXiv:2304.01816), questions of the NeurIPS paper checklist, and the
#: ACM's policy on research with human participants, which CHI follows.
OTANI, NEURIPS_PEOPLE, NEURIPS_ETHICS, ACM = "Otani et al.", "NeurIPS 14", "NeurIPS 15", "ACM/CHI"


@dataclass(frozen=True, slots=True)
class MethodsItem:
    """One thing that a methods section says, or a checklist asks for."""

    topic: str
    asked_by: tuple[str, ...]
    text: str

    @property
    def is_open(self) -> bool:
        """Whether its text has a blank."""
        return BLANK in self.text

    @property
    def state(self) -> str:
        """For a checklist: whether there is something to fill in."""
        if self.text == NO_PEOPLE:
            return "does not apply"
        return "to fill in" if self.is_open else "in the text"


def methods_items(contents: ReportContents) -> list[MethodsItem]:
    """What a methods section says of how the study was run, in its order; texts are sentences."""
    return [
        MethodsItem(topic, asked_by, " ".join(text for text in said(contents) if text))
        for topic, asked_by, said in _ITEMS
    ]


def blank(what: str) -> str:
    """Marks what only the authors know."""
    return f"{BLANK}{what}]"


def _all_programs(contents: ReportContents) -> bool:
    people = contents.programs
    return bool(people.number) and people.number == people.of


def _of_people(
    said: Callable[[StudyConduct], Iterator[str]], unknown: str
) -> Callable[[ReportContents], Iterator[str]]:
    """An item about people: that it does not apply to programs, what is said of the study, or a blank without one."""

    def text(contents: ReportContents) -> Iterator[str]:
        if _all_programs(contents):
            yield NO_PEOPLE
        elif contents.conduct is None:
            yield blank(unknown)
        else:
            yield from said(contents.conduct)

    return text


def _participants(contents: ReportContents) -> Iterator[str]:
    programs, total = contents.programs.number, contents.programs.of
    if _all_programs(contents):
        yield (
            f"All {number(total)} participants are simulated: programs, not people. Nobody was recruited, and the "
            "results say nothing about people."
        )
        return
    yield f"Answers of {number(total)} participants count."
    if programs:
        yield f"{number(programs)} of them are simulated: programs, not people."
    run = contents.conduct
    if run and run.source:
        yield f"They were recruited through {run.source}."
    else:
        yield blank("how and where participants were recruited")
    if run:
        yield from _qualifications(run)
    yield blank("further qualifications or filters of participants, or that there were none")
    yield blank("age, gender and other demographics of participants, as far as they were asked")


def _qualifications(run: StudyConduct) -> Iterator[str]:
    asked = [
        f"at least {run.min_approved_percent} % of their earlier work approved" if run.min_approved_percent else "",
        f"at least {number(run.min_approved_hits)} approved tasks" if run.min_approved_hits else "",
        f"being in {' or '.join(run.countries)}" if run.countries else "",
        f"an age of at least {run.min_age} years, by their own word" if run.min_age else "",
    ]
    required = [text for text in asked if text]
    if required:
        yield f"Taking part required {listed(required)}."


def _ratings(contents: ReportContents) -> Iterator[str]:
    run = contents.conduct
    if run is None:
        yield blank("how many participants judged each item, and how items were allocated")
    else:
        yield (
            f"Each item (a video, pair or set) was planned to be judged by {number(run.answers_per_item)} "
            f"participants, in tasks of at most {number(run.items_per_task)} items; allocation and orders were random."
        )
    if tasks := contents.stopped or contents.interim:
        yield f"{number(tasks.submitted)} of {number(tasks.wanted)} planned tasks are in."
    yield " ".join(_answers_of(question) for question in contents.questions)


def _answers_of(question: QuestionResult) -> str:
    if not question.methods:
        return f"{isolated(question.id)} ({question.kind}): {number(question.funnel.counted)} answers count."
    each = [f"{isolated(row.name)} {number(row.n_answers)}" for row in question.methods]
    return (
        f"{isolated(question.id)} ({question.kind}): {number(question.funnel.counted)} answers count, by method "
        f"{listed(each)}."
    )


def _instructions(run: StudyConduct) -> Iterator[str]:
    where = blank("where they are, such as the address of the study's release")
    yield f"The full text of instructions, questions and consent, and pictures of the pages: {where}."
    parts = [
        f"a quiz about the instructions ({run.quiz_questions} questions)" if run.quiz_questions else "",
        f"practice with feedback ({run.training_items} videos)" if run.training_items else "",
    ]
    if before := [part for part in parts if part]:
        yield f"Before the first item came {listed(before)}."


def _pay(run: StudyConduct) -> Iterator[str]:
    if run.paid is None:
        yield blank("pay for a task, and for an hour of the median time")
    elif run.paid == "nobody" or not run.reward_usd:
        yield "Taking part was not paid."
    else:
        hourly = blank("pay an hour") if run.hourly_usd is None else f"${run.hourly_usd:.2f} an hour"
        yield f"A task was paid ${run.reward_usd:.2f}, at the median time {hourly}."
    if run.median_task_s is None:
        yield blank("median time for a task")
    else:
        yield f"The median time for a task, from accepting to sending it, was {run.median_task_s / 60:.1f} minutes."


def _dates(run: StudyConduct) -> Iterator[str]:
    if not run.first_day or not run.last_day:
        yield blank("days of the first and the last answers")
    elif run.first_day == run.last_day:
        yield f"Answers were collected on {run.first_day} (UTC)."
    else:
        yield f"Answers were collected from {run.first_day} to {run.last_day} (UTC)."


def _exclusions(contents: ReportContents) -> Iterator[str]:
    if contents.conduct and contents.conduct.attention_items:
        yield f"Attention items in each task, which name the answer to choose: {contents.conduct.attention_items}."
    for question in contents.questions:
        flow, name = question.funnel, isolated(question.id)
        if not flow.steps:
            yield f"{name}: all {number(flow.rows)} answers count."
            continue
        steps = [f"{step.name} {number(step.removed)} ({step.rule})" for step in flow.steps]
        yield f"{name}: of {number(flow.rows)} answers {number(flow.counted)} count; left out were {listed(steps)}."


def _agreement(contents: ReportContents) -> Iterator[str]:
    unknown = []
    for question in contents.questions:
        found = _of_naming(contents) if question.top_level else agreement_of(question)
        if found is None:
            unknown.append(isolated(question.id))
            continue
        name, value, low, high = found
        if value is None:
            yield f"{isolated(question.id)}: {name} cannot be estimated."
        else:
            bounds = "" if low is None else f" ({level(contents.confidence)} interval {range_decimal(low, high)})"
            yield f"{isolated(question.id)}: {name} = {decimal(value)}{bounds}."
    if unknown:
        yield blank(f"agreement about {listed(unknown)}, which the report does not compute")


def _of_naming(contents: ReportContents) -> tuple[str, float | None, float | None, float | None] | None:
    """Agreement of the answers to the naming question, over all methods."""
    rows = [row for row in contents.agreement if row.method == "all"]
    return ("Krippendorff’s nominal α", rows[0].alpha, rows[0].alpha_low, rows[0].alpha_high) if rows else None


def _ethics(run: StudyConduct) -> Iterator[str]:
    yield f"Institution: {isolated(run.institution) if run.institution else blank('the responsible institution')}."
    approval = (
        isolated(run.ethics_approval) if run.ethics_approval else blank("body and number, or why none was needed")
    )
    yield f"Ethics approval: {approval}."
    yield f"Risks to participants: {blank('which, and how they were told of them')}."


def _consent(run: StudyConduct) -> Iterator[str]:
    yield "Participants read the text of consent before they accepted a task, and could decline."
    kept = isolated(run.data_retention) if run.data_retention else blank("how long, where, and who can see them")
    yield f"Answers are kept under pseudonyms: {kept}."


def _plan(contents: ReportContents) -> Iterator[str]:
    plan = contents.plan
    if not plan.declared:
        yield "No plan was declared before collection."
        return
    state = "unchanged since" if plan.intact and not plan.post_hoc else "changed since, see the report"
    yield f"The plan was hashed before collection (SHA-256 {plan.sha256}), {state}."
    if plan.registered and plan.registered.url:
        yield f"It is registered at {plan.registered.url} (document with SHA-256 {plan.registered.sha256})."
    elif plan.registered:
        yield f"It is in a document with SHA-256 {plan.registered.sha256}: {blank('where it is registered')}."


def _software(contents: ReportContents) -> Iterator[str]:
    known = contents.versions
    yield (
        f"Answers were analysed with vidgen {known.get('vidgen', RELEASE)} (pip package {DISTRIBUTION}), Python "
        f"{known['python']}, numpy {known['numpy']} and scipy {known['scipy']}, seed {contents.seed}; its file "
        "CITATION.cff says how to cite it."
    )


_ITEMS: tuple[tuple[str, tuple[str, ...], Callable[[ReportContents], Iterator[str]]], ...] = (
    ("Participants", (OTANI, ACM), _participants),
    ("Answers per item", (OTANI,), _ratings),
    (
        "Instructions and pages",
        (OTANI, NEURIPS_PEOPLE),
        _of_people(_instructions, "where the full text of instructions and pictures of the pages are"),
    ),
    ("Pay and time", (OTANI, NEURIPS_PEOPLE), _of_people(_pay, "pay for a task, and for an hour of the median time")),
    ("Dates", (OTANI,), _of_people(_dates, "days of the first and the last answers")),
    ("Quality control and exclusions", (OTANI,), _exclusions),
    ("Agreement", (OTANI,), _agreement),
    ("Ethics", (NEURIPS_ETHICS, ACM), _of_people(_ethics, "institution, ethics approval and risks")),
    (
        "Consent and data",
        (ACM,),
        _of_people(_consent, "how participants gave informed consent, and how answers are kept"),
    ),
    ("Plan", (), _plan),
    ("Software", (), _software),
)
