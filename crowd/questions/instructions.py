"""What participants see before the items: example videos, and a quiz about the instructions."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from crowd.texts import check_apart, unholdable


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """One of several tables of study.toml, all of whose keys are needed."""

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Self:
        """From the table.

        Raises:
            ValueError: a key is missing or unknown, or its value is none; the message begins with the key.
        """
        known = [item.name for item in fields(cls)]
        for key in (*table, *known):
            if key not in known:
                raise ValueError(f"{key}: unknown; keys are {', '.join(known)}")
            if key not in table:
                raise ValueError(f"{key}: is missing; needed are {', '.join(known)}")
        return cls(**{key: tuple(value) if isinstance(value, list) else value for key, value in table.items()})

    def __post_init__(self) -> None:
        """Texts that a page can show, and none that is empty."""
        for item in fields(self):
            value = getattr(self, item.name)
            for text in value if isinstance(value, tuple) else (value,):
                if not isinstance(text, str) or not text.strip():
                    raise ValueError(f"{item.name}: must be text, is {text!r}")
                if strange := unholdable(text):
                    raise ValueError(f"{item.name}: holds {strange}, a character that no page can show")
        self.check()

    def check(self) -> None:
        """Check what depends on each other."""

    def to_table(self) -> dict[str, Any]:
        """As JSON values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example(_Table):
    """A video that the instructions show, with what people should see in it."""

    file_name: str
    """One of the videos in metadata.csv."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizQuestion(_Table):
    """A question about the instructions with one right answer."""

    text: str
    options: tuple[str, ...]
    right: str
    """One of the options."""

    def check(self) -> None:
        """The right answer is one of at least two options that people can tell apart."""
        if not isinstance(self.options, tuple) or len(self.options) < 2:
            raise ValueError(f"options: must be two or more different texts, are {self.options!r}")
        check_apart("options", self.options)
        if self.right not in self.options:
            raise ValueError(f"right: must be one of the options, is {self.right!r}")
