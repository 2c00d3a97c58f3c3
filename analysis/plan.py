"""The published plan, and what has changed since publication in it and in what participants are promised."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from analysis.choices import CHOICES, with_choices
from analysis.comparisons import Rules
from analysis.inference import Target
from analysis.records.plan import Change, Choices, PlanSummary, PublishedPages, PublishedTerms, RegisteredPlan
from crowd.design.study import Study
from crowd.design.terms import as_published
from crowd.design.terms import changes as changes_of_terms
from crowd.fileformat import NewerFileError, parsed, unstamped
from crowd.hashes import hash_of_plan, hash_of_shown
from crowd.studydir import StudyDirectory
from crowd.texts import as_read

#: The line of a preregistration that says where it is.
_REGISTERED_AT = re.compile(r"^Registered at: <?(https?://[^\s<>]+)", re.MULTILINE)
#: The study file's word for what becomes of Other and Unclear, as a policy of `analysis.scoring`.
POLICY_OF = {"wrong": "planned", "dropped": "committed only"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The rules in force, with where they come from."""

    #: The study whose rules are in force.
    study: Study
    #: Whether a plan was hashed before collection.
    declared: bool = False
    sha256: str | None = None
    #: Whether the published plan still has its hash.
    intact: bool = True
    #: What differs from the published plan: key, published value, value in force.
    changes: list[Change] = field(default_factory=list)
    #: Whether participants see and are paid what was published; None where nothing was published.
    promised: PublishedTerms | None = None
    #: Keys of the rules that were chosen when the analysis was asked for.
    chosen: tuple[str, ...] = ()
    #: What participants saw and were paid: the study as published, or as it is where nothing was.
    shown: Study | None = None
    #: The document in the study directory that registers the plan; None without one.
    registered: RegisteredPlan | None = None

    @property
    def rules(self) -> Rules:
        """How methods are compared."""
        return Rules(
            policy=POLICY_OF[self.study.unclear],
            primary_test=self.study.primary_test,
            target=cast(Target, self.study.target),
            confidence=self.study.confidence,
            class_weights=self.study.class_weights,
            adjustment=self.study.adjustment,
            margin=self.study.margin,
            sequential=self.study.sequential != "none",
        )

    def as_published(self, key: str) -> bool:
        """Whether a rule in force is the published one, as far as is known."""
        return self.intact and key not in self.chosen and not any(change.key == key for change in self.changes)

    @property
    def control(self) -> str:
        """The method of real clips."""
        return as_read(self.study.gold_method)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The planned comparisons, each once whichever way round; empty where every pair is meant."""
        found: dict[frozenset[str], tuple[str, str]] = {}
        for a, b in (map(as_read, pair.split(" - ")) for pair in self.study.comparisons):
            found.setdefault(frozenset((a, b)), (a, b))
        return list(found.values())

    def summary(self) -> PlanSummary:
        """What report.json says of the plan."""
        return PlanSummary(
            declared=self.declared,
            sha256=self.sha256,
            intact=self.intact,
            post_hoc=self.changes,
            promised=self.promised,
            chosen=list(self.chosen),
            default=all(getattr(self.study, key) == getattr(Study(), key) for key in CHOICES),
            choices=Choices(**{key: _plain(getattr(self.study, key)) for key in CHOICES}),
            registered=self.registered,
        )


def chosen(choices: Mapping[str, Any]) -> Plan:
    """A plan that was not declared before collection: the study file's defaults with some choices.

    Raises:
        ValueError: a choice does not exist or has a value that it cannot have.
    """
    return Plan(study=with_choices(Study(), choices), chosen=tuple(choices))


def load_plan(directory: Path, choices: Mapping[str, Any]) -> Plan:
    """The plan of a study directory: `study.toml` as it is now, checked against what `design.json` published.

    Raises:
        ValueError: `study.toml` or `design.json` is broken, or a choice does not exist.
    """
    files = StudyDirectory(directory)
    file, design = files.study_file, files.design
    table = _table(design)
    published, sha256 = (dict(table["plan"]), str(table["plan_sha256"])) if table else (None, None)
    if file.exists():
        study = Study.load(file)
    elif published:
        known: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in published.items()
            if name in Study.__dataclass_fields__
        }
        try:
            study = with_choices(Study(), {key: value for key, value in known.items() if key in CHOICES})
            study = replace(study, **{key: value for key, value in known.items() if key not in CHOICES})
        except (ValueError, TypeError) as error:
            raise ValueError(f"{design}: not a plan of this release: {error}") from None
    else:
        return chosen(choices)
    promised = _promised(table, study) if table else None
    study = with_choices(study, choices)
    if published is None:
        return Plan(study=study, chosen=tuple(choices))
    now, intact = study.plan, hash_of_plan(published) == sha256
    # A plan of an earlier release lacks the rules that came later; they have their defaults.
    published = {name: value for name, value in Study().plan.items() if name not in published} | published
    changes = [
        Change(key=key, published=published.get(key), now=now.get(key))
        for key in sorted(published.keys() | now.keys())
        if published.get(key) != now.get(key) and not (key == "options" and not now.get(key))
    ]
    return Plan(
        study=study,
        declared=True,
        sha256=sha256,
        intact=intact,
        changes=changes,
        promised=promised,
        chosen=tuple(choices),
        shown=_shown(table, study) if table else None,
        registered=_registered(files.preregistration, str(sha256)),
    )


def _shown(table: Mapping[str, Any], study: Study) -> Study:
    """The study with what was published to participants; as it is where that was damaged, which `promised` says."""
    try:
        return as_published(study, table.get("shown") or {})
    except ValueError:
        return study


def _promised(table: Mapping[str, Any], study: Study) -> PublishedTerms:
    """Whether participants see and are paid what was published, by design.json and the study file as it is now."""
    shown = table.get("shown") or {}
    return PublishedTerms(
        recorded=bool(shown),
        intact=not shown or hash_of_shown(table) == table.get("shown_sha256"),
        changes=[Change(**change) for change in changes_of_terms(shown, study)] if shown else [],
        pages=[PublishedPages(release=page["release"], sha256=page["sha256"]) for page in table.get("pages", [])],
    )


def _registered(path: Path, sha256: str) -> RegisteredPlan | None:
    """The document that registers the plan with this hash; None where there is none."""
    if not path.exists():
        return None
    content = path.read_bytes()
    text = content.decode("utf-8", "replace")
    found = _REGISTERED_AT.search(text)
    return RegisteredPlan(
        name=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        of_this_plan=sha256 in text,
        url=found[1] if found else None,
    )


def published_sha256(design: Path) -> str | None:
    """The hash of the plan in design.json; None where there is no such file.

    Raises:
        ValueError: it is no design.
    """
    table = _table(design)
    return None if table is None else str(table["plan_sha256"])


def _table(design: Path) -> dict[str, Any] | None:
    """What is in design.json, with the plan and its hash; None where nothing was published."""
    if not design.exists():
        return None
    try:
        table = unstamped(design, parsed(design))
        dict(table["plan"]), table["plan_sha256"]
        return table
    except NewerFileError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{design}: not a design ({type(error).__name__}: {error})") from None


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
