"""The end of a study on its platform."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crowd.ledger.ledger import Ledger
from crowd.lifecycle.close import close, delete, keep_open
from crowd.lifecycle.collect import collect
from crowd.lifecycle.status import status
from crowd.localplatform import running
from crowd.platforms import open_platform
from tests.crowd.answering import answer


def states(study_dir: Path) -> list[str]:
    """The status of each HIT that the platform lists."""
    with open_platform("local", study_dir) as platform:
        return [hit["HITStatus"] for page in platform.wire.pages("ListHITs", {}) for hit in page["HITs"]]


def test_an_expired_study_takes_nobody_and_can_be_opened_again(study_at: Callable[[str], Path]) -> None:
    """Expiry closes all HITs at once, a later end opens them, and a second expiry works like the first."""
    study_dir = study_at("extend")
    later = datetime.now(UTC) + timedelta(days=2)
    with running(study_dir) as server:
        for _ in range(2):
            assert close(study_dir).made == 3
            assert states(study_dir) == ["Reviewable"] * 3
            assert answer(server, study_dir, 1) == []
            assert close(study_dir).before == 3, "again is not again"
            assert keep_open(study_dir, later).made == 3
            assert states(study_dir) == ["Assignable"] * 3
        assert len(answer(server, study_dir, 1)) == 3


@pytest.mark.parametrize("until", [datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1)])
def test_an_end_must_be_to_come_and_have_a_zone(until: datetime, study_at: Callable[[str], Path]) -> None:
    """A moment that is past, or nobody's, is refused."""
    with pytest.raises(ValueError, match="must be to come, within 100 years"):
        keep_open(study_at("extend"), until)


def test_an_end_is_not_brought_forward(study_at: Callable[[str], Path]) -> None:
    """An end before the present one is refused before any call; the same end and a later one are not."""
    study_dir = study_at("extend")
    with running(study_dir), open_platform("local", study_dir) as platform:
        (end, *_) = [hit["Expiration"] for page in platform.wire.pages("ListHITs", {}) for hit in page["HITs"]]
        with pytest.raises(ValueError, match="run expire-study when the study is to end"):
            keep_open(study_dir, end - timedelta(hours=1))
        assert keep_open(study_dir, end + timedelta(hours=1)).made == 3
        assert keep_open(study_dir, end + timedelta(hours=1)).before == 3


def test_deleting_keeps_every_answer(study_at: Callable[[str], Path]) -> None:
    """HITs go, answers stay: what was never fetched before is fetched first, and the table can be made again."""
    study_dir = study_at("delete")
    with running(study_dir):
        assert delete(study_dir, confirm=lambda num_hits: num_hits == 3).made == 3
        assert states(study_dir) == []
        assert collect(study_dir).assignments == 6
        assert delete(study_dir, confirm=lambda num_hits: True).before == 3


def test_deleting_waits_for_review(study_at: Callable[[str], Path]) -> None:
    """Nobody's unpaid work is deleted."""
    study_dir = study_at("collect")
    with running(study_dir):
        with pytest.raises(ValueError, match="6 assignments await review"):
            delete(study_dir, confirm=lambda num_hits: True)
        assert len(states(study_dir)) == 3


def test_deleting_open_hits_is_refused_by_the_platform_in_one_line(study_at: Callable[[str], Path]) -> None:
    """A study that still takes people must be expired first."""
    study_dir = study_at("extend")
    with pytest.raises(ValueError, match="currently in the state 'Assignable'"):
        delete(study_dir, confirm=lambda num_hits: True)


def test_deleting_needs_a_confirmation(study_at: Callable[[str], Path]) -> None:
    """Without it nothing goes."""
    study_dir = study_at("delete")
    with running(study_dir):
        with pytest.raises(ValueError, match="nothing was deleted"):
            delete(study_dir, confirm=lambda num_hits: False)
        assert len(states(study_dir)) == 3


def test_status_shows_calls_money_and_what_is_open(study_at: Callable[[str], Path]) -> None:
    """The status counts every call by its state, without asking the platform."""
    now = status(study_at("delete"))
    assert now.platform == "local"
    assert {operation: counts["done"] for operation, counts in now.calls.items()} == {
        "create": 3,
        "register": 1,
        "approve": 6,
    }
    assert (str(now.held_usd), str(now.cap_usd)) == ("4.8", "9.00")
    assert now.assignments == {"Approved": 6}
    assert now.wanted == 6
    assert now.unfinished == []


def test_status_names_calls_without_outcome(study_at: Callable[[str], Path]) -> None:
    """What a killed run left is listed."""
    study_dir = study_at("delete")
    with Ledger(study_dir) as ledger:
        ledger.plan([("bonus/3A/x", "bonus", {}, ledger.held() * 0)])
        ledger.mark_sent("bonus/3A/x")
    assert [entry.key for entry in status(study_dir).unfinished] == ["bonus/3A/x"]
