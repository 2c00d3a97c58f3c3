"""The rules of the analysis that may be chosen when it is asked for, and their values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from numbers import Real
from typing import Any

from crowd.design.study import Study
from crowd.texts import did_you_mean

#: The keys of the plan that `analyse` takes.
CHOICES = (
    "target",
    "primary_test",
    "class_weights",
    "confidence",
    "unclear",
    "comparisons",
    "adjustment",
    "margin",
    "sequential",
    "gold_method",
)


def parsed_choices(words: Sequence[str]) -> dict[str, Any]:
    """Choices from `key=value` texts, as a command gets them; several of `comparisons` are listed.

    Raises:
        ValueError: a text is no choice, or its value is not of the kind that it has.
    """
    found: dict[str, Any] = {}
    for text in words:
        key, equals, value = (part.strip() for part in text.partition("="))
        if not equals or key not in CHOICES:
            meant = did_you_mean(key, CHOICES)
            raise ValueError(f"rule {text!r}{meant}: must be KEY=VALUE with a KEY of {', '.join(CHOICES)}")
        usual = getattr(Study(), key)
        if key in found and not isinstance(usual, tuple):
            raise ValueError(f"rule {text!r}: {key} is given twice")
        if isinstance(usual, tuple):
            found[key] = (*found.get(key, ()), value)
        elif isinstance(usual, float):
            try:
                found[key] = float(value)
            except ValueError:
                raise ValueError(f"rule {text!r}: {value!r} is not a number") from None
        else:
            found[key] = value
    return found


def with_choices(study: Study, choices: Mapping[str, Any]) -> Study:
    """The study with these rules in the place of its own.

    Raises:
        ValueError: a choice does not exist, or has a value that it cannot have.
    """
    unknown = sorted(set(choices) - set(CHOICES))
    if unknown:
        meant = did_you_mean(unknown[0], CHOICES)
        raise ValueError(f"no choice named {unknown[0]}{meant}; an analysis can choose {', '.join(CHOICES)}")
    return replace(study, **{key: _of_kind(key, value) for key, value in choices.items()})


def _of_kind(key: str, value: Any) -> Any:
    """A choice as the kind of value that the study file has for it."""
    usual = getattr(Study(), key)
    if isinstance(usual, tuple):
        listed = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, Iterable) else (value,)
        if not all(isinstance(one, str) for one in listed):
            raise ValueError(f"{key}: must be a list of texts, is {value!r}")
        return listed
    if isinstance(usual, float):
        if isinstance(value, bool) or not isinstance(value, Real):
            raise ValueError(f"{key}: must be a number, is {value!r}")
        return float(value)
    if not isinstance(value, str):
        raise ValueError(f"{key}: must be a text, is {value!r}")
    return value
