"""Ranking: videos of one prompt in order, or the best and the worst of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from crowd.questions.question import About, Action, Question, Seen, pressed, setting
from crowd.videos.metadata import Video

#: Between ranks, and between videos of one rank, in the answers table.
BETTER, SAME = " > ", " = "


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking(Question):
    """An order of up to four videos, the best first."""

    KIND: ClassVar[str] = "ranking"

    best_worst: bool = setting(False, "Ask for the best and the worst only.")

    @property
    def about(self) -> About:
        """Up to four videos."""
        return "set"

    def check(self, videos: Sequence[Video]) -> None:
        """No method's name holds what separates them in an answer."""
        for method in sorted({video.method for video in videos}):
            if BETTER.strip() in method or SAME.strip() in method:
                raise ValueError(
                    f"questions: {self.id!r} writes an order as a > b = c, and the method {method!r} holds one of these"
                    " signs; rename it"
                )

    def may_be(self, answer: str) -> bool:
        """No order: whose video stands where differs between items."""
        return False

    def page(self) -> dict[str, Any]:
        """Which of the two is asked."""
        return {"best_worst": self.best_worst}

    def answer(self, sent: Any, videos: Sequence[Video], data: Any) -> str:
        """Methods from best to worst, from the places of their videos in that order; with `best_worst` of these two."""
        wanted = 2 if self.best_worst else len(videos)
        places = list(range(len(videos)))
        if not isinstance(sent, list) or len(sent) != wanted or not set(map(repr, sent)) <= set(map(repr, places)):
            raise ValueError(f"answer {str(sent)[:80]!r} is no order of {len(videos)} videos")
        if len(set(sent)) != wanted:
            raise ValueError(f"answer {str(sent)[:80]!r} names a video twice")
        names = [videos[place].method for place in sent]
        if not self.best_worst:
            return BETTER.join(names)
        middle = SAME.join(videos[place].method for place in places if place not in sent)
        return BETTER.join(part for part in (names[0], middle, names[1]) if part)

    def actions(self, sent: Any) -> list[Action]:
        """The videos, best first; or the best in one group and the worst in the other."""
        if not self.best_worst:
            return [(f".ranks button:nth-of-type({place + 1})", None) for place in sent]
        return [
            (f"[role=radiogroup]:nth-of-type({end}) {pressed(place)[0]}", None)
            for end, place in enumerate(sent, start=1)
        ]

    def respond(self, seen: Seen) -> Any:
        """By Plackett and Luce: qualities with Gumbel noise, in order.

        The same draw decides for the same video, wherever it is shown.
        """
        return self._sent(seen, {video: seen.quality[video] + float(seen.rng.gumbel()) for video in _ids(seen)})

    def guess(self, seen: Seen) -> Any:
        """Any order."""
        return self._sent(seen, {video: float(seen.rng.random()) for video in _ids(seen)})

    def _sent(self, seen: Seen, found: Mapping[str, float]) -> list[int]:
        """The places as shown, from the video that was found the best."""
        order = sorted(range(len(seen.videos)), key=lambda place: found[seen.videos[place].video_id], reverse=True)
        return [order[0], order[-1]] if self.best_worst else order


def _ids(seen: Seen) -> list[str]:
    """The ids of the videos, in an order that does not depend on where each is shown."""
    return sorted(video.video_id for video in seen.videos)


KIND = Ranking
