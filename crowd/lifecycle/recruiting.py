"""Opens a study at its recruiter, lets more people in, pauses and closes it, and compares what both know of visits.

Every call that costs money goes through the ledger (`crowd.ledger.calls`), as those of platforms do. The amounts of the
study are amounts in the currency of the account at the recruiter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from pathlib import Path

import httpx

from crowd.design.design import Design
from crowd.design.planning import expected_s
from crowd.design.study import Study
from crowd.ledger.budget import Consent, RealMoney, settle
from crowd.ledger.calls import Call, carry_out
from crowd.ledger.ledger import CURRENCY, Ledger
from crowd.lifecycle.arrivals import DRAFT, END, PLACES, Recruitment, at_recruiter, compare, is_opened, people_wanted
from crowd.lifecycle.prepare import load
from crowd.localplatform.addresses import public_url as checked_url
from crowd.pricing import Cost
from crowd.recruiters import Money, Opening, OpeningState, Recruiter

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


def recruitment(study_dir: str | Path) -> Recruitment:
    """Compare what the recruiter and the study know of visits; visits that are over at the recruiter end here too.

    Args:
        study_dir: a published study.

    Returns:
        How far the study is at the recruiter.

    Raises:
        ValueError: the study is not published, or its recruiter is not asked by programs.
        OSError: the recruiter does not answer.

    Example:
        >>> crowd.recruitment("prolific-study").wanted
        3
    """
    with at_recruiter(study_dir) as (study, planned, recruiter, ledger):
        return compare(Path(study_dir), study, planned, recruiter, ledger)


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


def open_at_recruiter(study_dir: str | Path, *, consent: Consent | None = None) -> Recruitment:
    """Let people in: publish the draft, or go on after a pause. The money for all places is held from then on.

    Args:
        study_dir: a published study with a draft at its recruiter.
        consent: the most that the study may cost, and who confirms it; by default what was given before.

    Returns:
        How far the study is at the recruiter.

    Raises:
        ValueError: there is no draft, or the cap or the balance is too small, or it was not confirmed.
        OSError: the recruiter does not answer.

    Example:
        >>> crowd.open_at_recruiter("prolific-study").opening.state
        <OpeningState.OPEN: 'open'>
    """
    with at_recruiter(study_dir) as (study, planned, recruiter, ledger):
        found = _required(recruiter)
        unsettled = ledger.states(f"{PLACES}/").get(f"{PLACES}/{found.num_places}") in {"planned", "sent"}
        if found.state is OpeningState.DRAFT or unsettled:
            _spend(study, recruiter, ledger, found, found.num_places, "open", {}, consent or Consent())
        else:
            recruiter.open()
        return compare(Path(study_dir), study, planned, recruiter, ledger)


def add_places(study_dir: str | Path, places: int, *, consent: Consent | None = None) -> Recruitment:
    """Let so many people take part in all, where fewer could. Running it again changes nothing.

    Args:
        study_dir: a study that is open at its recruiter.
        places: the number of people in all.
        consent: as in `open_at_recruiter`.

    Returns:
        How far the study is at the recruiter.

    Raises:
        ValueError: there are more places already, or as in `open_at_recruiter`.
        OSError: the recruiter does not answer.

    Example:
        >>> crowd.add_places("prolific-study", 4).opening.num_places
        4
    """
    with at_recruiter(study_dir) as (study, planned, recruiter, ledger):
        found = _required(recruiter)
        if found.state is OpeningState.DRAFT:
            raise ValueError("the study is a draft at its recruiter: open it first")
        if places < found.num_places:
            raise ValueError(f"places: the study has {found.num_places} at its recruiter already, is {places}")
        unsettled = ledger.states(f"{PLACES}/").get(f"{PLACES}/{places}") in {"planned", "sent"}
        if places == found.num_places and not unsettled:
            return compare(Path(study_dir), study, planned, recruiter, ledger)
        arguments = {"num_places": places}
        _spend(study, recruiter, ledger, found, places, "add_places", arguments, consent or Consent())
        return compare(Path(study_dir), study, planned, recruiter, ledger)


def pause(study_dir: str | Path) -> Recruitment:
    """Let nobody else in; who is there may finish.

    Args:
        study_dir: a study that is open at its recruiter.

    Returns:
        How far the study is at the recruiter.

    Raises:
        ValueError: the study is not at its recruiter.
        OSError: the recruiter does not answer.

    Example:
        >>> crowd.pause("prolific-study").opening.state
        <OpeningState.PAUSED: 'paused'>
    """
    with at_recruiter(study_dir) as (study, planned, recruiter, ledger):
        recruiter.pause()
        return compare(Path(study_dir), study, planned, recruiter, ledger)


def end_at_recruiter(study_dir: str | Path) -> Recruitment:
    """End the study at its recruiter; who is there may finish, and the money for places that are left comes back.

    Args:
        study_dir: a study that is open at its recruiter.

    Returns:
        How far the study is at the recruiter.

    Raises:
        ValueError: the study is not at its recruiter.
        OSError: the recruiter does not answer.

    Example:
        >>> len(crowd.end_at_recruiter("prolific-study").arrivals)
        0
    """
    with at_recruiter(study_dir) as (study, planned, recruiter, ledger):
        found = _required(recruiter)
        if found.state is OpeningState.DRAFT:
            raise ValueError("the study is a draft at its recruiter, where nobody sees it: there is nothing to end")
        carry_out(recruiter, ledger, [Call(key=f"{END}/{found.num_places}", verb="close", arguments={})])
        return compare(Path(study_dir), study, planned, recruiter, ledger)


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


def places_needed(study_dir: str | Path) -> int:
    """How many places the design needs at the study's recruiter; nobody is asked.

    Args:
        study_dir: a published study.

    Returns:
        People whom the design needs; 0 where no recruiter is asked by programs, or it was not asked yet.

    Raises:
        ValueError: nothing was published from there.

    Example:
        >>> crowd.places_needed("prolific-study")
        3
    """
    study, planned = load(Path(study_dir))
    with Ledger(study_dir, create=False) as ledger:
        return people_wanted(study, planned) if is_opened(study, ledger) else 0


def ask_to_return(study_dir: str | Path, session_id: str, *, reason: str) -> None:
    """Ask somebody to give their place back at the recruiter, which counts for nobody as a rejection.

    Args:
        study_dir: a study that is open at its recruiter.
        session_id: the visit, as the recruiter names it.
        reason: what the person reads.

    Raises:
        ValueError: the recruiter knows no such visit in this study, or the reason is empty.
        OSError: the recruiter does not answer.

    Example:
        >>> crowd.ask_to_return("prolific-study", "0123456789abcdef01234567", reason="The videos did not play for you.")
        Traceback (most recent call last):
        ValueError: '0123456789abcdef01234567': the recruiter has no such visit in this study
    """
    if not reason.strip():
        raise ValueError("reason is empty; the participant must read why they are to give the place back")
    with at_recruiter(study_dir) as (_, _, recruiter, ledger):
        if recruiter.arrival(session_id) is None:
            raise ValueError(f"{session_id!r}: the recruiter has no such visit in this study")
        arguments = {"session_id": session_id, "reason": reason.strip()}
        carry_out(
            recruiter, ledger, [Call(key=f"recruit/return/{session_id}", verb="ask_to_return", arguments=arguments)]
        )


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


def _spend(
    study: Study,
    recruiter: Recruiter,
    ledger: Ledger,
    found: Opening,
    places: int,
    verb: str,
    arguments: dict[str, int],
    consent: Consent,
) -> None:
    """Make a call that holds the money for so many places in all, once, beside what calls before it hold."""
    key = f"{PLACES}/{places}"
    entry = ledger.entry(key)
    if entry is not None and entry.state == "sent":
        cost = entry.cost
    else:
        price = recruiter.cost(num_places=places, reward=str(found.reward))
        others = (one.cost for one in ledger.entries(f"{PLACES}/") if one.state != "refused" and one.key != key)
        cost = max(Decimal(0), price.amount - sum(others, Decimal(0)))
        held = ledger.held() - (entry.cost if entry is not None and entry.state != "refused" else 0)
        line = (f"{places} places at {study.recruiter}, with fees, less what is held for them", 1, cost)
        total = Cost(lines=(line,), currency=price.currency)
        settle(Payer(recruiter), ledger, total, consent, budget_usd=study.budget_usd, held=held)
    carry_out(recruiter, ledger, [Call(key=key, verb=verb, arguments=arguments, cost=cost)])


class Payer:
    """The recruiter's account, as the checks of money ask for it."""

    def __init__(self, recruiter: Recruiter) -> None:
        self._recruiter = recruiter
        self.name = recruiter.about.name
        self.about: RealMoney = recruiter

    def balance(self) -> Decimal:
        """What can be spent."""
        return self._recruiter.balance().amount


def _required(recruiter: Recruiter) -> Opening:
    found = recruiter.opening()
    if found is None:
        raise ValueError(
            f"recruiter {recruiter.about.name}: the study has no draft there; `recruit --draft URL` makes one"
        )
    return found


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
