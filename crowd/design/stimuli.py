"""What the items of a study show: single videos, pairs or sets of videos of one prompt.

Videos of several methods belong together if they have the same prompt (or label, where there is no prompt). Where a
method has several videos of a prompt, the first of one method is paired with the first of the other, and so on.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from crowd.design.study import Study
from crowd.questions.question import About, Question
from crowd.videos.metadata import Video

#: Most videos of a set, which fit on a page.
LARGEST_SET = 4
#: Joins the methods of a stimulus.
_AND = " / "


@dataclass(frozen=True, slots=True, kw_only=True)
class Stimulus:
    """The videos that one item shows."""

    videos: tuple[Video, ...]

    @property
    def video(self) -> Video:
        """The only video, or the first."""
        return self.videos[0]

    @property
    def method(self) -> str:
        """The methods, by which stimuli are spread evenly over tasks."""
        return _AND.join(sorted(video.method for video in self.videos))

    @property
    def label(self) -> str:
        """What the videos have in common, by which stimuli are spread evenly over tasks."""
        return self.video.label if len(self.videos) == 1 else self.video.content


def stimuli(study: Study, videos: Sequence[Video], about: About, rng: random.Random) -> list[Stimulus]:
    """The stimuli of the questions about videos, pairs or sets.

    Raises:
        ValueError: there are no two methods with videos of one prompt, or the settings name no method.
    """
    if about == "video":
        return [Stimulus(videos=(video,)) for video in videos]
    groups = list(_groups(videos))
    found = list(_pairs(study, groups, rng) if about == "pair" else _sets(groups, rng))
    if not found:
        raise ValueError(
            "questions: comparing needs videos of two methods with one prompt (or label) in metadata.csv; no prompt has"
            " two methods"
        )
    return found


def check_comparable(question: Question, videos: Sequence[Video]) -> None:
    """Refuse a question about pairs or sets of videos of which no prompt has two methods.

    Raises:
        ValueError: the message says what the videos lack.
    """
    methods = sorted({video.method for video in videos})
    if len(methods) < 2:
        raise ValueError(
            f"questions: {question.id!r} compares methods, and all videos are of the method {methods[0]!r}; list"
            " those of another in metadata.csv too"
        )
    if next(_groups(videos), None) is None:
        first = videos[0]
        raise ValueError(
            f"questions: {question.id!r} compares videos of one prompt (or label), and each prompt has videos of one"
            f" method only, as {first.content[:60]!r} of {first.method!r} has; write one prompt one way in metadata.csv"
        )


def without_counterpart(videos: Sequence[Video]) -> list[Video]:
    """The videos that no pair or set can have, since no other method has so many of their prompt."""
    grouped = {video.video_id for group in _groups(videos) for video in group}
    return [video for video in videos if video.video_id not in grouped]


def _groups(videos: Sequence[Video]) -> Iterator[list[Video]]:
    """For each prompt, the first videos of all methods, then the second ones, as far as two methods have them."""
    by_content: dict[str, dict[str, list[Video]]] = defaultdict(lambda: defaultdict(list))
    for video in sorted(videos, key=lambda video: video.video_id):
        by_content[video.content][video.method].append(video)
    for by_method in by_content.values():
        for replicate in range(max(map(len, by_method.values()))):
            group = [own[replicate] for _, own in sorted(by_method.items()) if replicate < len(own)]
            if len(group) > 1:
                yield group


def _pairs(study: Study, groups: Sequence[Sequence[Video]], rng: random.Random) -> Iterator[Stimulus]:
    """The pairs that the study asks about; with `pairs_per_prompt` so many of each group, each pair equally often."""
    methods = sorted({video.method for group in groups for video in group})
    if study.pair_reference and study.pair_reference not in methods:
        raise ValueError(
            f"pair_reference: no prompt has videos of {study.pair_reference!r} and of another method; methods are"
            f" {', '.join(methods)}"
        )
    used: dict[tuple[str, str], int] = defaultdict(int)
    for group in rng.sample(list(groups), k=len(groups)):
        pairs = list(combinations(group, 2))
        if study.pair_reference:
            pairs = [pair for pair in pairs if study.pair_reference in (pair[0].method, pair[1].method)]
        if study.pairs_per_prompt:
            rng.shuffle(pairs)
            pairs = sorted(pairs, key=lambda pair: used[pair[0].method, pair[1].method])[: study.pairs_per_prompt]
        for first, second in pairs:
            used[first.method, second.method] += 1
            yield Stimulus(videos=(first, second))


def _sets(groups: Sequence[Sequence[Video]], rng: random.Random) -> Iterator[Stimulus]:
    """A set of each group; of more than four methods, those that were in the fewest sets before."""
    used: dict[str, int] = defaultdict(int)
    for group in rng.sample(list(groups), k=len(groups)):
        order = sorted(rng.sample(list(group), k=len(group)), key=lambda video: used[video.method])
        chosen = order[:LARGEST_SET]
        for video in chosen:
            used[video.method] += 1
        yield Stimulus(videos=tuple(sorted(chosen, key=lambda video: video.method)))


def with_balanced_sides(pairs: Sequence[Stimulus], rng: random.Random) -> list[Stimulus]:
    """The pairs of one task with left and right chosen so that each method is on either side about equally often."""
    lead: dict[str, int] = defaultdict(int)  # how much more often left than right
    placed: dict[int, Stimulus] = {}
    for place in rng.sample(range(len(pairs)), k=len(pairs)):
        first, second = pairs[place].videos
        ahead = lead[first.method] - lead[second.method]
        if ahead > 0 or (ahead == 0 and rng.random() < 0.5):
            first, second = second, first
        lead[first.method] += 1
        lead[second.method] -= 1
        placed[place] = Stimulus(videos=(first, second))
    return [placed[place] for place in range(len(pairs))]
