"""Opens a study at its recruiter, lets more people in, pauses and ends it, and says how far it is.

Every call that costs money goes through the ledger (`crowd.ledger.calls`), as those of platforms do. The amounts of the
study are amounts in the currency of the account at the recruiter.
"""

from decimal import Decimal
from pathlib import Path

from crowd.design.study import Study
from crowd.ledger.budget import Consent, RealMoney, settle
from crowd.ledger.calls import Call, carry_out
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.arrivals import END, PLACES, Recruitment, at_recruiter, compare, is_opened, people_wanted
from crowd.lifecycle.prepare import load
from crowd.pricing import Cost
from crowd.recruiters import Opening, OpeningState, Recruiter


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
