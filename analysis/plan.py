"""What was published before collection, the plan and what participants are promised, and what was changed since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Real
from pathlib import Path
from typing import Any, cast

from analysis.comparisons import Rules
from analysis.inference import Target
from crowd.design.study import Study
from crowd.design.terms import changes as changes_of_terms
from crowd.design.texts import as_read
from crowd.fileformat import NewerFileError, parsed, unstamped
from crowd.hashes import hash_of_plan, hash_of_shown
from crowd.studydir import StudyDirectory

#: The study file's word for what becomes of Other and Unclear, as a policy of `analysis.counts`.
POLICY_OF = {"wrong": "planned", "dropped": "committed only"}

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
    changes: list[dict[str, Any]] = field(default_factory=list)
    #: What participants see and are paid beside what was published; None where nothing was.
    promised: dict[str, Any] | None = None
    #: The rules that whoever asked for the analysis chose.
    chosen: tuple[str, ...] = ()

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
        """Whether a rule has stood in the plan since before the answers, as far as is known."""
        return self.intact and key not in self.chosen and not any(change["key"] == key for change in self.changes)

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

    def contents(self) -> dict[str, Any]:
        """What report.json says of the plan."""
        return {
            "declared": self.declared,
            "sha256": self.sha256,
            "intact": self.intact,
            "post_hoc": self.changes,
            "promised": self.promised,
            "chosen": list(self.chosen),
            "default": all(getattr(self.study, key) == getattr(Study(), key) for key in CHOICES),
            "choices": {key: _plain(getattr(self.study, key)) for key in CHOICES},
        }


def chosen(choices: Mapping[str, Any]) -> Plan:
    """A plan that nobody declared: the study file's defaults with some choices.

    Raises:
        ValueError: a choice does not exist or has a value that it cannot have.
    """
    return Plan(study=_with(Study(), choices), chosen=tuple(choices))


def parsed_choices(words: Sequence[str]) -> dict[str, Any]:
    """Choices from `key=value` texts, as a command gets them; several of `comparisons` are listed.

    Raises:
        ValueError: a text is no choice, or its value is not of the kind that it has.
    """
    found: dict[str, Any] = {}
    for text in words:
        key, equals, value = (part.strip() for part in text.partition("="))
        if not equals or key not in CHOICES:
            raise ValueError(f"rule {text!r}: must be KEY=VALUE with a KEY of {', '.join(CHOICES)}")
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
            study = _with(Study(), {key: value for key, value in known.items() if key in CHOICES})
            study = replace(study, **{key: value for key, value in known.items() if key not in CHOICES})
        except (ValueError, TypeError) as error:
            raise ValueError(f"{design}: not a plan of this release: {error}") from None
    else:
        return chosen(choices)
    promised = _promised(table, study) if table else None
    study = _with(study, choices)
    if published is None:
        return Plan(study=study, chosen=tuple(choices))
    now, intact = study.plan, hash_of_plan(published) == sha256
    # A plan of an earlier release lacks the rules that came later; they have their defaults.
    published = {name: value for name, value in Study().plan.items() if name not in published} | published
    changes = [
        {"key": key, "published": published.get(key), "now": now.get(key)}
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
    )


def _promised(table: Mapping[str, Any], study: Study) -> dict[str, Any]:
    """Whether participants see and are paid what was published, by design.json and the study file as it is now."""
    shown = table.get("shown") or {}
    return {
        "recorded": bool(shown),
        "intact": not shown or hash_of_shown(table) == table.get("shown_sha256"),
        "changes": changes_of_terms(shown, study) if shown else [],
        "pages": table.get("pages", []),
    }


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


def _with(study: Study, choices: Mapping[str, Any]) -> Study:
    unknown = sorted(set(choices) - set(CHOICES))
    if unknown:
        raise ValueError(f"no choice named {unknown[0]}; an analysis can choose {', '.join(CHOICES)}")
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


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
