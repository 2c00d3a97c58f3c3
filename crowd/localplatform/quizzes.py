"""Keeps who has tried the quiz of a study and how it ended, since pages forget it and can be made to say anything."""

import json
from typing import Any

from crowd.localplatform import participation
from crowd.localplatform.answerxml import Fields
from crowd.localplatform.operations.questions import parse_question
from crowd.localplatform.participation import RefusedError, own_assignment
from crowd.localplatform.store import Row, Transaction, hits, quiztries
from crowd.task.answers import QUIZ_FIELD, is_bounded
from crowd.task.clip_data import task_in
from crowd.task.quiz import END, Quiz


def try_quiz(tx: Transaction, token: str, assignment_id: str, answers: str) -> dict[str, Any]:
    """Store a try of the quiz before an accepted task, while one is left; without `answers` only look.

    Returns:
        Whether it is passed, and the answers of each try so far.

    Raises:
        RefusedError: the task is not this participant's, is not in hand, has no quiz, or these are no answers to it.
    """
    row = own_assignment(tx, token, assignment_id)
    quiz = _quiz_of(tx, row)
    if quiz is None:
        raise RefusedError("no-such-task")
    if row["state"] != "Accepted":
        raise RefusedError("late")
    tries = quiztries.made(tx, row["worker_id"], quiz.study)
    if answers and not quiz.is_over(tries):
        tries.append(_read(quiz, answers))
        quiztries.add(tx, row["worker_id"], quiz.study, tries[-1])
    return quiz.result(tries)


def submit(tx: Transaction, token: str, fields: Fields) -> str:
    """Like `participation.submit`, with how the participant's quiz ended in place of what the form says of it.

    Raises:
        RefusedError: as `participation.submit`; or the study ends for people who have not passed its quiz.
    """
    row = own_assignment(tx, token, participation.named(fields))
    asked = hits.asked(tx, row["hit_id"])
    quiz = _quiz_in(asked["question"])
    if quiz is None or row["state"] != "Accepted":
        return participation.submit_own(tx, row, fields, asked)
    result = quiz.result(quiztries.made(tx, row["worker_id"], quiz.study))
    if quiz.failed == END and not result["passed"]:
        raise RefusedError("not-qualified")
    others = [(name, value) for name, value in fields if name != QUIZ_FIELD]
    return participation.submit_own(tx, row, [*others, (QUIZ_FIELD, json.dumps(result, ensure_ascii=False))], asked)


def has_failed(tx: Transaction, worker_id: str, row: Row) -> bool:
    """Whether the participant has no try of the assignment's quiz left and has not passed, which ends their part."""
    quiz = _quiz_of(tx, row)
    if quiz is None or quiz.failed != END:
        return False
    tries = quiztries.made(tx, worker_id, quiz.study)
    return quiz.is_over(tries) and not quiz.result(tries)["passed"]


def _quiz_of(tx: Transaction, row: Row) -> Quiz | None:
    """The quiz of the assignment's page, if it has one."""
    return _quiz_in(hits.question(tx, row["hit_id"]))


def _quiz_in(xml: str) -> Quiz | None:
    return Quiz.of(task_in(parse_question(xml).content)) if '"quiz_tries":' in xml else None


def _read(quiz: Quiz, text: str) -> list[str]:
    try:
        answers: Any = json.loads(text) if is_bounded(text) else None
    except ValueError:
        answers = None
    if not quiz.holds(answers):
        raise RefusedError("malformed", "these are no answers to the questions about the instructions")
    return [str(answer) for answer in answers]
