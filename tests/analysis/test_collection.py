"""What collecting noted of a study."""

import re
from dataclasses import replace

import pytest

from analysis import analyse
from analysis.collection import Collection
from analysis.records.contents import TasksIn
from tests.analysis.tables import table


@pytest.mark.parametrize(
    ("funnel", "missing"),
    [
        ({"wanted": 18, "submitted": 19, "filled": 1}, {"submitted": 1, "wanted": 18}),
        ({"wanted": 18, "submitted": 36, "filled": 18}, None),
        ({"wanted": 18, "submitted": 17}, {"submitted": 17, "wanted": 18}),
        ({"wanted": 18, "submitted": 18}, None),
        (None, None),
    ],
)
def test_tasks_that_programs_did_beside_people_are_none_of_those_wanted(
    funnel: dict[str, object] | None, missing: dict[str, int] | None
) -> None:
    """One person's task of 18, beside 18 of programs, leaves 17 missing; earlier funnels count all."""
    assert Collection(noted=funnel).missing == (missing and TasksIn(**missing))


def test_both_pages_of_the_report_say_who_came_from_where() -> None:
    """With how many came by each recruiter, how their visits ended, and which were programs."""
    came = {"recruiter": "panel", "people": 3, "visits": 4, "under_way": 1, "outcomes": {"complete": 2, "timed_out": 1}}
    report = analyse(table({"a": 0.8, "b": 0.5}), mixed=False)
    report = replace(report, collection={"came_from": [came | {"simulated": False}, came | {"simulated": True}]})
    for page in (report.to_html(), report.to_markdown()):
        words = " ".join(re.sub("<[^>]+>", "", page).replace("\\", "").split())
        assert "From panel: 3 came on 4 visits; complete 2, timed out 1, under way 1." in words
        assert "From panel (programs): 3 came" in words


def test_without_a_collection_nobody_is_said_to_have_come() -> None:
    assert "came from" not in analyse(table({"a": 0.8, "b": 0.5}), mixed=False).to_markdown()
