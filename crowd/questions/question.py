"""What all kinds of questions share: their settings in study.toml, what they are about, and their rows of answers."""

import json
import math
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from crowd.texts import as_read, unholdable
from crowd.toml_values import declared
from crowd.videos.metadata import Video

if TYPE_CHECKING:
    import numpy as np

#: What a question is about: one video, two or several videos of one prompt, or the participant (asked once).
About = Literal["video", "pair", "set", "person"]
#: An element of the question on the page, as a CSS selector, and what is entered there; None: it is clicked.
Action = tuple[str, str | None]
_ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def setting(
    default: Any, doc: str, *, allowed: Sequence[Any] | None = None, between: tuple[float, float] | None = None
) -> Any:
    """A key of a question's table: its default, its meaning, and the values or the range that are allowed."""
    return field(default=default, metadata={"doc": doc, "allowed": allowed, "between": between})


class QuestionError(ValueError):
    """A question that does not go with the others of its study, or with the videos.

    Attributes:
        number: its place among the questions, from 0.
        key: the setting that is wrong; empty if it is none in particular.
    """

    def __init__(self, message: str, number: int, key: str = "") -> None:
        super().__init__(message)
        self.number, self.key = number, key


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a simulated participant goes by when answering one question."""

    videos: tuple[Video, ...]
    """The videos as shown, from left to right."""
    data: Any
    """What `Question.data` gave for the item."""
    quality: Mapping[str, float]
    """How good the participant finds each video, by its id, on a logit scale where 0 is middling."""
    chances: "np.ndarray | None"
    """For naming: the probability of each option."""
    options: tuple[str, ...]
    """For naming: the options."""
    rng: "np.random.Generator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of a study. A kind adds its own settings as fields, and says what this class leaves open."""

    KIND: ClassVar[str]
    """The kind's name."""
    id: str = field(metadata={"doc": "Names the question in the answers table and in the report."})
    text: str = setting("", "What is asked; empty: the page's own words.")
    help: str = setting("", "A short explanation below the question.")
    required: bool = setting(True, "Whether it must be answered.")
    ask_if: str = setting("", 'Ask only after certain answers to an earlier question, e.g. "realism = 1, 2".')

    def __post_init__(self) -> None:
        """Check the values that fields allow; kinds check more in `check_settings`."""
        if not _ID.fullmatch(self.id):
            raise ValueError(f"id: must be small letters, digits, - and _, beginning with a letter, is {self.id!r}")
        for item in fields(self):
            value = getattr(self, item.name)
            allowed, between = item.metadata.get("allowed"), item.metadata.get("between")
            if allowed and value not in allowed:
                raise ValueError(f"{item.name}: must be one of {', '.join(map(str, allowed))}, is {value!r}")
            if between and not between[0] <= value <= between[1]:
                raise ValueError(f"{item.name}: must be between {between[0]} and {between[1]}, is {value}")
            if isinstance(value, tuple):  # as answers are compared, which `ask_if` and tables hold too
                value = tuple(map(as_read, value))
                object.__setattr__(self, item.name, value)
            for text in (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ():
                if strange := unholdable(text):
                    raise ValueError(f"{item.name}: holds {strange}, a character that no answer can hold")
        if self.ask_if:
            self.condition  # noqa: B018  raises where it is none
        self.check_settings()

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Self:
        """The question with the settings of a table.

        Raises:
            ValueError: a key is missing, unknown, or has a value that it cannot have; the message begins with the key.
        """
        return declared(cls, table, of=f"a question of kind {cls.KIND!r} has kind,")

    def to_table(self) -> dict[str, Any]:
        """The table that declares the question, as JSON values."""
        values = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return {"id": self.id, "kind": self.KIND, **values}

    @property
    def condition(self) -> tuple[str, tuple[str, ...]] | None:
        """The earlier question and the answers after which this one is asked; None: always.

        Raises:
            ValueError: `ask_if` cannot be read.
        """
        if not self.ask_if:
            return None
        name, _, answers = self.ask_if.partition("=")
        wanted = tuple(as_read(answer) for answer in answers.split(",") if answer.strip())
        if not _ID.fullmatch(name.strip()) or not wanted:
            raise ValueError(f'ask_if: must be "question = answer, answer", is {self.ask_if!r}')
        return name.strip(), wanted

    def applies(self, answers: Mapping[str, Mapping[str, Any]]) -> bool:
        """Whether it is asked after these answers to other questions about the same item, by their ids."""
        if not self.condition:
            return True
        name, wanted = self.condition
        given = answers[name]["answer"] if name in answers else []
        return any(as_read(str(each)) in wanted for each in (given if isinstance(given, list) else [given]))

    @property
    def about(self) -> About:
        """What the question is about."""
        return "video"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of metadata.csv that it needs beside `file_name` and `method`."""
        return ()

    @property
    def answers(self) -> tuple[str, ...]:
        """The answers to choose from where they are the same for every item: an attention item names one of them."""
        return ()

    def may_be(self, answer: str) -> bool:
        """Whether that can be an answer, as `ask_if` writes it."""
        return not self.answers or answer in self.answers

    @property
    def option_texts(self) -> tuple[str, ...]:
        """The options that `[option_texts]` can show in other words."""
        return ()

    @property
    def telling(self) -> str:
        """The column of metadata.csv that tells the right answer, where participants must not read it."""
        return ""

    @classmethod
    def suggested(cls, videos: Sequence[Video]) -> Mapping[str, Any]:
        """Settings of a new study file that stand for what its author writes, or that these videos need."""
        return {}

    def check_settings(self) -> None:
        """Check settings that depend on each other.

        Raises:
            ValueError: the message begins with the key.
        """

    def check(self, videos: Sequence[Video]) -> None:
        """Check before anything is planned that the question can be asked about these videos.

        Raises:
            ValueError: a column is missing or empty.
        """
        for column in self.columns:
            for video in videos:
                if not video.value(column):
                    raise ValueError(
                        f"questions: {self.id!r} needs the column {column} in metadata.csv, where {video.file_name} has"
                        " none"
                    )
                if strange := unholdable(video.value(column)):
                    raise ValueError(f"{video.file_name}: {column} holds {strange}, a character that no page can show")

    def data(self, videos: Sequence[Video], every: Sequence[Video], rng: random.Random) -> Any:
        """What is shown with the item besides its videos, decided before publication; None: nothing.

        `videos` are the item's, `every` those of the study.
        """
        return None

    def shuffled_options(self, data: Any) -> tuple[str, ...]:
        """The options that the page shows in an order of its own; none where all participants see the same order."""
        return ()

    def label(self, video: Video) -> str:
        """The right answer about a video, or its label."""
        return video.label

    def page(self) -> dict[str, Any]:
        """What the page's part of the kind needs besides id, kind, text, help, required and condition."""
        return {}

    def says(self, word: str) -> bool:
        """Whether the page needs that one of its kind's texts; the others would count towards its size."""
        return True

    def answer(self, sent: Any, videos: Sequence[Video], data: Any) -> str:
        """The answer as it stands in the table; `videos` are the item's as shown.

        Raises:
            ValueError: the page of this study does not send that.
        """
        if sent not in self.answers:
            raise ValueError(f"answer {str(sent)[:80]!r} is none of {', '.join(self.answers)}")
        return str(sent)

    def respond(self, seen: Seen) -> Any:
        """What a simulated participant sends."""
        return str(seen.rng.choice(self.answers))

    def actions(self, sent: Any) -> list[Action]:
        """What a program does on the page to send that."""
        return [pressed(sent)]

    def guess(self, seen: Seen) -> Any:
        """What a careless participant sends, who does not look."""
        return str(seen.rng.choice(self.answers))


def pressed(value: Any, group: str = "") -> Action:
    """Choosing the option of that value, of all inputs or of those of that name."""
    named = f"[name={json.dumps(group)}]" if group else ""
    return f"label:has(> input[value={json.dumps(str(value))}]{named})", None


def logistic(value: float) -> float:
    """The probability with that logit."""
    return 1 / (1 + math.exp(-value)) if value > -700 else 0.0
