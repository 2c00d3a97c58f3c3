"""Finds the settings of a study that have no effect in it, so that nobody relies on them."""

from collections import Counter
from collections.abc import Iterator, Sequence

from crowd.design.study import Study
from crowd.videos.metadata import Video


def check_pairs(study: Study) -> None:
    """Refuse settings about pairs where no question shows any.

    Raises:
        ValueError: the message begins with the setting.
    """
    if any(question.about == "pair" for question in study.asked):
        return
    for name in ("pair_reference", "pairs_per_prompt"):
        if getattr(study, name):
            raise ValueError(f"{name}: no question shows pairs; leave it out, or ask one of kind preference")


def unused(study: Study, videos: Sequence[Video]) -> list[str]:
    """A line on each setting that is not at its default and has no effect."""
    default = Study()
    found = [
        f"{name} has no effect: {why}"
        for names, why in _reasons(study, videos)
        for name in names
        if getattr(study, name) != getattr(default, name)
    ]
    known = {*study.all_options, *(text for question in study.asked for text in question.option_texts)}
    strangers = [key for key in study.option_texts if key not in known]
    return [*found, *(f"option_texts has no effect for {key!r}: no question has that option" for key in strangers)]


def _reasons(study: Study, videos: Sequence[Video]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Settings and why they have no effect."""
    if not study.naming:
        yield ("training_items", "training_videos"), "practice is for a question of kind naming"
        yield ("gold_method", "min_gold_accuracy"), "gold videos are for a question of kind naming"
    elif not study.gold_share:
        yield ("min_gold_accuracy",), "gold_share is 0"
    if not study.attention_question:
        yield ("attention_items", "max_attention_failures"), "no question has answers that could be named"
    elif not study.attention_items:
        yield ("max_attention_failures",), "attention_items is 0"
    if not study.quiz:
        yield ("quiz_failed",), "there is no [[quiz]]"
    if max(Counter(question.about for question in study.asked if question.about != "person").values(), default=0) < 2:
        yield ("question_order",), "no two questions are about the same item"
    if not any(video.prompt for video in videos):
        yield ("prompt",), "metadata.csv has no prompts"
