"""Money as the platform counts it: whole hundredths of a cent, so that no fee is rounded before it is shown.

Mechanical Turk charges 20 % of reward and bonus, another 20 % of the reward where a HIT asks for 10 or more
assignments, 5 % for Masters, and at least $0.01 per assignment or bonus (https://requester.mturk.com/pricing).
"""

UNITS_PER_USD = 10_000
_CENT = UNITS_PER_USD // 100

#: Asking for Masters costs extra; production and sandbox name the qualification differently.
MASTERS = frozenset({"2F1QJWKUDD8XADTFD2Q0G6UTO95ALH", "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6"})

#: From this many assignments on a HIT costs more.
MANY_ASSIGNMENTS = 10


def parse_usd(amount: str) -> int:
    """Units of an amount that the model's CurrencyAmount pattern allows, e.g. ``"0.40"``, ``"5."`` or ``"101"``."""
    dollars, _, cents = amount.partition(".")
    return int(dollars) * UNITS_PER_USD + int(cents.ljust(2, "0") or 0) * _CENT


def format_usd(units: int) -> str:
    """Dollars and cents, rounded down: what is not there in full is not shown."""
    return f"{units // UNITS_PER_USD}.{units % UNITS_PER_USD // _CENT:02d}"


def assignment_cost(reward: int, max_assignments: int, *, masters: bool) -> int:
    """Units that one approved assignment costs the requester, reward and fee."""
    percent = 20 + (20 if max_assignments >= MANY_ASSIGNMENTS else 0) + (5 if masters else 0)
    return reward + max(reward * percent // 100, _CENT)


def bonus_cost(bonus: int) -> int:
    """Units that a bonus costs the requester, bonus and fee."""
    return bonus + max(bonus * 20 // 100, _CENT)
