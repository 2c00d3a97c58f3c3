"""`crowd.design.unused`: a setting that has no effect is refused or named."""

from typing import Any

import pytest

from crowd.design.blocks import design
from crowd.design.study import Study
from tests.crowd.questions.made import BETTER, NATURAL, study, videos

CHOICE = {"id": "place", "kind": "choice", "asked": "video", "options": ["here", "there"]}
QUIZ = {"text": "What?", "options": ["a", "b"], "right": "a"}


@pytest.mark.parametrize("values", [{"pair_reference": "new"}, {"pairs_per_prompt": 1}])
def test_pairs_that_nobody_is_asked_about_are_refused(values: dict[str, Any]) -> None:
    """Which pairs are asked about says nothing of a study without pairs."""
    with pytest.raises(ValueError, match=f"^{next(iter(values))}: no question shows pairs"):
        design(study(NATURAL, **values), videos())
    assert design(study(BETTER, **values), videos()).notes == ()


@pytest.mark.parametrize(
    ("questions", "values", "key"),
    [
        ([NATURAL], {"training_items": 1}, "training_items"),
        ([NATURAL], {"training_videos": ["new-00-0.mp4"]}, "training_videos"),
        ([NATURAL], {"gold_method": "new"}, "gold_method"),
        ([NATURAL], {"min_gold_accuracy": 0.5}, "min_gold_accuracy"),
        ([NATURAL], {"max_attention_failures": 1}, "max_attention_failures"),
        ([{"id": "order", "kind": "ranking"}], {"attention_items": 2}, "attention_items"),
        ([NATURAL], {"quiz_failed": "end"}, "quiz_failed"),
        ([NATURAL, BETTER], {"question_order": "shuffled"}, "question_order"),
        ([CHOICE], {"option_texts": {"here": "hier", "nowhere": "nirgends"}}, "option_texts"),
    ],
)
def test_a_setting_without_effect_is_named(questions: list[dict[str, Any]], values: dict[str, Any], key: str) -> None:
    """There is one line on it, which names it."""
    (note,) = design(study(*questions, **values), videos()).notes
    assert note.startswith(f"{key} has no effect")


def test_a_prompt_that_no_video_has_is_named() -> None:
    """Without prompts in the table nobody reads any."""
    labelled = [video for video in videos() if video.prompt]
    without = [type(video)(**{**_fields(video), "prompt": ""}) for video in labelled]
    assert design(study(NATURAL, prompt="above"), without).notes == (
        "prompt has no effect: metadata.csv has no prompts",
    )


def _fields(video: Any) -> dict[str, Any]:
    return {name: getattr(video, name) for name in video.__dataclass_fields__}


def test_settings_with_an_effect_are_not_named() -> None:
    """A study that uses what it sets has no such line."""
    used = {"quiz_failed": "end", "quiz": [QUIZ], "question_order": "shuffled", "attention_items": 1}
    used |= {"max_attention_failures": 1, "prompt": "above", "option_texts": {"here": "hier"}}
    assert design(study(NATURAL, CHOICE, **used), videos()).notes == ()


def test_a_prompt_may_not_tell_the_right_caption() -> None:
    """Who reads the prompt beside the video knows which caption is its own."""
    with pytest.raises(ValueError, match=r"^prompt: people would read the answer to the question 'fits'"):
        Study(questions=({"id": "fits", "kind": "caption"},), prompt="beside")
    Study(questions=({"id": "fits", "kind": "caption", "column": "caption"},), prompt="beside")
