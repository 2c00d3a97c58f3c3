"""`preregister`: the plan of a study as a document to register before it is published."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

from analysis.choices import CHOICES
from analysis.detectable import Detectable, detectable
from analysis.feasibility import planned as plan_of
from analysis.formats import plain, points
from analysis.planned_questions import PlannedQuestion, planned_questions
from analysis.printing import print_pdf
from analysis.question_power import QuestionPower, assumed, plannable, question_power, size_of
from analysis.rendering import escape_markdown
from crowd.atomic_write import create_whole
from crowd.design.design import Design
from crowd.design.planning import Needs, needs
from crowd.design.study import Study, documentation
from crowd.lifecycle.prepare import prepare
from crowd.platforms import describe
from crowd.pricing import dollars, shown
from crowd.recruiters import describe as describe_recruiter
from crowd.release import RELEASE
from crowd.studydir import StudyDirectory
from crowd.task.page import pay_shown
from crowd.texts import counted
from templates import environment


@dataclass(frozen=True, kw_only=True, slots=True)
class Preregistration:
    """A document to register."""

    path: Path
    sha256: str
    """Of the document."""
    plan_sha256: str
    """Of the plan, as it is published with these videos."""
    pdf: Path | None
    """The document as PDF; None where it was not printed."""
    blanks: int
    """How many places are left for the authors to fill in."""


def preregister(
    study_dir: str | Path,
    videos_dir: str | Path,
    out: str | Path | None = None,
    *,
    platform: str = "local",
    pdf: bool = False,
) -> Preregistration:
    """Write the plan of a study as a Markdown document with the questions of AsPredicted's form, and more of OSF's.

    It says what the study asks, of whom, how many answers it collects, what is left out, how methods are compared, and
    which difference it can find. What the study does not know, such as the hypotheses, is a marked blank. A report of
    the study names the document, if it is in the study directory.

    Args:
        study_dir: holds `study.toml`.
        videos_dir: the videos that will be published.
        out: the document; `preregistration.md` in the study directory by default. Must not exist, except with `pdf`.
        platform: "local", "mturk-sandbox" or "mturk", which determines rounds.
        pdf: print the document as PDF beside it, by Chromium; one that is there, with its blanks filled in, is printed
            as it is.

    Returns:
        Where it is, and its hashes.

    Raises:
        ModuleNotFoundError: `pdf` needs the extra `browser`.
        ValueError: there is a document already, the study was published, or it could not be published as it is; or
            `pdf` needs Chromium. The Markdown document is written nevertheless.
        OSError: a file cannot be read or written.

    Example:
        >>> made = analysis.preregister("my-study", "my-videos", "plan.md")
        >>> len(made.plan_sha256), made.blanks > 0
        (64, True)
    """
    root = Path(study_dir)
    there = StudyDirectory(root)
    path = there.preregistration if out is None else Path(out)
    if not there.study_file.exists():
        raise ValueError(f"{there.study_file}: is missing, and is what is registered; `vidgen new-study` writes one")
    if there.design.exists():
        raise ValueError(f"{root}: was published already; a plan is registered before that")
    about = describe(platform)
    study, design = prepare(root, videos_dir, about.fees)
    size = needs(study, design, about.fees)
    text = document(study, design, size, pay=_pay(study, size, platform_pays=about.pays))
    if pdf and path.exists():
        text = path.read_text(encoding="utf-8")
    elif path.exists() or not create_whole(path, text):
        raise ValueError(f"{path}: is there already, and is not written over; name another --out, or move it away")
    return Preregistration(
        path=path,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        plan_sha256=design.sha256,
        pdf=print_pdf(path, language=study.language) if pdf else None,
        blanks=text.count(BLANK),
    )


#: Marks what the study does not know.
BLANK = "[to fill in]"


def document(study: Study, design: Design, size: Needs, *, pay: str) -> str:
    """The document of a study that would be published with this design; `pay` is a sentence."""
    meanings = {key: meaning for section in documentation().values() for key, meaning in section}
    return (
        _environment()
        .get_template("study/preregistration.md.j2")
        .render(
            study=study,
            design=design,
            needs=size,
            blank=BLANK,
            pay=pay,
            minutes=counted(max(1, round(size.minutes_per_task)), "minute"),
            finds=list(_finds(study, design, size)),
            exclusions=[(key, getattr(study, key), meanings[key]) for key in _EXCLUSIONS],
            rules=[(key, plain(_listed(getattr(study, key))), meanings[key]) for key in CHOICES if key in meanings],
            conditions=list(size.videos_per_method.items()),
            release=RELEASE,
        )
    )


#: Keys of the section `exclusion`, in its order.
_EXCLUSIONS = tuple(key for key, _ in documentation()["exclusion"])


def _pay(study: Study, size: Needs, *, platform_pays: bool) -> str:
    """What participants are paid, in a sentence."""
    if paid := pay_shown(study, platform_pays=platform_pays):
        return f"A task is paid {paid}, which is {shown(size.hourly_usd)} an hour."
    if describe_recruiter(study.recruiter).pays:
        return f"The recruiter pays {shown(dollars(study.reward_usd, 'reward_usd'))} for a task."
    return "Tasks are not paid."


def _finds(study: Study, design: Design, size: Needs) -> Iterator[str]:
    """What the study can find, a sentence for each question that compares methods."""
    if study.naming:
        found = detectable(study, design, size, plan_of(study, design))
        if found is None or min(found.with_most, found.with_fewest) >= 1:
            yield f"{study.naming.id} (naming): nothing can be found: a comparison needs more videos of each method."
        else:
            yield f"{study.naming.id} (naming): with 80 % power, {_difference(found)}."
    for one in planned_questions(study, design):
        if one.question is not study.naming and plannable(one.question.KIND) and one.pairs:
            assumption = assumed(one.question, {}, None, {})
            these = study.target == "these-videos"
            yield _of_question(one, question_power(one, assumption, study.confidence, these=these))


def _of_question(planned: PlannedQuestion, found: QuestionPower) -> str:
    """What a question can find, with the fewest and the most participants."""
    name, pair = f"{planned.question.id} ({planned.question.KIND})", planned.narrowest
    if found.fewest is None or found.most is None or pair is None:
        return f"{name}: nothing can be found, since a comparison needs two prompts and two people at least."
    sizes = [
        f"{'no difference' if scores.detectable is None else size_of(found.measure, scores.detectable)} "
        f"with {counted(people, 'participant')}"
        for people, scores in ((pair.fewest_people, found.fewest), (pair.most_people, found.most))
    ]
    either = " and ".join(dict.fromkeys(sizes))
    return f"{name}: with 80 % power, a difference of the {found.measure.name} of {either} ({found.assumed.source})."


def _difference(found: Detectable) -> str:
    least = f"{points(found.with_fewest)} points" if found.with_fewest < 1 else "no difference"
    if found.fewest_workers == found.most_workers:
        return f"a difference of the accuracies of two methods of {least}"
    return (
        f"a difference of the accuracies of two methods of {least} with {found.fewest_workers} participants who do all "
        f"tasks, and {points(found.with_most)} points with {found.most_workers} who do one each"
    )


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@cache
def _environment() -> Environment:
    chosen = environment().overlay()
    chosen.filters = {**chosen.filters, "md": escape_markdown}
    return chosen
