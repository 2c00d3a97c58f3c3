"""The workspace's money, in sub-currency units (pence, cents): paid in, locked for studies, spent."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from crowd.simulated.prolific.errors import ProlificError


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """What a reward or bonus costs the researcher."""

    amount: int
    """What the participant gets."""
    fees: int
    tax: int

    @property
    def total(self) -> int:
        """What leaves the wallet."""
        return self.amount + self.fees + self.tax

    def times(self, count: int) -> "Charge":
        """The charge of so many."""
        return Charge(amount=self.amount * count, fees=self.fees * count, tax=self.tax * count)


@dataclass(frozen=True, kw_only=True, slots=True)
class Prices:
    """Fees on top of rewards. Prolific's own depend on the account and change; ask its cost endpoints."""

    fee_share: Decimal = Decimal("0.333")
    """Fee as a share of what the participant gets."""
    tax_share: Decimal = Decimal("0.2")
    """Tax as a share of the fee."""
    min_per_hour: int = 600
    """Lowest pay with which a study may be published."""
    recommended_per_hour: int = 900

    def charge(self, amount: int) -> Charge:
        """The charge of one reward or bonus; fee and tax are rounded to whole units, halves up."""
        fees = _whole(amount * self.fee_share)
        return Charge(amount=amount, fees=fees, tax=_whole(fees * self.tax_share))


def _whole(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Balance:
    """The wallet at one moment."""

    at: float
    """Seconds since the epoch."""
    locked: int
    spent: int


@dataclass(kw_only=True, slots=True)
class Wallet:
    """One workspace's wallet."""

    paid_in: int
    currency: str = "GBP"
    spent: int = 0
    locked: dict[str, int] = field(default_factory=dict)
    """By study."""
    history: list[Balance] = field(default_factory=list)
    """The wallet after each change, in order."""

    @property
    def total(self) -> int:
        """Everything that was not spent, with what is locked for studies."""
        return self.paid_in - self.spent

    @property
    def available(self) -> int:
        """What can be locked or spent."""
        return self.total - sum(self.locked.values())

    def lock(self, study_id: str, amount: int, at: float) -> None:
        """Have exactly `amount` locked for a study.

        Raises:
            ProlificError: there is not enough.
        """
        if amount - self.locked.get(study_id, 0) > self.available:
            raise ProlificError(400, "The workspace's available balance does not cover this.")
        if amount != self.locked.get(study_id, 0):
            self.locked[study_id] = amount
            self._note(at)

    def spend_locked(self, study_id: str, amount: int, at: float) -> None:
        """Pay from what is locked for a study."""
        self.locked[study_id] -= amount
        self.spent += amount
        self._note(at)

    def spend(self, amount: int, at: float) -> None:
        """Pay from what is available.

        Raises:
            ProlificError: there is not enough.
        """
        if amount > self.available:
            raise ProlificError(400, "The workspace's available balance does not cover this.")
        self.spent += amount
        self._note(at)

    def _note(self, at: float) -> None:
        assert self.available >= 0  # noqa: S101  `lock` and `spend` refuse what would make it negative
        self.history.append(Balance(at, sum(self.locked.values()), self.spent))
