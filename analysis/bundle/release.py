"""`release`: writes a study's public bundle, whole or not at all."""

import csv
import io
import os
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analysis.analysing import analyse_study
from analysis.bundle import documents
from analysis.bundle.codebook import codebook
from analysis.bundle.documents import ReleaseFacts
from analysis.bundle.identifiers import IdentifyingText, KnownIds, identifying_texts
from analysis.bundle.licences import licence as licence_of
from analysis.bundle.public_answers import PublicAnswers, alone_in_their_answers, public_answers
from analysis.bundle.public_study import public_study, videos_of
from crowd.atomic_write import remove_left_drafts
from crowd.commandline import to_paste
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.fileformat import stamped
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.invite import consent_texts
from crowd.lifecycle.lock import locked
from crowd.lifecycle.prepare import load
from crowd.lifecycle.video_folder import wrong_files
from crowd.platforms import describe
from crowd.simulated.screenshots import screenshots
from crowd.studydir import ReleaseDirectory, ReportDirectory, StudyDirectory, existing_study
from crowd.task.page import pay_shown
from crowd.texts import counted
from crowd.videos.metadata import files_of


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseReview:
    """What has to be looked at before a release is written."""

    texts: tuple[str, ...]
    """What participants have written that would be published; empty unless texts were asked for."""
    found: tuple[IdentifyingText, ...]
    """What looks as if it could identify somebody."""

    def __bool__(self) -> bool:
        return bool(self.texts or self.found)


@dataclass(frozen=True, kw_only=True, slots=True)
class Released:
    """A release that was written."""

    directory: Path
    num_files: int
    num_rows: int
    """Answers."""
    num_participants: int
    removed: tuple[str, ...]
    """What was removed or replaced, a line each."""
    no_screens: str
    """Why there are no pictures of the pages; empty where there are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Parts:
    """What is published, before anything is written."""

    study: Study
    design: Design
    answers: PublicAnswers
    files: Mapping[str, str]
    removed: tuple[str, ...]
    review: ReleaseReview


def release(
    study_dir: str | Path,
    out: str | Path,
    *,
    licence: str,
    authors: Sequence[str],
    with_text: bool = False,
    with_videos: bool = False,
    with_screenshots: bool = True,
    links_below: str = "",
    confirm: Callable[[ReleaseReview], bool] | None = None,
) -> Released:
    """Write a public bundle of a study, from which others compute the same report.

    Participants have new pseudonyms, whose key is not kept. Ids, times of day, links, the ledger and the store are
    left out, and so are participants' texts unless they are asked for. What looks identifying in what is left is shown
    first.

    Args:
        study_dir: a published study with collected answers.
        out: the bundle's directory; must not exist, or be empty.
        licence: identifier of the licence at SPDX, such as `CC-BY-4.0`.
        authors: whom to cite, each `Family, Given`, or the name of an institution.
        with_text: whether comments and answers in words are published, except those that look identifying.
        with_videos: whether the videos are in the bundle; their hashes always are.
        with_screenshots: whether pictures of the pages, which show some videos, are in the bundle. They are taken in
            Chromium, which takes as long as a task's clips last; where it is missing, the bundle says so.
        links_below: the address below which the videos are published.
        confirm: called with what has to be looked at, if there is anything; returns whether to publish it.

    Returns:
        What was written.

    Raises:
        ValueError: the study was not published or has no answers, `out` is not empty, the licence is unknown, an id of
            the study would be published, a video is not as it was published, or what looks identifying was not
            confirmed. Nothing is written.
        OSError: a file cannot be read or written.

    Example:
        >>> made = analysis.release("my-study", "my-release", licence="CC-BY-4.0", authors=["Doe, Jane"])
        >>> analysis.reproduce(made.directory).differing
        ()
    """
    root, place = existing_study(Path(study_dir)), Path(out)
    licence_of(licence)
    _check_authors(authors)
    _check_place(place)
    if links_below and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", links_below):
        raise ValueError(f"links_below: must be an http address, is {links_below!r}")
    known = KnownIds.of(root)
    with locked(root, only_reading=True):
        parts = _parts(root, known, with_text=with_text, links_below=links_below)
    if with_videos:
        _check_videos(parts.design)
    _check_ids(known, parts.files)
    if parts.review and not (confirm and confirm(parts.review)):
        raise ValueError(_unconfirmed(place, parts.review))
    screens, no_screens = _screens(root, parts) if with_screenshots else ((), "they were not asked for.")
    rows = parts.answers.rows
    num_participants = int(rows["worker_id"].nunique())
    methods = len({video.method for video in parts.design.videos})
    facts = ReleaseFacts(
        title=parts.study.title,
        description=f"{counted(len(rows), 'answer')} of {counted(num_participants, 'participant')} to questions about "
        f"{counted(len(parts.design.videos), 'video')} of {counted(methods, 'method')}.",
        authors=tuple(authors),
        licence=licence,
        made=datetime.now(UTC).date(),
        num_rows=len(rows),
        num_participants=num_participants,
        simulated=bool(rows["simulated"].isin([True, "true"]).any()),
        removed=parts.removed,
        confirmed=tuple(map(str, parts.review.found)),
        with_text=with_text,
        with_videos=with_videos,
        links_below=links_below,
        plan_sha256=parts.design.sha256,
        num_screens=len(screens),
        no_screens=no_screens,
    )
    videos = files_of(parts.design.videos) if with_videos else ()
    pictures = {f"{ReleaseDirectory.screens.name}/{number:02}.png": one for number, one in enumerate(screens, 1)}
    num_files = _write(place, facts, parts.files, pictures, videos, known)
    return Released(
        directory=place,
        num_files=num_files,
        num_rows=facts.num_rows,
        num_participants=facts.num_participants,
        removed=facts.removed,
        no_screens=no_screens,
    )


def _screens(root: Path, parts: _Parts) -> tuple[Sequence[bytes], str]:
    """Pictures of the pages, and why there are none."""
    study, design = parts.study, parts.design
    try:
        with Ledger(root, create=False) as ledger:
            pay = pay_shown(study, platform_pays=describe(ledger.platform).pays)
        _check_videos(design)
        return screenshots(study, design, Path(design.videos_dir), pay=pay), ""
    except (ModuleNotFoundError, OSError, ValueError) as error:
        return (), f"{error}."


def _parts(root: Path, known: KnownIds, *, with_text: bool, links_below: str) -> _Parts:
    """What is published of the study.

    Raises:
        ValueError: it was not published, or has no answers.
    """
    there = StudyDirectory(root)
    if not there.design.exists():
        raise ValueError(f"{root}: was not published, so there is nothing to release")
    tables = there.answer_tables()
    if not tables:
        collect = to_paste("collect-answers", "--study", root)
        raise ValueError(f"{root}: no {there.answers.name}; run `{collect}` first")
    study, design = load(root)
    answers = public_answers(tables[0], design, known, with_text=with_text)
    if answers.rows.empty:
        raise ValueError(f"{tables[0]}: holds no answers")
    public = public_study(root, study)
    files = {
        there.answers_csv.name: answers.to_csv(),
        ReleaseDirectory.codebook.name: codebook(answers.rows, design),
        ReleaseDirectory.instructions.name: documents.instructions(study, design, consent_texts(root)),
        ReleaseDirectory.video_table.name: _csv(videos_of(design, links_below=links_below)),
        **public.files,
    }
    if there.preregistration.exists():
        files[there.preregistration.name] = there.preregistration.read_text(encoding="utf-8")
    alone = alone_in_their_answers(answers, design)
    scanned = files | ({there.study_file.name: public.declared} if there.study_file.name in files else {})
    if links_below:
        scanned = {name: text.replace(links_below, "") for name, text in scanned.items()}
    found = [*identifying_texts(_as_read(scanned)), *([alone] if alone else [])]
    return _Parts(
        study=study,
        design=design,
        answers=answers,
        files=files,
        removed=(*answers.removed, *public.removed),
        review=ReleaseReview(texts=tuple(answers.texts), found=tuple(found)),
    )


def _check_authors(authors: Sequence[str]) -> None:
    if isinstance(authors, str) or not authors or not all(author.strip() for author in authors):
        raise ValueError(f"authors: name at least one, such as 'Doe, Jane'; given were {authors!r}")


def _check_place(place: Path) -> None:
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise ValueError(f"{place}: is there already, and a release is never put over anything; name another place")


def _check_videos(design: Design) -> None:
    for path, what in wrong_files(design):
        raise ValueError(f"{path}: {what}; bring it back, or leave the videos out")


def _check_ids(known: KnownIds, files: Mapping[str, str]) -> None:
    if found := known.first_in(_as_read(files)):
        where, kind = found
        raise ValueError(f"{where}: would publish a {kind} of the study, so nothing was written; take it out first")


def _as_read(files: Mapping[str, str]) -> dict[str, str]:
    """The texts as they are looked through: Markdown without the backslashes before its marks."""
    return {
        name: re.sub(r"\\([^a-zA-Z0-9\s])", r"\1", text) if name.endswith(".md") else text
        for name, text in files.items()
    }


def _unconfirmed(place: Path, review: ReleaseReview) -> str:
    first = str(review.found[0]) if review.found else f"{len(review.texts)} texts of participants"
    more = f" and {len(review.found) - 1} more" if len(review.found) > 1 else ""
    return f"{place}: nothing was written, since this was not confirmed: {first}{more}"


def _write(
    place: Path,
    facts: ReleaseFacts,
    texts: Mapping[str, str],
    pictures: Mapping[str, bytes],
    videos: Iterable[tuple[str, Path]],
    known: KnownIds,
) -> int:
    """Write the bundle beside its place, and rename it; return how many files it has."""
    place.parent.mkdir(parents=True, exist_ok=True)
    remove_left_drafts(place)
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    draft.mkdir()
    try:
        for name, text in texts.items():
            _put(draft / name, text.encode())
        for name, picture in pictures.items():
            _put(draft / name, picture)
        for name, path in videos:
            _put(draft / ReleaseDirectory.videos.name / name, path.read_bytes())
        report = analyse_study(draft)
        folder = ReleaseDirectory(draft).report
        for file, text in ((ReportDirectory.data, report.to_json()), (ReportDirectory.text, report.to_markdown())):
            _put(folder / file.name, text.encode())
        _describe(draft, facts)
        # Once more, over all that is there, also what was made from the files.
        _check_ids(known, {name: content.decode("utf-8", "replace") for name, content in _contents(draft).items()})
        number = len(_contents(draft))
        if place.exists():
            place.rmdir()
        draft.rename(place)
        return number
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _describe(draft: Path, facts: ReleaseFacts) -> None:
    """Write the documents, each of which describes those before it."""
    files = ReleaseDirectory(draft)
    about = stamped(files.about.name, facts.as_table())
    _put(files.about, documents.as_json_file(about).encode())
    _put(files.citation, documents.citation(facts).encode())
    names = [*_contents(draft), files.crate.name, files.sums.name]
    _put(files.readme, documents.readme(facts, names).encode())
    _put(files.crate, documents.crate(facts, _contents(draft)).encode())
    _put(files.sums, documents.sums(_contents(draft)).encode())


def _contents(folder: Path) -> dict[str, bytes]:
    """The files below a folder, by their names with `/` between folders, in order."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = io.StringIO()
    table = csv.DictWriter(lines, rows[0])
    table.writeheader()
    table.writerows(rows)
    return lines.getvalue()
