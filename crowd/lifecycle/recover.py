"""Rebuilds a lost or outdated ledger from what its platform lists."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from crowd.design.design import Design
from crowd.design.study import Study
from crowd.ledger.budget import set_cap
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.collect import fetch
from crowd.lifecycle.erasures import Erasures, erase_in_ledger
from crowd.lifecycle.hits import published_size
from crowd.lifecycle.lock import locked
from crowd.lifecycle.reconcile import RESTORED, reconcile
from crowd.platforms import DEFAULT, open_platform
from crowd.pricing import dollars, shown
from crowd.studydir import StudyDirectory, existing_study


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovered:
    """The result of rebuilding a ledger."""

    hits: int
    """HITs that the ledger did not have, or not in their present size."""
    bonuses: int
    assignments: int
    """Submitted assignments in all."""
    held_usd: Decimal
    """What the study has cost or may still cost, as far as the platform shows."""
    unknown: tuple[str, ...]
    """What the platform cannot show, in sentences."""


def recover(study_dir: str | Path, *, platform: str | None = None, cap_usd: str | Decimal | None = None) -> Recovered:
    """Rebuild a lost or outdated ledger from what the platform lists: HITs, their sizes, answers and bonuses.

    Nothing is created, paid or changed on the platform. A complete ledger is not changed, so running this again
    changes nothing.

    Args:
        study_dir: holds design.json and the secrets.
        platform: where the study was published, if the ledger does not say so; by default the local platform.
        cap_usd: the most that the study may ever cost; the platform does not know the former cap.

    Returns:
        How much was entered, and what the platform cannot show.

    Raises:
        ValueError: there is no design, the ledger names another platform, or the platform has HITs of the study that
            cannot belong to the design.
        OSError: the platform does not answer.

    Example:
        >>> found = crowd.recover("my-study")
        >>> found.hits, found.assignments
        (0, 4)
    """
    root = existing_study(Path(study_dir))
    files = StudyDirectory(root)
    if not files.design.exists():
        raise ValueError(
            f"{root}: has no {files.design.name}; publish-tasks with the study's videos makes it from "
            f"{files.study_file.name} and then finds what was published"
        )
    with locked(root), Ledger(root) as ledger:
        planned = Design.load(root)
        lost, known = not ledger.states("create/"), ledger.fact("platform")
        if platform and known and platform != known:
            raise ValueError(f"platform {platform}: this study was published on {known}; leave --platform out")
        with open_platform(known or platform or DEFAULT, root) as where:
            hits, bonuses, target = reconcile(where, ledger, planned)
            target.save(root)
            fetch(where, ledger)
            erase_in_ledger(ledger, Erasures.load(root))
            ledger.forget_fact(RESTORED)
            ledger.settle_fact("platform", where.name)
        if cap_usd is not None:
            set_cap(ledger, cap_usd)
        return Recovered(
            hits=hits,
            bonuses=bonuses,
            assignments=ledger.work().total(),
            held_usd=ledger.held(),
            unknown=tuple(_unknown(root, ledger, target, lost=lost)),
        )


def _unknown(root: Path, ledger: Ledger, planned: Design, *, lost: bool) -> list[str]:
    """What the platform cannot show."""
    unknown = []
    if ledger.cap() is None:
        study_file = StudyDirectory(root).study_file
        budget = Study.load(study_file).budget_usd if study_file.exists() else None
        holds = f"the study's budget of {shown(dollars(budget, 'budget_usd'))} holds" if budget else "none holds"
        unknown.append(f"which cap was given with --cap: {holds} until another is given")
    elif ledger.held() > (cap := ledger.cap() or Decimal(0)):
        unknown.append(
            f"how the study came to hold {shown(ledger.held())} under a cap of {shown(cap)}: nothing more can be "
            "spent before a larger --cap is given"
        )
    absent = [hit.key for hit in planned.hits if published_size(ledger, hit.key) is None]
    if lost and absent:
        unknown.append(
            f"whether {len(absent)} of {len(planned.hits)} HITs were ever there, and what they cost, e.g. {absent[0]}: "
            "they were not published yet, or deleted since"
        )
    if lost:
        unknown.append("where the videos are, if not on the platform: the next publish-tasks has to say it again")
    return unknown
