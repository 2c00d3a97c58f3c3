"""The report that is in a directory already: whether a new one may take its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.plan import published_sha256
from crowd.fileformat import parsed
from crowd.studydir import ReportDirectory, StudyDirectory


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What a report is about; a later one about the same takes its place, and no other."""

    table: str
    """The file's name."""
    plan_sha256: str | None = None
    """Of the published plan, which tells studies apart."""
    people_only: bool = False
    rules: Mapping[str, Any] = field(default_factory=dict)
    """What was chosen beside the plan."""


def subject_of_study(directory: Path, *, people_only: bool, rules: Mapping[str, Any]) -> Subject:
    """What a report of a study directory is about.

    Raises:
        ValueError: its design.json is broken.
    """
    files = StudyDirectory(directory)
    sha256 = published_sha256(files.design)
    table = next((path.name for path in files.answer_tables()), "")
    return Subject(table=table, plan_sha256=sha256, people_only=people_only, rules=_as_json(rules))


def subject_of_table(path: Path, *, people_only: bool, rules: Mapping[str, Any]) -> Subject:
    """What a report of an answers table is about."""
    return Subject(table=path.name, people_only=people_only, rules=_as_json(rules))


def check_place(directory: Path, subject: Subject) -> None:
    """See that no report about something else would be lost in that directory.

    Raises:
        ValueError: one is there; the message says what it is about.
    """
    there = _subject_in(ReportDirectory(directory).data)
    if there is None:
        return
    plans = {there.plan_sha256, subject.plan_sha256} - {None}  # a design.json may have come, or gone, since
    if there.table != subject.table or len(plans) > 1:
        what = f"of other answers ({there.table})"
    elif there.people_only != subject.people_only:
        what = "of people only" if there.people_only else "of all participants, programs too"
    elif there.rules != subject.rules:
        chosen = ", ".join(f"{key}={value}" for key, value in there.rules.items())
        what = f"by other rules ({chosen or 'those of the plan'})"
    else:
        return
    raise ValueError(f"{directory}: holds a report {what}, which would be lost; name another --out")


def _subject_in(path: Path) -> Subject | None:
    """What the report in that report.json is about; None where there is none."""
    try:
        contents = parsed(path)
        plan = contents["plan"]
        return Subject(
            table=contents["inputs"][0]["name"],
            plan_sha256=plan["sha256"],
            people_only=contents.get("people_only", False),  # reports of earlier releases were of all
            rules={key: plan["choices"][key] for key in plan.get("chosen", ())},
        )
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _as_json(rules: Mapping[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in rules.items()}
