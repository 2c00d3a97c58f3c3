"""Finds the videos directory of a published study, and checks that it holds the published files.

`design.json` names it relative to the study directory, so that both can be moved together. If it was moved alone,
`locate_videos` stores where it is.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from crowd.design.design import Design, PublishedFile
from crowd.ledger.ledger import Ledger
from crowd.media.places import OwnMedia, remembered
from crowd.studydir import StudyDirectory
from crowd.videos.metadata import Video, files_of

_HINT = "name the directory where they are now with --videos DIR (serve-tasks, simulate-answers, extend-study)"


def published_files(videos: Iterable[Video]) -> dict[str, PublishedFile]:
    """The size and hash of every file that pages may load, by its name in the videos directory.

    Raises:
        OSError: one cannot be read.
    """
    return {name: _look_at(path) for name, path in files_of(videos)}


def locate_videos(study_dir: Path | str, videos_dir: Path | str | None = None) -> None:
    """Check that a published study's videos are in its videos directory, byte for byte, or set a new directory.

    Nothing is checked before publication, or if the videos are shown from elsewhere.

    Args:
        study_dir: the study.
        videos_dir: where the videos are now, if they were moved; it is stored in `design.json` if all of them are
            there.

    Raises:
        ValueError: a video is missing or changed, or the study has no design; the message says what to do.
        OSError: a file cannot be read, or `design.json` not written.

    Example:
        >>> crowd.locate_videos("my-study", "my-videos")
    """
    root = Path(study_dir)
    if not StudyDirectory(root).design.exists():
        if videos_dir is not None:
            raise ValueError(f"{root}: nothing was published from here yet, so there are no videos to look for")
        return
    design = Design.load(root)
    moved = design if videos_dir is None else design.with_videos_in(videos_dir)
    if videos_dir is not None or shows_its_own(root):
        check(moved, root)
    if moved.videos_dir != design.videos_dir:
        moved.save(root)


def check(design: Design, study_dir: Path | str) -> None:
    """Check that every file of the design is in its videos directory, with the published bytes.

    Designs of earlier releases hold no hashes, so their files must only be present.

    Raises:
        ValueError: one is missing or changed.
        OSError: one cannot be read.
    """
    files = dict(files_of(design.videos))
    missing = [name for name, path in files.items() if not path.is_file()]
    if missing:
        what = f"{missing[0]} is missing" if len(missing) == 1 else f"{len(missing)} of {len(files)} videos are missing"
        raise ValueError(f"{study_dir}: {what} in {design.videos_dir}; if they were moved, {_HINT}")
    for path, _ in wrong_files(design):
        raise ValueError(
            f"{path}: is not the file that was published from {study_dir}; bring that file back, or publish the "
            "new one from a new study directory"
        )


def wrong_files(design: Design) -> Iterator[tuple[Path, str]]:
    """Every file of the design that is missing or changed, with which of the two; `check` reports the first."""
    for name, path in files_of(design.videos):
        published = design.files.get(name)
        if not path.is_file():
            yield path, "is missing"
        elif published and (path.stat().st_size != published.num_bytes or _look_at(path) != published):
            yield path, "is not the file that was published"


def same_videos(study_dir: Path, published: Design, given: Design) -> Design:
    """The published design with the videos directory of `given`.

    Raises:
        ValueError: these are not the published videos.
    """
    there = {_identity(video) for video in given.videos}
    for video in published.videos:
        if _identity(video) not in there:
            raise ValueError(
                f"{study_dir}: was published with other videos: {video.file_name} ({video.method}, {video.label}) is "
                f"not in {given.videos_dir}; other videos need a new study directory"
            )
    if len(there) != len(published.videos):
        more = len(there) - len(published.videos)
        raise ValueError(
            f"{study_dir}: was published with other videos: {given.videos_dir} has {more} more; other videos need a "
            "new study directory"
        )
    moved = published.with_videos_in(given.videos_dir)
    check(moved, study_dir)
    return replace(moved, files={name: given.files[name] for name, _ in files_of(moved.videos)})


def _identity(video: Video) -> tuple[str, ...]:
    """What `metadata.csv` says of a video; not its duration and size, which another release may measure differently."""
    return (video.video_id, video.file_name, video.method, video.label)


def shows_its_own(study_dir: Path) -> bool:
    """Whether the local platform serves the videos, and not S3."""
    if not StudyDirectory(study_dir).ledger.exists():
        return True
    with Ledger(study_dir, create=False) as ledger:
        return isinstance(remembered(ledger), OwnMedia)


def _look_at(path: Path) -> PublishedFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return PublishedFile(num_bytes=path.stat().st_size, sha256=digest)
