"""Naming: which of the study's labels a video shows, or "Other", or "Unclear"."""

from dataclasses import dataclass
from typing import Any, ClassVar

from crowd.questions.question import Question, Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming(Question):
    """Which label fits a video. The labels are `options` of the study, or those of its videos."""

    KIND: ClassVar[str] = "naming"

    @property
    def columns(self) -> tuple[str, ...]:
        """The label, which is what the video should show."""
        return ("label",)

    def respond(self, seen: Seen) -> Any:
        """By the response probabilities of the video."""
        return str(seen.rng.choice(seen.options, p=seen.chances))

    def guess(self, seen: Seen) -> Any:
        """Any label, but neither "Other" nor "Unclear"."""
        return str(seen.rng.choice(seen.options[:-2]))


KIND = Naming
