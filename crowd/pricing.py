"""What a study costs: rewards, and the fees of the platform where it is published."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, InvalidOperation

CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fees:
    """A platform's fees; the defaults are Mechanical Turk's price list."""

    share: Decimal = Decimal("0.20")
    """Of each reward and each bonus."""
    large_hit_share: Decimal = Decimal("0.20")
    """Of each reward, on top, in a HIT with `large_hit` or more assignments."""
    large_hit: int = 10
    """The number of assignments from which a HIT is large."""
    masters_share: Decimal = Decimal("0.05")
    """Of each reward, on top, where only Masters may work."""
    minimum: Decimal = CENT
    """Per assignment and per bonus, in dollars."""

    @property
    def most_assignments(self) -> int | None:
        """The most that a HIT may have below the higher fee; None where there is no such fee."""
        return self.large_hit - 1 if self.large_hit_share else None

    def of_reward(self, reward: Decimal, *, num_assignments: int, masters: bool = False) -> Decimal:
        """The fee for one assignment, in dollars, of a HIT with that many."""
        share = self.share
        if num_assignments >= self.large_hit:
            share += self.large_hit_share
        if masters:
            share += self.masters_share
        return max(reward * share, self.minimum)

    def of_bonus(self, amount: Decimal) -> Decimal:
        """The fee for one bonus, in dollars."""
        return max(amount * self.share, self.minimum)


#: Mechanical Turk's.
FEES = Fees()
#: Those of a platform that charges nothing, and where any number of people may do a HIT at the same price.
NO_FEES = Fees(share=Decimal(0), large_hit_share=Decimal(0), masters_share=Decimal(0), minimum=Decimal(0))


def dollars(value: object, name: str) -> Decimal:
    """An amount in dollars, checked: a number from 0 with at most two decimals.

    Raises:
        ValueError: it is none; the message names it.
    """
    try:
        amount = Decimal(str(value))
        fits = amount.is_finite() and amount >= 0 and amount == amount.quantize(CENT)
    except InvalidOperation:
        fits = False
    if not fits:
        raise ValueError(f"{name} {value!r} is not an amount in dollars and whole cents, e.g. 12.50")
    return amount.quantize(CENT)


def hit_cost(reward: Decimal, num_assignments: int, *, masters: bool = False, fees: Fees = FEES) -> Decimal:
    """Rewards and fees, in dollars, of one HIT whose assignments are all done."""
    return num_assignments * (reward + fees.of_reward(reward, num_assignments=num_assignments, masters=masters))


def bonus_cost(amount: Decimal, *, fees: Fees = FEES) -> Decimal:
    """A bonus and its fee, in dollars."""
    return amount + fees.of_bonus(amount)


#: The currency of platforms with Mechanical Turk's protocol.
USD = "USD"


def shown(amount: Decimal, currency: str = USD) -> str:
    """An amount as people read it, rounded up to the cent so that none is ever shown too small.

    Amounts in other currencies than dollars have the currency's three letters behind them.
    """
    number = f"{amount.quantize(CENT, rounding=ROUND_CEILING):,}"
    return f"${number}" if currency == USD else f"{number} {currency}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What is about to be spent, line by line."""

    lines: tuple[tuple[str, int, Decimal], ...]
    """What, how often, and the sum of all of them."""
    currency: str = USD
    """Of all amounts."""

    @property
    def total(self) -> Decimal:
        """The sum of the lines."""
        return sum((amount for _, _, amount in self.lines), Decimal(0))

    def table(self) -> list[tuple[str, str, str]]:
        """The lines and their total as text, to be printed."""
        rows = [(what, f"{count:,}", shown(amount, self.currency)) for what, count, amount in self.lines]
        return [*rows, ("total", "", shown(self.total, self.currency))]


def cost_of_hits(reward: Decimal, sizes: list[int], *, masters: bool = False, fees: Fees = FEES) -> Cost:
    """The cost of HITs with these numbers of assignments, rewards and, where there are any, fees apart."""
    count = sum(sizes)
    fee = sum((size * fees.of_reward(reward, num_assignments=size, masters=masters) for size in sizes), Decimal(0))
    rewards = (f"assignments in {len(sizes):,} HITs, rewards of {shown(reward)}", count, count * reward)
    return Cost(lines=(rewards, ("fees", count, fee)) if fee else (rewards,))
