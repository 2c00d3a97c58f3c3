"""Caption: which of several captions fits a video, of which one is its own."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from crowd.questions.question import Question, Seen, logistic, setting
from crowd.texts import apart, lookalikes
from crowd.videos.metadata import Video
from crowd.wording import UNCLEAR

NONE = "None of these"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption(Question):
    """One of `choices` captions, "none of these" or "Unclear"."""

    KIND: ClassVar[str] = "caption"

    column: str = setting("prompt", "The column of metadata.csv with each video's caption.")
    choices: int = setting(
        4, "How many captions are shown: the video's own, the others drawn from the study's.", between=(2, 8)
    )

    @property
    def columns(self) -> tuple[str, ...]:
        """The caption."""
        return (self.column,)

    @property
    def telling(self) -> str:
        """The caption."""
        return self.column

    @classmethod
    def suggested(cls, videos: Sequence[Video]) -> Mapping[str, Any]:
        """Fewer captions than usual where the videos have fewer prompts."""
        known = len({video.prompt for video in videos})
        return {"choices": known} if 2 <= known < cls(id=cls.KIND).choices else {}

    def check(self, videos: Sequence[Video]) -> None:
        """There are enough captions to draw from, and people can tell them apart."""
        Question.check(self, videos)
        known = list(dict.fromkeys(video.value(self.column) for video in videos))
        if len(known) < self.choices:
            raise ValueError(
                f"questions: {self.id!r} shows {self.choices} captions, and the column {self.column} has {len(known)}"
                " different ones; lower choices"
            )
        if alike := lookalikes([NONE, UNCLEAR, *known]):
            raise ValueError(f"questions: {self.id!r}: captions {apart(*alike)}")
        if own := {NONE, UNCLEAR} & set(known):
            raise ValueError(f"questions: {self.id!r}: the caption {own.pop()!r} is always there as an answer")

    def label(self, video: Video) -> str:
        """The right answer."""
        return video.value(self.column)

    def data(self, videos: Sequence[Video], every: Sequence[Video], rng: random.Random) -> Any:
        """The captions in random order, so that the page does not tell which is the video's own."""
        own = self.label(videos[0])
        others = sorted({self.label(video) for video in every} - {own})
        captions = [own, *rng.sample(others, k=self.choices - 1)]
        rng.shuffle(captions)
        return {"captions": captions}

    def answer(self, sent: Any, videos: Sequence[Video], data: Any) -> str:
        """One of the captions shown, or one of the two other answers."""
        if sent not in self.shuffled_options(data):
            raise ValueError(f"answer {str(sent)[:80]!r} was not shown")
        return str(sent)

    def shuffled_options(self, data: Any) -> tuple[str, ...]:
        """The captions and the two other answers."""
        return (*data["captions"], NONE, UNCLEAR)

    def page(self) -> dict[str, Any]:
        """The two answers that are always there."""
        return {"always": [NONE, UNCLEAR]}

    def respond(self, seen: Seen) -> Any:
        """Right with the probability that the quality has as a logit; otherwise anything else."""
        own = self.label(seen.videos[0])
        if seen.rng.random() < logistic(seen.quality[seen.videos[0].video_id] + 1):
            return own
        return str(seen.rng.choice([text for text in (*seen.data["captions"], NONE, UNCLEAR) if text != own]))

    def guess(self, seen: Seen) -> Any:
        """Any caption."""
        return str(seen.rng.choice(seen.data["captions"]))


KIND = Caption
