"""The mixed model of the first comparison, for reviewers who ask for one: from an answers table to its result."""

import math
from typing import TYPE_CHECKING

import numpy as np

from analysis.answers import Answers
from analysis.comparisons import Comparison, Rules
from analysis.counts import KEPT
from analysis.records.comparisons import MixedModelFailure, MixedModelResult
from analysis.shown import places

if TYPE_CHECKING:
    from analysis.mixed import ReviewersModel

#: The model is fitted by default for up to this number of answers about the two methods.
UNASKED = 20_000


def reviewers_model(
    answers: Answers, main: Comparison, rules: Rules, seed: int, *, wanted: bool | None
) -> MixedModelResult | MixedModelFailure | None:
    """Fit the model, or say in a sentence why it could not be fitted.

    Args:
        answers: after the exclusions.
        main: the first comparison.
        rules: of the plan.
        seed: of the sample of participants, where one is drawn.
        wanted: whether to fit; None fits where the answers are few.

    Returns:
        None where the model is not wanted.
    """
    if wanted is False:
        return None
    videos = answers.videos
    own = videos.single & (places(videos.method, [main.a, main.b]) >= 0)
    where = f"{KEPT} AND video IN ?"
    if rules.policy == "committed only":
        where += f" AND answer < {len(answers.labels)}"
    query = f"FROM answers WHERE {where}"
    codes = [np.flatnonzero(own).tolist()]
    if wanted is None and int(answers.scalar(f"SELECT count(*) {query}", codes)) > UNASKED:
        return None
    from analysis.mixed import mixed_model  # slow to load

    found = answers.arrays(f"SELECT worker, video, correct {query} ORDER BY worker, video", codes)
    video = found["video"].astype(np.intp)
    try:
        model = mixed_model(
            found["worker"].astype(np.intp),
            video,
            places(videos.method, answers.methods)[video],
            places(videos.label, answers.labels)[video],
            found["correct"].astype(bool),
            methods=answers.methods,
            labels=answers.labels,
            pair=(main.a, main.b),
            confidence=rules.confidence,
            seed=seed,
        )
    except ValueError as error:
        why_not = f"The model could not be fitted: {error}."
        return MixedModelFailure(a=main.a, b=main.b, why_not=why_not)
    return _result(model)


def _result(model: "ReviewersModel") -> MixedModelResult:
    found = model.contrasts[0]
    return MixedModelResult(
        a=found.a,
        b=found.b,
        why_not=None,
        log_odds=_finite(found.log_odds),
        standard_error=_finite(found.standard_error),
        p_value=_finite(found.p),
        p_adjusted=_finite(found.p_adjusted),
        df=_finite(found.df),
        odds_ratio=_finite(found.odds_ratio),
        odds_ratio_low=_finite(found.odds_ratio_interval.low),
        odds_ratio_high=_finite(found.odds_ratio_interval.high),
        difference=_finite(found.difference),
        ci_low=_finite(found.difference_interval.low),
        ci_high=_finite(found.difference_interval.high),
        sd=model.sd,
        n_answers=model.num_answers,
        n_videos=model.num_videos,
        n_workers=model.num_workers,
        converged=model.converged,
        sampled=model.sampled,
        notes=model.notes,
    )


def _finite(value: float) -> float | None:
    """The value; None where it is infinite or no number, which JSON does not have."""
    return value if math.isfinite(value) else None
