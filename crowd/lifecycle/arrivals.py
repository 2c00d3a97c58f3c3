"""Compares what a study and its recruiter know of visits: which ended, which count, and what they still may cost.

A visit is named by its session id in both records, so work and completion codes are joined by it, whatever code was
entered.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

from crowd.design.design import Design
from crowd.design.study import Study
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.erasures import Erasures
from crowd.lifecycle.exclusions import NOT_PAID, NOT_SENT
from crowd.lifecycle.lock import locked
from crowd.lifecycle.place import settle as settle_place
from crowd.lifecycle.prepare import load
from crowd.localplatform import people
from crowd.recruiters import (
    ENDS,
    UNPAID,
    Arrival,
    ArrivalState,
    Opening,
    OpeningState,
    Outcome,
    Recruiter,
    describe,
    open_recruiter,
)

#: Keys in the ledger.
DRAFT, PLACES, END = "recruit/draft", "recruit/places", "recruit/end"
_FINISHED = {ArrivalState.WAITING, ArrivalState.APPROVED, ArrivalState.PARTLY_APPROVED}


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
    """Visits by whether the code of complete work was entered, and whether the tasks were sent.

    Those whose ids were deleted here are not among them.
    """
    unknown: tuple[str, ...]
    """Visits here of which the recruiter knows nothing: their parameters were made up."""
    undecided: tuple[str, ...]
    """Visits that wait for review at the recruiter without all tasks, or whose ids were deleted here: they are never
    paid by themselves."""
    too_late: tuple[str, ...]
    """Visits with all tasks sent that the recruiter ended for their time: a bonus can pay them."""
    missing: int
    """Places by which those at the recruiter are too few, since visits that took one will not send all tasks."""
    to_redo: int = 0
    """Tasks of visits that are not paid, which collecting asks for anew; until then nobody finds them."""


def people_wanted(study: Study, planned: Design) -> int:
    """How many people do all tasks of the design, each as many as the study says."""
    tasks = sum(hit.num_assignments for hit in planned.hits)
    return ceil(tasks / (study.most_tasks or 1))


@contextmanager
def at_recruiter(study_dir: str | Path) -> Iterator[tuple[Study, Design, Recruiter, Ledger]]:
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


def is_opened(study: Study, ledger: Ledger) -> bool:
    """Whether the study's recruiter is asked by programs, and was asked for this study."""
    return describe(study.recruiter).automatic and ledger.entry(DRAFT) is not None


def compare(study_dir: Path, study: Study, planned: Design, recruiter: Recruiter, ledger: Ledger) -> Recruitment:
    """What both know; visits that are over at the recruiter end here, and money that is not needed is released."""
    ours = _ours(study_dir, study)  # first, so that whoever came meanwhile is not taken for unknown
    gone = Erasures.load(study_dir)
    theirs = {one.session_id: one for one in recruiter.arrivals()}
    theirs |= {name: one for name in ours.keys() - theirs.keys() if (one := recruiter.arrival(name)) is not None}
    told = {name: (one.state, one.code) for name, one in theirs.items()}
    told |= dict.fromkeys(ours.keys() - theirs.keys(), (ArrivalState.NOT_SENT, None))
    people.note_visits(study_dir, study.recruiter, told)
    for name, visit in ours.items():
        if visit["outcome"] is None and told[name][0] in ENDS:
            people.end_visit(study_dir, study.recruiter, name, ENDS[told[name][0]])
    opening = recruiter.opening()
    if opening is not None:
        _release(recruiter, ledger, opening, theirs)
    found = _compared(study, planned, recruiter, opening, _ours(study_dir, study), theirs, gone)
    return replace(found, to_redo=num_to_redo(study_dir, study, ledger))


def left_out(study_dir: Path, study: Study) -> dict[str, str]:
    """The rule by which each assignment is left out whose visit the recruiter does not pay, as compared last."""
    rows = people.visits_of_work(study_dir, study.recruiter) if describe(study.recruiter).automatic else []
    return {
        row["assignment_id"]: NOT_SENT if row["state"] == ArrivalState.NOT_SENT else NOT_PAID
        for row in rows
        if row["state"] in UNPAID
    }


def num_to_redo(study_dir: Path, study: Study, ledger: Ledger) -> int:
    """How many tasks of visits that are not paid were not asked for anew yet, as compared last."""
    asked = {key for key, state in ledger.states("replace/").items() if state == "done"}
    return sum(f"replace/{assignment_id}" not in asked for assignment_id in left_out(study_dir, study))


def is_whole(visit: Mapping[str, Any] | None) -> bool:
    """Whether all tasks of the visit were sent."""
    return visit is not None and visit["outcome"] == Outcome.COMPLETE


def _ours(study_dir: Path, study: Study) -> dict[str, dict[str, Any]]:
    """The visits here by their session ids, without those whose ids were deleted."""
    rows = (row for row in people.arrived(study_dir) if row["recruiter"] == study.recruiter)
    return {row["session_id"]: row for row in rows if not row["forgotten"]}


def _compared(
    study: Study,
    planned: Design,
    recruiter: Recruiter,
    opening: Opening | None,
    ours: Mapping[str, Mapping[str, Any]],
    theirs: Mapping[str, Arrival],
    gone: Erasures,
) -> Recruitment:
    """The record; visits there whose ids were deleted here cannot be compared, and took a place."""
    complete = recruiter.code_of(Outcome.COMPLETE)
    sent_away = {recruiter.code_of(outcome) for outcome in Outcome} - {complete, None}
    forgotten = {name for name in theirs.keys() - ours.keys() if gone.has_deleted(name)}
    whole = {name for name in theirs if is_whole(ours.get(name))}
    idle = [one for name, one in theirs.items() if one.state in _FINISHED and name not in whole]
    missing = sum(one.session_id not in forgotten for one in idle)
    wanted = people_wanted(study, planned)
    return Recruitment(
        recruiter=study.recruiter,
        opening=opening,
        wanted=wanted,
        arrivals=Counter(one.state for one in theirs.values()),
        cells=Counter((one.code == complete, name in whole) for name, one in theirs.items() if name not in forgotten),
        unknown=tuple(name for name in ours if name not in theirs),
        undecided=tuple(
            one.session_id for one in idle if one.state is ArrivalState.WAITING and one.code not in sent_away
        ),
        too_late=tuple(name for name in theirs if name in whole and theirs[name].state is ArrivalState.TIMED_OUT),
        missing=max(0, wanted + missing - opening.num_places) if opening else 0,
    )


def _release(recruiter: Recruiter, ledger: Ledger, opening: Opening, theirs: Mapping[str, Arrival]) -> None:
    """Once nobody else can come, hold only what was paid and what may still be paid."""
    ended = ledger.states(f"{END}/").get(f"{END}/{opening.num_places}") == "done"
    if opening.state is not OpeningState.CLOSED and not (ended and opening.state is OpeningState.FULL):
        return
    taken = sum(one.state not in UNPAID for one in theirs.values())
    needed = recruiter.cost(num_places=taken, reward=str(opening.reward)).amount if taken else Decimal(0)
    for entry in reversed([entry for entry in ledger.entries(f"{PLACES}/") if entry.state == "done"]):
        needed_before = sum((one.cost for one in ledger.entries(f"{PLACES}/") if one.key != entry.key), Decimal(0))
        ledger.lower(entry.key, max(Decimal(0), needed - needed_before))
