"""Amounts of money in units of hundredths of a cent, so that fees are only rounded when they are shown.

HITs of vidgen's studies have no fees here; HITs of other clients have Mechanical Turk's (`crowd.pricing.FEES`,
https://requester.mturk.com/pricing).
"""

from decimal import Decimal

from crowd.pricing import FEES

UNITS_PER_USD = 10_000
_CENT = UNITS_PER_USD // 100


def parse_usd(amount: str) -> int:
    """The units of an amount in the model's CurrencyAmount format, e.g. ``"0.40"``, ``"5."`` or ``"101"``."""
    dollars, _, cents = amount.partition(".")
    return int(dollars) * UNITS_PER_USD + int(cents.ljust(2, "0") or 0) * _CENT


def format_usd(units: int) -> str:
    """Dollars and cents, rounded down."""
    return f"{units // UNITS_PER_USD}.{units % UNITS_PER_USD // _CENT:02d}"


def assignment_cost(reward: int, max_assignments: int, *, masters: bool) -> int:
    """Units that one approved assignment costs the requester: reward plus fee."""
    return reward + _units(FEES.of_reward(_usd(reward), num_assignments=max_assignments, masters=masters))


def bonus_cost(bonus: int) -> int:
    """Units that a bonus costs the requester: bonus plus fee."""
    return bonus + _units(FEES.of_bonus(_usd(bonus)))


def _usd(units: int) -> Decimal:
    return Decimal(units) / UNITS_PER_USD


def _units(usd: Decimal) -> int:
    return int(usd * UNITS_PER_USD)
