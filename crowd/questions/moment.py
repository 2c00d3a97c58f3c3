"""Moment: when something in a video breaks, and what."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from crowd.questions.question import Action, Question, Seen, logistic, pressed, setting
from crowd.texts import check_apart
from crowd.videos.metadata import Video

#: The answer of those to whom nothing breaks.
NOTHING = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment(Question):
    """The frame or the span where something breaks and what it is, or "nothing breaks"."""

    KIND: ClassVar[str] = "moment"

    span: bool = setting(True, "Whether a beginning and an end are marked, or one frame.")
    breaks: tuple[str, ...] = setting(
        (), 'Kinds of breaks to choose from, e.g. ["an object changes", "something vanishes"]; empty: not asked.'
    )

    def check_settings(self) -> None:
        """Kinds of breaks that people can tell apart."""
        check_apart("breaks", self.breaks)

    @property
    def option_texts(self) -> tuple[str, ...]:
        """The kinds of breaks."""
        return self.breaks

    def may_be(self, answer: str) -> bool:
        """That nothing breaks; a moment has no name."""
        return answer == NOTHING

    def page(self) -> dict[str, Any]:
        """What is marked, and the kinds of breaks."""
        return {"span": self.span, "breaks": list(self.breaks)}

    def answer(self, sent: Any, videos: Sequence[Video], data: Any) -> str:
        """The word for nothing, or the JSON of start, end and kind; seconds lie within the video."""
        if sent == NOTHING:
            return NOTHING
        longest = max(videos[0].duration_s, videos[0].fallback_duration_s) + 0.5
        if not isinstance(sent, Mapping) or not all(
            type(sent.get(end)) in (int, float) and 0 <= sent[end] <= longest for end in ("start_s", "end_s")
        ):
            raise ValueError(f"answer {str(sent)[:80]!r} marks no time of the video")
        if sent["end_s"] < sent["start_s"]:
            raise ValueError(f"answer {str(sent)[:80]!r} ends before it begins")
        what = sent.get("what") or ""
        if what not in (self.breaks or ("",)):
            raise ValueError(f"answer {str(sent)[:80]!r}: {what!r} is no kind of break")
        found = {"start_s": round(sent["start_s"], 3), "end_s": round(sent["end_s"], 3), "what": what}
        return json.dumps(found, ensure_ascii=False)

    def actions(self, sent: Any) -> list[Action]:
        """The box for nothing; or the times, each at its place of the line, and the kind of break."""
        if sent == NOTHING:
            return [("label:has(> input[type=checkbox])", None)]
        ends = [(sent["start_s"], 1), (sent["end_s"], 2)] if self.span else [(sent["start_s"], 1)]
        marks = [
            action
            for at, button in ends
            for action in (("input[type=range]", str(at)), (f".marks button:nth-of-type({button})", None))
        ]
        return [*marks, *([pressed(sent["what"])] if sent["what"] else [])]

    def respond(self, seen: Seen) -> Any:
        """Better videos break less often; a break is marked about the middle."""
        video = seen.videos[0]
        if seen.rng.random() < logistic(seen.quality[video.video_id]):
            return NOTHING
        last = max(video.duration_s - 0.03, 0.0)  # at its very end a clip begins again
        middle = min(max(float(seen.rng.normal(video.duration_s / 2, 0.1)), 0.0), last)
        end = min(middle + 0.2, last) if self.span else middle
        what = str(seen.rng.choice(self.breaks)) if self.breaks else ""
        return {"start_s": round(middle, 2), "end_s": round(end, 2), "what": what}

    def guess(self, seen: Seen) -> Any:
        """Nothing, without a look."""
        return NOTHING


KIND = Moment
