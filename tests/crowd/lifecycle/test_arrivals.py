"""What a study and its recruiter know of visits, compared, reviewed and paid."""

import json
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

import crowd
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.arrivals import left_out
from crowd.lifecycle.prepare import load
from crowd.localplatform import people
from crowd.recruiters import Outcome
from crowd.simulated.prolific import Fault
from crowd.simulated.prolific.visits import Conduct
from crowd.studydir import StudyDirectory
from crowd.task.answers_file import read_parquet
from crowd.worker_ids import SIMULATED_PROLIFIC_PREFIX
from tests.crowd.lifecycle.test_erase import holding
from tests.crowd.recruited import Recruited, assignments_of, opened, recruited

PAY = "POST bulk-bonus-payments/{id}/pay"
REASON = "You answered every question within one second, before the video could have been seen. " * 2
THANKS = "Thank you"


@pytest.fixture
def there(tmp_path: Path, videos: Path) -> Iterator[Recruited]:
    """A study of three tasks for two people each, open at the service."""
    with recruited(tmp_path, videos, bonus_delay_s=300) as study:
        opened(study)
        yield study


def forge(there: Recruited) -> str:
    """Somebody does a task by an address with made-up ids of a person and of a visit; the visit's id."""
    (study_id,) = there.service.prolific.studies
    person, session = (f"{SIMULATED_PROLIFIC_PREFIX}{digit * 18}" for digit in "ab")
    place = f"{there.server.endpoint_url}/join?PROLIFIC_PID={person}&STUDY_ID={study_id}&SESSION_ID={session}"
    with httpx.Client(trust_env=False) as browser:
        assert there.work(browser, place) is not None
    return session


def excluded(there: Recruited) -> dict[str, set[str]]:
    """The visits' assignments by the rule that leaves them out."""
    found: dict[str, set[str]] = {}
    for row in read_parquet(StudyDirectory(there.study_dir).answers):
        found.setdefault(str(row["excluded"]), set()).add(str(row["assignment_id"]))
    return found


def thank(there: Recruited, amount: str = "0.50", *, unpaid: bool = False) -> crowd.Tally:
    """A bonus for everybody who finished there."""
    names = assignments_of(there, there.sessions("AWAITING REVIEW", "APPROVED"))
    bonuses = [crowd.Bonus(assignment_id=name, amount_usd=amount, reason=THANKS) for name in names]
    return crowd.bonus(there.study_dir, bonuses, unpaid=unpaid)


def paid(there: Recruited) -> list[list[int]]:
    """The bonuses of each submission there, once they have appeared."""
    there.clock.advance(301)
    with there.service.prolific.acting():
        return [one.bonuses for one in there.service.prolific.submissions.values()]


@pytest.mark.thorough
def test_work_is_joined_by_the_visit_whatever_code_was_entered(there: Recruited) -> None:
    """The four cells of code and work; whole work is approved with a wrong code or none, and nothing else is."""
    there.bring(Conduct.FINISH, Conduct.NO_CODE, Conduct.WRONG_CODE, Conduct.SKIP)
    found = crowd.collect(there.study_dir).recruitment
    assert found is not None
    assert found.cells == {(True, True): 1, (False, True): 2, (False, False): 1}
    assert found.undecided == (there.sessions("AWAITING REVIEW")[-1],)
    assert found.missing == 1
    tally = crowd.approve(there.study_dir)
    assert (tally.made, tally.undecided) == (3, found.undecided)
    assert there.statuses() == ["APPROVED"] * 3 + ["AWAITING REVIEW"]
    assert crowd.approve(there.study_dir).made == 0


@pytest.mark.thorough
def test_the_right_code_without_all_tasks_is_left_to_a_person(there: Recruited) -> None:
    there.bring(Conduct.TIME_OUT)
    (session,) = there.sessions("ACTIVE")
    (study,) = there.service.prolific.studies.values()
    code = study.document["completion_codes"][0]["code"]
    with there.service.prolific.acting():
        from crowd.simulated.prolific import participation

        participation.complete(there.service.prolific, there.service.prolific.submissions[session], code)
    tally = crowd.approve(there.study_dir)
    assert (tally.made, tally.undecided) == (0, (session,))
    assert there.statuses() == ["AWAITING REVIEW"]


@pytest.mark.thorough
def test_answers_of_visits_that_nobody_sent_do_not_count_and_are_not_paid(there: Recruited) -> None:
    """A made-up visit is named by its own rule, gets nothing, and its task is done anew by somebody else."""
    session = forge(there)
    found = crowd.collect(there.study_dir).recruitment
    assert found is not None
    assert found.unknown == (session,)
    (forged,) = assignments_of(there, [session])
    assert excluded(there) == {"not_sent": {forged}}
    funnel = json.loads(StudyDirectory(there.study_dir).funnel.read_text())
    assert funnel["excluded"]["not_sent"]["assignments"] == 1
    with pytest.raises(ValueError, match="prolific did not send who did it"):
        crowd.bonus(there.study_dir, [crowd.Bonus(assignment_id=forged, amount_usd="1.00", reason=THANKS)])
    there.bring(*[Conduct.FINISH] * 6)
    got = crowd.collect(there.study_dir)
    assert (got.assignments, got.wanted) == (6, 6)
    assert crowd.approve(there.study_dir).made == 6
    with Ledger(there.study_dir) as ledger:
        assert ledger.assignment(forged).status == "Submitted"


@pytest.mark.thorough
def test_whoever_returns_or_stays_away_is_replaced(there: Recruited) -> None:
    """Those who return before or after their work, and those who never end: others do the tasks."""
    there.bring(Conduct.RETURN, Conduct.RETURN_AFTER_WORK, Conduct.LAPSE, Conduct.TIME_OUT)
    there.clock.advance(86_400)
    found = crowd.collect(there.study_dir).recruitment
    assert found is not None
    assert found.missing == 0
    there.bring(*[Conduct.FINISH] * 6)
    got = crowd.collect(there.study_dir)
    assert (got.assignments, got.wanted, got.submitted) == (6, 6, 7)
    assert {rule: len(names) for rule, names in excluded(there).items()} == {"": 6, "not_paid": 1}
    assert crowd.approve(there.study_dir).made == 6
    assert sorted(there.statuses()) == ["APPROVED"] * 6 + ["RETURNED"] * 2 + ["TIMED-OUT"] * 2
    study, _ = load(there.study_dir)
    assert len(left_out(there.study_dir, study)) == 1


def test_a_recruiter_that_does_not_answer_keeps_no_answers_away(
    there: Recruited, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    there.bring(Conduct.FINISH)
    monkeypatch.delenv("PROLIFIC_TOKEN")
    got = crowd.collect(there.study_dir)
    assert (got.assignments, got.recruitment) == (1, None)
    assert "visits are as they were compared last" in caplog.text


@pytest.mark.thorough
def test_a_rejection_is_checked_before_anything_is_sent_and_takes_a_whole_visit(there: Recruited) -> None:
    there.bring(Conduct.FINISH)
    (assignment,) = assignments_of(there, there.sessions("AWAITING REVIEW"))
    asked: list[str] = []

    def reject(reason: str, category: str) -> None:
        crowd.reject(
            there.study_dir,
            assignment,
            rule="min_answer_s",
            reason=reason,
            category=category,
            confirm=lambda worker: not asked.append(worker),  # type: ignore[func-returns-value]
        )

    with pytest.raises(ValueError, match="rule min_answer_s"):
        reject(REASON, "TOO_QUICKLY")
    assert asked == []
    assert there.statuses() == ["AWAITING REVIEW"]


def test_a_bonus_is_set_up_and_paid_once_for_a_reason(there: Recruited) -> None:
    there.bring(Conduct.FINISH, Conduct.NO_CODE)
    crowd.approve(there.study_dir)
    before = crowd.status(there.study_dir).held_usd
    assert thank(there).made == 2
    assert crowd.status(there.study_dir).held_usd == before + 2 * Decimal("0.70")
    again = thank(there)
    assert (again.made, again.before) == (0, 2)
    with pytest.raises(ValueError, match=r"0\.50 were paid for the same reason"):
        thank(there, "0.60")
    assert paid(there) == [[50], [50]]


@pytest.mark.thorough
def test_a_payment_of_unknown_outcome_is_read_back_and_never_repeated(there: Recruited) -> None:
    """Until the bonuses appear, every further run says what to look at; then it finds them."""
    there.bring(Conduct.FINISH, Conduct.FINISH)
    there.service.faults.plan += [Fault(kind="error-after", operation=PAY)]
    with pytest.raises(OSError, match="first looks what happened"):
        thank(there)
    with pytest.raises(ValueError, match=r"not known whether bonus payment .* say --unpaid"):
        thank(there)
    there.clock.advance(301)
    found = thank(there)
    assert (found.made, found.found, found.before) == (0, 2, 0)
    assert paid(there) == [[50], [50]]


@pytest.mark.thorough
def test_a_payment_that_was_not_made_is_made_once_somebody_says_so(there: Recruited) -> None:
    there.bring(Conduct.FINISH)
    there.service.faults.plan += [Fault(kind="error-before", operation=PAY)]
    with pytest.raises(OSError, match="first looks what happened"):
        thank(there)
    there.clock.advance(301)
    with pytest.raises(ValueError, match="not known"):
        thank(there)
    assert thank(there, unpaid=True).made == 1
    assert paid(there) == [[50]]


def compared(there: Recruited) -> crowd.Recruitment:
    """What both know now."""
    found = crowd.collect(there.study_dir).recruitment
    assert found is not None
    return found


def names_of_first(there: Recruited) -> set[bytes]:
    """The ids at the recruiter of whoever came first, and of their visit."""
    first = next(iter(there.service.prolific.submissions.values()))
    return {first.id.encode(), first.participant_id.encode()}


@pytest.mark.thorough
def test_whoever_was_erased_is_not_replaced_nor_paid_again(there: Recruited) -> None:
    """Their ids are in no file, paid calls included; their visit there is not taken for somebody else's."""
    there.bring(Conduct.FINISH, Conduct.FINISH)
    crowd.approve(there.study_dir)
    assert thank(there).made == 2
    (first, _), held = there.sessions("APPROVED"), crowd.status(there.study_dir).held_usd
    done = assignments_of(there, [first])
    crowd.erase(there.study_dir, first, confirm=lambda sentence: True)
    assert holding(there.study_dir, names_of_first(there)) == []
    for _ in range(2):
        found = compared(there)
        assert (found.cells, found.unknown, found.undecided, found.missing) == ({(True, True): 1}, (), (), 0)
    assert crowd.approve(there.study_dir).made == 0
    with pytest.raises(ValueError, match=f"assignment {done[0]}: the ids of its visit were deleted"):
        crowd.bonus(there.study_dir, [crowd.Bonus(assignment_id=done[0], amount_usd="0.50", reason=THANKS)])
    assert crowd.status(there.study_dir).held_usd == held
    with Ledger(there.study_dir) as ledger:
        assert ledger.states("replace/") == {}
    assert paid(there) == [[50], [50]]
    assert holding(there.study_dir, names_of_first(there)) == []


@pytest.mark.thorough
def test_a_visit_that_waits_for_review_is_named_after_its_erasure(there: Recruited) -> None:
    """It can be approved on the recruiter's pages alone, where a person has to look."""
    there.bring(Conduct.FINISH)
    (session,) = there.sessions("AWAITING REVIEW")
    crowd.erase(there.study_dir, session, confirm=lambda sentence: True)
    tally = crowd.approve(there.study_dir)
    assert (tally.made, tally.undecided) == (0, (session,))
    assert there.statuses() == ["AWAITING REVIEW"]


@pytest.mark.thorough
def test_nobody_is_erased_whose_bonus_may_have_been_paid(there: Recruited) -> None:
    """Whether it was could not be read back by the visit's id; once that is settled they are erased."""
    there.bring(Conduct.FINISH)
    there.service.faults.plan += [Fault(kind="error-after", operation=PAY)]
    with pytest.raises(OSError, match="first looks what happened"):
        thank(there)
    (session,) = there.sessions("AWAITING REVIEW", "APPROVED")
    with pytest.raises(ValueError, match=r"the call recruit/bonus/.*/pay has no outcome yet"):
        crowd.erase(there.study_dir, session, confirm=lambda sentence: True)
    there.clock.advance(301)
    assert thank(there).found == 1
    assert crowd.erase(there.study_dir, session, confirm=lambda sentence: True).people == 1


@pytest.mark.thorough
def test_whoever_has_expired_is_not_replaced(tmp_path: Path, videos: Path) -> None:
    """Nor asked for again; their answers stay, so nobody says that they were erased."""
    with recruited(tmp_path, videos, keep_days=30) as there:
        opened(there)
        there.bring(Conduct.FINISH, Conduct.FINISH)
        crowd.approve(there.study_dir)
        crowd.collect(there.study_dir)
        before = read_parquet(StudyDirectory(there.study_dir).answers)
        (first, _) = there.sessions("APPROVED")
        assert crowd.erase_expired(there.study_dir, now=time.time() + 31 * 86_400) == 2
        found = compared(there)
        assert (found.cells, found.unknown, found.undecided, found.missing) == ({}, (), (), 0)
        assert read_parquet(StudyDirectory(there.study_dir).answers) == before
        with pytest.raises(ValueError, match="nobody has this number"):
            crowd.erase(there.study_dir, first, confirm=lambda sentence: True)


def test_visits_end_here_as_they_end_there(there: Recruited) -> None:
    """Somebody who came and stays away: their time is over there, so their visit ends and their place is free."""
    there.bring(Conduct.FINISH)
    (study_id,) = there.service.prolific.studies
    person = list(there.service.prolific.participants)[-1]
    with httpx.Client(trust_env=False) as browser:
        browser.get(f"{there.service.url}/studies/{study_id}/take/{person}", follow_redirects=True)
    there.clock.advance(86_400)
    crowd.recruitment(there.study_dir)
    found = [(row["state"], row["outcome"]) for row in people.arrived(there.study_dir)]
    assert found == [("waiting", Outcome.COMPLETE), ("timed_out", Outcome.TIMED_OUT)]


@pytest.mark.thorough
def test_tasks_that_are_to_be_done_anew_are_named_until_collecting_asks_for_them(there: Recruited) -> None:
    """Whoever comes before that would find no task."""
    there.bring(Conduct.RETURN_AFTER_WORK)
    assert crowd.recruitment(there.study_dir).to_redo == 1
    got = crowd.collect(there.study_dir)
    assert got.recruitment is not None
    assert got.recruitment.to_redo == crowd.recruitment(there.study_dir).to_redo == 0


@pytest.mark.thorough
def test_work_that_is_not_paid_does_not_keep_a_study_from_being_deleted(there: Recruited) -> None:
    """Approving leaves it as it is, so it waits for nobody; work that may be paid is waited for."""
    there.bring(Conduct.RETURN_AFTER_WORK, Conduct.FINISH)
    forge(there)
    crowd.collect(there.study_dir)
    crowd.end_at_recruiter(there.study_dir)
    crowd.close(there.study_dir)
    with pytest.raises(ValueError, match="1 assignments await review"):
        crowd.delete(there.study_dir, confirm=lambda num_hits: True)
    assert crowd.approve(there.study_dir).made == 1
    with pytest.raises(ValueError, match="nothing was deleted"):
        crowd.delete(there.study_dir, confirm=lambda num_hits: False)
    with Ledger(there.study_dir) as ledger:
        assert sorted(work.status for work in ledger.each_assignment()) == ["Approved", "Submitted", "Submitted"]
    assert crowd.delete(there.study_dir, confirm=lambda num_hits: True).made == 3
    assert set(excluded(there)) == {"", "not_paid", "not_sent"}
