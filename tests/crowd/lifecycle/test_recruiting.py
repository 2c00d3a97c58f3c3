"""A study at its recruiter: opened, extended, paused and ended, and the money that each of these holds."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

import crowd
from crowd.ledger.ledger import Ledger
from crowd.recruiters import ArrivalState, OpeningState
from crowd.simulated.prolific import Fault
from crowd.simulated.prolific.visits import Conduct
from tests.crowd.recruited import Recruited, opened, recruited

#: What a place costs: 1.50, a third of it as fee and a fifth of that as tax.
PLACE = Decimal("2.10")


@pytest.fixture
def there(tmp_path: Path, videos: Path) -> Iterator[Recruited]:
    """A study of three tasks for two people each, which is not at the service yet."""
    with recruited(tmp_path, videos) as study:
        yield study


def held(there: Recruited) -> Decimal:
    return crowd.status(there.study_dir).held_usd


def test_publishing_holds_nothing_where_the_recruiter_pays(there: Recruited) -> None:
    """The money of a study is counted once, by the calls that open it at its recruiter."""
    assert held(there) == 0
    made = crowd.draft(there.study_dir, there.server.endpoint_url)
    assert held(there) == 0
    assert (made.places, made.cost.amount, made.cost.currency) == (6, 6 * PLACE, "GBP")
    crowd.open_at_recruiter(there.study_dir)
    assert held(there) == 6 * PLACE
    now = crowd.status(there.study_dir)
    assert (now.currency, now.recruiter_pays) == ("GBP", "prolific")


def test_opening_twice_holds_and_publishes_once(there: Recruited) -> None:
    opened(there)
    crowd.open_at_recruiter(there.study_dir)
    assert held(there) == 6 * PLACE
    assert there.most_spent() == 6 * PLACE


def test_more_places_hold_only_what_they_add(there: Recruited) -> None:
    opened(there)
    found = crowd.add_places(there.study_dir, 8)
    assert found.opening is not None
    assert found.opening.num_places == 8
    assert held(there) == 8 * PLACE
    with pytest.raises(ValueError, match="has 8 at its recruiter already, is 7"):
        crowd.add_places(there.study_dir, 7)


def test_the_cap_holds_in_the_currency_of_the_account(there: Recruited) -> None:
    opened(there)
    with pytest.raises(ValueError, match=r"with 12\.60 GBP held so far, which passes the cap of 100\.00 GBP"):
        crowd.add_places(there.study_dir, 48)
    assert held(there) == there.most_spent() == 6 * PLACE


@pytest.mark.thorough
def test_what_was_not_used_is_released_at_the_end(there: Recruited) -> None:
    """After the end, money is held for those who may still be paid and for nobody else."""
    opened(there)
    there.bring(Conduct.FINISH, Conduct.TIME_OUT, Conduct.RETURN)
    crowd.end_at_recruiter(there.study_dir)
    assert held(there) == 2 * PLACE
    there.clock.advance(86_400)
    found = crowd.recruitment(there.study_dir)
    assert found.arrivals == {ArrivalState.WAITING: 1, ArrivalState.TIMED_OUT: 1, ArrivalState.RETURNED: 1}
    assert held(there) == PLACE
    crowd.approve(there.study_dir)
    assert crowd.recruitment(there.study_dir).opening.state is OpeningState.CLOSED  # type: ignore[union-attr]
    assert held(there) == PLACE
    assert Decimal(there.service.prolific.wallet.spent) / 100 == PLACE


def test_an_ended_study_can_be_opened_for_more(there: Recruited) -> None:
    """Places added after the end hold what all of them may cost, less what is held for those who came."""
    opened(there)
    there.bring(Conduct.FINISH)
    crowd.end_at_recruiter(there.study_dir)
    assert held(there) == PLACE
    crowd.add_places(there.study_dir, 7)
    assert held(there) == 7 * PLACE
    assert there.most_spent() == 7 * PLACE


def test_a_paused_study_lets_nobody_in_and_goes_on(there: Recruited) -> None:
    opened(there)
    assert crowd.pause(there.study_dir).opening.state is OpeningState.PAUSED  # type: ignore[union-attr]
    assert there.bring(Conduct.FINISH)[0].status >= 400
    assert crowd.open_at_recruiter(there.study_dir).opening.state is OpeningState.OPEN  # type: ignore[union-attr]
    assert held(there) == 6 * PLACE


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["error-after", "cut-after", "error-before", "cut-before"])
def test_an_opening_whose_answer_was_lost_is_settled_by_the_next(kind: str, there: Recruited) -> None:
    crowd.draft(there.study_dir, there.server.endpoint_url)
    there.service.faults.plan += [Fault(kind=kind, operation="POST studies/{id}/transition")]  # type: ignore[arg-type]
    with pytest.raises(OSError, match="run the same command again"):
        crowd.open_at_recruiter(there.study_dir)
    assert crowd.open_at_recruiter(there.study_dir).opening.state is OpeningState.OPEN  # type: ignore[union-attr]
    with Ledger(there.study_dir) as ledger:
        assert [entry.key for entry in ledger.entries() if entry.state != "done"] == []
    assert held(there) == there.most_spent() == 6 * PLACE


def test_places_needed_is_what_the_extended_design_needs(there: Recruited) -> None:
    assert crowd.places_needed(there.study_dir) == 0
    opened(there)
    crowd.extend(there.study_dir, 3)
    assert crowd.places_needed(there.study_dir) == 9
