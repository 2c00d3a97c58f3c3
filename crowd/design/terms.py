"""The published terms: what participants see and are paid. They are stored in `design.json` and must not change.

All fields of the study file belong to the terms, except those in `UNSEEN_SECTIONS` and `UNSEEN`, so a field that a
later release adds belongs to them by default. The plan has a hash of its own (`Study.plan`); the options are in both,
since people see them.
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from crowd.design.study import Study, section_of
from crowd.release import RELEASE

_log = logging.getLogger(__name__)

#: Sections whose fields no page shows: they only determine `design.json`, or are for the analysis.
UNSEEN_SECTIONS = ("design", "exclusion", "analysis")
#: Further fields that neither pages nor pay depend on.
UNSEEN = ("budget_usd", "notifications", "tasks_per_participant", "recruit", "keep_days")
#: The folders of templates that participants' pages are made from.
_PAGES = ("task", "participant")
#: Most characters of a text that a message shows.
_SHOWN_LENGTH = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class PageVersion:
    """The templates that participants' pages were made from."""

    release: str
    """The release of vidgen."""
    sha256: str
    """The hash of the templates' names and contents."""


def terms(study: Study) -> dict[str, Any]:
    """What participants of this study see and are paid, by field, as JSON values."""
    kept = {name: value for name, value in study.values.items() if not _is_unseen(name)}
    plain: dict[str, Any] = json.loads(json.dumps(kept))
    return plain


def _is_unseen(name: str) -> bool:
    return name in UNSEEN or section_of(name) in UNSEEN_SECTIONS


def changes(published: Mapping[str, Any], study: Study) -> list[dict[str, Any]]:
    """The terms that differ from the published ones: key, published value, present value.

    A field that the publishing release did not have counts as changed if it does not have its default.
    """
    now, before = terms(study), terms(Study()) | dict(published)
    if not study.options and study.naming:  # none given: publishing has filled in all labels
        now["options"] = before["options"]
    return [{"key": key, "published": before[key], "now": now[key]} for key in now if before[key] != now[key]]


def hold_to(published: Mapping[str, Any], study: Study, study_file: Path) -> None:
    """Refuse a study file whose terms differ from the published ones.

    Earlier releases stored no terms, so those of their studies cannot be compared; a warning in the log says so.

    Raises:
        ValueError: they differ; the message names each key with both values.
    """
    if not published:
        _log.warning(
            "%s: was published by an earlier release, which did not keep what participants were promised; leave what "
            "they see and are paid as it was",
            study_file,
        )
        return
    found = changes(published, study)
    if found:
        named = "; ".join(_told(change) for change in found)
        raise ValueError(
            f"{study_file}: participants were promised something else when this study was published: {named}. Put it "
            "back, or publish the new one from a new study directory"
        )


def _told(change: Mapping[str, Any]) -> str:
    published, now = (json.dumps(change[side], ensure_ascii=False) for side in ("published", "now"))
    pairs = zip(published, now, strict=False)
    place = next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(published), len(now)))
    return f"{change['key']} was {_excerpt(published, place)} and is {_excerpt(now, place)}"


def _excerpt(text: str, place: int) -> str:
    """The text, or, if it is long, the part around `place`."""
    if len(text) <= _SHOWN_LENGTH:
        return text
    start = max(0, min(place - 15, len(text) - _SHOWN_LENGTH))
    part = text[start : start + _SHOWN_LENGTH]
    return f"{'…' if start else ''}{part}{'…' if start + _SHOWN_LENGTH < len(text) else ''}"


def as_published(study: Study, published: Mapping[str, Any]) -> Study:
    """The study with the published terms in place of its own.

    Raises:
        ValueError: they are not terms of this release.
    """
    known: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in published.items()
        if name in Study.__dataclass_fields__
    }
    try:
        return replace(study, **known)
    except TypeError as error:
        raise ValueError(f"shown: {error}") from error


@cache
def page_version() -> PageVersion:
    """The version of the present templates of pages."""
    digest = hashlib.sha256()
    for folder in _PAGES:
        for name, content in sorted(_contents(files("templates").joinpath(folder), folder)):
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return PageVersion(release=RELEASE, sha256=digest.hexdigest())


def with_pages(versions: Sequence[PageVersion]) -> tuple[PageVersion, ...]:
    """The versions of pages of a study that publishes tasks now; empty if no versions were stored before."""
    if not versions or versions[-1].sha256 == page_version().sha256:
        return tuple(versions)
    return (*versions, page_version())


def _contents(folder: Traversable, name: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _contents(entry, f"{name}/{entry.name}") if entry.name != "__pycache__" else []
        else:
            found.append((f"{name}/{entry.name}", entry.read_bytes()))
    return found
