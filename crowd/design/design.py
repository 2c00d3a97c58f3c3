"""What is published: the HITs of a study with their items, and the file `design.json` that holds them."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from crowd import fileformat
from crowd.design.terms import PageVersion
from crowd.hashes import hash_of_plan, hash_of_shown
from crowd.questions import question_of
from crowd.questions.naming import Naming
from crowd.questions.question import Question
from crowd.questions.survey import SurveyQuestion
from crowd.studydir import StudyDirectory
from crowd.videos.metadata import Video

#: The window of an attention item, which the page puts at a random place between the videos. Designs of earlier
#: releases have it in one of the windows.
ANYWHERE = -1
#: The kinds of items, with their names in the answers table.
EVALUATION, GOLD, TRAINING, ATTENTION = "evaluation", "gold", "training", "attention"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskItem:
    """One screen of a HIT: a video, pair or set, or the request to choose a certain answer (kind "attention")."""

    key: str
    """The item's name on the page and in what it sends, e.g. "v07"; reveals nothing about the video."""
    video_id: str
    """The video's id; attention items, pairs and sets have ids of their own."""
    kind: str
    window: int
    """Items of one window are shown next to each other; a window has one video of each method if the numbers allow.
    `ANYWHERE`: the item is put between the others."""
    asked: str = ""
    """The answer that an attention item asks for."""
    about: str = "video"
    """Whether it shows a "video", a "pair" or a "set"; its questions are those about that."""
    videos: tuple[str, ...] = ()
    """The ids of the videos of a pair or a set; of a pair the left one first, for half of the participants."""
    data: dict[str, Any] = field(default_factory=dict, hash=False)
    """What is shown for a question besides videos, by the question's id, e.g. captions to choose from."""

    @property
    def video_ids(self) -> tuple[str, ...]:
        """The ids of its videos; of an attention item its own."""
        return self.videos or (self.video_id,)


@dataclass(frozen=True, slots=True, kw_only=True)
class HitDesign:
    """One HIT to publish: its items, training first, and how many people may do it."""

    key: str
    """Unique and permanent, e.g. "b003-r1": block 3, round 1."""
    block: str
    round: int
    items: tuple[TaskItem, ...]
    num_assignments: int

    def of_kind(self, *kinds: str) -> tuple[TaskItem, ...]:
        """The items of these kinds."""
        return tuple(item for item in self.items if item.kind in kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFile:
    """A file of the videos directory as it was published."""

    num_bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Design:
    """What is published: HITs, videos, options and the plan."""

    hits: tuple[HitDesign, ...]
    videos: tuple[Video, ...]
    options: tuple[str, ...]
    """All options, with "Other" and "Unclear" last."""
    seed: int
    videos_dir: str
    """An absolute path; in design.json it is relative to the study directory."""
    files: dict[str, PublishedFile] = field(default_factory=dict)
    """The published files by name; empty in designs of earlier releases."""
    plan: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)
    """What participants see and are paid (`crowd.design.terms`); empty in designs of earlier releases."""
    pages: tuple[PageVersion, ...] = ()
    """The versions of the templates of published pages, each once; empty in designs of earlier releases."""
    notes: tuple[str, ...] = ()
    """Which settings of the study could not be met, and why."""

    @property
    def sha256(self) -> str:
        """The hash of the plan: of its JSON with sorted keys and no spaces, as UTF-8."""
        return hash_of_plan(self.plan)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The questions that were published; what the video shows, in designs that have none."""
        declared = self.plan.get("questions", ())
        return tuple(map(question_of, declared)) or (Naming(id=Naming.KIND, text=self.shown.get("question", "")),)

    def questions_about(self, about: str) -> tuple[Question, ...]:
        """The questions about videos, pairs, sets, or the person."""
        return tuple(question for question in self.questions if question.about == about)

    def asked_once(self, *when: str) -> tuple[SurveyQuestion, ...]:
        """The questions that are asked once, "before" or "after" the items, in that order."""
        once = [question for question in self.questions_about("person") if isinstance(question, SurveyQuestion)]
        return tuple(question for each in when for question in once if question.asked == each)

    @property
    def attention_question(self) -> Question | None:
        """The question whose answers attention items ask for: naming, else the first with answers of its own."""
        naming = (question for question in self.questions if question.KIND == Naming.KIND)
        return next(naming, None) or next(
            (one for one in self.questions if one.answers and one.about != "person"), None
        )

    def answers_of(self, question: Question) -> tuple[str, ...]:
        """The answers to choose from where they are the same for every item."""
        return self.options if question.KIND == Naming.KIND else question.answers

    @property
    def rounds(self) -> dict[str, list[str]]:
        """The keys of each block's HITs; nobody may do two of them."""
        blocks: dict[str, list[str]] = {}
        for hit in self.hits:
            blocks.setdefault(hit.block, []).append(hit.key)
        return blocks

    def hit(self, key: str) -> HitDesign:
        """The HIT with that key.

        Raises:
            ValueError: there is none.
        """
        if key not in self._hits:
            raise ValueError(f"hit {key!r}: not in this design, which has {', '.join(list(self._hits)[:5])} …")
        return self._hits[key]

    def video(self, video_id: str) -> Video:
        """The video with that id; for an attention item a `Video` of method "attention" with the asked option as label.

        Raises:
            ValueError: there is none.
        """
        if video_id not in self._videos:
            raise ValueError(f"video {video_id!r}: not in this design")
        return self._videos[video_id]

    @cached_property
    def _hits(self) -> dict[str, HitDesign]:
        return {hit.key: hit for hit in self.hits}

    @cached_property
    def _videos(self) -> dict[str, Video]:
        asked = {item.video_id: item.asked for hit in self.hits for item in hit.items if item.asked}
        requests = [Video(video_id=name, file_name="", method=ATTENTION, label=label) for name, label in asked.items()]
        return {video.video_id: video for video in (*self.videos, *requests)}

    def with_videos_in(self, videos_dir: Path | str) -> Self:
        """The design with its videos in another directory."""
        place = str(Path(videos_dir).resolve())
        return replace(self, videos_dir=place, videos=tuple(replace(video, directory=place) for video in self.videos))

    def save(self, study_dir: Path | str) -> None:
        """Write `study_dir`/design.json atomically.

        Raises:
            OSError: the directory cannot be written.
        """
        table = {**asdict(self), "videos_dir": _relative(self.videos_dir, Path(study_dir))}
        table["plan_sha256"] = self.sha256
        for video in table["videos"]:
            del video["directory"]
        if self.shown:
            table["shown_sha256"] = hash_of_shown(table)
        fileformat.save(StudyDirectory(study_dir).design, table)

    @classmethod
    def load(cls, study_dir: Path | str) -> Self:
        """The design in `study_dir`/design.json.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is not a design, or hashed parts were changed after publication.
        """
        path = StudyDirectory(study_dir).design
        try:
            table = fileformat.load(path)
            # An absolute path, as in designs of earlier releases, stays as it is when joined to the study directory.
            videos_dir = str(Path(study_dir, table["videos_dir"]).resolve())
            design = cls(
                hits=tuple(
                    HitDesign(**{**hit, "items": tuple(_item_of(item) for item in hit["items"])})
                    for hit in table["hits"]
                ),
                videos=tuple(Video(**video, directory=videos_dir) for video in table["videos"]),
                options=tuple(table["options"]),
                notes=tuple(table["notes"]),
                videos_dir=videos_dir,
                files={name: PublishedFile(**file) for name, file in table.get("files", {}).items()},
                shown=table.get("shown", {}),
                pages=tuple(PageVersion(**version) for version in table.get("pages", ())),
                **{name: table[name] for name in ("seed", "plan")},
            )
        except (json.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
            raise ValueError(
                f"{path}: not a design ({type(error).__name__}: {error}); put it back from a copy"
            ) from error
        if table.get("plan_sha256") != design.sha256:
            raise ValueError(f"{path}: the plan was changed after publication; its hash is {design.sha256}")
        if design.shown and table.get("shown_sha256") != hash_of_shown(table):
            raise ValueError(f"{path}: what participants see or are paid was changed in it after publication")
        return design


def _item_of(table: Mapping[str, Any]) -> TaskItem:
    return TaskItem(**{**table, "videos": tuple(table.get("videos", ()))})


def _relative(videos_dir: str, study_dir: Path) -> str:
    """The path relative to the study directory, with `/` between folders; absolute if it is on another drive."""
    try:
        return Path(os.path.relpath(videos_dir, study_dir.resolve())).as_posix()
    except ValueError:
        return videos_dir
