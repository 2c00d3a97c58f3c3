"""What participants see and are paid: kept in `design.json` when a study is published, and held to from then on.

Every field of the study file belongs to these terms, except what `UNSEEN` names: a field that a later release adds is
held to unless somebody decides otherwise. What the plan declares has a hash of its own (`Study.plan`); the options are
in both, because people read them.
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from crowd.design.study import Study, section_of
from crowd.release import RELEASE

_log = logging.getLogger(__name__)

#: Sections whose fields no page shows: they were used up in `design.json`, or are for the analysis.
UNSEEN_SECTIONS = ("design", "exclusion", "analysis")
#: Further fields that are neither shown nor paid.
UNSEEN = ("budget_usd", "notifications")
#: The folders of templates of which participants' pages are made.
_PAGES = ("task", "participant")
#: Characters of a long text that a message shows.
_SHOWN_LENGTH = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class PageVersion:
    """The templates that participants' pages were made from."""

    release: str
    """The release of vidgen."""
    sha256: str
    """Of the templates' names and contents."""


def terms(study: Study) -> dict[str, Any]:
    """What participants of this study see and are paid, by field, as JSON holds it."""
    kept = {name: value for name, value in asdict(study).items() if not _is_unseen(name)}
    plain: dict[str, Any] = json.loads(json.dumps(kept))
    return plain


def _is_unseen(name: str) -> bool:
    return name in UNSEEN or section_of(name) in UNSEEN_SECTIONS


def changes(published: Mapping[str, Any], study: Study) -> list[dict[str, Any]]:
    """The terms that differ from the published ones: key, published value, present value.

    A field that the release of the publication did not have counts as changed when it is not at its default.
    """
    now, before = terms(study), terms(Study()) | dict(published)
    if not study.options:  # all labels, which publishing filled in
        now["options"] = before["options"]
    return [{"key": key, "published": before[key], "now": now[key]} for key in now if before[key] != now[key]]


def hold_to(published: Mapping[str, Any], study: Study, study_file: Path) -> None:
    """Refuse a study file whose terms are not those that were published.

    Studies of earlier releases kept no terms, so theirs cannot be held to; a warning in the log says so.

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
    """The text, or the part of a long one around that place."""
    if len(text) <= _SHOWN_LENGTH:
        return text
    start = max(0, min(place - 15, len(text) - _SHOWN_LENGTH))
    part = text[start : start + _SHOWN_LENGTH]
    return f"{'…' if start else ''}{part}{'…' if start + _SHOWN_LENGTH < len(text) else ''}"


def as_published(study: Study, published: Mapping[str, Any]) -> Study:
    """The study with the published terms in place of its own.

    Raises:
        ValueError: they are no terms of this release.
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
    """The version of the templates that pages are made from now."""
    digest = hashlib.sha256()
    for folder in _PAGES:
        for name, content in sorted(_contents(files("templates").joinpath(folder), folder)):
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return PageVersion(release=RELEASE, sha256=digest.hexdigest())


def with_pages(versions: Sequence[PageVersion]) -> tuple[PageVersion, ...]:
    """The versions of pages that a study uses when it publishes tasks now; none where none were kept so far."""
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
