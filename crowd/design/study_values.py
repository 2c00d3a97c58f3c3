"""The allowed values of the study file."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from crowd.questions.naming import Naming
from crowd.questions.question import Question, QuestionError
from crowd.questions.survey import SurveyQuestion
from crowd.recruiters import NAMES
from crowd.texts import check_apart
from crowd.wording import LANGUAGES, OTHER, UNCLEAR

#: The smallest and the largest value of each number.
RANGES: dict[str, tuple[float, float]] = {
    "videos_per_hit": (1, 500),
    "answers_per_video": (1, 10_000),
    "assignments_per_hit": (0, 10_000),
    "gold_share": (0, 1),
    "attention_items": (0, 20),
    "training_items": (0, 20),
    "seed": (0, 2**32 - 1),
    "assignment_duration_s": (30, 31_536_000),
    "grace_s": (0, 86_400),
    "lifetime_s": (30, 31_536_000),
    "auto_approval_s": (0, 2_592_000),
    "seconds_per_item": (0, 3600),
    "seconds_per_task": (0, 36_000),
    "min_approved_percent": (0, 100),
    "min_approved_hits": (0, 1_000_000),
    "max_attention_failures": (-1, 20),
    "min_gold_accuracy": (0, 1),
    "min_answer_s": (0, 3600),
    "min_watched_fraction": (0, 1),
    "confidence": (0.5, 0.9999),
    "margin": (0, 0.5),
    "pairs_per_prompt": (0, 1000),
    "tasks_per_participant": (0, 1000),
    "keep_days": (0, 36_500),
    "min_age": (0, 120),
}
#: The allowed words of each setting that is one of several words.
CHOICES = {
    "language": tuple(LANGUAGES),
    "sound": ("off", "on"),
    "prompt": ("hidden", "above", "beside"),
    "recruiter": NAMES,
    "foreign_pages": ("open", "strict"),
    "question_order": ("declared", "shuffled"),
    "quiz_failed": ("exclude", "end", "record"),
    "target": ("new-videos", "these-videos", "new-labels"),
    "primary_test": ("auto", "t", "sign-flip", "permutation"),
    "class_weights": ("equal", "videos"),
    "adjustment": ("holm", "max-t", "none"),
    "sequential": ("none", "confidence-sequence"),
    "unclear": ("wrong", "dropped"),
}


def check_money(name: str, text: str) -> None:
    """Check an amount of money.

    Raises:
        ValueError: the text is not dollars and cents.
    """
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not text.replace(".", "", 1).isdecimal() or value < 0 or value != round(value, 2):
        raise ValueError(f'{name}: must be dollars and cents as text, e.g. "0.50", is {text!r}')


def check_options(options: tuple[str, ...]) -> None:
    """Refuse options that people could confuse.

    Raises:
        ValueError: one is empty, occurs twice, is one of the two that every question has, or looks like another.
    """
    reserved = [option for option in options if option.strip().lower() in (OTHER.lower(), UNCLEAR.lower())]
    if reserved:
        raise ValueError(f"options: {reserved[0]!r} is always there, leave it out")
    check_apart("options", options)


def check_questions(questions: Sequence[Question]) -> None:
    """Refuse questions that do not go together.

    Raises:
        QuestionError: two have one id, two ask for labels, one is asked after an answer that nobody can have given, or
            none is asked with a video.
    """
    known: dict[str, Question] = {}
    for number, question in enumerate(questions):
        if question.id in known:
            raise QuestionError(f"questions: two have the id {question.id!r}", number, "id")
        if question.KIND == Naming.KIND and any(other.KIND == Naming.KIND for other in known.values()):
            text = "questions: two are of kind naming, which asks for the one label that a video has"
            raise QuestionError(text, number, "kind")
        if wrong := _wrong_condition(question, known):
            raise QuestionError(f"questions: {question.id!r} is asked after {wrong}", number, "ask_if")
        known[question.id] = question
    if questions and all(question.about == "person" for question in questions):
        text = "questions: all are asked once of each participant; one must be about a video, a pair or a set"
        raise QuestionError(text, 0)


def _wrong_condition(question: Question, earlier: Mapping[str, Question]) -> str | None:
    """What is wrong with the answers after which a question is asked; None if they can be given."""
    if not question.condition:
        return None
    name, answers = question.condition
    other = earlier.get(name)
    if other is None or not _comes_before(other, question):
        there = [own.id for own in earlier.values() if _comes_before(own, question)]
        return f"{name!r}, which is no earlier question about the same; there are {', '.join(there) or 'none'}"
    strangers = [answer for answer in answers if not other.may_be(answer)]
    if not strangers:
        return None
    known = f"but {name!r} has {', '.join(other.answers)}" if other.answers else f"which nobody can give to {name!r}"
    return f"the answer {strangers[0]!r}, {known}"


def _comes_before(earlier: Question, question: Question) -> bool:
    """Whether the answer to a question that is declared earlier is known when the other one is asked."""
    if not isinstance(earlier, SurveyQuestion) or earlier.about != "person":
        return earlier.about == question.about
    return earlier.asked == "before" or (isinstance(question, SurveyQuestion) and question.asked == earlier.asked)
