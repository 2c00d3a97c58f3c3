"""Where participants came from, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.formats import number


def arrivals(collection: Mapping[str, Any] | None) -> Iterator[str]:
    """A line for each recruiter: how many came from there, and how their visits ended.

    Args:
        collection: what was noted when the answers were collected (funnel.json); nothing is said without it.
    """
    for came in (collection or {}).get("came_from", []):
        programs = " (programs)" if came["simulated"] else ""
        ends = {**came["outcomes"], "under way": came["under_way"]}
        how = ", ".join(f"{name.replace('_', ' ')} {number(count)}" for name, count in ends.items() if count)
        visits = f" on {number(came['visits'])} visits" if came["visits"] != came["people"] else ""
        yield f"From {came['recruiter']}{programs}: {number(came['people'])} came{visits}; {how}."
