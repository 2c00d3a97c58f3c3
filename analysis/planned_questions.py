"""What the questions of a planned study will get: answers about methods, pairs and prompts, from how many people."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from analysis.naming.floor import PlannedComparisons
from analysis.plan import Plan
from crowd.design.design import EVALUATION, Design
from crowd.design.study import Study
from crowd.questions.question import Question
from crowd.videos.metadata import Video


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedPair:
    """Two methods that a question compares."""

    a: str
    b: str
    prompts: int
    """Prompts with both methods, or videos of each method where no prompt has both."""
    answers: int
    """Answers about both: to their pair or set, or to the videos of each."""
    fewest_people: int
    """Participants if everybody does every task."""
    most_people: int
    """Participants if everybody does one task."""

    @property
    def answers_per_prompt(self) -> int:
        """Answers about both methods to each prompt, rounded down; not more than there may be people."""
        return max(1, min(self.answers // max(self.prompts, 1), self.fewest_people))


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedQuestion:
    """A question about videos, pairs or sets, with every answer that it will get."""

    question: Question
    items: int
    """Videos, pairs or sets that are evaluated."""
    answers_per_item: int
    answers: dict[str, int]
    """Answers about each method, by its name."""
    pairs: list[PlannedPair]
    """The planned comparisons, or every pair of methods."""
    shared_level: int
    """How many comparisons share the level by Holm; 1 if none."""

    @property
    def narrowest(self) -> PlannedPair | None:
        """The pair with the fewest prompts, which finds least; None where nothing is compared."""
        return min(self.pairs, key=lambda pair: (pair.prompts, pair.answers), default=None)


@dataclass(slots=True)
class _Shown:
    """Where each method's videos, or two methods', are shown: items by prompt, and the blocks."""

    items: Counter[str] = field(default_factory=Counter)
    people: dict[str, int] = field(default_factory=dict)
    """The participants of each block."""


def planned_questions(study: Study, design: Design) -> list[PlannedQuestion]:
    """The questions in their order, but for those that are asked once of each participant."""
    return [_planned(study, design, question) for question in design.questions if question.about != "person"]


def _planned(study: Study, design: Design, question: Question) -> PlannedQuestion:
    methods: dict[str, _Shown] = defaultdict(_Shown)
    together: dict[frozenset[str], _Shown] = defaultdict(_Shown)
    number = 0
    for block, people, videos in _items(design, question):
        number += 1
        for video in videos:
            _add(methods[video.method], video, block, people)
        for first, second in combinations(videos, 2):
            _add(together[frozenset((first.method, second.method))], first, block, people)
    each = study.answers_per_video
    plan = Plan(study=study)
    wanted = [
        pair
        for pair in plan.pairs or combinations(sorted(methods), 2)
        if question.about == "video" or frozenset(pair) in together
    ]
    comparisons = PlannedComparisons(
        videos={name: shown.items for name, shown in methods.items()},
        answers_per_video=each,
        most_workers=sum(hit.num_assignments for hit in design.hits),
        rules=plan.rules,
        pairs=wanted,
        control=plan.control,
    )
    pairs = [
        _pair(a, b, _both(methods[a], methods[b]) if question.about == "video" else together[frozenset((a, b))], each)
        for a, b in (comparisons.family if wanted else [])
    ]
    return PlannedQuestion(
        question=question,
        items=number,
        answers_per_item=each,
        answers={name: shown.items.total() * each for name, shown in sorted(methods.items())},
        pairs=pairs,
        shared_level=min(comparisons.shared_level, max(1, len(pairs))),
    )


def _items(design: Design, question: Question) -> Iterator[tuple[str, int, list[Video]]]:
    """Each item that the question is asked about: its block, the participants of that, and its videos."""
    blocks = {hit.block: hit for hit in design.hits}
    people = Counter[str]()
    for hit in design.hits:
        people[hit.block] += hit.num_assignments
    for block, hit in blocks.items():
        for item in hit.of_kind(EVALUATION):
            if item.about == question.about:
                yield block, people[block], [design.video(video_id) for video_id in item.video_ids]


def _add(shown: _Shown, video: Video, block: str, people: int) -> None:
    shown.items[video.prompt or video.content] += 1
    shown.people[block] = people


def _both(first: _Shown, second: _Shown) -> _Shown:
    """Two methods whose videos are shown one at a time: the prompts that both have, or else as many of each."""
    shared = Counter({name: min(first.items[name], second.items[name]) for name in first.items & second.items})
    if not shared:
        shared = Counter(map(str, range(min(first.items.total(), second.items.total()))))
    return _Shown(items=shared, people=first.people | second.people)


def _pair(a: str, b: str, shown: _Shown, answers_per_item: int) -> PlannedPair:
    return PlannedPair(
        a=a,
        b=b,
        prompts=len(shown.items),
        answers=shown.items.total() * answers_per_item,
        fewest_people=max(shown.people.values(), default=0),
        most_people=sum(shown.people.values()),
    )
