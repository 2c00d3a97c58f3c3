"""Mean opinion scores (MOS) of single videos: as they are, and without participants' biases."""

from dataclasses import dataclass

import numpy as np

from analysis.intervals import t_quantile

Array = np.ndarray

#: The normal quantile of a 95 % interval.
NORMAL = 1.959964
#: Fewest ratings of a participant from which a bias and an inconsistency are estimated.
LEAST_RATINGS = 10
#: Iterations end when the scores move less than this, and variances are this much larger before they are divided by.
TOLERANCE, EPSILON = 1e-8, 1e-8
MOST_ITERATIONS = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class OpinionScores:
    """One value per video in each array, NaN where there are too few ratings."""

    mos: Array
    #: Standard deviation of the video's ratings, with n − 1 in the denominator.
    sd: Array
    count: Array
    low: Array
    high: Array


def opinion_scores(value: Array, video: Array, num_videos: int, confidence: float = 0.95) -> OpinionScores:
    """MOS ± t·s/√n of each video, as ITU-T P.910 and P.913 report it, with Student's t since ratings are few.

    The interval is about other participants' ratings of this video. Two of them may not be compared as if they were
    independent, since the same participants gave both.

    Args:
        value: (ratings,) points.
        video: (ratings,) codes below `num_videos`.
        num_videos: length of the result.
        confidence: of the intervals.
    """
    count = np.bincount(video, minlength=num_videos)
    mos = _ratio(np.bincount(video, value, num_videos), count)
    squares = np.bincount(video, (value - mos[video]) ** 2, num_videos)
    sd = np.sqrt(_ratio(squares, np.maximum(count - 1, 0)))
    # One quantile for each number of ratings that occurs.
    different, place = np.unique(count, return_inverse=True)
    quantile = np.array([t_quantile(n - 1, confidence) if n > 1 else np.nan for n in different])[place]
    half = quantile * _ratio(sd, np.sqrt(count))
    return OpinionScores(mos=mos, sd=sd, count=count, low=mos - half, high=mos + half)


@dataclass(frozen=True, kw_only=True, slots=True)
class UnbiasedScores:
    """Maximum likelihood estimates where rating = score of the video + bias of the participant + normal error."""

    #: (videos,) scores, standard errors and 95 % intervals; NaN without ratings.
    score: Array
    standard_error: Array
    low: Array
    high: Array
    #: (participants,) biases with mean 0, and the standard deviation of each one's errors; NaN for those left out.
    bias: Array
    inconsistency: Array
    iterations: int
    #: Participants with too few ratings to estimate both.
    left_out: int


def without_bias(
    value: Array, video: Array, participant: Array, num_videos: int, num_participants: int
) -> UnbiasedScores:
    """Scores without participants' biases, the consistent ones' ratings weighing more: ITU-T P.910 (11/21), annex E.

    The model and its solution by alternating projection are those of Li, Bampis, Krasula, Janowski & Katsavounidis (A
    simple model for subject behavior in subjective experiments, Electronic Imaging 2020, arXiv:2004.02067). A video's
    standard error is that of its residuals over √n. The estimate assumes that all participants order videos alike.

    Args:
        value: (ratings,) points.
        video: (ratings,) codes below `num_videos`.
        participant: (ratings,) codes below `num_participants`; those with fewer than `LEAST_RATINGS` ratings are left
            out, since a participant with few ratings can look perfectly consistent.
        num_videos: length of the scores.
        num_participants: length of the biases.

    Raises:
        ValueError: nobody has enough ratings.
    """
    often = np.bincount(participant, minlength=num_participants)
    kept = often[participant] >= LEAST_RATINGS
    if not kept.any():
        raise ValueError(f"no participant has {LEAST_RATINGS} ratings, from which a bias could be estimated")
    value, video, participant = value[kept], video[kept], participant[kept]
    n_video, n_participant = (
        np.bincount(video, minlength=num_videos),
        np.bincount(participant, minlength=num_participants),
    )

    def by_video(values: Array, weights: Array) -> Array:
        return _ratio(np.bincount(video, weights * values, num_videos), np.bincount(video, weights, num_videos))

    def by_participant(values: Array) -> Array:
        return _ratio(np.bincount(participant, values, num_participants), n_participant)

    score = by_video(value, np.ones(len(value)))
    bias = by_participant(value - score[video])
    for iterations in range(1, MOST_ITERATIONS + 1):  # noqa: B007  reported
        before = score
        residual = value - score[video] - bias[participant]
        variance = by_participant((residual - by_participant(residual)[participant]) ** 2)
        score = by_video(value - bias[participant], 1 / (variance + EPSILON)[participant])
        bias = by_participant(value - score[video])
        if np.linalg.norm((score - before)[n_video > 0]) < TOLERANCE:
            break
    centred = residual - _ratio(np.bincount(video, residual, num_videos), n_video)[video]
    error = np.sqrt(_ratio(np.bincount(video, centred**2, num_videos), n_video.astype(float) ** 2))
    middle = np.nanmean(bias)
    score, bias = score + middle, bias - middle
    return UnbiasedScores(
        score=score,
        standard_error=error,
        low=score - NORMAL * error,
        high=score + NORMAL * error,
        bias=bias,
        inconsistency=np.sqrt(variance),
        iterations=iterations,
        left_out=int(((often > 0) & (often < LEAST_RATINGS)).sum()),
    )


def _ratio(above: Array, below: Array) -> Array:
    """Above / below, NaN where there is nothing below."""
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0))
