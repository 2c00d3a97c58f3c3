"""Opens a study at its recruiter, lets more people in, pauses and closes it, and compares what both know of visits.

Every call that costs money goes through the ledger (`crowd.ledger.calls`), as those of platforms do. The amounts of the
study are amounts in the currency of the account at the recruiter.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
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
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.lock import locked
from crowd.lifecycle.place import settle as settle_place
from crowd.lifecycle.prepare import load
from crowd.localplatform import people
from crowd.localplatform.addresses import public_url as checked_url
from crowd.pricing import Cost
from crowd.recruiters import (
    ENDS,
    ArrivalState,
    Money,
    Opening,
    OpeningState,
    Outcome,
    Recruiter,
    describe,
    open_recruiter,
)

#: Keys in the ledger.
_DRAFT, _PLACES = "recruit/draft", "recruit/places"
_TIMEOUT_S = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Recruitment:
    """A study at its recruiter."""

    recruiter: str
    opening: Opening | None
    """None before the draft."""
    wanted: int
    """People whom the design needs."""
    arrivals: Counter[ArrivalState]
    """How many visits are in each state, by the recruiter's record."""
    cells: Counter[tuple[bool, bool]]
    """Visits by whether the code of complete work was entered, and whether the tasks were sent."""
    unknown: tuple[str, ...]
    """Visits here of which the recruiter knows nothing: their parameters were made up."""


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
    """
    with _recruiting(study_dir) as (study, planned, recruiter, _):
        return _compared(Path(study_dir), study, planned, recruiter)


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
    """
    address = checked_url(public_url).rstrip("/")
    _check_reachable(address)
    with _recruiting(study_dir) as (study, planned, recruiter, ledger):
        number, minutes, reward = places or people_wanted(study, planned), _minutes(study, planned), _reward(study)
        call = Call(
            key=_DRAFT,
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
        carry_out(recruiter, ledger, [call])
        found = recruiter.opening()
        if found is None:
            raise ValueError(f"recruiter {study.recruiter}: the draft is not there; run the same command again")
        cost, balance = recruiter.cost(num_places=found.num_places, reward=str(found.reward)), recruiter.balance()
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
    """
    with _recruiting(study_dir) as (study, planned, recruiter, ledger):
        found = _required(recruiter)
        if found.state is OpeningState.DRAFT:
            cost = recruiter.cost(num_places=found.num_places, reward=str(found.reward)).amount
            _spend(study, recruiter, ledger, found.num_places, cost, "open", {}, consent or Consent())
        else:
            recruiter.open()
        return _compared(Path(study_dir), study, planned, recruiter)


def add_places(study_dir: str | Path, places: int, *, consent: Consent | None = None) -> Recruitment:
    """Let so many people take part in all, where fewer could.

    Args:
        study_dir: a study that is open at its recruiter.
        places: the number of people in all.
        consent: as in `open_at_recruiter`.

    Returns:
        How far the study is at the recruiter.

    Raises:
        ValueError: there are as many places already, or as in `open_at_recruiter`.
        OSError: the recruiter does not answer.
    """
    with _recruiting(study_dir) as (study, planned, recruiter, ledger):
        found = _required(recruiter)
        if found.state is OpeningState.DRAFT:
            raise ValueError("the study is a draft at its recruiter: open it first")
        additional = places - found.num_places
        if additional <= 0:
            raise ValueError(f"places: the study has {found.num_places} at its recruiter already, is {places}")
        cost = recruiter.cost(num_places=additional, reward=str(found.reward)).amount
        arguments = {"num_places": places}
        _spend(study, recruiter, ledger, places, cost, "add_places", arguments, consent or Consent())
        return _compared(Path(study_dir), study, planned, recruiter)


def pause(study_dir: str | Path) -> Recruitment:
    """Let nobody else in; who is there may finish.

    Args:
        study_dir: a study that is open at its recruiter.

    Returns:
        How far the study is at the recruiter.

    Raises:
        ValueError: the study is not at its recruiter.
        OSError: the recruiter does not answer.
    """
    with _recruiting(study_dir) as (study, planned, recruiter, _):
        recruiter.pause()
        return _compared(Path(study_dir), study, planned, recruiter)


def end_at_recruiter(study_dir: str | Path) -> Recruitment:
    """End the study at its recruiter; who is there may finish, and the money for places that are left comes back.

    Args:
        study_dir: a study that is open at its recruiter.

    Returns:
        How far the study is at the recruiter.

    Raises:
        ValueError: the study is not at its recruiter.
        OSError: the recruiter does not answer.
    """
    with _recruiting(study_dir) as (study, planned, recruiter, _):
        recruiter.close()
        return _compared(Path(study_dir), study, planned, recruiter)


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
    """
    address = checked_url(public_url).rstrip("/")
    _check_reachable(address)
    with _recruiting(study_dir) as (study, _, recruiter, __):
        hook_url = f"{address}/hooks/{study.recruiter}"
        recruiter.notify(hook_url=hook_url)
    return hook_url


def people_wanted(study: Study, planned: Design) -> int:
    """How many people do all tasks of the design, each as many as the study says."""
    tasks = sum(hit.num_assignments for hit in planned.hits)
    return ceil(tasks / (study.most_tasks or 1))


@contextmanager
def _recruiting(study_dir: str | Path) -> Iterator[tuple[Study, Design, Recruiter, Ledger]]:
    """The study, its recruiter and its ledger, locked while the block runs.

    Raises:
        ValueError: it is not published, or its recruiter is not asked by programs.
    """
    root = Path(study_dir)
    study, planned = load(root)
    if not describe(study.recruiter).automatic:
        raise ValueError(
            f"recruiter {study.recruiter}: is not asked by programs; see docs/recruiting.md for what to do instead"
        )
    with Ledger(root, create=False) as ledger, locked(root):
        settle_place(root)
        with open_recruiter(study.recruiter, study.recruiter_settings, root) as recruiter:
            yield study, planned, recruiter, ledger


def _spend(
    study: Study,
    recruiter: Recruiter,
    ledger: Ledger,
    places: int,
    cost: Decimal,
    verb: str,
    arguments: dict[str, int],
    consent: Consent,
) -> None:
    """Make a call that holds money for places, once for each number of places."""
    key = f"{_PLACES}/{places}"
    before = ledger.entry(key)
    if before is None or before.state == "refused":
        line = (f"{places} places at {study.recruiter}, with fees", 1, cost)
        total = Cost(lines=(line,))
        settle(_Payer(recruiter), ledger, total, consent, budget_usd=study.budget_usd, held=ledger.held())
    carry_out(recruiter, ledger, [Call(key=key, verb=verb, arguments=arguments, cost=cost)])


class _Payer:
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
        raise ValueError(f"recruiter {recruiter.about.name}: the study has no draft there: make one first")
    return found


def _compared(study_dir: Path, study: Study, planned: Design, recruiter: Recruiter) -> Recruitment:
    """What both know; visits that are over at the recruiter end here."""
    theirs = {one.session_id: one for one in recruiter.arrivals()}
    ours = {row["session_id"]: row for row in people.arrived(study_dir) if row["recruiter"] == study.recruiter}
    complete = recruiter.code_of(Outcome.COMPLETE)
    for name, arrival in theirs.items():
        if arrival.state in ENDS and name in ours and ours[name]["outcome"] is None:
            people.end_visit(study_dir, study.recruiter, name, ENDS[arrival.state])
    return Recruitment(
        recruiter=study.recruiter,
        opening=recruiter.opening(),
        wanted=people_wanted(study, planned),
        arrivals=Counter(one.state for one in theirs.values()),
        cells=Counter((one.code == complete, _is_whole(ours.get(name))) for name, one in theirs.items()),
        unknown=tuple(name for name in ours if name not in theirs),
    )


def _is_whole(visit: dict[str, object] | None) -> bool:
    return visit is not None and visit["outcome"] == Outcome.COMPLETE


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
