"""How a study was run is what was published and noted; what nobody noted stays unknown."""

from typing import Any

import pytest

from analysis.conduct import conduct
from crowd.design.study import Study

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
    found = conduct(Study(**values), noted)
    assert (found.paid, found.hourly_usd) == (paid, hourly)


def test_unset_values_are_unknown() -> None:
    """What the study file leaves empty is null, not an empty text, and so is what no collection noted."""
    found = conduct(Study(), None)
    unknown = ("source", "min_age", "institution", "ethics_approval", "data_retention", "first_day", "last_day")
    assert [getattr(found, name) for name in (*unknown, "median_task_s", "paid")] == [None] * 9


@pytest.mark.parametrize(
    ("recruiter", "platform", "source"),
    [("links", "mturk", "Amazon Mechanical Turk"), ("prolific", "local", "Prolific"), ("links", "local", None)],
)
def test_the_source_is_the_platform_or_the_recruiter(recruiter: str, platform: str, source: str | None) -> None:
    """Links are handed out by the author, who alone knows to whom."""
    assert conduct(Study(recruiter=recruiter), {"platform": platform}).source == source
