"""Makes the HITs of a study from its videos: decides before publication who sees what.

Each video is dealt into one *block*. A block is published as one HIT, or, if more people are wanted than one HIT may
have, as several rounds of the same items. Nobody can do a HIT twice, and blocks share no video, so nobody sees a video
twice in different blocks; between the rounds of one block, a qualification keeps people apart (`Design.rounds`).
"""

import json
import os
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from crowd import fileformat
from crowd.design.allocation import choose_gold, choose_training, deal
from crowd.design.study import Study
from crowd.design.terms import PageVersion, page_version, terms
from crowd.design.texts import as_read, listed
from crowd.design.videos import Video, labels_of
from crowd.hashes import hash_of_plan, hash_of_shown
from crowd.studydir import StudyDirectory

#: The window of an attention item, which the page puts at a random place between the videos. Designs of earlier
#: releases have it in one of the windows.
ANYWHERE = -1
#: The kinds of items, with their names in the answers table.
EVALUATION, GOLD, TRAINING, ATTENTION = "evaluation", "gold", "training", "attention"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskItem:
    """One question in a HIT: a video, or the request to choose a certain option (kind "attention")."""

    key: str
    """The item's name on the page and in what it sends, e.g. "v07"; reveals nothing about the video."""
    video_id: str
    """The video's id; attention items have ids of their own."""
    kind: str
    window: int
    """Items of one window are shown next to each other; a window has one video of each method if the numbers allow.
    `ANYWHERE`: the item is put between the others."""
    asked: str = ""
    """The option that an attention item asks for."""


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
                    HitDesign(**{**hit, "items": tuple(TaskItem(**item) for item in hit["items"])})
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


def _relative(videos_dir: str, study_dir: Path) -> str:
    """The path relative to the study directory, with `/` between folders; absolute if it is on another drive."""
    try:
        return Path(os.path.relpath(videos_dir, study_dir.resolve())).as_posix()
    except ValueError:
        return videos_dir


def _check_comparisons(study: Study, evaluated: Iterable[str]) -> None:
    """Refuse a planned comparison with a method that has no evaluated video."""
    methods = sorted(set(map(as_read, evaluated)))
    for pair in study.comparisons:
        for name in map(as_read, pair.split(" - ")):
            if name not in methods:
                raise ValueError(
                    f"comparisons: {pair!r}: no video of method {name!r} is evaluated; methods are {', '.join(methods)}"
                )


def design(study: Study, videos: Sequence[Video], *, most_per_hit: int | None = None) -> Design:
    """Make the HITs of the study, with each video in one block, and methods, labels and gold balanced between blocks.

    `most_per_hit` is how many people one HIT may have if the study does not say it; None: any number.

    Raises:
        ValueError: a label is not an option, a chosen training video does not exist, or a planned comparison is not
            possible.
    """
    study = study if study.options else replace(study, options=labels_of(videos))
    for video in videos:
        strangers = [label for label in video.labels if label not in study.options]
        if strangers:
            raise ValueError(
                f"{video.file_name}: label {listed(strangers[:1])!r} is no option; options are {listed(study.options)}"
                " (correct it in metadata.csv, or add it to options in study.toml)"
            )
    rng = random.Random(study.seed)
    training, notes = choose_training(study, videos, rng)
    rest = [video for video in videos if video not in training]
    if not rest:
        raise ValueError(f"videos: all {len(videos)} are for training, none is left to evaluate")
    gold, more = choose_gold(study, rest, rng)
    _check_comparisons(study, [video.method for video in rest if video.video_id not in gold])
    blocks = deal(study, rest, gold, rng)
    per_hit = study.assignments_per_hit or most_per_hit or study.answers_per_video
    hits = []
    for number, block in enumerate(blocks, start=1):
        items = (
            *(
                TaskItem(key=f"t{place:02}", video_id=video.video_id, kind=TRAINING, window=0)
                for place, video in enumerate(training)
            ),
            *_items(study, block, gold, f"b{number:03}", rng),
        )
        hits += _rounds(f"b{number:03}", items, study.answers_per_video, per_hit)
    notes += more
    most = max(hit.round for hit in hits)
    if most > 1:
        notes.append(
            f"each block is published in {most} rounds, since one HIT takes {per_hit} people;"
            " whoever did one round must be kept from the others"
        )
    return Design(
        hits=tuple(hits),
        videos=tuple(videos),
        options=study.all_options,
        seed=study.seed,
        videos_dir=videos[0].directory,
        plan=study.plan,
        shown=terms(study),
        pages=(page_version(),),
        notes=tuple(notes),
    )


def _items(study: Study, block: Sequence[Video], gold: set[str], name: str, rng: random.Random) -> Iterator[TaskItem]:
    """The block's items in windows, each with one video of each method if the numbers allow."""
    methods = Counter(video.method for video in block)
    seen: Counter[str] = Counter()
    ranked = []
    for video in rng.sample(block, k=len(block)):
        ranked.append(((seen[video.method] + 0.5) / methods[video.method], rng.random(), video))
        seen[video.method] += 1
    ranked.sort(key=lambda entry: entry[:2])
    for place, (_, _, video) in enumerate(ranked):
        kind = GOLD if video.video_id in gold else EVALUATION
        yield TaskItem(key=f"v{place:02}", video_id=video.video_id, kind=kind, window=place // len(methods))
    for place, asked in enumerate(rng.sample(study.options * study.attention_items, k=study.attention_items)):
        request = f"attention-{name}-{place}"
        yield TaskItem(key=f"a{place:02}", video_id=request, kind=ATTENTION, window=ANYWHERE, asked=asked)


def _rounds(block: str, items: tuple[TaskItem, ...], num_people: int, per_hit: int) -> list[HitDesign]:
    """The block as one HIT, or as rounds of about equal size if one HIT may not have that many assignments."""
    number = -(-num_people // per_hit)
    return [
        HitDesign(
            key=f"{block}-r{turn + 1}",
            block=block,
            round=turn + 1,
            items=items,
            num_assignments=len(range(turn, num_people, number)),
        )
        for turn in range(number)
    ]
