"""Reads a study from its directory, as it will be published or as it was published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from crowd.commandline import to_paste
from crowd.design.blocks import design
from crowd.design.design import Design
from crowd.design.planning import check_time
from crowd.design.study import Study, naming_the_line
from crowd.design.terms import hold_to, page_version, terms
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.video_folder import published_files, same_videos
from crowd.pricing import Fees
from crowd.studydir import StudyDirectory, existing_study
from crowd.task.page import check_pages
from crowd.videos.metadata import list_videos, read_videos
from crowd.videos.soundtracks import check_soundtracks


def prepare(study_dir: Path, videos_dir: str | Path, fees: Fees) -> tuple[Study, Design]:
    """The study and its design, read from the study directory if they exist, else made; nothing is written.

    Raises:
        ValueError: HITs were published from there with another plan, other videos, or other texts or pay.
    """
    kept = Design.load(study_dir) if anything_sent(study_dir, "create/") else None
    # Published files are not measured again, nor checked by rules that were added later.
    videos = list_videos(videos_dir) if kept else read_videos(videos_dir)
    study_file = StudyDirectory(study_dir).study_file
    study = Study.load(study_file) if study_file.exists() else Study.of(videos)
    if kept:
        study = _with_published_size(study, kept)
        hold_to(kept.shown, study, study_file)
    with naming_the_line(study_file):
        planned = design(study, videos, most_per_hit=fees.most_assignments)
    study = replace(study, options=planned.options[:-2])
    if kept is None:
        with naming_the_line(study_file):
            check_pages(study, planned)
            check_time(study, planned)
        if study.sound == "on":
            check_soundtracks(videos)
        return study, replace(planned, files=published_files(videos))
    check_plan(study_dir, kept, study)
    return study, same_videos(study_dir, kept, replace(planned, files=published_files(videos)))


def _with_published_size(study: Study, kept: Design) -> Study:
    """The study with the published number of assignments per HIT, if it leaves the number to the platform."""
    # The default of earlier releases was nine; a published study keeps its plan.
    return study if study.assignments_per_hit else replace(study, assignments_per_hit=kept.plan["assignments_per_hit"])


def check_plan(study_dir: Path, kept: Design, study: Study) -> None:
    """Check that the study, whose options are known, still has the published plan.

    Raises:
        ValueError: its plan differs; the message names the keys.
    """
    _refuse(study_dir, _changes(kept.plan, _with_published_size(study, kept).plan))


def _refuse(study_dir: Path, changed: Sequence[str]) -> None:
    if changed:
        study_file, keys = StudyDirectory(study_dir).study_file, ", ".join(changed)
        raise ValueError(
            f"{study_file}: its plan changed since it was published ({keys}); put it back, or publish the new plan "
            "from a new study directory"
        )


def _changes(published: Mapping[str, Any], plan: Mapping[str, Any]) -> list[str]:
    """The keys whose values differ; keys that a plan of an earlier release lacks have their defaults there."""
    before = Study().plan | dict(published)
    return [key for key, value in plan.items() if value != before[key]]


@dataclass(frozen=True, slots=True)
class LeftDesign:
    """The content of `design.json` when the ledger does not say whether it was published.

    Only the platform shows that, since a killed run may have saved the design and sent nothing.
    """

    design: Design | None
    error: ValueError | None = None
    """Why it cannot be read, if it exists and cannot."""

    @classmethod
    def of(cls, study_dir: Path) -> Self:
        """Read the file.

        Raises:
            OSError: it exists and cannot be read.
        """
        try:
            return cls(Design.load(study_dir))
        except FileNotFoundError:
            return cls(None)
        except ValueError as error:
            return cls(None, error)

    def with_plan_of(self, planned: Design) -> Design:
        """The design in the file if it has the same plan (its HITs may have grown), else `planned`."""
        return self.design if self.design and not _changes(self.design.plan, planned.plan) else planned

    def settled(self, study_dir: Path, study: Study, planned: Design, *, is_published: bool) -> Design:
        """The design to continue with, once the platform has shown whether the study is published.

        Raises:
            ValueError: it is published with another plan, other texts or other pay than `study.toml` has, or the
                design cannot be read.
        """
        if not is_published:
            return replace(planned, shown=terms(study), pages=(page_version(),))
        if self.error:
            raise self.error
        if self.design is None:  # lost as well, so what was published cannot be compared
            return replace(planned, shown={}, pages=())
        _refuse(study_dir, _changes(self.design.plan, planned.plan))
        hold_to(self.design.shown, study, StudyDirectory(study_dir).study_file)
        return planned


def anything_sent(study_dir: Path, prefix: str = "") -> bool:
    """Whether a call whose key begins with `prefix` may have taken effect."""
    if not StudyDirectory(study_dir).ledger.exists():
        return False
    with Ledger(study_dir) as ledger:
        return bool({"sent", "done"} & set(ledger.states(prefix).values()))


def load(study_dir: Path, *, unchanged: bool = False) -> tuple[Study, Design]:
    """The settings and the design of a published study.

    With `unchanged`, for commands that show tasks or promise money to people, `study.toml` must still agree with what
    was published.

    Raises:
        ValueError, OSError: the study is not published, or `study.toml` was changed.
    """
    planned, study_file = published_design(study_dir), StudyDirectory(study_dir).study_file
    if not study_file.exists():
        raise ValueError(f"{study_file}: is missing, though the study is published; put it back from a copy")
    study = Study.load(study_file)
    if unchanged:
        hold_to(planned.shown, study, study_file)
    return replace(study, options=planned.options[:-2]), planned


def check_unchanged(study_dir: Path) -> None:
    """Check before serving that `study.toml` agrees with what was published, if anything was.

    Raises:
        ValueError: as `load`.
    """
    files = StudyDirectory(study_dir)
    if files.design.exists() and files.study_file.exists():
        load(study_dir, unchanged=True)


def published_design(study_dir: Path) -> Design:
    """The design of a published study.

    Raises:
        ValueError, OSError: the study is not published.
    """
    files = StudyDirectory(existing_study(study_dir))
    if not files.design.exists():
        publish = to_paste("publish-tasks", "VIDEOS_DIR", "--study", study_dir)
        if files.ledger.exists():
            raise ValueError(
                f"{files.design}: is missing, though the study is published; put it back, or run "
                f"`{publish}` again, which finds what was published"
            )
        raise ValueError(f"{study_dir}: nothing was published from here; publish with `{publish}`")
    return Design.load(study_dir)
