"""A study on the disk: what it will be when it is published, and what it was published as."""

from dataclasses import replace
from pathlib import Path

from crowd.commandline import to_paste
from crowd.design.design import FILE as DESIGN_FILE
from crowd.design.design import Design, design
from crowd.design.planning import check_time
from crowd.design.soundtracks import check_soundtracks
from crowd.design.study import Study
from crowd.design.terms import hold_to, page_version, terms
from crowd.design.videos import list_videos, read_videos
from crowd.ledger.ledger import FILE as LEDGER_FILE
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.video_folder import published_files, same_videos
from crowd.pricing import Fees
from crowd.studydir import existing_study
from crowd.task.page import check_pages

STUDY_FILE = "study.toml"


def prepare(study_dir: Path, videos_dir: str | Path, fees: Fees) -> tuple[Study, Design]:
    """The study and its design, from the study directory as far as they are there; nothing is written.

    Raises:
        ValueError: HITs were published from there for another plan, other videos, or other words or pay.
    """
    kept = Design.load(study_dir) if anything_sent(study_dir, "create/") else None
    # What is published stays as it is: its files are not measured anew, nor judged by rules that came later.
    videos = list_videos(videos_dir) if kept else read_videos(videos_dir)
    study_file = study_dir / STUDY_FILE
    study = Study.load(study_file) if study_file.exists() else Study.of(videos)
    if kept and not study.assignments_per_hit:
        # It was nine by default once: what was published keeps its plan.
        study = replace(study, assignments_per_hit=kept.plan["assignments_per_hit"])
    if kept:
        hold_to(kept.shown, study, study_file)
    planned = design(study, videos, most_per_hit=fees.most_assignments)
    study = replace(study, options=planned.options[:-2])
    if kept is None:
        check_pages(study, planned)
        check_time(study, planned)
        if study.sound == "on":
            check_soundtracks(videos)
        return study, replace(planned, files=published_files(videos))
    _check_same_plan(study_file, kept, planned)
    return study, same_videos(study_dir, kept, replace(planned, files=published_files(videos)))


def _check_same_plan(study_file: Path, kept: Design, planned: Design) -> None:
    if kept.sha256 != planned.sha256:
        raise ValueError(
            f"{study_file}: its plan changed since it was published; a new plan needs a new study directory"
        )


def as_found(study_dir: Path, study: Study, planned: Design, *, is_published: bool) -> Design:
    """The design of a study whose ledger was new or lost, once the platform has told whether it is published.

    Raises:
        ValueError: it is published, with another plan, other words or other pay than `study.toml` has.
    """
    if not is_published:
        return replace(planned, shown=terms(study), pages=(page_version(),))
    try:
        kept = Design.load(study_dir)
    except FileNotFoundError:  # lost too, so nobody knows what study.toml said then
        return replace(planned, shown={}, pages=())
    _check_same_plan(study_dir / STUDY_FILE, kept, planned)
    hold_to(kept.shown, study, study_dir / STUDY_FILE)
    return planned


def kept_design(study_dir: Path, planned: Design) -> Design:
    """The design that is there, where it has the same plan: HITs of a published one may have grown, and never shrink.

    Whether it was published, the platform tells: what a killed run left may have been saved and never sent.
    """
    try:
        kept = Design.load(study_dir)
    except (OSError, ValueError):
        return planned
    return kept if kept.sha256 == planned.sha256 else planned


def anything_sent(study_dir: Path, prefix: str = "") -> bool:
    """Whether a call whose key begins so may have had its effect."""
    if not (study_dir / LEDGER_FILE).exists():
        return False
    with Ledger(study_dir) as ledger:
        return bool({"sent", "done"} & set(ledger.states(prefix).values()))


def load(study_dir: Path, *, unchanged: bool = False) -> tuple[Study, Design]:
    """The study and the design of a published study.

    With `unchanged`, for commands that show tasks to people or promise them money, `study.toml` must still say what
    participants were promised at publication.

    Raises:
        ValueError, OSError: nothing was published from there, or `study.toml` was changed.
    """
    planned, study_file = published_design(study_dir), study_dir / STUDY_FILE
    if not study_file.exists():
        raise ValueError(f"{study_file}: is missing, though the study is published; put it back from a copy")
    study = Study.load(study_file)
    if unchanged:
        hold_to(planned.shown, study, study_file)
    return replace(study, options=planned.options[:-2]), planned


def check_unchanged(study_dir: Path) -> None:
    """See the same of a study that may not be published yet, before it is served.

    Raises:
        ValueError: as `load`.
    """
    if (study_dir / DESIGN_FILE).exists() and (study_dir / STUDY_FILE).exists():
        load(study_dir, unchanged=True)


def published_design(study_dir: Path) -> Design:
    """The design of a published study.

    Raises:
        ValueError, OSError: nothing was published from there.
    """
    if not (existing_study(study_dir) / DESIGN_FILE).exists():
        publish = to_paste("publish-tasks", "VIDEOS_DIR", "--study", study_dir)
        if (study_dir / LEDGER_FILE).exists():
            raise ValueError(
                f"{study_dir / DESIGN_FILE}: is missing, though the study is published; put it back, or run "
                f"`{publish}` again, which finds what was published"
            )
        raise ValueError(f"{study_dir}: nothing was published from here; publish with `{publish}`")
    return Design.load(study_dir)
