"""A rehearsal: a copy of a study goes its whole way on a local platform, with programs in people's place.

The copy is a directory of its own: `study` (the study directory), `videos`, and `try`, a second publication of the same
tasks that the programs leave to whoever wants to see the pages. The study itself is only read.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from crowd.commandline import to_paste
from crowd.design.design import Design, design
from crowd.design.planning import needs
from crowd.design.study import Study
from crowd.design.videos import TABLE, files_of, read_videos
from crowd.ledger.calls import Progress
from crowd.lifecycle.publish import open_due_rounds
from crowd.lifecycle.rollback import unchanged_on_failure
from crowd.localplatform import running
from crowd.pricing import dollars
from crowd.simulated.http import simulate_study
from crowd.simulated.response_probabilities import Beliefs
from crowd.simulated.workers import Temper
from crowd.studydir import StudyDirectory, nearest

#: Tables beside the videos that belong to them: what they are, and what simulated participants believe.
_TABLES = (TABLE, "beliefs.csv")


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


def read_original(study: Path, videos_dir: Path | None = None) -> Original:
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
    planned = design(declared, read_videos(videos_dir))
    return Original(study=declared, design=planned, study_file=study_file, videos_dir=videos_dir)


@contextmanager
def copied(original: Original, out: Path | None = None) -> Iterator[Copy]:
    """A copy of plan and videos in `out`, or in a new temporary directory, which stays where the block ends well.

    Where it fails, all that was made is removed, so that the same call can be made again.

    Raises:
        ValueError: `out` is not empty.
        OSError: a file cannot be read or written.
    """
    if out and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ValueError(f"{out}: is not an empty directory; choose another --out")
    directory = out or Path(tempfile.mkdtemp(prefix="vidgen-rehearsal-"))
    try:
        with unchanged_on_failure(directory, unless=lambda: False):
            yield _copy(original, directory)
    except BaseException:
        if out is None:
            shutil.rmtree(directory, ignore_errors=True)
        raise


def _copy(original: Original, directory: Path) -> Copy:
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


@contextmanager
def platform_of(copy: Copy) -> Iterator[str]:
    """A local platform of the copy's own, with play money enough, until the block ends; gives its address."""
    with running(copy.study_dir, balance_usd=str(max(2 * copy.total_usd, Decimal(10_000)))) as server:
        yield server.endpoint_url


def participate(
    copy: Copy,
    beliefs: Beliefs,
    *,
    temper: Temper,
    seed: int = 0,
    browser: bool = False,
    note: str = "",
    progress: Progress = lambda done, total: None,
) -> tuple[int, int, int]:
    """Let as many simulated participants come as the study wants answers, round after round.

    Returns:
        How many came, and how many assignments they submitted of how many.

    Raises:
        ValueError, OSError: as `crowd.simulated.http.simulate_study`.
    """
    hits = Design.load(copy.study_dir).hits
    wanted = sum(hit.num_assignments for hit in hits)
    came, submitted = 0, 0

    def count(_: str) -> None:
        nonlocal submitted
        submitted += 1
        progress(submitted, wanted)

    for turn in sorted({hit.round for hit in hits}):
        if turn > 1:
            open_due_rounds(copy.study_dir)
        size = max(hit.num_assignments for hit in hits if hit.round == turn)
        came += size
        simulate_study(
            copy.study_dir,
            size,
            beliefs,
            temper=temper,
            seed=seed + turn - 1,
            browser=browser,
            note=note,
            callback=count,
        )
    return came, submitted, wanted
