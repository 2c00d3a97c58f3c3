"""Choice: one or several of declared options."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from crowd.questions.question import Action, Seen, pressed, setting
from crowd.questions.survey import SurveyQuestion
from crowd.texts import check_apart
from crowd.videos.metadata import Video

#: Between several chosen options, in the answers table.
AND = " | "


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(SurveyQuestion):
    """One of the options, or any number of them."""

    KIND: ClassVar[str] = "choice"

    options: tuple[str, ...] = setting((), "The options, at least two.")
    several: bool = setting(False, "Whether several may be chosen.")
    shuffled: bool = setting(False, "Whether the options are in random order for each participant.")

    @classmethod
    def suggested(cls, videos: Sequence[Video]) -> Mapping[str, Any]:
        """Options in the place of the author's."""
        return {"options": ("first option", "second option")}

    def check_settings(self) -> None:
        """At least two options that people can tell apart."""
        if len(self.options) < 2:
            raise ValueError(f"options: must be two or more different texts, are {list(self.options)}")
        check_apart("options", self.options)
        if self.several and any(AND.strip() in option for option in self.options):
            raise ValueError(f"options: {AND.strip()!r} separates answers, so no option may hold it")

    @property
    def answers(self) -> tuple[str, ...]:
        """The options, if one of them is chosen."""
        return () if self.several else self.options

    @property
    def option_texts(self) -> tuple[str, ...]:
        """The options."""
        return self.options

    def may_be(self, answer: str) -> bool:
        """One of the options, also among several."""
        return answer in self.options

    def shuffled_options(self, data: Any) -> tuple[str, ...]:
        """The options, if they are shuffled."""
        return self.options if self.shuffled else ()

    def page(self) -> dict[str, Any]:
        """The options and how they are chosen."""
        return {"options": list(self.options), "several": self.several, "shuffled": self.shuffled}

    def answer(self, sent: Any, videos: Sequence[Video], data: Any) -> str:
        """The chosen options."""
        chosen = sent if self.several and isinstance(sent, list) else [sent]
        strangers = [option for option in chosen if option not in self.options]
        if strangers or not chosen or len(set(chosen)) < len(chosen):
            raise ValueError(f"answer {str(sent)[:80]!r} is not of the options")
        return AND.join(option for option in self.options if option in chosen)

    def actions(self, sent: Any) -> list[Action]:
        """Each chosen option."""
        return [pressed(option) for option in (sent if self.several else [sent])]

    def respond(self, seen: Seen) -> Any:
        """Any option."""
        option = str(seen.rng.choice(self.options))
        return [option] if self.several else option

    def guess(self, seen: Seen) -> Any:
        """Any option."""
        return self.respond(seen)


KIND = Choice
