"""What all recruiters share in study.toml: a table `[recruit.NAME]`, whose keys the recruiter's module declares."""

from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any, Self, get_type_hints

from crowd.toml_values import typed


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
        hints = get_type_hints(cls)
        known = [item.name for item in fields(cls)]
        for key in table:
            if key not in known:
                raise ValueError(f"{key}: is unknown; there are {', '.join(known) or 'no keys here'}")
        missing = [item.name for item in fields(cls) if item.default is MISSING and item.name not in table]
        if missing:
            raise ValueError(f"{missing[0]}: is missing")
        return cls(**{key: typed(key, value, hints[key]) for key, value in table.items()})

    def to_table(self) -> dict[str, Any]:
        """The table that declares them."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def documentation(cls) -> list[tuple[str, str]]:
        """The keys with their meanings."""
        return [(item.name, item.metadata["doc"]) for item in fields(cls)]
