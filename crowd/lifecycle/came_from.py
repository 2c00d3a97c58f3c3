"""Where the participants of a study on the local platform came from, and how their visits ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crowd.localplatform import people
from crowd.recruiters import DEFAULT


@dataclass(frozen=True, kw_only=True, slots=True)
class CameFrom:
    """The people, or the programs, of one recruiter."""

    recruiter: str
    """Its name; `links` for participants who were given their own."""
    simulated: bool
    """Whether these are programs."""
    people: int
    """How many have come; of those with links, how many have looked at a task."""
    visits: int
    """On how many visits."""
    under_way: int
    """Visits that have not ended."""
    outcomes: Mapping[str, int]
    """How many visits ended in each way, by the names of `crowd.recruiters.Outcome`."""


def came_from(study_dir: Path) -> tuple[CameFrom, ...]:
    """Where people came from, links first; nothing where nobody has come, or on another platform."""
    return tuple(
        CameFrom(
            recruiter=row["recruiter"] or DEFAULT,
            simulated=bool(row["simulated"]),
            people=row["people"],
            visits=row["visits"],
            under_way=row["visits"] - sum(row["outcomes"].values()),
            outcomes=row["outcomes"],
        )
        for row in people.came_from(study_dir)
    )


def in_words(came: CameFrom) -> str:
    """One line, e.g. "panel: 12 people came, 9 complete, 2 returned, 1 under way"."""
    counts = {**came.outcomes, "under way": came.under_way}
    who = "program" if came.simulated else "person"
    several = "programs" if came.simulated else "people"
    ends = [f"{number} {name.replace('_', ' ')}" for name, number in counts.items() if number]
    return f"{came.recruiter}: {', '.join([f'{came.people} {who if came.people == 1 else several} came', *ends])}"
