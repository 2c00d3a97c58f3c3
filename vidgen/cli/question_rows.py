"""What `plan-study` prints of each question of another kind than naming: its answers, and what it can find."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crowd.commandline import to_paste
from vidgen.cli.power_of_kind import as_number

if TYPE_CHECKING:
    from analysis.planned_questions import PlannedPair, PlannedQuestion
    from analysis.question_power import QuestionPower
    from analysis.score_power import PlannedScores
    from crowd import PlannedStudy


def _values(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """The values by question and name."""
    found: dict[str, dict[str, float]] = {}
    for text in given:
        name, _, value = text.partition("=")
        question, _, name = name.strip().rpartition(".")
        number = as_number(value)
        if not (question and name) or math.isnan(number):
            raise click.BadParameter(f"{text!r} is not QUESTION.NAME=NUMBER, e.g. better.sd_prompt=0.7")
        found.setdefault(question, {})[name] = number
    return found


assume_option = click.option(
    "--assume",
    multiple=True,
    callback=_values,
    metavar="QUESTION.NAME=NUMBER",
    help="A value to assume of the answers to a question, e.g. better.sd_prompt=0.7; may be repeated.",
)


def question_rows(
    planned: "PlannedStudy",
    values: Mapping[str, Mapping[str, float]],
    pilot: Path | None,
    columns: Mapping[str, str],
) -> Iterator[tuple[str, str]]:
    """The rows of each question; naming has its own (`plan_study.findings`).

    Raises:
        ValueError: values are for no such question, or cannot be, or the pilot does not tell.
        OSError: the pilot cannot be read.
    """
    from analysis.planned_questions import planned_questions
    from analysis.question_power import assumed, plannable, question_power

    study = planned.study
    naming = study.naming.id if study.naming else None
    own = [one for one in planned_questions(study, planned.design) if one.question.id != naming]
    compared = {one.question.id for one in own if plannable(one.question.KIND)}
    unknown = [name for name in values if name not in compared]
    if unknown:
        there = ", ".join(sorted(compared)) or "none"
        raise ValueError(f"assume: {unknown[0]!r} is no question that compares methods by scores; there are {there}")
    if pilot and not compared:
        raise ValueError("pilot: no question needs one here; vidgen power --pilot plans naming")
    for one in own:
        yield _answers(one)
        if one.question.id not in compared:
            continue
        if not one.pairs:
            yield "", "compares nothing: a comparison needs two methods"
            continue
        yield _comparisons(one)
        own_values = values.get(one.question.id, {})
        assumption = assumed(one.question, own_values, pilot, columns)
        yield from _found(one, question_power(one, assumption, study.confidence, these=study.target == "these-videos"))
        options = ["--confidence", f"{study.confidence:g}"] if study.confidence != 0.95 else []
        options += [word for name, value in own_values.items() for word in ("--assume", f"{name}={value:g}")]
        options += ["--pilot", str(pilot)] if pilot else []
        yield "", f"({_command(one, options)} asks the same)"


def _answers(planned: "PlannedQuestion") -> tuple[str, str]:
    """How many answers there will be."""
    from crowd.texts import counted, listed

    question = planned.question
    each = listed([f"{method} {count}" for method, count in planned.answers.items()])
    if_asked = ", or fewer, by ask_if" if question.condition else ""
    return (
        question.id,
        f"{question.KIND}: {counted(planned.items, question.about)}, {counted(planned.answers_per_item, 'answer')} each"
        f"{if_asked} ({each})",
    )


def _comparisons(planned: "PlannedQuestion") -> tuple[str, str]:
    """How many answers each comparison gets: once where all get the same."""
    from crowd.texts import counted, listed

    counts = list(dict.fromkeys(_pair(pair) for pair in sorted(planned.pairs, key=lambda pair: pair.answers)))
    return "", f"{counted(len(planned.pairs), 'comparison')} of two methods: {listed(counts, most=4)}"


def _pair(pair: "PlannedPair") -> str:
    from crowd.texts import counted

    people = f"{pair.fewest_people}" + (f" to {pair.most_people}" if pair.most_people > pair.fewest_people else "")
    each = pair.answers / max(pair.prompts, 1)
    return f"{pair.answers} answers to {counted(pair.prompts, 'prompt')}, {each:.3g} to each, by {people} people"


def _found(planned: "PlannedQuestion", found: "QuestionPower") -> Iterator[tuple[str, str]]:
    """What is likely to be found."""
    from analysis.question_power import size_of

    pair, name = planned.narrowest, found.measure.name
    if found.fewest is None or found.most is None or pair is None:
        yield "", "can find nothing: a comparison needs two prompts and two people at least"
        return
    sizes = (found.fewest.detectable, found.most.detectable)
    least, most = (size_of(found.measure, size) for size in sizes)
    if sizes[1] is None:
        yield "", f"can find no difference of the {name} 4 times in 5, however large"
    elif pair.fewest_people == pair.most_people or sizes[0] is None:
        people = "" if sizes[0] is not None else f" with {pair.most_people} people"
        yield "", f"can find, 4 times in 5, a difference of the {name} of {most}{people}"
    else:
        yield "", f"can find, 4 times in 5, a difference of the {name} of {least} with {pair.fewest_people} people,"
        yield "", f"{most} with {pair.most_people} people who do one task each"
    yield "", _more(found, found.most)
    yield "", f"({found.assumed.source})"


def _more(found: "QuestionPower", scores: "PlannedScores") -> str:
    from analysis.question_power import size_of

    prompts, people = (
        "no difference" if size is None else size_of(found.measure, size)
        for size in (scores.detectable_with_more_prompts, scores.detectable_with_more_people)
    )
    return f"{prompts} with twice the prompts, {people} with twice the people"


def _command(planned: "PlannedQuestion", options: Sequence[str]) -> str:
    """The `vidgen power` command about the pair with the fewest prompts, with the most people."""
    from analysis.question_power import settings_that_matter

    pair = planned.narrowest
    assert pair is not None  # noqa: S101  it is compared
    words: list[object] = ["--kind", planned.question.KIND, "--videos", pair.prompts, "--workers", pair.most_people]
    words += ["--answers-per-video", pair.answers_per_prompt]
    words += ["--comparisons", planned.shared_level] if planned.shared_level > 1 else []
    settings = settings_that_matter(planned.question)
    words += [word for name, value in settings.items() for word in ("--setting", f"{name}={value}")]
    return to_paste("power", *map(str, words), *options)
