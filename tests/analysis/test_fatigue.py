"""Order and fatigue: trends over a participant's items, and quarters of them."""

import numpy as np
import pytest

from analysis import analyse
from analysis.fatigue import quarters, trend
from tests.analysis.tables import LABELS, table

THREE = LABELS[:3]


def ordered(slope: float, seed: int, *, workers: int = 60, videos: int = 30) -> tuple[np.ndarray, ...]:
    """Everybody sees every video in an order of their own; accuracy changes by `slope` an item."""
    rng = np.random.default_rng(seed)
    position = np.array([rng.permutation(videos) for _ in range(workers)])
    chance = 0.6 + slope * (position - videos / 2) + rng.normal(0, 0.1, videos) + rng.normal(0, 0.08, (workers, 1))
    right = rng.random((workers, videos)) < chance
    worker, video = np.indices(position.shape)
    return tuple(values.ravel() for values in (right.astype(float), position.astype(float), video, worker))


def test_a_trend_is_found_as_large_as_it_is() -> None:
    """Over many studies the slope is right on average, and its interval holds it in about 95 of 100."""
    found = [trend(*ordered(-0.004, seed)) for seed in range(200)]
    slopes = np.array([one.slope for one in found if one])
    assert slopes.mean() == pytest.approx(-0.004, abs=3 * slopes.std() / np.sqrt(len(slopes)))
    covers = np.mean([one.interval.low <= -0.004 <= one.interval.high for one in found if one])
    assert 0.91 <= covers <= 0.985


def test_a_trend_is_the_regression_with_a_dummy_per_video_and_participant() -> None:
    """The slope and its clustered standard error are those of statsmodels with all dummies."""
    import statsmodels.api as sm

    right, position, video, worker = ordered(-0.01, 3, workers=12, videos=9)
    keep = np.random.default_rng(0).random(len(right)) < 0.8
    right, position, video, worker = (values[keep] for values in (right, position, video, worker))
    dummies = [np.eye(9)[video], np.eye(12)[worker][:, 1:], position[:, None]]
    fitted = sm.OLS(right, np.hstack(dummies)).fit()
    robust = fitted.get_robustcov_results("cluster", groups=worker, use_correction=False)
    found = trend(right, position, video, worker)
    assert found is not None
    assert found.slope == pytest.approx(fitted.params[-1], abs=1e-6)
    half = (found.interval.high - found.interval.low) / 2
    from scipy import stats

    assert half == pytest.approx(robust.bse[-1] * np.sqrt(12 / 11) * stats.t.ppf(0.975, 11), rel=1e-4)


def test_harder_videos_at_later_places_are_no_trend() -> None:
    """Where everybody sees the videos in one order, a trend cannot be told from the videos, and none is given."""
    right = np.tile(np.linspace(1, 0, 10) > 0.5, 8).astype(float)
    assert trend(right, np.tile(np.arange(10.0), 8), np.tile(np.arange(10), 8), np.repeat(np.arange(8), 10)) is None


def test_quarters_follow_each_participants_own_order() -> None:
    """Items go into four equal quarters by time and then place, whatever their order in the table."""
    rng = np.random.default_rng(0)
    worker, place = np.repeat([0, 1, 2], 8), np.tile(np.arange(8.0), 3)
    shuffled = rng.permutation(24)
    found = np.empty(24, int)
    found[shuffled] = quarters(worker[shuffled], [place[shuffled]])
    assert found.tolist() == [0, 0, 1, 1, 2, 2, 3, 3] * 3
    assert quarters(np.array([0, 0, 0]), [np.arange(3.0)]).tolist() == [-1, -1, -1]


def test_the_report_shows_order_and_fatigue() -> None:
    """Accuracy that falls over the items is reported per ten items, for each method and all together, with quarters."""
    rng = np.random.default_rng(5)
    frame = table({"a": 0.8, "b": 0.5}, labels=THREE, videos=5, workers=30)
    frame["position"] = frame.groupby("worker_id")["label"].transform(lambda own: rng.permutation(len(own)))
    late = (frame["position"] >= 15) & (rng.random(len(frame)) < 0.5)
    frame.loc[late, "answer"] = "Unclear"
    report = analyse(frame)
    found = report.to_dict()["trend"]
    assert [row["method"] for row in found["rows"]] == ["a", "b", "all"]
    assert all(row["change_per_ten"] < 0 for row in found["rows"])
    assert found["rows"][-1]["ci_high"] < 0
    first, *_, last = found["quarters"][-1]["accuracies"]
    assert first - last > 0.1
    assert "Points per ten items" in report.to_html()
    assert analyse(table({"a": 0.8}, labels=THREE)).to_dict()["trend"] is None
