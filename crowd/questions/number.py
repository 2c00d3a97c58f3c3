"""Number: a number within bounds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from crowd.questions.question import Action, Seen, setting
from crowd.questions.survey import SurveyQuestion
from crowd.videos.metadata import Video


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberQuestion(SurveyQuestion):
    """A number from `low` to `high`."""

    KIND: ClassVar[str] = "number"

    low: float = setting(0.0, "The smallest number.")
    high: float = setting(1_000_000.0, "The largest number.")
    whole: bool = setting(True, "Whether it is a whole number.")
    unit: str = setting("", "Shown behind the field, e.g. years.")

    def check_settings(self) -> None:
        """The bounds leave a choice."""
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"high: must be larger than low ({self.low:g}), is {self.high:g}")

    def page(self) -> dict[str, Any]:
        """The bounds and the unit."""
        return {"low": self.low, "high": self.high, "whole": self.whole, "unit": self.unit}

    def answer(self, sent: Any, videos: Sequence[Video], data: Any) -> str:
        """The number, as short as it is exact."""
        if type(sent) not in (int, float) or not self.low <= sent <= self.high or (self.whole and sent != int(sent)):
            raise ValueError(f"answer {str(sent)[:80]!r} is no number from {self.low:g} to {self.high:g}")
        return str(int(sent)) if sent == int(sent) else repr(float(sent))

    def actions(self, sent: Any) -> list[Action]:
        """Typing."""
        return [("input", str(sent))]

    def respond(self, seen: Seen) -> Any:
        """Any number within the bounds."""
        value = float(seen.rng.uniform(self.low, self.high))
        return math.ceil(value) if self.whole else round(value, 3)

    def guess(self, seen: Seen) -> Any:
        """Any number within the bounds."""
        return self.respond(seen)


KIND = NumberQuestion
