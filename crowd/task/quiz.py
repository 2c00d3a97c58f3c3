"""The quiz about the instructions: what a page asks, and how somebody's tries end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

#: How often somebody may try, whatever tasks of the study they do.
TRIES = 2
#: What `quiz_failed` says where people who fail may not go on.
END = "end"


def is_passed(tries: Any, right: Sequence[str]) -> bool:
    """Whether one of the tries that count gave all right answers."""
    return isinstance(tries, list) and list(right) in tries[:TRIES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiz:
    """The quiz of a task page."""

    study: str
    """Names the study, for all of whose tasks a try counts."""
    questions: tuple[Mapping[str, Any], ...]
    """Each with its `options` and the `right` one."""
    failed: str
    """What follows the last wrong try: `END` or something after which people go on."""

    @classmethod
    def of(cls, task: Mapping[str, Any]) -> Self | None:
        """The quiz in the data of a page; None if it has none, or is of a release that kept no tries."""
        if not task.get("quiz") or "quiz_tries" not in task:
            return None
        return cls(study=task["study"], questions=tuple(task["quiz"]), failed=task["quiz_failed"])

    def holds(self, answers: Any) -> bool:
        """Whether these are answers to its questions, one to each."""
        if not isinstance(answers, list) or len(answers) != len(self.questions):
            return False
        return all(given in question["options"] for given, question in zip(answers, self.questions, strict=True))

    def result(self, tries: Sequence[Sequence[str]]) -> dict[str, Any]:
        """What the page is told, and sends with the task: whether the quiz is passed, and each try."""
        counted = [list(answers) for answers in tries[:TRIES]]
        return {"passed": is_passed(counted, [question["right"] for question in self.questions]), "answers": counted}

    def is_over(self, tries: Sequence[Sequence[str]]) -> bool:
        """Whether no try is left or needed."""
        return len(tries) >= TRIES or bool(self.result(tries)["passed"])
