"""Makes the study file of a new study from its videos, to be edited before publishing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crowd.design.stimuli import check_comparable
from crowd.design.study import Study
from crowd.questions import kind_of, question_of
from crowd.questions.question import About, Question
from crowd.studydir import StudyDirectory
from crowd.videos.metadata import Video, read_videos
from crowd.wording import LANGUAGES, question_wording

#: What items of several videos need besides the columns of their questions.
_SHARED: dict[About, tuple[str, ...]] = {
    "pair": ("prompt or label",),
    "set": ("prompt or label",),
    "video": (),
    "person": (),
}


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
    def columns(self) -> dict[str, tuple[str, ...]]:
        """The columns of metadata.csv that each question reads, by its id."""
        return {question.id: (*question.columns, *_SHARED[question.about]) for question in self.study.asked}

    @property
    def has_gold(self) -> bool:
        """Whether there are videos of the study's gold method, from which gold and practice items are taken."""
        return self.study.gold_method in self.videos_per_method


def new_study(
    study_dir: str | Path, videos_dir: str | Path, *, language: str | None = None, ask: Sequence[str] = ()
) -> NewStudy:
    """Write a commented `study.toml` for a directory of videos.

    Args:
        study_dir: the study directory; made if it does not exist.
        videos_dir: holds the videos and a `metadata.csv` with at least file_name, method and label.
        language: the language of the task page: "en" (the default) or "ja".
        ask: kinds of questions, in the order to ask them; by default what each video shows, by its label.

    Returns:
        The settings, and where they were written.

    Raises:
        ValueError: there is a study file already, there is no such language or kind, a video or the table cannot be
            used, or the table lacks a column that a question needs.
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
    questions = suggested(ask, language or "en", videos)
    for question in questions:
        question.check(videos)
        if _SHARED[question.about]:
            check_comparable(question, videos)
    study = Study.of(videos, **({"language": language} if language else {}), questions=questions)
    path.parent.mkdir(parents=True, exist_ok=True)
    study.save(path)
    counts = Counter(video.method for video in videos)
    return NewStudy(path=path, study=study, videos_per_method=dict(sorted(counts.items())))


def suggested(kinds: Sequence[str], language: str, videos: Sequence[Video]) -> tuple[Question, ...]:
    """A question of each kind with the page's own words as its text; its id is its kind, numbered from the second on.

    Questions that are usually asked once are asked about each video where there would be no others.

    Raises:
        ValueError: there is no such kind.
    """
    found: list[Question] = []
    for place, kind in enumerate(kinds):
        before = kinds[:place].count(kind)
        words = question_wording(kind_of(kind).KIND, language if language in LANGUAGES else "en")
        text = words.get(f"question_{kind}", words.get("question", ""))
        name = f"{kind}{before + 1}" if before else kind
        values: dict[str, Any] = {"id": name, "text": text, **kind_of(kind).suggested(videos)}
        found.append(kind_of(kind)(**values))
    if all(question.about == "person" for question in found):
        found = [question_of(question.to_table() | {"asked": "video"}) for question in found]
    return tuple(found)
