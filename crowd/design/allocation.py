"""Decides which videos are for training, which are gold, and which are shown together.

All random choices use the generator passed in, so they are reproducible from its seed.
"""

import random
from collections.abc import Sequence

from crowd.design.study import Study
from crowd.design.videos import Video


def choose_training(study: Study, videos: Sequence[Video], rng: random.Random) -> tuple[list[Video], list[str]]:
    """The training videos, and messages saying why there are fewer than asked for."""
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


def dealing_order(videos: Sequence[Video], rng: random.Random) -> list[Video]:
    """The videos sorted by method, then by label, then at random; each method begins with a later label.

    Dealing the videos in this order to the blocks in turn gives every block its share, rounded up or down, of each
    method and of each label of a method. The shift of labels keeps a block from getting the same labels of all methods.
    """
    methods = sorted({video.method for video in videos})
    labels = sorted({video.label for video in videos})
    rng.shuffle(methods)
    rng.shuffle(labels)
    groups: dict[tuple[str, str], list[Video]] = {}
    for video in rng.sample(videos, k=len(videos)):
        groups.setdefault((video.method, video.label), []).append(video)
    order: list[Video] = []
    for shift, method in enumerate(methods):
        start = shift % len(labels)
        for label in labels[start:] + labels[:start]:
            order += groups.get((method, label), [])
    return order


def deal(study: Study, videos: Sequence[Video], gold: set[str], rng: random.Random) -> list[list[Video]]:
    """The videos dealt into the smallest possible number of blocks, gold first."""
    number = -(-len(videos) // study.videos_per_hit)
    order = dealing_order([video for video in videos if video.video_id in gold], rng)
    order += dealing_order([video for video in videos if video.video_id not in gold], rng)
    return [order[start::number] for start in range(number)]
