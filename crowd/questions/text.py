"""Text: what participants write."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from crowd.questions.question import Action, Seen, setting
from crowd.questions.survey import SurveyQuestion
from crowd.texts import holdable
from crowd.videos.metadata import Video


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(SurveyQuestion):
    """A free text."""

    KIND: ClassVar[str] = "text"

    longest: int = setting(500, "Most characters.", between=(1, 5000))

    def page(self) -> dict[str, Any]:
        """The most characters."""
        return {"longest": self.longest}

    def answer(self, sent: Any, videos: Sequence[Video], data: Any) -> str:
        """The text, trimmed and without what no file can hold."""
        text = holdable(sent).strip() if isinstance(sent, str) else ""
        if not text or len(text) > self.longest + 2:
            raise ValueError(f"answer {str(sent)[:80]!r} is no text of at most {self.longest} characters")
        return text

    def actions(self, sent: Any) -> list[Action]:
        """Typing."""
        return [("textarea", str(sent))]

    def respond(self, seen: Seen) -> Any:
        """A text that says who wrote it."""
        return "written by a simulated participant"[: self.longest]

    def guess(self, seen: Seen) -> Any:
        """The same."""
        return self.respond(seen)


KIND = Text
