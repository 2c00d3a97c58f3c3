"""How a study was run, from its published settings and from what its collection noted."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from analysis.records.conduct import StudyConduct
from crowd.design.design import ATTENTION, EVALUATION, TRAINING
from crowd.design.study import Study
from crowd.fileformat import parsed
from crowd.platforms import NAMES, describe
from crowd.recruiters import describe as describe_recruiter


def items_of_first_task(design: Path) -> Counter[str]:
    """How many items of each kind the first task of design.json has; none where nothing was published.

    What the study file asks for, such as practice, cannot always be met.
    """
    hits = parsed(design).get("hits", []) if design.exists() else []
    return Counter(item.get("kind", EVALUATION) for item in hits[0]["items"]) if hits else Counter()


def conduct(study: Study, noted: Mapping[str, Any] | None, items: Mapping[str, int]) -> StudyConduct:
    """How the study was run.

    Args:
        study: the settings as published.
        noted: funnel.json; None without it. Earlier releases noted neither platform nor days.
        items: how many items of each kind a task has.
    """
    known = noted or {}
    platform = describe(known["platform"]) if known.get("platform") in NAMES else None
    recruiter, paid = describe_recruiter(study.recruiter), _paid(study, known)
    took, reward = known.get("median_task_s"), float(study.reward_usd)
    is_paid = paid not in (None, "nobody") and reward > 0
    return StudyConduct(
        source=(platform.source if platform else "") or recruiter.source or None,
        countries=list(study.countries),
        min_approved_percent=study.min_approved_percent,
        min_approved_hits=study.min_approved_hits,
        min_age=study.min_age or None,
        institution=study.institution or None,
        ethics_approval=study.ethics_approval or None,
        data_retention=study.data_retention or None,
        answers_per_item=study.answers_per_video,
        items_per_task=study.videos_per_hit,
        quiz_questions=len(study.quiz),
        training_items=items.get(TRAINING, 0),
        attention_items=items.get(ATTENTION, 0),
        paid=paid,
        reward_usd=reward,
        median_task_s=took,
        hourly_usd=round(3600 * reward / took, 2) if is_paid and took else None,
        first_day=known.get("first_day"),
        last_day=known.get("last_day"),
    )


def _paid(study: Study, known: Mapping[str, Any]) -> Literal["platform", "recruiter", "author", "nobody"] | None:
    """Who paid; None where that depends on a platform that was not noted."""
    if describe_recruiter(study.recruiter).pays:
        return "recruiter"
    if known.get("platform") not in NAMES:
        return None
    if describe(known["platform"]).pays:
        return "platform"
    return "author" if study.payment else "nobody"
