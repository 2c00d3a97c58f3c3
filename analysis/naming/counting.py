"""Answers that are right or wrong, counted from arrays as `analysis.counts` counts them from a table."""

import numpy as np

from analysis.counts import Counts, distinct, shared_items
from analysis.questions.rows import QuestionRows
from analysis.shown import Videos, texts

Array = np.ndarray


def counts_of(rows: QuestionRows, label: Array, answer: Array, labels: list[str]) -> Counts:
    """Count the answers to one question about single videos.

    Args:
        rows: those that count; each has a video and a method.
        label: (rows,) code of what each video should show, an index into `labels`.
        answer: (rows,) code of the answer: an index into `labels`; their number for Other, one more for Unclear.
        labels: the labels, in the order of the report.
    """
    videos, video = distinct(rows.code("video_id"))
    first = np.zeros(len(videos), np.intp)
    first[video[::-1]] = np.arange(len(rows))[::-1]
    method = rows.code("method")[first]
    item, num_items = _items(rows, first)
    own = np.full(len(videos), -1) if item is None else item
    options = len(labels) + 2
    by_video = np.bincount(video * options + answer, minlength=len(videos) * options).reshape(len(videos), options)
    # Cells are in the order of worker, class, item and method.
    columns = [rows.worker, label, own[video] + 1, method[video]]
    sizes = [len(rows.workers), len(labels), num_items + 1, len(rows.words("method"))]
    cells, cell = distinct(np.ravel_multi_index([column.astype(np.int64) for column in columns], sizes))
    worker, cell_label, cell_item, cell_method = np.unravel_index(cells, sizes)
    right, other, unclear = answer == label, answer == options - 2, answer == options - 1
    none = np.zeros(len(rows))
    by_cell = [np.bincount(cell, what, len(cells)) for what in (np.ones(len(rows)), right, other, unclear, none, none)]
    return Counts(
        methods=rows.words("method"),
        labels=labels,
        num_workers=len(rows.workers),
        video=np.arange(len(videos)),
        video_method=method,
        video_label=label[first],
        by_video=by_video,
        cell_worker=worker,
        cell_label=cell_label,
        cell_method=cell_method,
        by_cell=np.stack(by_cell).astype(np.int64).T,
        video_item=item,
        cell_item=None if item is None else cell_item - 1,
        num_items=num_items,
    )


def _items(rows: QuestionRows, first: Array) -> tuple[Array | None, int]:
    """(videos,) code of what each video shares with videos of other methods, −1 for nothing; None without any."""
    item = rows.item()
    words = texts([*item.words, ""])[item.code[first]]
    method = texts(rows.words("method"))[rows.code("method")[first]]
    blank = texts([""] * len(first))
    return shared_items(Videos(blank, method, blank, words, np.ones(len(first), bool)), np.ones(len(first), bool))
