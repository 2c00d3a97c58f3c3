"""Pays bonuses at a recruiter that is asked by programs, each once for a visit and a reason.

A batch is set up, which pays nothing, and then paid. Whether a payment of unknown outcome was made is read back from
the visits, where bonuses appear some time later. It is never sent again on its own: if the bonuses do not appear, a
person looks at the recruiter's pages and says so.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from crowd.design.study import Study
from crowd.ledger.budget import Consent, settle
from crowd.ledger.calls import Call, Tally, carry_out
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.recruiting import Payer
from crowd.lifecycle.visit_review import visit_of
from crowd.pricing import Cost, dollars
from crowd.recruiters import ArrivalState, Recruiter

_PREFIX = "recruit/bonus/"
_PREPARE, _PAY = "/prepare", "/pay"
_PAID_AT_ONCE = 200


class Asked(Protocol):
    """A bonus that is asked for (`crowd.lifecycle.bonuses.Bonus`)."""

    @property
    def assignment_id(self) -> str:
        """The work that it is for."""
        ...

    @property
    def amount_usd(self) -> str | Decimal:
        """In the currency of the recruiter's account."""
        ...

    @property
    def reason(self) -> str:
        """The same reason is paid once for a visit."""
        ...


def pay_visits(
    study_dir: Path,
    study: Study,
    recruiter: Recruiter,
    ledger: Ledger,
    bonuses: Sequence[Asked],
    consent: Consent,
    *,
    unpaid: bool,
) -> Tally:
    """Pay bonuses that no earlier run has paid.

    Args:
        study_dir: the study.
        study: its settings.
        recruiter: its recruiter.
        ledger: its ledger.
        bonuses: what to pay; those of one visit with the same reason are added up.
        consent: the most that the study may cost, and who confirms it.
        unpaid: somebody has seen that the payments of unknown outcome were not made.

    Raises:
        ValueError: a payment's outcome is not known; an amount differs from what was paid for the same reason; work
            was done by nobody whom the recruiter sent; or there is not enough money.
        OSError: the recruiter does not answer.
    """
    tally = Tally(found=_settle_payments(recruiter, ledger, unpaid=unpaid))
    new: list[tuple[str, list[tuple[str, str]]]] = []
    for reason, amounts in _by_reason(study_dir, study, bonuses).items():
        prefix = f"{_PREFIX}{hashlib.sha256(reason.encode()).hexdigest()[:16]}/"
        paid = _paid(ledger, prefix)
        _check_same(amounts, paid)
        tally.before += len(amounts.keys() & paid.keys())
        missing = [(name, str(amount)) for name, amount in sorted(amounts.items()) if name not in paid]
        first = 1 + len(ledger.states(prefix))
        for start in range(0, len(missing), _PAID_AT_ONCE):
            new.append((f"{prefix}{first + start}", missing[start : start + _PAID_AT_ONCE]))
    tally.before -= tally.found
    held = ledger.held()
    payments = [(_payment(recruiter, ledger, key, batch), len(batch)) for key, batch in new]
    cost = sum((call.cost for call, _ in payments), Decimal(0))
    line = ("bonuses, with fees", sum(number for _, number in payments), cost)
    total = Cost(lines=(line,), currency=ledger.currency)
    settle(Payer(recruiter), ledger, total, consent, budget_usd=study.budget_usd, held=held)
    for call, number in payments:
        carry_out(recruiter, ledger, [call])
        tally.made += number
    return tally


def open_payments(ledger: Ledger) -> Iterator[tuple[str, set[str]]]:
    """The payments whose outcome is not known, each with the session ids of the visits that it pays for."""
    for entry in ledger.entries(_PREFIX):
        if entry.state == "sent" and entry.key.endswith(_PAY):
            prepared = ledger.entry(entry.key.removesuffix(_PAY) + _PREPARE)
            yield entry.key, {str(name) for name, _ in (prepared.details["amounts"] if prepared else [])}


def _by_reason(study_dir: Path, study: Study, bonuses: Sequence[Asked]) -> dict[str, dict[str, Decimal]]:
    """For each reason, the amount for each visit."""
    found: dict[str, dict[str, Decimal]] = {}
    for bonus in bonuses:
        session_id, state, _ = visit_of(study_dir, study, bonus.assignment_id)
        if state == ArrivalState.NOT_SENT:
            raise ValueError(f"bonus for {bonus.assignment_id}: {study.recruiter} did not send who did it")
        amounts = found.setdefault(bonus.reason.strip(), {})
        amounts[session_id] = amounts.get(session_id, Decimal(0)) + dollars(bonus.amount_usd, "amount_usd")
    return found


def _payment(recruiter: Recruiter, ledger: Ledger, key: str, batch: Sequence[tuple[str, str]]) -> Call:
    """Set a batch up; gives the call that pays it."""
    prepare = Call(key=f"{key}{_PREPARE}", verb="prepare_bonuses", arguments={"amounts": [list(one) for one in batch]})
    carry_out(recruiter, ledger, [prepare])
    entry = ledger.entry(prepare.key)
    ids = (entry and entry.outcome) or {}
    return Call(
        key=f"{key}{_PAY}", verb="pay_bonuses", arguments={"bonus_id": ids["bonus_id"]}, cost=Decimal(ids["total"])
    )


def _paid(ledger: Ledger, prefix: str) -> dict[str, Decimal]:
    """The visits that were paid for a reason, and how much."""
    states = ledger.states(prefix)
    return {
        str(name): Decimal(amount)
        for entry in ledger.entries(prefix)
        if entry.key.endswith(_PREPARE) and states.get(entry.key.removesuffix(_PREPARE) + _PAY) == "done"
        for name, amount in entry.details["amounts"]
    }


def _check_same(amounts: Mapping[str, Decimal], paid: Mapping[str, Decimal]) -> None:
    for name in amounts.keys() & paid.keys():
        if amounts[name] != paid[name]:
            raise ValueError(
                f"bonus for visit {name}: {paid[name]} were paid for the same reason; another sum needs another reason"
            )


def _settle_payments(recruiter: Recruiter, ledger: Ledger, *, unpaid: bool) -> int:
    """Find out what became of earlier payments; how many bonuses were paid without our hearing of it.

    Raises:
        ValueError: a payment may have been made, and its bonuses do not appear yet.
    """
    found = 0
    for entry in ledger.entries(_PREFIX):
        if entry.state == "sent" and entry.key.endswith(_PREPARE):
            ledger.mark_refused(entry.key, "its outcome is unknown, and it was never paid")
        if entry.state == "sent" and entry.key.endswith(_PAY):
            found += _settle_payment(recruiter, ledger, entry.key, str(entry.details["bonus_id"]), unpaid=unpaid)
    for entry in ledger.entries(_PREFIX):
        if entry.state == "planned":
            ledger.mark_refused(entry.key, "it was never sent")
    return found


def _settle_payment(recruiter: Recruiter, ledger: Ledger, key: str, bonus_id: str, *, unpaid: bool) -> int:
    prepared = ledger.entry(key.removesuffix(_PAY) + _PREPARE)
    amounts = prepared.details["amounts"] if prepared else []
    if any(_appears(recruiter, ledger, str(name), Decimal(amount)) for name, amount in amounts):
        ledger.mark_done(key, {"bonus_id": bonus_id})
        return len(amounts)
    if not unpaid:
        raise ValueError(
            f"it is not known whether bonus payment {bonus_id} was made, and its {len(amounts)} bonuses do not appear "
            f"at {recruiter.about.name} yet: run the command again in some minutes, or look at the study's bonus "
            "payments there and, only if it is not among them, say --unpaid"
        )
    ledger.mark_refused(key, "said not to have been made")
    return 0


def _appears(recruiter: Recruiter, ledger: Ledger, session_id: str, amount: Decimal) -> bool:
    """Whether the visit has one more bonus of that amount than the ledger knows of."""
    states = ledger.states(_PREFIX)
    known = sum(
        (session_id, amount) == (str(name), Decimal(paid))
        for entry in ledger.entries(_PREFIX)
        if entry.key.endswith(_PREPARE) and states.get(entry.key.removesuffix(_PREPARE) + _PAY) == "done"
        for name, paid in entry.details["amounts"]
    )
    return recruiter.bonuses([session_id])[session_id].count(amount) > known
