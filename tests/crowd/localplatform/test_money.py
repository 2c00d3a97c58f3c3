"""Fees and the requester's account."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from crowd.localplatform import running
from crowd.localplatform.clock import ManualClock
from crowd.localplatform.fees import assignment_cost, bonus_cost, format_usd, parse_usd
from tests.crowd.localplatform.market import Market, requester
from tests.crowd.localplatform.test_hits import code_of


@given(st.integers(0, 10**7))
def test_amounts_survive(cents: int) -> None:
    """An amount in dollars and cents is shown as it was read."""
    text = f"{cents // 100}.{cents % 100:02d}"
    assert format_usd(parse_usd(text)) == text


@pytest.mark.parametrize(("text", "shown"), [("5", "5.00"), ("5.", "5.00"), ("5.5", "5.50"), ("101", "101.00")])
def test_short_spellings(text: str, shown: str) -> None:
    """The model's pattern allows amounts without cents or with one digit of them."""
    assert format_usd(parse_usd(text)) == shown


@pytest.mark.parametrize(
    ("reward", "assignments", "masters", "usd"),
    [
        ("0.40", 9, False, "0.48"),
        ("0.40", 10, False, "0.56"),
        ("0.40", 9, True, "0.50"),
        ("0.40", 10, True, "0.58"),
        ("0.01", 1, False, "0.02"),
        ("0.04", 1, False, "0.05"),
        ("0.00", 1, False, "0.01"),
        ("1.00", 9, False, "1.20"),
    ],
)
def test_published_fees(reward: str, assignments: int, masters: bool, usd: str) -> None:
    """20 % of the reward, 20 % more from 10 assignments on, 5 % for Masters, at least a cent."""
    assert Decimal(assignment_cost(parse_usd(reward), assignments, masters=masters)) / 10_000 == Decimal(usd)


def test_bonus_fee() -> None:
    """A bonus costs 20 % more, at least a cent."""
    assert format_usd(bonus_cost(parse_usd("1.00"))) == "1.20"
    assert format_usd(bonus_cost(parse_usd("0.01"))) == "0.02"


def test_money_is_held_then_paid_or_freed(market: Market) -> None:
    """A HIT holds what it may cost; approval pays it out, rejection and expiry free it, and nothing gets lost."""
    balance = lambda: tuple(  # noqa: E731
        market.client.get_account_balance()[name] for name in ("AvailableBalance", "OnHoldBalance")
    )
    hit_id = market.hit(MaxAssignments=4)
    assert balance() == ("9998.08", "1.92")
    approved, rejected = market.work(hit_id), market.work(hit_id)
    market.client.approve_assignment(AssignmentId=approved)
    assert balance() == ("9998.08", "1.44")
    market.client.reject_assignment(AssignmentId=rejected, RequesterFeedback="no")
    assert balance() == ("9998.56", "0.96")
    market.client.update_expiration_for_hit(HITId=hit_id, ExpireAt=datetime(2015, 1, 1, tzinfo=UTC))
    assert balance() == ("9999.52", "0.00")
    market.client.approve_assignment(AssignmentId=rejected, OverrideRejection=True)
    assert balance() == ("9999.04", "0.00")


def test_nothing_is_promised_that_is_not_there(study: Path, clock: ManualClock, http: httpx.Client) -> None:
    """With too little money HITs, extensions, reopenings, bonuses and overridden rejections are refused whole."""
    with (
        running(study, clock=clock, balance_usd="1.00") as server,
        requester(server.endpoint_url, study) as client,
    ):
        market = Market(server, study, client, http)
        with pytest.raises(ClientError, match="insufficient funds") as refused:
            market.hit(MaxAssignments=3, UniqueRequestToken="t")
        assert code_of(refused) == "InsufficientFunds"
        hit_id = market.hit(MaxAssignments=2, UniqueRequestToken="t")
        with pytest.raises(ClientError) as refused:
            client.create_additional_assignments_for_hit(HITId=hit_id, NumberOfAdditionalAssignments=1)
        assert code_of(refused) == "InsufficientFunds"
        assert client.get_hit(HITId=hit_id)["HIT"]["MaxAssignments"] == 2
        assignment_id = market.work(hit_id)
        client.reject_assignment(AssignmentId=assignment_id, RequesterFeedback="no")
        worker_id = client.get_assignment(AssignmentId=assignment_id)["Assignment"]["WorkerId"]
        client.update_expiration_for_hit(HITId=hit_id, ExpireAt=datetime(2015, 1, 1, tzinfo=UTC))
        market.hit(MaxAssignments=2)
        later = datetime.fromtimestamp(clock() + 1000, UTC)
        for call in (
            lambda: client.approve_assignment(AssignmentId=assignment_id, OverrideRejection=True),
            lambda: client.update_expiration_for_hit(HITId=hit_id, ExpireAt=later),
            lambda: client.send_bonus(WorkerId=worker_id, AssignmentId=assignment_id, BonusAmount="0.04", Reason="r"),
        ):
            with pytest.raises(ClientError) as refused:
                call()
            assert code_of(refused) == "InsufficientFunds"
        assert client.get_account_balance()["AvailableBalance"] == "0.04"
