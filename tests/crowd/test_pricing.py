"""Fees and costs."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd.pricing import FEES, NO_FEES, bonus_cost, cost_of_hits, dollars, hit_cost, shown

REWARDS = st.integers(0, 100_000).map(lambda cents: Decimal(cents) / 100)


@pytest.mark.parametrize(
    ("reward", "num_assignments", "masters", "total"),
    [
        ("1.00", 9, False, "10.80"),
        ("1.00", 10, False, "14.00"),
        ("1.00", 9, True, "11.25"),
        ("1.00", 10, True, "14.50"),
        ("0.01", 9, False, "0.18"),
        ("0.03", 1, False, "0.04"),
        ("0.00", 5, False, "0.05"),
        ("0.07", 1, False, "0.084"),
    ],
)
def test_a_hit_costs_what_the_price_list_says(reward: str, num_assignments: int, masters: bool, total: str) -> None:
    """20 %, 20 % more from ten assignments, 5 % for Masters, a cent at least per assignment."""
    assert hit_cost(Decimal(reward), num_assignments, masters=masters) == Decimal(total)


@pytest.mark.parametrize(("amount", "total"), [("1.00", "1.20"), ("0.01", "0.02"), ("10.05", "12.06")])
def test_a_bonus_costs_a_fifth_more(amount: str, total: str) -> None:
    """A bonus has a fee of 20 %, a cent at least."""
    assert bonus_cost(Decimal(amount)) == Decimal(total)


@given(reward=REWARDS, sizes=st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_rounds_of_nine_are_never_dearer_than_one_hit(reward: Decimal, sizes: list[int]) -> None:
    """Splitting assignments into rounds below ten never costs more than one HIT with all of them."""
    assert cost_of_hits(reward, sizes).total <= hit_cost(reward, sum(sizes))


@given(reward=REWARDS, sizes=st.lists(st.integers(1, 40), max_size=9))
def test_the_table_sums_up(reward: Decimal, sizes: list[int]) -> None:
    """Rewards and fees together are the cost of the HITs one by one, and no shown sum is below the real one."""
    cost = cost_of_hits(reward, sizes)
    assert cost.total == sum((hit_cost(reward, size) for size in sizes), Decimal(0))
    assert Decimal(cost.table()[-1][2].strip("$").replace(",", "")) >= cost.total


def test_amounts_are_shown_rounded_up() -> None:
    """Fractions of a cent never make a sum look smaller."""
    assert shown(Decimal("1234.561")) == "$1,234.57"


@pytest.mark.parametrize("value", ["", "a", "-1", "1.001", "nan", "inf", None])
def test_no_amount_is_an_error_with_its_name(value: object) -> None:
    """What is no sum in whole cents is refused by name and value."""
    with pytest.raises(ValueError, match="--cap"):
        dollars(value, "--cap")


def test_fees_are_the_published_ones() -> None:
    """The defaults stand for the price list of Mechanical Turk."""
    assert (FEES.share, FEES.large_hit_share, FEES.large_hit, FEES.masters_share) == (
        Decimal("0.20"),
        Decimal("0.20"),
        10,
        Decimal("0.05"),
    )


def test_without_fees_a_study_costs_its_rewards() -> None:
    """However many people do a HIT, nothing is added to rewards and bonuses, and no line speaks of fees."""
    cost = cost_of_hits(Decimal("0.80"), [9, 100], fees=NO_FEES)
    assert cost.total == Decimal("87.20")
    assert [what for what, _, _ in cost.lines] == ["assignments in 2 HITs, rewards of $0.80"]
    assert bonus_cost(Decimal("0.05"), fees=NO_FEES) == Decimal("0.05")
    assert NO_FEES.most_assignments is None
