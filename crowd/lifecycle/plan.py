"""Plans a study before anything is published: its tasks, time and cost."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from crowd.design.blocks import design
from crowd.design.design import TRAINING, Design
from crowd.design.planning import Needs, needs
from crowd.design.study import Study, naming_the_line
from crowd.platforms import describe
from crowd.pricing import dollars
from crowd.studydir import StudyDirectory
from crowd.task.page import check_pages
from crowd.videos.metadata import read_videos


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedStudy:
    """A study as it would be published."""

    study: Study
    """The settings."""
    design: Design
    """Which videos are in which task; `notes` say which settings could not be met."""
    needs: Needs
    """Tasks, participants, time and money."""
    num_videos: int
    platform_pays: bool
    """Whether the platform pays the reward to participants."""
    is_default: bool
    """Whether there is no study file, so that these are the defaults."""

    @property
    def budget_usd(self) -> Decimal:
        """The most that the study may cost, in dollars."""
        return dollars(self.study.budget_usd, "budget_usd")

    @property
    def num_practice(self) -> int:
        """Practice clips before the first task."""
        return len(self.design.hits[0].of_kind(TRAINING))


def plan(study_dir: str | Path, videos_dir: str | Path, *, platform: str = "local") -> PlannedStudy:
    """Compute what a study of these videos needs: tasks, participants, time and money. Writes nothing.

    Args:
        study_dir: holds `study.toml`; without one the defaults are used.
        videos_dir: holds the videos and a `metadata.csv` with at least file_name, method and label.
        platform: "local", "mturk-sandbox" or "mturk", which determines rounds and fees.

    Returns:
        Settings, design and needs; amounts are in dollars.

    Raises:
        ValueError: the study file or the videos cannot be used, or a page would be too large.
        OSError: a file cannot be read.

    Example:
        >>> planned = crowd.plan("my-study", "my-videos")
        >>> planned.needs.num_assignments, planned.needs.num_answers, planned.budget_usd
        (9, 81, Decimal('100.00'))
    """
    about = describe(platform)
    videos = read_videos(videos_dir)
    path = StudyDirectory(study_dir).study_file
    study = Study.load(path) if path.exists() else Study.of(videos)
    with naming_the_line(path):
        planned = design(study, videos, most_per_hit=about.fees.most_assignments)
        check_pages(study, planned)
    return PlannedStudy(
        study=study,
        design=planned,
        needs=needs(study, planned, about.fees),
        num_videos=len(videos),
        platform_pays=about.pays,
        is_default=not path.exists(),
    )
