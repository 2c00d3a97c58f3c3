"""Visits that wait for review at the recruiter without all tasks: somebody decides about them, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import crowd
from crowd.recruiters import ArrivalState
from crowd.simulated.prolific.visits import Conduct
from tests.crowd.recruited import Recruited, opened, recruited

REASON = (
    "You entered a completion code, but no answer of yours arrived. We asked you to return the place, in vain. " * 2
)


@pytest.fixture
def there(tmp_path: Path, videos: Path) -> Iterator[Recruited]:
    """A study of three tasks for two people each, open at the service."""
    with recruited(tmp_path, videos) as study:
        opened(study)
        yield study


def reject(there: Recruited, session: str, *, category: str = "NO_DATA", confirmed: bool = True) -> crowd.Recruitment:
    return crowd.reject_visit(
        there.study_dir, session, category=category, reason=REASON, confirm=lambda session_id: confirmed
    )


@pytest.mark.thorough
def test_a_person_is_asked_to_return_with_a_reason(there: Recruited) -> None:
    opened(there)
    there.bring(Conduct.SKIP)
    (session,) = there.sessions("AWAITING REVIEW")
    with pytest.raises(ValueError, match="reason is empty"):
        crowd.ask_to_return(there.study_dir, session, reason=" ")
    with pytest.raises(ValueError, match="no such visit"):
        crowd.ask_to_return(there.study_dir, "0" * 24, reason="No task was done.")
    crowd.ask_to_return(there.study_dir, session, reason="No task was done.")
    assert there.service.prolific.submissions[session].return_requested_at is not None


def test_a_visit_without_work_is_rejected_once_and_its_place_goes_to_somebody_else(there: Recruited) -> None:
    there.bring(Conduct.SKIP)
    (session,) = there.sessions("AWAITING REVIEW")
    with pytest.raises(ValueError, match="nothing was done"):
        reject(there, session, confirmed=False)
    with pytest.raises(ValueError, match="category: must be among"):
        reject(there, session, category="RUDE")
    assert there.statuses() == ["AWAITING REVIEW"]
    for _ in range(2):
        found = reject(there, session)
    assert found.arrivals == {ArrivalState.REJECTED: 1}
    assert (found.undecided, found.missing) == ((), 0)
    there.bring(*[Conduct.FINISH] * 6)
    assert there.statuses() == ["REJECTED"] + ["AWAITING REVIEW"] * 6


@pytest.mark.thorough
def test_whoever_sent_tasks_or_was_sent_away_is_not_rejected(there: Recruited) -> None:
    """Work is rejected by the study's rules alone, and nobody for having found no place."""
    there.bring(*[Conduct.FINISH] * 6)
    (session, *_) = there.sessions("AWAITING REVIEW")
    with pytest.raises(ValueError, match="sent 1 of its tasks"):
        reject(there, session)
    with pytest.raises(ValueError, match="no such visit"):
        reject(there, "0" * 24)
    crowd.add_places(there.study_dir, 7)
    there.bring(Conduct.FINISH)
    (late,) = set(there.sessions("AWAITING REVIEW")) - set(there.sessions("AWAITING REVIEW")[:6])
    with pytest.raises(ValueError, match="sent its person away"):
        reject(there, late)
    assert "REJECTED" not in there.statuses()


@pytest.mark.thorough
def test_whose_data_were_erased_is_not_rejected(there: Recruited) -> None:
    """They may have done all tasks, of which nothing is known anymore."""
    there.bring(Conduct.FINISH)
    (session,) = there.sessions("AWAITING REVIEW")
    crowd.erase(there.study_dir, session, confirm=lambda sentence: True)
    assert crowd.recruitment(there.study_dir).undecided == (session,)
    with pytest.raises(ValueError, match="what is known of it was deleted"):
        reject(there, session)
    assert there.statuses() == ["AWAITING REVIEW"]
