"""The reviewers' model of the first comparison, from an answers table to the report's section."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.answers import Answers
from analysis.comparisons import Comparison, Rules
from analysis.counts import KEPT
from analysis.shown import places

if TYPE_CHECKING:
    from analysis.mixed import ReviewersModel

#: Up to so many answers about the two methods the model is fitted without being asked for.
UNASKED = 20_000


def reviewers_model(
    answers: Answers, main: Comparison, rules: Rules, seed: int, *, wanted: bool | None
) -> dict[str, Any] | None:
    """The section of report.json; `why_not` says in a sentence why a model could not be fitted.

    Args:
        answers: after the funnel.
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
        return {"a": main.a, "b": main.b, "why_not": f"The model could not be fitted: {error}."}
    return _row(model)


def _row(model: "ReviewersModel") -> dict[str, Any]:
    found = model.contrasts[0]
    numbers = {
        "log_odds": found.log_odds,
        "standard_error": found.standard_error,
        "p_value": found.p,
        "p_adjusted": found.p_adjusted,
        "df": found.df,
        "odds_ratio": found.odds_ratio,
        "odds_ratio_low": found.odds_ratio_interval.low,
        "odds_ratio_high": found.odds_ratio_interval.high,
        "difference": found.difference,
        "ci_low": found.difference_interval.low,
        "ci_high": found.difference_interval.high,
    }
    # JSON has no infinity.
    return {"a": found.a, "b": found.b, "why_not": None} | {
        name: value if math.isfinite(value) else None for name, value in numbers.items()
    } | {
        "sd": model.sd,
        "n_answers": model.num_answers,
        "n_videos": model.num_videos,
        "n_workers": model.num_workers,
        "converged": model.converged,
        "sampled": model.sampled,
        "notes": model.notes,
    }  # fmt: skip
