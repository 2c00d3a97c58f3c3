"""Puts a study on its recruiter as a draft, at the address where people will come, and says what it will cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from pathlib import Path

import httpx

from crowd.design.design import Design
from crowd.design.planning import expected_s
from crowd.design.study import Study
from crowd.ledger.calls import Call, carry_out
from crowd.ledger.ledger import CURRENCY, Ledger
from crowd.lifecycle.arrivals import DRAFT, at_recruiter, people_wanted
from crowd.localplatform.addresses import public_url as checked_url
from crowd.recruiters import Money, Opening, Recruiter

_TIMEOUT_S = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Drafted:
    """A draft, and what opening it would cost."""

    opening_id: str
    places: int
    minutes: int
    reward: Money
    cost: Money
    balance: Money
    num_eligible: int | None
    """People who fit the filters; None where the recruiter does not say."""
    warnings: tuple[str, ...]

    @property
    def hourly(self) -> Money:
        """What people get for an hour at the expected pace."""
        return Money(amount=self.reward.amount * 60 / self.minutes, currency=self.reward.currency)


def draft(study_dir: str | Path, public_url: str, *, places: int | None = None) -> Drafted:
    """Set the study up at its recruiter, where nobody sees it yet; nothing is spent.

    Args:
        study_dir: a published study.
        public_url: the address at which the study's server can be reached from everywhere.
        places: how many people are to take part; by default as many as the design needs.

    Returns:
        The draft, and what opening it would cost.

    Raises:
        ValueError: the study is not published, cannot be reached at the address, or the recruiter refuses the draft.
        OSError: the recruiter does not answer.

    Example:
        >>> made = crowd.draft("prolific-study", address)
        >>> made.places, made.reward
        (3, Money(amount=Decimal('0.8'), currency='GBP'))
    """
    address = checked_url(public_url).rstrip("/")
    _check_reachable(address)
    with at_recruiter(study_dir) as (study, planned, recruiter, ledger):
        number, minutes, reward = places or people_wanted(study, planned), _minutes(study, planned), _reward(study)
        call = Call(
            key=DRAFT,
            verb="draft",
            arguments={
                "title": study.title,
                "description": study.description,
                "join_url": f"{address}/join",
                "num_places": number,
                "reward": reward,
                "minutes": minutes,
            },
        )
        balance = _account(recruiter, ledger, reward)
        carry_out(recruiter, ledger, [call])
        found = recruiter.opening()
        if found is None:
            raise ValueError(f"recruiter {study.recruiter}: the draft is not there; run the same command again")
        cost = recruiter.cost(num_places=found.num_places, reward=str(found.reward))
        return Drafted(
            opening_id=found.opening_id,
            places=found.num_places,
            minutes=minutes,
            reward=Money(amount=found.reward, currency=balance.currency),
            cost=cost,
            balance=balance,
            num_eligible=recruiter.num_eligible(),
            warnings=tuple(_warnings(study, planned, recruiter, found, minutes)),
        )


def notify(study_dir: str | Path, public_url: str) -> str:
    """Let the recruiter tell the study's server of visits that are over, as soon as they are.

    Without it they are noted whenever answers are collected.

    Args:
        study_dir: a published study.
        public_url: the address at which the study's server can be reached from everywhere.

    Returns:
        The address that the recruiter tells.

    Raises:
        ValueError: the study is not published, cannot be reached at the address, or the recruiter refuses it.
        OSError: the recruiter does not answer.

    Example:
        >>> crowd.notify("prolific-study", address) == f"{address}/hooks/prolific"
        True
    """
    address = checked_url(public_url).rstrip("/")
    _check_reachable(address)
    with at_recruiter(study_dir) as (study, _, recruiter, __):
        hook_url = f"{address}/hooks/{study.recruiter}"
        recruiter.notify(hook_url=hook_url)
    return hook_url


def _account(recruiter: Recruiter, ledger: Ledger, reward: str) -> Money:
    """The account's balance, whose currency is that of all amounts of the study from now on.

    Raises:
        ValueError: the settings name another currency than the account has.
    """
    balance, price = recruiter.balance(), recruiter.cost(num_places=1, reward=reward)
    if balance.currency != price.currency:
        name = recruiter.about.name
        raise ValueError(
            f"recruit.{name}.currency: is {price.currency}, and the account has {balance.currency}: correct it in "
            "study.toml, whose amounts are amounts in that currency"
        )
    ledger.set_fact(CURRENCY, balance.currency)
    return balance


def _check_reachable(address: str) -> None:
    """Ask for the page at which people arrive, as they will.

    Raises:
        ValueError: the study's server does not answer there.
    """
    try:
        answer = httpx.get(f"{address}/join", timeout=_TIMEOUT_S, headers={"Accept": "application/json"})
    except httpx.HTTPError as error:
        raise ValueError(
            f"{address}/join cannot be reached ({error}): start serve-tasks with --public-url {address}, and look at "
            "the proxy in front of it"
        ) from error
    if answer.status_code != 400:  # the refusal of an address that does not say who comes
        raise ValueError(f"{address}/join answers {answer.status_code}: is another server there, or another study?")


def _minutes(study: Study, planned: Design) -> int:
    """How long a person is expected to take, rounded up."""
    longest = max(expected_s(study, planned, hit) for hit in planned.hits)
    return max(1, ceil(longest * (study.most_tasks or 1) / 60))


def _reward(study: Study) -> str:
    return str(Decimal(study.reward_usd) * (study.most_tasks or 1))


def _warnings(study: Study, planned: Design, recruiter: Recruiter, found: Opening, minutes: int) -> Iterator[str]:
    wanted = people_wanted(study, planned)
    if found.num_places != wanted:
        yield f"the design needs {wanted} people, and the draft has {found.num_places} places"
    if found.reward != Decimal(_reward(study)):
        yield f"the draft pays {found.reward}, and the study file says {_reward(study)}: change it at the recruiter"
    pay = recruiter.fair_hourly_pay()
    hourly = found.reward * 60 / minutes
    if pay and hourly < pay[0].amount:
        yield f"{hourly:.2f} {pay[0].currency} an hour is below the least that the recruiter allows, {pay[0].amount}"
    elif pay and hourly < pay[1].amount:
        yield f"{hourly:.2f} {pay[1].currency} an hour is below what the recruiter advises, {pay[1].amount}"
