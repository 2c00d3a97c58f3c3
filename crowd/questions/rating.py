"""Rating: how good a video is on a scale, alone (ACR) or beside its reference (DCR), after ITU-T P.910."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from crowd.questions.question import Action, Question, Seen, pressed, setting
from crowd.texts import check_apart
from crowd.videos.metadata import Video

#: The smallest and the largest point of each scale; 100 is a slider.
SCALES = {5: (1, 5), 9: (1, 9), 11: (0, 10), 100: (0, 100)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating(Question):
    """A point on a scale; the largest is the best."""

    KIND: ClassVar[str] = "rating"

    points: int = setting(
        5, "Points of the scale: 5 with a word each, 9 (1 to 9), 11 (0 to 10), or 100: a slider.", allowed=tuple(SCALES)
    )
    labels: tuple[str, ...] = setting(
        (), "Words of the points, best first: five, or of other scales the best and the worst; empty: the page's own."
    )
    best_first: bool = setting(True, "Whether the best point comes first.")
    reference: bool = setting(
        False, "Whether the file in the column `reference` is shown beside the video: how far is it from that?"
    )

    def check_settings(self) -> None:
        """As many labels as the scale has room for."""
        wanted = 5 if self.points == 5 else 2
        if self.labels and len(self.labels) != wanted:
            raise ValueError(f"labels: must be {wanted} for {self.points} points, are {len(self.labels)}")
        check_apart("labels", self.labels)

    @property
    def columns(self) -> tuple[str, ...]:
        """The reference, if one is shown."""
        return ("reference",) if self.reference else ()

    @property
    def answers(self) -> tuple[str, ...]:
        """The points, smallest first; none of a slider, of which nobody can be asked to hit a certain point."""
        low, high = SCALES[self.points]
        return tuple(map(str, range(low, high + 1))) if self.points <= 11 else ()

    def may_be(self, answer: str) -> bool:
        """A point of the scale."""
        low, high = SCALES[self.points]
        return answer in map(str, range(low, high + 1))

    def page(self) -> dict[str, Any]:
        """The ends of the scale, its words and their order."""
        low, high = SCALES[self.points]
        return {
            "low": low,
            "high": high,
            "points": self.points,
            "labels": list(self.labels),
            "best_first": self.best_first,
            "reference": self.reference,
        }

    def says(self, word: str) -> bool:
        """The words of quality, or those of impairment beside a reference, unless it has labels of its own."""
        others = ("rating_", "question_rating") if self.reference else ("impairment_", "question_impairment")
        return not word.startswith(others) and not (self.labels and word.startswith(("rating_", "impairment_")))

    def answer(self, sent: Any, videos: Sequence[Video], data: Any) -> str:
        """A whole number on the scale."""
        low, high = SCALES[self.points]
        text = str(sent)
        if not (text.isascii() and text.isdecimal() and low <= int(text) <= high):
            raise ValueError(f"answer {text[:80]!r} is no point from {low} to {high}")
        return str(int(text))

    def actions(self, sent: Any) -> list[Action]:
        """The point, or the slider's place."""
        return [pressed(sent)] if self.points <= 11 else [("input[type=range]", str(sent))]

    def respond(self, seen: Seen) -> Any:
        """The quality and some noise, with the scale's middle at 0 and its ends at ±3."""
        low, high = SCALES[self.points]
        latent = seen.quality[seen.videos[0].video_id] + float(seen.rng.normal(0, 1))
        return str(int(min(max(round((low + high) / 2 + latent * (high - low) / 6), low), high)))

    def guess(self, seen: Seen) -> Any:
        """Any point."""
        low, high = SCALES[self.points]
        return str(int(seen.rng.integers(low, high + 1)))


KIND = Rating
