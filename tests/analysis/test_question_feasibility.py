"""Questions of other kinds than naming that can show nothing are refused, those that can show little are warned of."""

from typing import Any

import pytest

from analysis.feasibility import refusal_of, warnings_of
from crowd.design.blocks import design
from tests.crowd.questions.made import BETTER, NATURAL, WHY, study, videos


def judged(*questions: dict[str, Any], prompts: int = 6, **values: Any) -> tuple[str | None, list[str]]:
    """Why such a study is refused, and what it is warned of."""
    own = study(*questions, **values)
    plan = design(own, videos(prompts))
    return refusal_of(own, plan), warnings_of(own, plan)


def test_a_study_that_can_show_something_passes() -> None:
    """Neither pairs nor questions without methods are taken for videos with labels."""
    assert judged(BETTER, WHY, prompts=12) == (None, [])
    assert judged(WHY | {"asked": "video"}) == (None, [])


@pytest.mark.parametrize(
    ("prompts", "people", "why"),
    [
        (1, 9, "'better', which compares base and new on 1 prompt; show 2 prompts"),
        (6, 1, "'better', which 1 participant"),
    ],
)
def test_nothing_can_be_shown_by_one_prompt_or_one_person(prompts: int, people: int, why: str) -> None:
    """The study is refused; where another question can show something, it is warned of instead."""
    refused, _ = judged(BETTER, prompts=prompts, answers_per_video=people, videos_per_hit=100)
    assert refused is not None
    assert refused.startswith("no outcome of this study can show a difference: question ")
    assert why in refused


def test_one_prompt_is_enough_for_these_videos() -> None:
    """Who means these videos alone needs no other prompts."""
    refused, _ = judged(BETTER, prompts=1, target="these-videos")
    assert refused is None


def test_little_is_warned_of() -> None:
    """Few prompts, few people, and a study that finds not even the largest difference."""
    assert "compares base and new on 4 prompts: show 5 or more" in judged(NATURAL, prompts=4)[1][0]
    assert "seen by 3 participants only" in judged(NATURAL, prompts=12, answers_per_video=3)[1][-1]
    assert "likely to find no difference, however large" in judged(BETTER, prompts=2, answers_per_video=2)[1][0]
