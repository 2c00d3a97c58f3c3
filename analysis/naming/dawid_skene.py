"""Dawid and Skene's model of participants' mistakes, by EM over sparse matrices.

Diagnostics only: what each video should show is known here, so accuracy needs no consensus.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

Array = np.ndarray

#: Smallest probability, so that logarithms exist.
FLOOR = 1e-10


@dataclass(frozen=True, slots=True)
class DawidSkene:
    """A fitted model (Dawid & Skene, Applied Statistics 1979).

    `posterior`: (items, classes); `prior`: (classes,); `confusion`: (workers, classes, responses), rows sum to 1.
    """

    posterior: Array
    prior: Array
    confusion: Array
    iterations: int


def dawid_skene(
    item: Array,
    worker: Array,
    response: Array,
    shape: tuple[int, int, int],
    *,
    num_classes: int | None = None,
    iterations: int = 100,
    tolerance: float = 1e-5,
) -> DawidSkene:
    """Fit by EM from the majority vote.

    Args:
        item: (answers,) codes.
        worker: (answers,) codes.
        response: (answers,) codes; those from `num_classes` on are responses that no item has as its class.
        shape: numbers of items, workers, responses.
        num_classes: number of classes, at most that of responses; all of them by default.
        iterations: most rounds of EM.
        tolerance: stop when no posterior moves by more.
    """
    items, workers, responses = shape
    classes = num_classes or responses
    given = sparse.csr_array(
        (np.ones(len(item), np.float64), (item, worker.astype(np.int64) * responses + response)),
        shape=(items, workers * responses),
    )
    by_worker = given.T.tocsr()
    votes = sparse.csr_array((np.ones(len(item)), (item, response)), shape=(items, responses)).toarray()[:, :classes]
    totals = votes.sum(axis=1, keepdims=True)
    posterior = np.where(totals > 0, votes / np.maximum(totals, 1), 1 / classes)
    done = 0
    for done in range(1, iterations + 1):  # noqa: B007  reported
        prior = posterior.mean(axis=0)
        confusion = _confusion(by_worker, posterior, workers, responses, classes)
        score = given @ np.log(confusion) + np.log(np.maximum(prior, FLOOR))
        score -= score.max(axis=1, keepdims=True)
        updated = np.exp(score)
        updated /= updated.sum(axis=1, keepdims=True)
        moved = float(np.abs(updated - posterior).max())
        posterior = updated
        if moved < tolerance:
            break
    confusion = _confusion(by_worker, posterior, workers, responses, classes)
    shaped = confusion.reshape(workers, responses, classes).transpose(0, 2, 1)
    return DawidSkene(posterior, posterior.mean(axis=0), shaped, done)


def _confusion(by_worker: sparse.csr_array, posterior: Array, workers: int, responses: int, classes: int) -> Array:
    """(workers · responses, classes) probability of each response, for each worker and class."""
    weights = np.maximum(by_worker @ posterior, FLOOR).reshape(workers, responses, classes)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray(weights.reshape(workers * responses, classes))
