"""Dawid and Skene's model: against a plain version of it, and against crowd-kit where that is installed."""

import numpy as np
import pytest

from analysis.naming.dawid_skene import dawid_skene


def data(items: int = 60, workers: int = 12, classes: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    item, worker = np.nonzero(rng.random((items, workers)) < 0.7)
    truth = rng.integers(0, classes, items)
    right = rng.random(len(item)) < 0.65
    return item, worker, np.where(right, truth[item], rng.integers(0, classes, len(item)))


def plain(
    item: np.ndarray, worker: np.ndarray, response: np.ndarray, shape: tuple[int, int, int], rounds: int
) -> np.ndarray:
    """EM as the paper's equations 2.3 to 2.5 have it, one number at a time."""
    items, workers, classes = shape
    counts = np.zeros((items, workers, classes))
    np.add.at(counts, (item, worker, response), 1)
    posterior = counts.sum(axis=1) / counts.sum(axis=(1, 2))[:, None]
    for _ in range(rounds):
        prior = posterior.mean(axis=0)
        error = np.einsum("ij,ikl->kjl", posterior, counts)
        error = np.maximum(error, 1e-10) / np.maximum(error, 1e-10).sum(axis=2, keepdims=True)
        likelihood = np.array(
            [[prior[j] * np.prod(error[:, j] ** counts[i]) for j in range(classes)] for i in range(items)]
        )
        posterior = likelihood / likelihood.sum(axis=1, keepdims=True)
    return posterior


def test_sparse_is_plain() -> None:
    """The sparse model has the posterior of the plain one, round for round."""
    item, worker, response = data()
    found = dawid_skene(item, worker, response, (60, 12, 4), iterations=7, tolerance=0.0)
    assert found.iterations == 7
    assert found.posterior == pytest.approx(plain(item, worker, response, (60, 12, 4), 7), abs=1e-9)
    assert found.posterior.sum(axis=1) == pytest.approx(np.ones(60))


def test_crowd_kit() -> None:
    """Posteriors are crowd-kit's within 1e-6 on the same answers."""
    aggregation = pytest.importorskip("crowdkit.aggregation", reason="crowd-kit is an optional oracle")
    pandas = pytest.importorskip("pandas")
    item, worker, response = data()
    theirs = aggregation.DawidSkene(n_iter=7, tol=0.0).fit(
        pandas.DataFrame({"task": item, "worker": worker, "label": response})
    )
    ours = dawid_skene(item, worker, response, (60, 12, 4), iterations=7, tolerance=0.0)
    assert ours.posterior == pytest.approx(theirs.probas_.sort_index()[range(4)].to_numpy(), abs=1e-6)


def test_responses_beyond_the_classes() -> None:
    """Other and Unclear are responses without a class: they inform, but no item is of them."""
    item, worker, response = data()
    found = dawid_skene(item, worker, np.where(response == 3, 4, response), (60, 12, 5), num_classes=3)
    assert found.posterior.shape == (60, 3)
    assert found.confusion.shape == (12, 3, 5)
    assert found.confusion.sum(axis=2) == pytest.approx(np.ones((12, 3)))
