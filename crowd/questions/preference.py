"""Preference: which of two videos of one prompt is better, in one respect."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from crowd.questions.question import About, Question, Seen, logistic, setting
from crowd.videos.metadata import Video

#: How readily simulated participants call two equally good videos a tie: Davidson's ν (JASA 1970).
_TIES = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference(Question):
    """Which of two videos side by side is better."""

    KIND: ClassVar[str] = "preference"

    ties: str = setting(
        "tie",
        'What may be answered besides left and right: "none", "tie", or "both" (both good, both bad).',
        allowed=("none", "tie", "both"),
    )
    strength: int = setting(
        1, "1: left or right; 5 or 7: how much better, on a scale of so many points.", allowed=(1, 5, 7)
    )

    @property
    def about(self) -> About:
        """Two videos."""
        return "pair"

    def check_settings(self) -> None:
        """A scale has a middle point, which cannot tell good from bad."""
        if self.strength > 1 and self.ties == "both":
            raise ValueError('ties: "both" has no place on a scale; use "tie" or "none" with strength')

    @property
    def answers(self) -> tuple[str, ...]:
        """In the order of the page; numbers are negative where left is better."""
        if self.strength == 1:
            middle = {"none": (), "tie": ("tie",), "both": ("both_good", "both_bad")}[self.ties]
            return ("left", *middle, "right")
        most = self.strength // 2
        return tuple(str(point) for point in range(-most, most + 1) if point or self.ties != "none")

    def page(self) -> dict[str, Any]:
        """The answers, in order."""
        return {"answers": list(self.answers), "strength": self.strength}

    def says(self, word: str) -> bool:
        """How much better only where that is asked, and of ties those that may be answered."""
        degrees = () if self.strength == 7 else ("slightly",) if self.strength == 5 else ("slightly", "much")
        absent = (*degrees, *(("tie",) if self.ties != "tie" else ()), *(("both",) if self.ties != "both" else ()))
        return not word.startswith(tuple(f"preference_{start}" for start in absent))

    def answer(self, sent: Any, videos: Sequence[Video], data: Any) -> str:
        """One of the answers; left and right are as shown."""
        if str(sent) not in self.answers:
            raise ValueError(f"answer {str(sent)[:80]!r} is none of {', '.join(self.answers)}")
        return str(sent)

    def respond(self, seen: Seen) -> Any:
        """By the difference of both qualities: Davidson's model, or a latent scale cut into the points.

        The same draw decides for the same video, whichever side it is on.
        """
        first, second = sorted(seen.videos, key=lambda video: video.video_id)
        qualities = seen.quality[first.video_id], seen.quality[second.video_id]
        is_turned = seen.videos[0] is second
        if self.strength > 1:
            latent = qualities[1] - qualities[0] + float(seen.rng.logistic())
            points = [int(answer) for answer in self.answers]
            return str(min(points, key=lambda point: abs(point - (-latent if is_turned else latent))))
        sides = ("right", "left") if is_turned else ("left", "right")
        return self._chosen(qualities, sides, seen.rng)

    def _chosen(self, qualities: tuple[float, float], sides: tuple[str, str], rng: np.random.Generator) -> str:
        """The side of the better of two videos, or a tie."""
        difference = qualities[0] - qualities[1]
        weights = {sides[0]: logistic(difference), sides[1]: logistic(-difference)}
        if self.ties != "none":
            weights["tie"] = _TIES * (weights["left"] * weights["right"]) ** 0.5
        chosen = str(rng.choice([*weights], p=[value / sum(weights.values()) for value in weights.values()]))
        if chosen == "tie" and self.ties == "both":
            return "both_good" if rng.random() < logistic(sum(qualities) / 2) else "both_bad"
        return chosen


KIND = Preference
