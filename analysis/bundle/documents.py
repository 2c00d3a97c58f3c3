"""The documents of a release: README.md, instructions.md, CITATION.cff, and the description as an RO-Crate."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

from analysis.bundle.licences import licence
from analysis.rendering import escape_markdown
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.lifecycle.invite import ConsentText
from crowd.release import DISTRIBUTION, RELEASE
from crowd.studydir import ReleaseDirectory, StudyDirectory
from crowd.task.page import page_data
from templates import environment

#: Of research objects: https://w3id.org/ro/crate/1.1
_CRATE = "https://w3id.org/ro/crate/1.1"
_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".md": "text/markdown",
    ".png": "image/png",
    ".toml": "application/toml",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseFacts:
    """What the documents of a release say of it."""

    title: str
    description: str
    authors: tuple[str, ...]
    """Each as "Family, Given", or the name of an institution."""
    licence: str
    """Its identifier at SPDX."""
    made: date
    num_rows: int
    num_participants: int
    simulated: bool
    """Whether any participant is a program."""
    removed: tuple[str, ...]
    confirmed: tuple[str, ...]
    """What looked identifying and was confirmed, a line each."""
    with_text: bool
    with_videos: bool
    links_below: str
    """Where the videos are; empty where nobody said."""
    plan_sha256: str
    num_screens: int
    """Pictures of pages."""
    no_screens: str
    """Why there are none; empty where there are."""

    def as_table(self) -> dict[str, Any]:
        """What release.json holds."""
        return {
            "title": self.title,
            "authors": list(self.authors),
            "licence": self.licence,
            "made": self.made.isoformat(),
            "with_text": self.with_text,
            "with_videos": self.with_videos,
            "removed": list(self.removed),
            "confirmed": list(self.confirmed),
            "plan_sha256": self.plan_sha256,
            "num_screens": self.num_screens,
            "no_screens": self.no_screens,
        }


def readme(facts: ReleaseFacts, files: Sequence[str]) -> str:
    """README.md."""
    return _rendered(
        "readme.md.j2",
        facts=facts,
        licence=licence(facts.licence),
        files=[(name, about) for name, about in _FILES.items() if name in files],
        release=RELEASE,
        distribution=DISTRIBUTION,
    )


def citation(facts: ReleaseFacts) -> str:
    """CITATION.cff of version 1.2.0; its texts are JSON strings, which YAML reads as they are."""
    people = [_person(author) for author in facts.authors]
    return _rendered("citation.cff.j2", facts=facts, people=people)


def instructions(study: Study, design: Design, consents: Sequence[ConsentText]) -> str:
    """What participants read, in the study's language, and the texts that they have agreed to."""
    page = page_data(study, design, design.hits[0], str)
    return _rendered("instructions.md.j2", page=page, study=study, options=design.options, consents=consents)


def crate(facts: ReleaseFacts, files: Mapping[str, bytes]) -> str:
    """ro-crate-metadata.json: the bundle, its files, authors and licence, as JSON-LD of RO-Crate 1.1."""
    chosen = licence(facts.licence)
    authors = [_author(number, author) for number, author in enumerate(facts.authors, 1)]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": facts.title,
        "description": facts.description,
        "datePublished": facts.made.isoformat(),
        "license": {"@id": chosen.url},
        "author": [{"@id": author["@id"]} for author in authors],
        "hasPart": [{"@id": name} for name in files],
    }
    about = {
        "@id": ReleaseDirectory.crate.name,
        "@type": "CreativeWork",
        "conformsTo": {"@id": _CRATE},
        "about": {"@id": "./"},
    }
    of_licence = {"@id": chosen.url, "@type": "CreativeWork", "name": chosen.name, "identifier": facts.licence}
    graph = [about, root, of_licence, *authors, *(_file(name, content) for name, content in files.items())]
    return json.dumps({"@context": f"{_CRATE}/context", "@graph": graph}, ensure_ascii=False, indent=1) + "\n"


def sums(files: Mapping[str, bytes]) -> str:
    """SHA256SUMS, as `sha256sum --check` reads it."""
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))


#: The files of a release that README.md explains, in its order.
_FILES = {
    StudyDirectory.answers_csv.name: "the answers, a row each; codebook.csv explains its columns",
    ReleaseDirectory.codebook.name: "each column with its type, meaning and values, and each question",
    ReleaseDirectory.instructions.name: "what participants read and agreed to, word for word",
    StudyDirectory.study_file.name: "the questions, the design, the rules of exclusion and the analysis plan",
    StudyDirectory.design.name: "which video was in which task; the plan and its hash",
    StudyDirectory.preregistration.name: "the plan as it was registered",
    StudyDirectory.funnel.name: "how many came, answered and were left out",
    StudyDirectory.simulation.name: "what simulated participants answered from",
    ReleaseDirectory.video_table.name: "every video with its size, hash and, where it is published, link",
    ReleaseDirectory.citation.name: "how to cite this release",
    ReleaseDirectory.about.name: "what was removed and confirmed, for programs",
    ReleaseDirectory.crate.name: "this description for repositories (RO-Crate 1.1)",
    ReleaseDirectory.sums.name: "the hash of every file: `sha256sum --check SHA256SUMS`",
}


def _file(name: str, content: bytes) -> dict[str, Any]:
    kind = _MEDIA_TYPES.get(Path(name).suffix.lower())
    known = {"encodingFormat": kind} if kind else {}
    digest = hashlib.sha256(content).hexdigest()
    return {"@id": name, "@type": "File", "contentSize": str(len(content)), "sha256": digest, **known}


def _author(number: int, author: str) -> dict[str, Any]:
    person = _person(author)
    if "name" in person:
        return {"@id": f"#author-{number}", "@type": "Organization", "name": person["name"]}
    family, given = person["family-names"], person["given-names"]
    return {
        "@id": f"#author-{number}",
        "@type": "Person",
        "name": f"{given} {family}",
        "familyName": family,
        "givenName": given,
    }


def _person(author: str) -> dict[str, str]:
    family, comma, given = (part.strip() for part in author.partition(","))
    return {"family-names": family, "given-names": given} if comma and given else {"name": author.strip()}


def _rendered(template: str, **values: Any) -> str:
    return _environment().get_template(f"release/{template}").render(**values)


@cache
def _environment() -> Environment:
    chosen = environment().overlay()
    chosen.filters = {**chosen.filters, "md": escape_markdown, "quoted": _quoted, "json": _as_json}
    return chosen


def _quoted(text: str) -> str:
    """A text of several lines as a quotation in Markdown, each line as it stands."""
    return "\n".join(f"> {escape_markdown(line)}  " if line.strip() else ">" for line in text.strip().splitlines())


def as_json_file(table: Mapping[str, Any]) -> str:
    """A JSON file of a release."""
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
