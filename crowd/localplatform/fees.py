"""Money as the platform counts it: whole hundredths of a cent, so that no fee is rounded before it is shown.

HITs of vidgen's studies have no fees here; those of other clients have Mechanical Turk's (`crowd.pricing.FEES`,
https://requester.mturk.com/pricing).
"""

from decimal import Decimal

from crowd.pricing import FEES

UNITS_PER_USD = 10_000
_CENT = UNITS_PER_USD // 100


def parse_usd(amount: str) -> int:
    """Units of an amount that the model's CurrencyAmount pattern allows, e.g. ``"0.40"``, ``"5."`` or ``"101"``."""
    dollars, _, cents = amount.partition(".")
    return int(dollars) * UNITS_PER_USD + int(cents.ljust(2, "0") or 0) * _CENT


def format_usd(units: int) -> str:
    """Dollars and cents, rounded down: what is not there in full is not shown."""
    return f"{units // UNITS_PER_USD}.{units % UNITS_PER_USD // _CENT:02d}"


def assignment_cost(reward: int, max_assignments: int, *, masters: bool) -> int:
    """Units that one approved assignment costs the requester, reward and fee."""
    return reward + _units(FEES.of_reward(_usd(reward), num_assignments=max_assignments, masters=masters))


def bonus_cost(bonus: int) -> int:
    """Units that a bonus costs the requester, bonus and fee."""
    return bonus + _units(FEES.of_bonus(_usd(bonus)))


def _usd(units: int) -> Decimal:
    return Decimal(units) / UNITS_PER_USD


def _units(usd: Decimal) -> int:
    return int(usd * UNITS_PER_USD)
