"""What all recruiters share in study.toml: a table `[recruit.NAME]`, whose keys the recruiter's module declares."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from crowd.toml_values import declared


def setting(default: Any, doc: str) -> Any:
    """A key of a recruiter's table: its default and its meaning."""
    return field(default=default, metadata={"doc": doc})


def needed(doc: str) -> Any:
    """A key of a recruiter's table that has to be given."""
    return field(metadata={"doc": doc})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A recruiter's own settings. Its module adds fields, and checks them in `__post_init__`.

    Messages of errors begin with the key.
    """

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Self:
        """The settings in a table.

        Raises:
            ValueError: a key is missing, unknown, or has a value that it cannot have.
        """
        return declared(cls, table)

    def to_table(self) -> dict[str, Any]:
        """The table that declares them."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def documentation(cls) -> list[tuple[str, str]]:
        """The keys with their meanings."""
        return [(item.name, item.metadata["doc"]) for item in fields(cls)]
