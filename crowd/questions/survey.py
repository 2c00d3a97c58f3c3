"""Questions that may be asked with an item, or once of each participant."""

from dataclasses import dataclass

from crowd.questions.question import About, Question, setting

#: When a question is asked that is asked once.
ONCE = ("before", "after")


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyQuestion(Question):
    """A question that says when it is asked."""

    asked: str = setting(
        "after",
        'With each "video", "pair" or "set"; or once of each participant, "before" the first task or "after" it.',
        allowed=("video", "pair", "set", *ONCE),
    )

    @property
    def about(self) -> About:
        """What `asked` says."""
        return "person" if self.asked in ONCE else self.asked  # type: ignore[return-value]
