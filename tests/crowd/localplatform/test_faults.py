"""Injected faults look to a client as the real ones do."""

from pathlib import Path

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from crowd.localplatform import Running
from crowd.localplatform.clock import ManualClock
from crowd.localplatform.faults import Fault, Faults, Kind
from tests.crowd.localplatform.market import HIT, TYPE, Market, requester


@pytest.mark.parametrize(
    ("kind", "error", "hits"),
    [
        ("throttle", "ThrottlingException", 0),
        ("error-before", "ServiceFault", 0),
        ("error-after", "ServiceFault", 1),
        ("cut-before", None, 0),
        ("cut-after", None, 1),
    ],
)
def test_each_kind(market: Market, faults: Faults, kind: Kind, error: str | None, hits: int) -> None:
    """Each fault shows as its error or as a closed connection, and leaves done what came before it."""
    faults.plan.append(Fault(kind=kind, operation="CreateHIT", skip=1))
    market.hit()
    with pytest.raises(ClientError if error else ConnectionClosedError) as failed:
        market.hit()
    if error:
        assert failed.value.response["Error"]["Code"] == error
    assert market.client.list_hits()["NumResults"] == 1 + hits
    market.hit()


def test_botocore_waits_out_a_throttle_storm(server: Running, study: Path, faults: Faults) -> None:
    """A client with retries gets through a storm of throttles and one cut connection."""
    faults.plan += [Fault(kind="throttle", times=2), Fault(kind="cut-before")]
    with requester(server.endpoint_url, study, attempts=5) as client:
        assert client.create_hit(**TYPE, **HIT)["HIT"]["HITStatus"] == "Assignable"


def test_new_hits_can_be_late(market: Market, faults: Faults, clock: ManualClock) -> None:
    """A new HIT stays invisible to everybody for the given time; its creator has its id all the same."""
    faults.new_hit_delay_s = 5
    hit_id, person = market.hit(), market.person()
    with pytest.raises(ClientError, match="does not exist"):
        market.client.get_hit(HITId=hit_id)
    assert market.client.list_hits()["HITs"] == []
    assert person.offers() == {}
    clock.advance(5)
    assert market.status(hit_id) == "Assignable"
    assert list(person.offers()) == [hit_id]


def test_faults_are_counted() -> None:
    """A fault skips, strikes and stops as told, for its own operation only."""
    faults = Faults([Fault(kind="throttle", operation="GetHIT", skip=1, times=2)])
    assert [faults.strike("GetHIT") for _ in range(4)] == [None, "throttle", "throttle", None]
    assert faults.strike("ListHITs") is None
    assert faults.calls == ["GetHIT", "GetHIT!throttle", "GetHIT!throttle", "GetHIT", "ListHITs"]


def test_clocks_only_move_forward() -> None:
    """A manual clock refuses to run backwards."""
    clock = ManualClock(10)
    clock.advance(5)
    assert clock() == 15
    with pytest.raises(ValueError, match="seconds is -1"):
        clock.advance(-1)
