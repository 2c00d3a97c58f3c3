"""Recruiters whose study is opened, reviewed and paid for on their own pages, by the study's author."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from crowd.recruiters.protocol import (
    Arrival,
    Money,
    NotAutomaticError,
    Opening,
    Outcome,
    RecruiterDescription,
    RecruiterIds,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ByHand:
    """Tells of nobody, and refuses every verb."""

    about: RecruiterDescription
    instead: str
    """Where the author does what is asked, e.g. "on the pages of the service"."""

    def _refuse(self, what: str) -> NoReturn:
        raise NotAutomaticError(f"recruiter {self.about.name}: {what} {self.instead}")

    def opening(self) -> Opening | None:
        """Nothing that is known here."""
        return None

    @property
    def real_money(self) -> bool:
        """Nothing is spent from here."""
        return False

    def code_of(self, outcome: Outcome) -> str | None:
        """None that is known here."""
        return None

    def num_eligible(self) -> int | None:
        """Not known here."""
        return None

    def fair_hourly_pay(self) -> tuple[Money, Money] | None:
        """Not known here."""
        return None

    def arrival(self, session_id: str) -> Arrival | None:
        """Nobody."""
        return None

    def bonuses(self, session_ids: Sequence[str]) -> dict[str, tuple[Decimal, ...]]:
        """Refused."""
        self._refuse("see bonuses")

    def arrivals(self) -> Iterator[Arrival]:
        """Nobody: such a recruiter tells nothing, and the study's own store knows who came."""
        return iter(())

    def balance(self) -> Money:
        """Refused."""
        self._refuse("see the balance")

    def cost(self, *, num_places: int, reward: str) -> Money:
        """Refused."""
        self._refuse(f"see what {num_places} places cost")

    def draft(
        self, *, title: str, description: str, join_url: str, num_places: int, reward: str, minutes: int
    ) -> RecruiterIds:
        """Refused."""
        self._refuse(f"set up the study, with the address {join_url},")

    def open(self) -> RecruiterIds:
        """Refused."""
        self._refuse("open the study")

    def add_places(self, *, num_places: int) -> RecruiterIds:
        """Refused."""
        self._refuse(f"set the number of places to {num_places}")

    def pause(self) -> RecruiterIds:
        """Refused."""
        self._refuse("pause the study")

    def close(self) -> RecruiterIds:
        """Refused."""
        self._refuse("close the study")

    def approve(self, *, session_ids: Sequence[str]) -> RecruiterIds:
        """Refused."""
        self._refuse(f"approve {', '.join(session_ids)}")

    def reject(self, *, session_id: str, category: str, reason: str) -> RecruiterIds:
        """Refused."""
        self._refuse(f"reject {session_id}")

    def check_rejection(self, *, category: str, reason: str) -> None:
        """Refused."""
        self._refuse("reject a visit")

    def ask_to_return(self, *, session_id: str, reason: str) -> RecruiterIds:
        """Refused."""
        self._refuse(f"ask {session_id} to return the task")

    def prepare_bonuses(self, *, amounts: Sequence[tuple[str, str]]) -> RecruiterIds:
        """Refused."""
        self._refuse("pay bonuses")

    def pay_bonuses(self, *, bonus_id: str) -> RecruiterIds:
        """Refused."""
        self._refuse("pay bonuses")

    def notify(self, *, hook_url: str) -> RecruiterIds:
        """Refused."""
        self._refuse(f"let it tell {hook_url} of visits")
