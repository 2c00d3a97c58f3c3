"""The rules of the analysis, where they come from, and what was changed since publication."""

from dataclasses import dataclass
from typing import Any

from analysis.records.comparisons import Target


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The rules in force, by their keys in the section `analysis` of study.toml."""

    target: Target
    """For whom the results hold: new videos of each method, these videos alone, or new labels as well."""
    primary_test: str
    """`auto` or `t`: clustered t; `sign-flip` or `permutation` must be passed as well."""
    class_weights: str
    """`equal`: each label counts the same; `videos`: by its number of videos."""
    confidence: float
    """Confidence of the intervals; 1 less it is the level of the tests."""
    unclear: str
    """How “Other” and “Unclear” count: `wrong` or `dropped`."""
    comparisons: list[str]
    """Planned pairs, each `one method - another`; empty for every pair."""
    adjustment: str
    """For several comparisons: `holm`, `max-t` or `none`."""
    margin: float
    """The difference that would not matter, a fraction; 0 for none."""
    sequential: str
    """`confidence-sequence`: tests hold at all looks at a running study together; `none`: they hold once."""
    gold_method: str
    """The method of real clips, the control."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one key of the study file was at publication, and is now."""

    key: str
    """The key in study.toml."""
    published: Any
    """Its value at publication."""
    now: Any
    """Its value in this report."""


@dataclass(frozen=True, kw_only=True)
class PublishedPages:
    """The templates that participants' pages were made from."""

    release: str
    """The release of vidgen."""
    sha256: str
    """SHA-256 of the templates' names and contents."""


@dataclass(frozen=True, kw_only=True)
class PublishedTerms:
    """What participants see and are paid, beside what was published."""

    recorded: bool
    """Whether it was kept at publication; earlier releases did not."""
    intact: bool
    """Whether what was kept still has its hash."""
    changes: list[Change]
    """What the study file has changed since."""
    pages: list[PublishedPages]
    """Versions of the pages that were published, each once."""


@dataclass(frozen=True, kw_only=True)
class RegisteredPlan:
    """The document in which the plan was registered before the study was published."""

    name: str
    """The file in the study directory."""
    sha256: str
    """SHA-256 of the file."""
    of_this_plan: bool
    """Whether it names the hash of the published plan."""
    url: str | None
    """Where it is registered, by its line `Registered at`; null where that is not filled in."""


@dataclass(frozen=True, kw_only=True)
class PlanSummary:
    """The plan, and what differs from it."""

    declared: bool
    """Whether a plan was hashed before collection."""
    sha256: str | None
    """Its SHA-256; null without one."""
    intact: bool
    """Whether the published plan still has its hash."""
    post_hoc: list[Change]
    """Rules that differ from the published ones."""
    promised: PublishedTerms | None
    """What participants see and are paid beside what was published; null where nothing was."""
    chosen: list[str]
    """Keys of the rules that were chosen when the analysis was asked for."""
    default: bool
    """Whether all rules are the defaults."""
    choices: Choices
    """The rules in force."""
    registered: RegisteredPlan | None = None
    """The document that registers the plan; null without one, absent in reports of earlier releases."""
