"""What collecting noted of a study."""

import pytest

from analysis.collection import Collection
from analysis.records.contents import TasksIn


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
