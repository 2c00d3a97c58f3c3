"""Participants' skill and the videos' consensus labels, by Dawid and Skene's model."""

from typing import TYPE_CHECKING

import numpy as np

from analysis.answers import Answers
from analysis.counts import KEPT, distinct
from analysis.records.participants import ConsensusCount, DawidSkeneSummary
from analysis.shown import places
from analysis.workers import quartiles

if TYPE_CHECKING:
    from analysis.naming.dawid_skene import DawidSkene

#: Above so many answers, the model is fitted to a sample of participants.
MAX_DIAGNOSED = 3_000_000

#: Most cells of the participants' confusion tables together: a quarter of a GiB.
MAX_CELLS = 30_000_000


def diagnose(answers: Answers, seed: int) -> DawidSkeneSummary | None:
    """Participants' estimated skill, and for how many videos the consensus is the intended label.

    Args:
        answers: after the exclusions.
        seed: of the sample of participants, where one is drawn.

    Returns:
        None for fewer than two answers or videos, and where the confusion tables would have more than `MAX_CELLS`.
    """
    from analysis.naming.dawid_skene import dawid_skene  # slow to load

    total = int(answers.scalar(f"SELECT count(*) FROM answers WHERE {KEPT}"))  # noqa: S608
    if total < 2 or len(answers.videos) < 2:
        return None
    sampled = total > MAX_DIAGNOSED
    share = MAX_DIAGNOSED / total
    where = f"{KEPT} AND hash(worker + {seed}) % 1000000 < {share * 1e6:.0f}" if sampled else KEPT
    columns = answers.arrays(f"SELECT video, worker, answer FROM answers WHERE {where}")  # noqa: S608
    worker = distinct(columns["worker"].astype(np.int64))[1]
    shape = (len(answers.videos), int(worker.max()) + 1, len(answers.options))
    if shape[1] * shape[2] * len(answers.labels) > MAX_CELLS:
        return None
    model = dawid_skene(
        columns["video"].astype(np.int64),
        worker,
        columns["answer"].astype(np.int64),
        shape,
        num_classes=len(answers.labels),
        iterations=50,
    )
    return _summary(answers, model, sampled, shape[1])


def _summary(answers: Answers, model: "DawidSkene", sampled: bool, workers: int) -> DawidSkeneSummary:
    classes = np.arange(len(answers.labels))
    skill = model.confusion[:, classes, classes] @ model.prior
    single, methods = answers.videos.single, answers.videos.method
    agreed = model.posterior.argmax(axis=1) == places(answers.videos.label, answers.labels)
    return DawidSkeneSummary(
        workers=workers,
        sampled=sampled,
        iterations=model.iterations,
        skill=quartiles(skill),
        consensus=[
            ConsensusCount(
                method=name,
                videos=int((single & (methods == name)).sum()),
                as_labelled=int((agreed & single & (methods == name)).sum()),
            )
            for name in answers.methods
        ],
    )
