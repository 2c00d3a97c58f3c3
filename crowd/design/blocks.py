"""Makes the HITs of a study from its videos: decides before publication who sees what.

Each stimulus (a video, a pair or a set) is dealt into one *block*. A block is published as one HIT, or, if more people
are wanted than one HIT may have, as several rounds of the same items. Nobody can do a HIT twice, and blocks share no
stimulus, so nobody is asked about one twice in different blocks; between the rounds of one block, a qualification keeps
people apart (`Design.rounds`).
"""

import random
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from crowd.design.allocation import Block, choose_gold, choose_training, deal
from crowd.design.design import ANYWHERE, ATTENTION, EVALUATION, GOLD, TRAINING, Design, HitDesign, TaskItem
from crowd.design.stimuli import Stimulus, check_comparable, stimuli, with_balanced_sides, without_counterpart
from crowd.design.study import Study
from crowd.design.terms import page_version, terms
from crowd.design.unused import check_pairs, unused
from crowd.questions.naming import Naming
from crowd.questions.question import About, Question, QuestionError
from crowd.texts import as_read, counted, listed
from crowd.videos.metadata import Video, labels_of


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
    """Make the HITs of the study, each stimulus in one block, with methods, labels and gold balanced between blocks.

    `most_per_hit` is how many people one HIT may have if the study does not say it; None: any number.

    Raises:
        ValueError: a label is not an option, a question cannot be asked about these videos, a chosen training video
            does not exist, or a planned comparison is not possible.
    """
    study = study if study.options or not study.naming else replace(study, options=labels_of(videos))
    check_pairs(study)
    _check_labels(study, videos)
    for number, question in enumerate(study.asked):
        _check_question(number, question, videos)
    _check_examples(study, videos)
    rng = random.Random(study.seed)
    training, notes = choose_training(study, videos, rng)
    rest = [video for video in videos if video not in training]
    if not rest:
        raise ValueError(f"videos: all {len(videos)} are for training, none is left to evaluate")
    gold, more = choose_gold(study, rest, rng)
    _check_comparisons(study, [video.method for video in rest if video.video_id not in gold])
    blocks = deal(study, _all_stimuli(study, rest, rng), gold, rng)
    per_hit = study.assignments_per_hit or most_per_hit or study.answers_per_video
    practice = [
        TaskItem(key=f"t{place:02}", video_id=video.video_id, kind=TRAINING, window=0)
        for place, video in enumerate(training)
    ]
    hits = []
    for number, block in enumerate(blocks, start=1):
        items = (*practice, *block_items(study, block, gold, f"b{number:03}", videos, rng))
        hits += _rounds(f"b{number:03}", items, study.answers_per_video, per_hit)
    notes += [*more, *_left_alone(study, rest), *unused(study, videos)]
    most = max(hit.round for hit in hits)
    if most > 1:
        notes.append(
            f"each block is published in {most} rounds, since one HIT takes {per_hit} people;"
            " whoever did one round must be kept from the others"
        )
    used = {column for question in study.asked for column in question.columns}
    return Design(
        hits=tuple(hits),
        videos=tuple(_with_columns(video, used) for video in videos),
        options=study.all_options,
        seed=study.seed,
        videos_dir=videos[0].directory,
        plan=study.plan,
        shown=terms(study),
        pages=(page_version(),),
        notes=tuple(notes),
    )


def _check_question(number: int, question: Question, videos: Sequence[Video]) -> None:
    """Refuse a question that cannot be asked about these videos."""
    try:
        question.check(videos)
        if question.about in ("pair", "set"):
            check_comparable(question, videos)
    except ValueError as error:
        raise QuestionError(str(error), number) from error


def _left_alone(study: Study, videos: Sequence[Video]) -> list[str]:
    """A message on the videos that no pair or set has, if there are any and pairs or sets are asked about."""
    compares = any(question.about in ("pair", "set") for question in study.asked)
    alone = without_counterpart(videos) if compares else []
    if not alone:
        return []
    return [
        f"{counted(len(alone), 'video')} in no pair or set, such as {alone[0].file_name}: no other method has one of"
        " the same prompt for it"
    ]


def _check_examples(study: Study, videos: Sequence[Video]) -> None:
    """Refuse an example that is no video of the study."""
    named = {video.file_name for video in videos}
    absent = [example.file_name for example in study.examples if example.file_name not in named]
    if absent:
        raise ValueError(f"examples: {absent[0]!r} is not among the videos; list it in metadata.csv")


def _check_labels(study: Study, videos: Sequence[Video]) -> None:
    """Refuse a label that is no option, where labels are asked for."""
    for video in videos if study.naming else ():
        strangers = [label for label in video.labels if label not in study.options]
        if strangers and video.label:
            raise ValueError(
                f"{video.file_name}: label {listed(strangers[:1])!r} is no option; options are {listed(study.options)}"
                " (correct it in metadata.csv, or add it to options in study.toml)"
            )


def _all_stimuli(study: Study, videos: Sequence[Video], rng: random.Random) -> dict[About, list[Stimulus]]:
    """What questions are asked about: videos, pairs, sets, in the order in which the study first asks about them."""
    kinds = dict.fromkeys(question.about for question in study.asked if question.about != "person")
    return {about: stimuli(study, videos, about, rng) for about in kinds}


def _with_columns(video: Video, used: Collection[str]) -> Video:
    """The video with the columns that questions use, of all that its table has."""
    return replace(video, columns={name: text for name, text in video.columns.items() if name in used})


def block_items(
    study: Study, block: Block, gold: set[str], name: str, videos: Sequence[Video], rng: random.Random
) -> Iterator[TaskItem]:
    """The block's items in windows, each with one video (or pair, or set) of each method if the numbers allow."""
    for about, chosen in block.items():
        shown = with_balanced_sides(chosen, rng) if about == "pair" else chosen
        yield from _windows(study, about, shown, gold, name, videos, rng)
    question = study.attention_question
    if question:
        answers = study.options if question.KIND == Naming.KIND else question.answers
        for place, asked in enumerate(rng.sample(answers * study.attention_items, k=study.attention_items)):
            request = f"attention-{name}-{place}"
            yield TaskItem(key=f"a{place:02}", video_id=request, kind=ATTENTION, window=ANYWHERE, asked=asked)


def _windows(
    study: Study,
    about: About,
    block: Sequence[Stimulus],
    gold: set[str],
    name: str,
    videos: Sequence[Video],
    rng: random.Random,
) -> Iterator[TaskItem]:
    """The items about videos, or pairs, or sets."""
    methods = Counter(stimulus.method for stimulus in block)
    seen: Counter[str] = Counter()
    ranked = []
    for stimulus in rng.sample(block, k=len(block)):
        ranked.append(((seen[stimulus.method] + 0.5) / methods[stimulus.method], rng.random(), stimulus))
        seen[stimulus.method] += 1
    ranked.sort(key=lambda entry: entry[:2])
    for place, (_, _, stimulus) in enumerate(ranked):
        own = stimulus.video.video_id
        item = TaskItem(
            key=f"{about[0]}{place:02}",
            video_id=own if about == "video" else f"{about}-{name}-{place}",
            kind=GOLD if about == "video" and own in gold else EVALUATION,
            window=place // len(methods),
            about=about,
            videos=() if about == "video" else tuple(video.video_id for video in stimulus.videos),
        )
        yield replace(item, data=_data(study, item, stimulus, videos))


def _data(study: Study, item: TaskItem, stimulus: Stimulus, videos: Sequence[Video]) -> dict[str, Any]:
    """What is shown for each question besides videos; the same whatever else is in the study."""
    found = {
        question.id: question.data(
            stimulus.videos, videos, random.Random(f"{study.seed}/{question.id}/{'/'.join(item.video_ids)}")
        )
        for question in study.asked
        if question.about == item.about
    }
    return {name: data for name, data in found.items() if data is not None}


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
