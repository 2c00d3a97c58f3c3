"""Makes the study file of a new study from its videos, to be edited before publishing."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from crowd.design.study import Study
from crowd.studydir import StudyDirectory
from crowd.videos.metadata import read_videos


@dataclass(frozen=True, kw_only=True, slots=True)
class NewStudy:
    """A study file that was written."""

    path: Path
    """The path of the study file."""
    study: Study
    """Its settings: the defaults, with the videos' labels as options."""
    videos_per_method: dict[str, int]
    """The number of videos by method."""

    @property
    def has_gold(self) -> bool:
        """Whether there are videos of the study's gold method, from which gold and practice items are taken."""
        return self.study.gold_method in self.videos_per_method


def new_study(study_dir: str | Path, videos_dir: str | Path, *, language: str | None = None) -> NewStudy:
    """Write a commented `study.toml` for a directory of videos.

    Args:
        study_dir: the study directory; made if it does not exist.
        videos_dir: holds the videos and a `metadata.csv` with at least file_name, method and label.
        language: the language of the task page: "en" (the default) or "ja".

    Returns:
        The settings, and where they were written.

    Raises:
        ValueError: there is a study file already, there is no such language, or a video or the table cannot be used.
        OSError: a file cannot be read or written.

    Example:
        >>> new = crowd.new_study("my-study", "my-videos")
        >>> new.videos_per_method
        {'new': 3, 'old': 3, 'real': 3}
        >>> new.study.options
        ('ball going left', 'ball going right', 'ball going up')
    """
    path = StudyDirectory(study_dir).study_file
    if path.exists():
        raise ValueError(f"{path}: is there already; edit it, or choose another --study")
    videos = read_videos(videos_dir)
    study = Study.of(videos, **({"language": language} if language else {}))
    path.parent.mkdir(parents=True, exist_ok=True)
    study.save(path)
    counts = Counter(video.method for video in videos)
    return NewStudy(path=path, study=study, videos_per_method=dict(sorted(counts.items())))
