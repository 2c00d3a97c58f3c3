"""The copy of a study that is rehearsed.

The copy is a directory of its own: `study` (the study directory), `videos`, and `try`, a second publication of the same
tasks that no program answers, for whoever wants to see the pages. The study itself is only read.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from crowd.commandline import to_paste
from crowd.design.blocks import design
from crowd.design.design import Design
from crowd.design.planning import needs
from crowd.design.study import Study, naming_the_line
from crowd.pricing import dollars
from crowd.simulated.response_probabilities import FILES
from crowd.studydir import StudyDirectory, nearest
from crowd.videos.metadata import TABLE, files_of, read_videos

#: Tables beside the videos that belong to them.
_TABLES = (TABLE, *FILES)


@dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """A study that is to be rehearsed, as it stands."""

    study: Study
    design: Design
    study_file: Path
    videos_dir: Path

    @property
    def total_usd(self) -> Decimal:
        """What it would cost on Mechanical Turk, fees included."""
        return needs(self.study, self.design).total_usd

    @property
    def budget_usd(self) -> Decimal:
        """What its study file allows."""
        return dollars(self.study.budget_usd, "budget_usd")

    @property
    def unasked(self) -> tuple[str, ...]:
        """Requirements on participants that programs cannot meet, and that the copy leaves out."""
        return tuple(name for name in ("min_approved_percent", "min_approved_hits") if getattr(self.study, name))


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """The directory of a rehearsal."""

    directory: Path
    num_files: int
    num_bytes: int
    total_usd: Decimal

    @property
    def study_dir(self) -> Path:
        """The study that the programs answer."""
        return self.directory / "study"

    @property
    def videos_dir(self) -> Path:
        """The copied videos."""
        return self.directory / "videos"

    @property
    def try_dir(self) -> Path:
        """The same study once more, for whoever wants to see the task pages."""
        return self.directory / "try"


def read_original(study: Path, videos_dir: str | Path | None = None) -> Original:
    """The study of a study directory, or of a study file; without `videos_dir` it must have been published.

    Raises:
        ValueError: there is no study file, the study does not say yet where its videos are, or it cannot be published.
        OSError: a file cannot be read.
    """
    names_a_file = study.is_file() or (study.suffix == ".toml" and not study.is_dir())
    study_file = study if names_a_file else StudyDirectory(study).study_file
    if not study_file.is_file():
        if StudyDirectory(study_file.parent).design.exists():
            raise ValueError(f"{study_file}: is missing, though the study is published; put it back from a copy")
        make = to_paste("new-study", videos_dir or "VIDEOS_DIR", "--study", study_file.parent)
        near = nearest(study_file.parent)
        meant = f"the nearest study is {near}, and " if near else ""
        raise ValueError(f"{study_file}: no such file; {meant}`{make}` writes a study file")
    if videos_dir is None:
        if not StudyDirectory(study_file.parent).design.exists():
            raise ValueError(f"{study}: is not published, so it does not say where its videos are; add --videos DIR")
        videos_dir = Path(Design.load(study_file.parent).videos_dir)
        if not videos_dir.is_dir():
            raise ValueError(f"{study}: its videos are not in {videos_dir} any more; add --videos DIR")
    declared = Study.load(study_file)
    videos = read_videos(videos_dir)
    with naming_the_line(study_file):
        planned = design(declared, videos)
    return Original(study=declared, design=planned, study_file=study_file, videos_dir=Path(videos_dir))


@contextmanager
def emptied_on_failure(out: str | Path | None = None) -> Iterator[Path]:
    """The empty directory `out`, or a new temporary one, for the block to fill; as it was before where the block fails.

    Raises:
        ValueError: `out` is not empty.
        OSError: it cannot be made.
    """
    directory = Path(tempfile.mkdtemp(prefix="vidgen-rehearsal-") if out is None else out)
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise ValueError(f"{directory}: is not an empty directory; choose another --out")
    made = [directory] * (out is None) + [path for path in (directory, *directory.parents) if not path.exists()]
    directory.mkdir(parents=True, exist_ok=True)
    try:
        yield directory
    except BaseException:
        for path in directory.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for path in made:
            path.rmdir()
        raise


def copy_study(original: Original, directory: Path) -> Copy:
    """Copy the plan and the videos into the empty directory.

    Raises:
        OSError: a file cannot be read or written.
    """
    tables = {name: original.videos_dir / name for name in _TABLES if (original.videos_dir / name).is_file()}
    files = dict(files_of(original.design.videos)) | tables
    copy = Copy(
        directory=directory,
        num_files=len(files),
        num_bytes=sum(path.stat().st_size for path in files.values()),
        total_usd=original.total_usd,
    )
    for name, path in files.items():
        (copy.videos_dir / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy.videos_dir / name)
    most = str(max(original.budget_usd, original.total_usd))
    acted = replace(original.study, min_approved_percent=0, min_approved_hits=0, budget_usd=most)
    for place in (copy.study_dir, copy.try_dir):
        place.mkdir()
        acted.save(StudyDirectory(place).study_file)
    return copy
