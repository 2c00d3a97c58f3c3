"""Decides which videos are for training, which are gold, and which are shown together.

All random choices use the generator passed in, so they are reproducible from its seed.
"""

import random
from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Protocol, TypeVar

from crowd.design.stimuli import Stimulus
from crowd.design.study import Study
from crowd.questions.question import About
from crowd.videos.metadata import Video

#: The stimuli of one block, by what they are.
Block = dict[About, list[Stimulus]]


class Dealt(Protocol):
    """Something that is spread evenly by method and label: a video or a stimulus."""

    @property
    def method(self) -> str:
        """Stimuli of one method are spread evenly."""

    @property
    def label(self) -> str:
        """And, of each method, those with one label."""


T = TypeVar("T", bound=Dealt)


def choose_training(study: Study, videos: Sequence[Video], rng: random.Random) -> tuple[list[Video], list[str]]:
    """The training videos, and messages saying why there are fewer than asked for."""
    if not study.naming:
        return [], []  # no other question has a right answer to be told
    if study.training_videos:
        named = {video.file_name: video for video in videos}
        absent = [name for name in study.training_videos if name not in named]
        if absent:
            raise ValueError(f"training_videos: {absent[0]!r} is not among the videos")
        return [named[name] for name in study.training_videos], []
    real = [video for video in videos if video.method == study.gold_method]
    spare = []
    for label in rng.sample(sorted({video.label for video in real}), k=len({video.label for video in real})):
        alike = [video for video in real if video.label == label]
        spare += rng.sample(alike, k=1) if len(alike) > 1 else []
    chosen = spare[: study.training_items]
    if len(chosen) == study.training_items:
        return chosen, []
    return chosen, [
        f"{len(chosen)} training videos instead of {study.training_items}: they come from labels with at least two"
        f" videos of method {study.gold_method!r}, and there are {len(spare)};"
        f" add real clips, or set training_items = {len(chosen)}"
    ]


def choose_gold(study: Study, videos: Sequence[Video], rng: random.Random) -> tuple[set[str], list[str]]:
    """The ids of the gold videos, with balanced labels, and messages saying why there are fewer than asked for."""
    if not study.naming:
        return set(), ["no gold videos: no question asks for labels"] if study.gold_share else []
    wanted = round(study.gold_share * len(videos))
    real = dealing_order([video for video in videos if video.method == study.gold_method], rng)
    by_label: dict[str, list[Video]] = {}
    for video in real:
        by_label.setdefault(video.label, []).append(video)
    longest = max((len(alike) for alike in by_label.values()), default=0)
    turns = [alike[turn] for turn in range(longest) for alike in by_label.values() if turn < len(alike)]
    gold = {video.video_id for video in turns[:wanted]}
    if len(gold) == wanted:
        return gold, []
    return gold, [f"{len(gold)} gold videos instead of {wanted}: method {study.gold_method!r} has no more"]


def dealing_order(stimuli: Sequence[T], rng: random.Random) -> list[T]:
    """The stimuli sorted by method, then by label, then at random; each method begins with a later label.

    Dealing them in this order to the blocks in turn gives every block its share, rounded up or down, of each method and
    of each label of a method. The shift of labels keeps a block from getting the same labels of all methods.
    """
    methods = sorted({stimulus.method for stimulus in stimuli})
    labels = sorted({stimulus.label for stimulus in stimuli})
    rng.shuffle(methods)
    rng.shuffle(labels)
    groups: dict[tuple[str, str], list[T]] = {}
    for stimulus in rng.sample(stimuli, k=len(stimuli)):
        groups.setdefault((stimulus.method, stimulus.label), []).append(stimulus)
    order: list[T] = []
    for shift, method in enumerate(methods):
        start = shift % len(labels)
        for label in labels[start:] + labels[:start]:
            order += groups.get((method, label), [])
    return order


def deal(study: Study, stimuli: Mapping[About, Sequence[Stimulus]], gold: set[str], rng: random.Random) -> list[Block]:
    """The stimuli dealt into the smallest possible number of blocks, gold first; every block has some of each kind."""
    number = -(-sum(map(len, stimuli.values())) // study.videos_per_hit)
    blocks: list[Block] = [{} for _ in range(number)]
    dealt = 0
    for about, every in stimuli.items():
        is_gold = [about == "video" and stimulus.video.video_id in gold for stimulus in every]
        order = dealing_order(list(compress(every, is_gold)), rng)
        order += dealing_order([one for one, known in zip(every, is_gold, strict=True) if not known], rng)
        for place in range(number):
            own = order[(place - dealt) % number :: number]
            if own:
                blocks[place][about] = own
        dealt += len(order)
    return blocks
