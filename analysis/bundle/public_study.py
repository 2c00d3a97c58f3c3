"""The study file, the design and the notes of a collection as they are published."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from typing import Any

from crowd import fileformat
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.recruiters import settings_class
from crowd.studydir import ReleaseDirectory, StudyDirectory

#: Stands for a setting of the recruiter that the study file must have.
WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class PublicStudy:
    """The files of the study that are published, by their names, and what is not in them."""

    files: Mapping[str, str]
    declared: str
    """What the study file declares, without the comments that explain it."""
    removed: tuple[str, ...]


def public_study(study_dir: Path, study: Study) -> PublicStudy:
    """The study file without what only the study's owner uses, design.json, and the notes that a report reads.

    Raises:
        OSError: a file cannot be read.
        ValueError: a file is broken.
    """
    there = StudyDirectory(study_dir)
    found = {there.design.name: _design(there)}
    public = without_settings(study)
    removed = ["videos_dir in the design: the folder of the videos"]
    if there.study_file.exists():
        found[there.study_file.name] = public.to_toml()
        removed += [f"{name} in the study file" for name in _differing(study, public)]
    for path, keys in ((there.funnel, None), (there.simulation, ("answers_from",))):
        if path.exists():
            found[path.name] = _json(path.name, fileformat.load(path), keys)
    return PublicStudy(found, "\n".join(_texts(public.values)), tuple(removed))


def without_settings(study: Study) -> Study:
    """The study without the recruiter's settings, where notifications go, and the budget.

    Participants see none of these, so that the published terms stay as they were.
    """
    needed = [item.name for item in fields(settings_class(study.recruiter)) if item.default is MISSING]
    recruit = {study.recruiter: dict.fromkeys(needed, WITHHELD)} if needed else {}
    return replace(study, recruit=recruit, notifications=Study().notifications, budget_usd=Study().budget_usd)


def _differing(study: Study, public: Study) -> list[str]:
    return [item.name for item in fields(Study) if getattr(study, item.name) != getattr(public, item.name)]


def _design(there: StudyDirectory) -> str:
    """design.json with another videos_dir, which is in no hash."""
    table = fileformat.load(there.design)
    return _json(there.design.name, {**table, "videos_dir": ReleaseDirectory.videos.name}, None)


def _json(name: str, table: Mapping[str, Any], keys: tuple[str, ...] | None) -> str:
    kept = {key: value for key, value in table.items() if keys is None or key in keys}
    return json.dumps(fileformat.stamped(Path(name).name, kept), ensure_ascii=False, indent=1) + "\n"


def videos_of(design: Design, *, links_below: str = "") -> list[dict[str, Any]]:
    """A row for each file that participants saw: its video, size, hash and, below an address, link."""
    rows = []
    for video in design.videos:
        for role, name in (("video", video.file_name), ("fallback", video.fallback), ("reference", video.reference)):
            if name:
                file = design.files.get(name)
                rows.append(
                    {
                        "video_id": video.video_id,
                        "file_name": name,
                        "role": role,
                        "method": video.method,
                        "label": video.label,
                        "prompt": video.prompt,
                        "num_bytes": file.num_bytes if file else None,
                        "sha256": file.sha256 if file else "",
                        "link": f"{links_below.rstrip('/')}/{name}" if links_below else "",
                    }
                )
    return rows


def _texts(value: Any) -> Iterator[str]:
    """Every text in tables and lists, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, own in value.items():
            yield from (str(key), *_texts(own))
    elif isinstance(value, list | tuple):
        for own in value:
            yield from _texts(own)
