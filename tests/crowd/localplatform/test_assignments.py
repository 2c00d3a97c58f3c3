"""Assignments through boto3: approval, rejection, bonuses, and what the clock does."""

import pytest
from botocore.exceptions import ClientError

from crowd.localplatform.clock import ManualClock
from crowd.task.answers import parse_answer_xml
from tests.crowd.localplatform.market import Market
from tests.crowd.localplatform.test_hits import code_of

DAY_S = 86_400


def test_only_submitted_work_is_listed(market: Market) -> None:
    """Accepted, returned and abandoned assignments leave no record; submitted ones come in order of submission."""
    hit_id = market.hit(MaxAssignments=4)
    people = [market.person() for _ in range(4)]
    ids = [person.accept(hit_id).json()["assignment_id"] for person in people]
    people[0].give_back(ids[0])
    people[3].submit(ids[3])
    people[2].submit(ids[2])
    listed = market.client.list_assignments_for_hit(HITId=hit_id)
    assert [row["AssignmentId"] for row in listed["Assignments"]] == [ids[3], ids[2]]
    market.client.approve_assignment(AssignmentId=ids[3])
    by_status = market.client.list_assignments_for_hit(HITId=hit_id, AssignmentStatuses=["Submitted", "Rejected"])
    assert [row["AssignmentId"] for row in by_status["Assignments"]] == [ids[2]]
    hit = market.client.get_hit(HITId=hit_id)["HIT"]
    assert (hit["NumberOfAssignmentsCompleted"], hit["NumberOfAssignmentsPending"]) == (1, 1)
    for missing, code in ((ids[0], "AssignmentDoesNotExist"), (ids[1], "InvalidAssignmentState")):
        with pytest.raises(ClientError) as refused:
            market.client.get_assignment(AssignmentId=missing)
        assert code_of(refused) == code


def test_answers_arrive_as_sent(market: Market) -> None:
    """Every character that XML can hold comes back, what it cannot hold as U+FFFD, and every field but assignmentId."""
    text = "ü 😀 <b>&amp;</b> ]]> \"'\t\r\nend\x00\x0b"
    assignment_id = market.work(market.hit(), answer=text, hitId="x", workerId="y", turkSubmitTo="z")
    answer = market.client.get_assignment(AssignmentId=assignment_id)["Assignment"]["Answer"]
    assert answer.isascii()
    assert parse_answer_xml(answer) == {
        "answer": "ü 😀 <b>&amp;</b> ]]> \"'\t\nend\ufffd\ufffd",
        "hitId": "x",
        "workerId": "y",
        "turkSubmitTo": "z",
    }


def test_review_once(market: Market) -> None:
    """Work is approved or rejected once; a second verdict is refused with the state's code."""
    hit_id = market.hit(MaxAssignments=2)
    approved, rejected = market.work(hit_id), market.work(hit_id)
    market.client.approve_assignment(AssignmentId=approved, RequesterFeedback="Thanks")
    market.client.reject_assignment(AssignmentId=rejected, RequesterFeedback="Nothing was watched")
    for call in (
        lambda: market.client.approve_assignment(AssignmentId=approved),
        lambda: market.client.approve_assignment(AssignmentId=approved, OverrideRejection=True),
        lambda: market.client.reject_assignment(AssignmentId=approved, RequesterFeedback="no"),
        lambda: market.client.reject_assignment(AssignmentId=rejected, RequesterFeedback="no"),
        lambda: market.client.approve_assignment(AssignmentId=rejected),
    ):
        with pytest.raises(ClientError, match="can be called with a status of: Submitted") as refused:
            call()
        assert code_of(refused) == "InvalidAssignmentState"
    found = market.client.get_assignment(AssignmentId=rejected)["Assignment"]
    assert (found["AssignmentStatus"], found["RequesterFeedback"]) == ("Rejected", "Nothing was watched")
    assert "ApprovalTime" not in found


def test_a_rejection_can_be_overridden_for_30_days(market: Market, clock: ManualClock) -> None:
    """OverrideRejection approves and pays a rejected assignment up to 30 days after its submission, not later."""
    hit_id = market.hit(MaxAssignments=2, LifetimeInSeconds=31_536_000)
    early, late = market.work(hit_id), market.work(hit_id)
    for assignment_id in (early, late):
        market.client.reject_assignment(AssignmentId=assignment_id, RequesterFeedback="empty")
    clock.advance(30 * DAY_S)
    market.client.approve_assignment(AssignmentId=early, OverrideRejection=True)
    found = market.client.get_assignment(AssignmentId=early)["Assignment"]
    assert found["AssignmentStatus"] == "Approved"
    assert "RejectionTime" not in found
    clock.advance(1)
    with pytest.raises(ClientError) as refused:
        market.client.approve_assignment(AssignmentId=late, OverrideRejection=True)
    assert code_of(refused) == "InvalidAssignmentState"


def test_the_clock_approves(market: Market, clock: ManualClock) -> None:
    """Unreviewed work is approved and paid when its delay is over, at that moment and not when somebody looks."""
    assignment_id = market.work(market.hit(AutoApprovalDelayInSeconds=3600))
    submitted = clock()
    clock.advance(3599)
    assert market.client.get_assignment(AssignmentId=assignment_id)["Assignment"]["AssignmentStatus"] == "Submitted"
    clock.advance(5000)
    found = market.client.get_assignment(AssignmentId=assignment_id)["Assignment"]
    assert found["AssignmentStatus"] == "Approved"
    assert found["ApprovalTime"].timestamp() == submitted + 3600
    assert market.client.get_account_balance()["AvailableBalance"] == "9999.52"


def test_the_clock_abandons(market: Market, clock: ManualClock) -> None:
    """An assignment that is not submitted in time goes back to others, and its owner's answer comes too late."""
    hit_id, slow = market.hit(LifetimeInSeconds=DAY_S), market.person()
    assignment_id = slow.accept(hit_id).json()["assignment_id"]
    clock.advance(599)
    assert market.status(hit_id) == "Unassignable"
    clock.advance(1)
    assert market.status(hit_id) == "Assignable"
    assert slow.submit(assignment_id).status_code == 410
    assert slow.get(f"/frame/{hit_id}?assignmentId={assignment_id}").status_code == 410
    assert market.client.list_assignments_for_hit(HITId=hit_id)["Assignments"] == []
    market.work(hit_id)
    assert market.status(hit_id) == "Reviewable"


def test_bonuses_are_paid_once_per_token(market: Market, clock: ManualClock) -> None:
    """A token pays one bonus for 24 hours; bonuses cost 20 % more and are listed by HIT and by assignment."""
    hit_id = market.hit()
    assignment_id = market.work(hit_id)
    worker_id = market.client.get_assignment(AssignmentId=assignment_id)["Assignment"]["WorkerId"]
    bonus = {
        "WorkerId": worker_id,
        "AssignmentId": assignment_id,
        "BonusAmount": "1.50",
        "Reason": "Careful work",
        "UniqueRequestToken": "bonus-1",
    }
    market.client.send_bonus(**bonus)
    with pytest.raises(ClientError, match='The idempotency token "bonus-1" has already been processed'):
        market.client.send_bonus(**bonus)
    assert market.client.get_account_balance()["AvailableBalance"] == "9997.72"
    for where in ({"HITId": hit_id}, {"AssignmentId": assignment_id}):
        paid = market.client.list_bonus_payments(**where)["BonusPayments"]
        assert [(row["BonusAmount"], row["Reason"], row["WorkerId"]) for row in paid] == [
            ("1.50", "Careful work", worker_id)
        ]
    clock.advance(DAY_S)
    market.client.send_bonus(**bonus)
    assert market.client.list_bonus_payments(HITId=hit_id)["NumResults"] == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"WorkerId": "ANOBODY"}, "ParameterValidationError"),
        ({"BonusAmount": "0.00"}, "ParameterValidationError"),
        ({"BonusAmount": "9999.00"}, "InsufficientFunds"),
        ({"AssignmentId": "3NOTHERE"}, "AssignmentDoesNotExist"),
    ],
)
def test_send_bonus_refuses(market: Market, changes: dict[str, str], code: str) -> None:
    """A bonus goes to the worker of that assignment, is above zero, and is covered by the account."""
    assignment_id = market.work(market.hit())
    worker_id = market.client.get_assignment(AssignmentId=assignment_id)["Assignment"]["WorkerId"]
    bonus = {"WorkerId": worker_id, "AssignmentId": assignment_id, "BonusAmount": "1", "Reason": "r"} | changes
    with pytest.raises(ClientError) as refused:
        market.client.send_bonus(**bonus)
    assert code_of(refused) == code


def test_bonus_lists_need_a_place(market: Market) -> None:
    """ListBonusPayments needs a HIT or an assignment."""
    with pytest.raises(ClientError) as refused:
        market.client.list_bonus_payments()
    assert code_of(refused) == "ParameterValidationError"


def test_no_answer_has_files(market: Market) -> None:
    """GetFileUploadURL finds no file in any answer: such answers ended in 2017."""
    assignment_id = market.work(market.hit())
    with pytest.raises(ClientError) as refused:
        market.client.get_file_upload_url(AssignmentId=assignment_id, QuestionIdentifier="answer")
    assert code_of(refused) == "ParameterValidationError"
