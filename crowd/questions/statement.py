"""Statement: whether a sentence about a video is true, e.g. "the cat jumps"."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from crowd.questions.question import Question, Seen, logistic, setting
from crowd.videos.metadata import Video

YES, NO, CANNOT_TELL = "yes", "no", "cannot_tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Question):
    """Yes, no or cannot tell to the sentence in a column of metadata.csv."""

    KIND: ClassVar[str] = "statement"

    column: str = setting("statement", "The column of metadata.csv with the sentence about each video.")
    truth: str = setting("", 'The column that says whether it is true, "yes" or "no"; empty: every sentence is.')

    @property
    def columns(self) -> tuple[str, ...]:
        """The sentence, and the truth if it is in a column."""
        return (self.column, self.truth) if self.truth else (self.column,)

    @property
    def answers(self) -> tuple[str, ...]:
        """In the order of the page."""
        return YES, NO, CANNOT_TELL

    def label(self, video: Video) -> str:
        """The right answer."""
        return video.value(self.truth) if self.truth else YES

    def check(self, videos: Sequence[Video]) -> None:
        """Each video has its sentence, and a truth that is yes or no."""
        Question.check(self, videos)
        for video in videos:
            if self.label(video) not in (YES, NO):
                raise ValueError(
                    f"questions: {self.id!r} reads {YES} or {NO} in the column {self.truth}, where {video.file_name} "
                    f"has {self.label(video)!r}"
                )

    def data(self, videos: Sequence[Video], every: Sequence[Video], rng: random.Random) -> Any:
        """The sentence."""
        return {"statement": videos[0].value(self.column)}

    def page(self) -> dict[str, Any]:
        """The answers, in order."""
        return {"answers": list(self.answers)}

    def respond(self, seen: Seen) -> Any:
        """Right with the probability that the quality has as a logit; one in ten cannot tell."""
        if seen.rng.random() < 0.1:
            return CANNOT_TELL
        truth = self.label(seen.videos[0])
        right = seen.rng.random() < logistic(seen.quality[seen.videos[0].video_id] + 1)
        return truth if right else NO if truth == YES else YES


KIND = Statement
