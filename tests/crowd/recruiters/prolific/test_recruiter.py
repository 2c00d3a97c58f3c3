"""The verbs of the recruiter, against the simulated Prolific over HTTP."""

from decimal import Decimal
from pathlib import Path

import pytest

from crowd.recruiters import (
    ArrivalState,
    OpeningState,
    Outcome,
    RecruiterRefusedError,
    RecruiterUnreachableError,
    open_recruiter,
)
from crowd.recruiters.prolific.codes import codes_of
from crowd.recruiters.prolific.recruiter import ProlificRecruiter
from crowd.simulated.prolific import Fault, RunningProlific
from crowd.studydir import StudyDirectory
from tests.crowd.simulated.prolific.researcher import MESSAGE, PLACE, enter, finish, someone

JOIN = "https://study.example/join"


def draft(recruiter: ProlificRecruiter, num_places: int = 3) -> str:
    ids = recruiter.draft(
        title="Videos", description="Watch videos.", join_url=JOIN, num_places=num_places, reward="1.50", minutes=10
    )
    return ids["opening_id"]


def opened(recruiter: ProlificRecruiter, num_places: int = 3) -> str:
    study_id = draft(recruiter, num_places)
    recruiter.open()
    return study_id


def complete(recruiter: ProlificRecruiter) -> str:
    return codes_of(recruiter.study_dir)[Outcome.COMPLETE]


def state(recruiter: ProlificRecruiter) -> OpeningState | None:
    found = recruiter.opening()
    return found and found.state


def test_a_draft_is_made_once_and_costs_nothing(recruiter: ProlificRecruiter, service: RunningProlific) -> None:
    before = recruiter.balance()
    assert draft(recruiter) == draft(recruiter)
    assert len(service.prolific.studies) == 1
    assert state(recruiter) is OpeningState.DRAFT
    assert recruiter.balance() == before


def test_a_draft_is_found_again_by_its_internal_name(recruiter: ProlificRecruiter, service: RunningProlific) -> None:
    first = draft(recruiter)
    StudyDirectory(recruiter.study_dir).recruiter.unlink()
    assert draft(recruiter) == first
    assert len(service.prolific.studies) == 1


@pytest.mark.parametrize("kind", ["error-after", "cut-after"])
def test_a_draft_whose_answer_was_lost_is_not_made_twice(
    kind: str, recruiter: ProlificRecruiter, service: RunningProlific
) -> None:
    service.faults.plan += [Fault(kind=kind, operation="POST studies")]
    with pytest.raises(RecruiterUnreachableError, match="run the same command again"):
        draft(recruiter)
    draft(recruiter)
    assert len(service.prolific.studies) == 1


def test_people_are_let_in_paused_and_let_in_again(recruiter: ProlificRecruiter) -> None:
    opened(recruiter)
    assert state(recruiter) is OpeningState.OPEN
    recruiter.open()
    recruiter.pause()
    recruiter.pause()
    assert state(recruiter) is OpeningState.PAUSED
    recruiter.open()
    assert state(recruiter) is OpeningState.OPEN


def test_opening_holds_the_price_that_was_told(recruiter: ProlificRecruiter) -> None:
    before = recruiter.balance().amount
    cost = recruiter.cost(num_places=3, reward="1.50")
    assert (cost.amount, cost.currency) == (Decimal(3 * PLACE) / 100, "GBP")
    opened(recruiter)
    assert recruiter.balance().amount == before - cost.amount


def test_places_only_grow(recruiter: ProlificRecruiter) -> None:
    opened(recruiter)
    for number, there in ((5, 5), (4, 5), (5, 5), (7, 7)):
        recruiter.add_places(num_places=number)
        found = recruiter.opening()
        assert found is not None
        assert found.num_places == there


def test_visits_are_read_alike_from_the_list_and_alone(recruiter: ProlificRecruiter, service: RunningProlific) -> None:
    study_id = opened(recruiter)
    done = finish(service, study_id, 0, complete(recruiter))
    going = enter(service, study_id, 1)
    listed = {one.session_id: one for one in recruiter.arrivals()}
    assert {name: one.state for name, one in listed.items()} == {
        done.id: ArrivalState.WAITING,
        going.id: ArrivalState.STARTED,
    }
    assert listed[done.id].code == complete(recruiter)
    assert listed[done.id].person_id == someone(service, 0)
    assert recruiter.arrival(done.id) == listed[done.id]


def test_every_page_of_visits_is_read_and_none_past_the_end(
    recruiter: ProlificRecruiter, service: RunningProlific
) -> None:
    study_id = opened(recruiter, num_places=200)
    for number in range(200):
        enter(service, study_id, number)
    assert len(list(recruiter.arrivals())) == 200


def test_a_forged_session_is_nobody(recruiter: ProlificRecruiter) -> None:
    opened(recruiter)
    assert recruiter.arrival("0" * 24) is None


def test_only_finished_work_is_approved_and_paid_once(recruiter: ProlificRecruiter, service: RunningProlific) -> None:
    study_id = opened(recruiter)
    done, going = finish(service, study_id, 0, complete(recruiter)), enter(service, study_id, 1)
    for _ in range(2):
        recruiter.approve(session_ids=[done.id, going.id])
    assert [one.state for one in recruiter.arrivals()] == [ArrivalState.APPROVED, ArrivalState.STARTED]


def test_a_rejection_needs_a_hundred_characters_and_a_category(
    recruiter: ProlificRecruiter, service: RunningProlific
) -> None:
    done = finish(service, opened(recruiter), 0, complete(recruiter))
    with pytest.raises(ValueError, match="reason: Prolific asks for 100 characters or more"):
        recruiter.reject(session_id=done.id, category="LOW_EFFORT", reason="Too quick.")
    with pytest.raises(ValueError, match="category: must be among"):
        recruiter.reject(session_id=done.id, category="BAD", reason=MESSAGE)
    recruiter.reject(session_id=done.id, category="LOW_EFFORT", reason=MESSAGE)
    assert [one.state for one in recruiter.arrivals()] == [ArrivalState.REJECTED]


def test_bonuses_are_set_up_paid_and_read_back(recruiter: ProlificRecruiter, service: RunningProlific) -> None:
    done = finish(service, opened(recruiter), 0, complete(recruiter))
    before = recruiter.balance().amount
    bonus = recruiter.prepare_bonuses(amounts=[(done.id, "0.50")])
    assert recruiter.balance().amount == before
    assert recruiter.bonuses([done.id]) == {done.id: ()}
    recruiter.pay_bonuses(bonus_id=bonus["bonus_id"])
    assert recruiter.bonuses([done.id]) == {done.id: (Decimal("0.50"),)}


@pytest.mark.parametrize("kind", ["error-after", "cut-after"])
def test_a_bonus_whose_answer_was_lost_is_not_sent_again(
    kind: str, recruiter: ProlificRecruiter, service: RunningProlific
) -> None:
    done = finish(service, opened(recruiter), 0, complete(recruiter))
    bonus = recruiter.prepare_bonuses(amounts=[(done.id, "0.50")])
    service.faults.plan += [Fault(kind=kind, operation="POST bulk-bonus-payments/{id}/pay")]
    with pytest.raises(RecruiterUnreachableError):
        recruiter.pay_bonuses(bonus_id=bonus["bonus_id"])
    assert recruiter.bonuses([done.id]) == {done.id: (Decimal("0.50"),)}


def test_a_study_is_asked_of_the_service_on_which_it_was_put(
    recruiter: ProlificRecruiter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft(recruiter)
    monkeypatch.setenv("PROLIFIC_URL", "https://api.prolific.com")
    with (
        pytest.raises(ValueError, match="the study was put on http://127"),
        open_recruiter("prolific", recruiter.settings, tmp_path),
    ):
        pass


def test_the_token_appears_in_no_error(recruiter: ProlificRecruiter, service: RunningProlific) -> None:
    with pytest.raises(RecruiterRefusedError) as caught:
        recruiter.client.get("nothing/of/this/kind/")
    assert service.token not in repr(caught.value)
