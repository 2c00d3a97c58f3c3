"""Rearrangements: against SciPy, by their smallest p, and the studentised tests against Layouts made anew."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import checks, permutations
from analysis.answers import read_answers
from analysis.comparisons import layout_of
from analysis.counts import Counts, count
from analysis.inference import infer
from analysis.scoring import score
from tests.analysis.tables import table


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("pairs", [2, 5, 11])
def test_sign_flip_is_scipys(pairs: int) -> None:
    """The exact sign-flip p is that of SciPy's permutation test over samples."""
    differences = np.random.default_rng(pairs).normal(0.4, 1, pairs)
    exact = stats.permutation_test(
        (differences,),
        lambda x, axis: x.mean(axis=axis),
        permutation_type="samples",
        n_resamples=np.inf,
        vectorized=True,
    )
    assert permutations.sign_flip(differences, generator()) == pytest.approx(exact.pvalue, abs=1e-12)


def test_sign_flip_by_chance_is_near_the_exact_one() -> None:
    """With too many pairs to enumerate, drawn signs give nearly the t-test's p."""
    differences = np.random.default_rng(2).normal(0.3, 1, 40)
    p = permutations.sign_flip(differences, generator())
    assert p == pytest.approx(stats.ttest_1samp(differences, 0).pvalue, abs=0.02)


@pytest.mark.parametrize(("pairs", "smallest"), [(5, 0.0625), (11, 2 / 2048), (1, 1.0), (40, 0.0001)])
def test_smallest_sign_flip(pairs: int, smallest: float) -> None:
    """No outcome of so many pairs gives a smaller p, and the most extreme one gives it."""
    assert permutations.smallest_sign_flip(pairs) == pytest.approx(smallest)
    assert permutations.sign_flip(np.ones(pairs), generator()) == pytest.approx(smallest)


@pytest.mark.parametrize(("sizes", "smallest"), [((3, 3), 0.10), ((1, 1), 1.0), ((2, 3), 0.1), ((20, 20), 0.0001)])
def test_smallest_permutation(sizes: tuple[int, int], smallest: float) -> None:
    """No arrangement of so many videos gives a smaller p: 3 v 3 never go below .10."""
    assert permutations.smallest_permutation([sizes]) == pytest.approx(smallest)


def counted(frame: pd.DataFrame) -> Counts:
    with read_answers(frame) as answers:
        return count(answers)


@pytest.mark.thorough
def test_permutation_is_studentised_with_the_variance_of_the_interval() -> None:
    """The p over all arrangements is the share whose Δ/√V, from tables relabelled one by one, is as large."""
    frame = table({"a": 0.8, "b": 0.45}, labels=("cat", "dog"), videos=2, workers=6, seed=4)
    counts = counted(frame)
    found = checks.over_videos(layout_of(score(counts), (0, 1)), generator())
    assert found is not None

    def statistic(method: np.ndarray) -> float:
        videos = sorted(frame["video_id"].unique())
        code = dict(zip(videos, method, strict=True))
        changed = frame.assign(method=["ab"[code[video]] for video in frame["video_id"]])
        inference = infer(layout_of(score(counted(changed)), (0, 1)), "new-videos")
        lift = 6 / 5
        assert inference.part.known
        return inference.difference / np.sqrt(_plain_variance(changed, lift))

    videos = sorted(frame["video_id"].unique())
    own = np.array([int(video.startswith("b")) for video in videos])
    groups = [[place for place, video in enumerate(videos) if f"/{label}/" in video] for label in ("cat", "dog")]
    values = []
    for chosen in itertools.product(*(itertools.combinations(group, 2) for group in groups)):
        method = np.ones(len(videos), int)
        method[list(itertools.chain(*chosen))] = 0
        values.append(abs(statistic(method)))
    share = np.mean(np.array(values) >= abs(statistic(own)) - 1e-9)
    assert found.p_value == pytest.approx(share, abs=1e-12)
    assert found.smallest == pytest.approx(2 / 36)


def _plain_variance(frame: pd.DataFrame, lift: float) -> float:
    """The two-way variance, one sum after the other, in a complete design with two videos of each method and label."""
    y = (frame["answer"] == frame["label"]).astype(float)
    groups = [frame["method"], frame["label"]]
    p, n = y.groupby(groups).transform("mean"), y.groupby(groups).transform("size")
    psi = np.where(frame["method"] == "a", 1.0, -1.0) * 0.5 * (y - p) / n
    workers = lift * float((psi.groupby(frame["worker_id"]).sum() ** 2).sum())
    videos = 2 * float((psi.groupby(frame["video_id"]).sum() ** 2).sum())
    return max(workers + videos - float((psi**2).sum()), workers)


def test_sign_flip_over_labels_counts_every_pattern() -> None:
    """With a difference that is the same in all labels, only the pattern seen and its mirror are as extreme."""
    frame = table({"a": 1.0, "b": 0.0}, labels=tuple("uvwxyz"), videos=1, workers=4)
    found = checks.over_labels(layout_of(score(counted(frame)), (0, 1)), generator())
    assert found is not None
    assert found.p_value == found.smallest == pytest.approx(2 / 64)


def test_rearrangements_are_left_out_where_they_would_mislead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Participants nested in methods would be torn from them, and many videos or labels need no rearrangement."""
    frame = table({"a": 0.8, "b": 0.45}, labels=("cat", "dog"), videos=3, workers=8)
    nested = frame[(frame["worker_id"].isin(["w0", "w1", "w2"])) == (frame["method"] == "a")]
    layout = layout_of(score(counted(nested)), (0, 1))
    assert checks.over_videos(layout, generator()) is None
    assert checks.over_labels(layout, generator()) is None
    assert checks.over_participants(layout, generator()) is None
    monkeypatch.setattr(checks, "MAX_VIDEOS", 1)
    assert checks.over_labels(layout_of(score(counted(frame)), (0, 1)), generator()) is None
    many = replace(counted(frame), single=None)
    assert checks.over_videos(layout_of(score(many), (0, 1)), generator()) is None
