"""UniqueRequestToken: nothing happens twice, whatever the network did."""

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from crowd.localplatform import Running
from crowd.localplatform.clock import ManualClock
from crowd.localplatform.faults import Fault, Faults
from tests.crowd.localplatform.market import HIT, TYPE, Market, requester
from tests.crowd.localplatform.test_hits import code_of


def test_a_token_makes_one_hit_in_24_hours(market: Market, clock: ManualClock) -> None:
    """A second call with the token is refused for a day and names the first HIT, also through the other operation."""
    hit_id = market.hit(UniqueRequestToken="b001")
    type_id = market.client.create_hit_type(**TYPE)["HITTypeId"]
    clock.advance(86_399)
    for again in (
        lambda: market.hit(UniqueRequestToken="b001"),
        lambda: market.client.create_hit_with_hit_type(HITTypeId=type_id, UniqueRequestToken="b001", **HIT),
    ):
        with pytest.raises(ClientError, match=f'The HIT with ID "{hit_id}" already exists') as refused:
            again()
        assert code_of(refused) == "HitAlreadyExists"
    clock.advance(1)
    assert market.hit(UniqueRequestToken="b001") != hit_id


def test_a_token_extends_once(market: Market, clock: ManualClock) -> None:
    """An extension with a known token is refused within 24 hours and changes nothing."""
    hit_id = market.hit()
    extension = {"HITId": hit_id, "NumberOfAdditionalAssignments": 2, "UniqueRequestToken": "x"}
    market.client.create_additional_assignments_for_hit(**extension)
    with pytest.raises(ClientError, match="has already been processed"):
        market.client.create_additional_assignments_for_hit(**extension)
    assert market.client.get_hit(HITId=hit_id)["HIT"]["MaxAssignments"] == 3
    clock.advance(86_400)
    market.client.create_additional_assignments_for_hit(**extension)
    assert market.client.get_hit(HITId=hit_id)["HIT"]["MaxAssignments"] == 5


def test_a_refused_call_uses_no_token(market: Market) -> None:
    """A token of a call that was refused is free for the corrected call."""
    with pytest.raises(ClientError):
        market.hit(UniqueRequestToken="t", LifetimeInSeconds=1)
    market.hit(UniqueRequestToken="t")


def test_botocore_retries_do_not_pay_twice(server: Running, study: Path, faults: Faults) -> None:
    """After a 500 that came too late, botocore sends the call again: with a token it is told of the HIT it has made."""
    faults.plan.append(Fault(kind="error-after", operation="CreateHIT"))
    with requester(server.endpoint_url, study, attempts=3) as client:
        with pytest.raises(ClientError, match="already exists"):
            client.create_hit(**TYPE, **HIT, UniqueRequestToken="once")
        assert faults.calls == ["CreateHIT!error-after", "CreateHIT"]
        assert client.list_hits()["NumResults"] == 1
