"""How a study was run is what was published and noted; what nobody noted stays unknown."""

from pathlib import Path
from typing import Any

import pytest

from analysis.conduct import conduct, items_of_first_task
from crowd.design.blocks import design
from crowd.design.study import Study
from crowd.videos.metadata import read_videos
from tests.crowd.clips import write_videos

NOTED = {"platform": "local", "median_task_s": 240.0, "first_day": "2026-03-01", "last_day": "2026-03-04"}


@pytest.mark.parametrize(
    ("values", "noted", "paid", "hourly"),
    [
        ({"payment": "in cash"}, NOTED, "author", 12.0),
        ({}, NOTED, "nobody", None),
        ({"payment": "in cash", "reward_usd": "0"}, NOTED, "author", None),
        ({}, NOTED | {"platform": "mturk"}, "platform", 12.0),
        ({"recruiter": "prolific"}, NOTED, "recruiter", 12.0),
        ({}, {}, None, None),
        ({"payment": "in cash"}, NOTED | {"median_task_s": None}, "author", None),
        ({}, NOTED | {"platform": "of a later release"}, None, None),
    ],
)
def test_pay_an_hour_is_that_of_the_median_time(
    values: dict[str, Any], noted: dict[str, Any], paid: str | None, hourly: float | None
) -> None:
    """$0.80 for four minutes are $12 an hour, where somebody paid and the time is known."""
    if values.get("recruiter") == "prolific":
        values |= {"recruit": {"prolific": {}}}
    found = conduct(Study(**values), noted, {})
    assert (found.paid, found.hourly_usd) == (paid, hourly)


def test_unset_values_are_unknown() -> None:
    """What the study file leaves empty is null, not an empty text, and so is what no collection noted."""
    found = conduct(Study(), None, {})
    unknown = ("source", "min_age", "institution", "ethics_approval", "data_retention", "first_day", "last_day")
    assert [getattr(found, name) for name in (*unknown, "median_task_s", "paid")] == [None] * 9


@pytest.mark.parametrize(
    ("recruiter", "platform", "source"),
    [("links", "mturk", "Amazon Mechanical Turk"), ("prolific", "local", "Prolific"), ("links", "local", None)],
)
def test_the_source_is_the_platform_or_the_recruiter(recruiter: str, platform: str, source: str | None) -> None:
    """Links are handed out by the author, who alone knows to whom."""
    assert conduct(Study(recruiter=recruiter), {"platform": platform}, {}).source == source


def test_items_are_counted_in_the_design(tmp_path: Path) -> None:
    """The study file asks for practice, which a study without clear clips cannot have."""
    videos = read_videos(write_videos(tmp_path / "videos", methods=("new", "old")))
    study = Study.of(videos, training_items=2, attention_items=1, videos_per_hit=4)
    design(study, videos).save(tmp_path)
    found = conduct(study, None, items_of_first_task(tmp_path / "design.json"))
    assert (found.training_items, found.attention_items) == (0, 1)
    assert not items_of_first_task(tmp_path / "none.json")
