"""`crowd.design.planning`: what a study takes, reckoned before anything is published."""

from dataclasses import replace

import pytest

from crowd.design.blocks import design
from crowd.design.planning import check_time, expected_s, needs
from crowd.design.study import Study
from crowd.task.page import page_data
from tests.crowd.task.test_page import videos


@pytest.mark.parametrize(("clip_s", "minutes"), [(2.0, 2), (30.0, 6), (120.0, 20)])
def test_time_is_that_of_the_clips(clip_s: float, minutes: int) -> None:
    """A task takes its instructions, each clip once, and the time to answer; page and plan say the same."""
    study = Study(videos_per_hit=8, training_items=2, attention_items=1, seconds_per_item=3, seconds_per_task=60)
    plan = design(study, videos(9, duration_s=clip_s, method="real"))
    hit = plan.hits[0]
    clips = len(hit.items) - 1
    assert expected_s(study, plan, hit) == 60 + clips * clip_s + 3 * len(hit.items)
    assert needs(study, plan).minutes_per_task * 60 == max(expected_s(study, plan, each) for each in plan.hits)
    assert len(plan.hits) == 1
    assert page_data(study, plan, hit, str)["minutes"] == minutes


def test_pay_follows_the_time() -> None:
    """The same reward is less an hour where the clips are longer."""
    study = Study(videos_per_hit=8)
    short, long = (design(study, videos(9, duration_s=seconds)) for seconds in (1.0, 60.0))
    assert needs(study, long).hourly_usd < needs(study, short).hourly_usd / 3


def test_too_little_time_is_said() -> None:
    """Clips that outlast the time for a task are refused; a time that most will exceed is warned of; else nothing."""
    plan = design(Study(training_items=0), videos(20, duration_s=10.0))
    with pytest.raises(ValueError, match="assignment_duration_s: is 100, but the clips of task b001-r1 alone last 200"):
        check_time(Study(assignment_duration_s=100), plan)
    (warning,) = check_time(Study(assignment_duration_s=250), plan)
    assert "takes about 386 s (clips 200 s), and assignment_duration_s allows 250" in warning
    assert check_time(replace(Study(), assignment_duration_s=1800), plan) == []
