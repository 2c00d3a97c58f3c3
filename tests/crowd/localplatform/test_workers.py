"""Blocks, messages, balance and notification settings through boto3."""

import pytest
from botocore.exceptions import ClientError

from tests.crowd.localplatform.market import TYPE, Market
from tests.crowd.localplatform.test_hits import code_of

SPECIFICATION = {
    "Destination": "me@example.org",
    "Transport": "Email",
    "Version": "2006-05-05",
    "EventTypes": ["AssignmentSubmitted"],
}


def test_blocks_keep_out(market: Market) -> None:
    """A blocked worker sees and accepts nothing, can finish what is in hand, and comes back after the block."""
    first, second, person = market.hit(), market.hit(), market.person()
    assignment_id = person.accept(first).json()["assignment_id"]
    market.client.create_worker_block(WorkerId=person.worker_id, Reason="Answers by a program")
    assert person.offers() == {first: "accepted"}
    assert person.accept(second).status_code == 403
    assert person.submit(assignment_id).status_code == 303
    blocks = market.client.list_worker_blocks()["WorkerBlocks"]
    assert [(row["WorkerId"], row["Reason"]) for row in blocks] == [(person.worker_id, "Answers by a program")]
    for _ in range(2):
        market.client.delete_worker_block(WorkerId=person.worker_id)
    assert person.accept(second).status_code == 200
    assert market.client.list_worker_blocks()["WorkerBlocks"] == []
    with pytest.raises(ClientError, match='The value "ANOBODY" is not valid for the parameter WorkerId'):
        market.client.create_worker_block(WorkerId="ANOBODY", Reason="r")


def test_messages_reach_reviewed_workers(market: Market) -> None:
    """NotifyWorkers leaves messages for workers whose work was reviewed, and lists the others as failures."""
    known, new = market.person(), market.person()
    assignment_id = known.accept(market.hit()).json()["assignment_id"]
    known.submit(assignment_id)
    market.client.approve_assignment(AssignmentId=assignment_id)
    failures = market.client.notify_workers(
        Subject="Round two", MessageText="It is open now.", WorkerIds=[known.worker_id, new.worker_id, "ANOBODY"]
    )["NotifyWorkersFailureStatuses"]
    assert [row["WorkerId"] for row in failures] == [new.worker_id, "ANOBODY"]
    assert known.get().json()["messages"] == [{"subject": "Round two", "text": "It is open now."}]
    assert new.get().json()["messages"] == []


def test_notification_settings(market: Market) -> None:
    """A specification is stored with its version checked, can be switched off, and must exist to be switched."""
    type_id = market.client.create_hit_type(**TYPE)["HITTypeId"]
    for wrong in ({}, {"Active": True}, {"Notification": SPECIFICATION | {"Version": "2016-08-15"}}):
        with pytest.raises(ClientError) as refused:
            market.client.update_notification_settings(HITTypeId=type_id, **wrong)
        assert code_of(refused) == "ParameterValidationError"
    with pytest.raises(ClientError, match="EventTypes"):
        market.client.update_notification_settings(
            HITTypeId=type_id, Notification=SPECIFICATION | {"EventTypes": ["Ping"]}
        )
    for version in ("2006-05-05", "2014-08-15"):
        specification = SPECIFICATION | {"Version": version}
        market.client.update_notification_settings(HITTypeId=type_id, Notification=specification)
    for transport in ("SQS", "SNS"):
        with pytest.raises(ClientError, match=f"does not offer notifications to {transport}; ask for results with"):
            market.client.update_notification_settings(
                HITTypeId=type_id, Notification=SPECIFICATION | {"Transport": transport}
            )
    market.client.update_notification_settings(HITTypeId=type_id, Active=False)
    market.client.send_test_event_notification(Notification=SPECIFICATION, TestEventType="Ping")
    with pytest.raises(ClientError) as refused:
        market.client.update_notification_settings(HITTypeId="3X", Active=False)
    assert code_of(refused) == "HITTypeDoesNotExist"
