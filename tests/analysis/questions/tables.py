"""Answers tables with several questions."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from tests.analysis.tables import table

METHODS = ("ours", "theirs", "base")


def naming_rows(*, question: str = "naming", seed: int = 0, **columns: Any) -> pd.DataFrame:
    """Twelve people name four videos of each of two methods."""
    frame = table({"ours": 0.8, "theirs": 0.5}, labels=("cat", "dog"), videos=2, workers=12, seed=seed)
    return frame.assign(question=question, question_kind="naming", **columns)


def preference_rows(
    *,
    question: str = "overall",
    methods: Sequence[str] = METHODS,
    strengths: Sequence[float] = (1.8, 0.4, -0.4),
    prompts: int = 8,
    workers: int = 12,
    ties: float = 0.2,
    seed: int = 0,
    **columns: Any,
) -> pd.DataFrame:
    """Everybody compares every pair of methods on every prompt, each on the left as often."""
    rng = np.random.default_rng(seed)
    rows = []
    for worker in range(workers):
        for prompt in range(prompts):
            for a in range(len(methods)):
                for b in range(a):
                    left, right = (a, b) if (worker + prompt) % 2 else (b, a)
                    wins = rng.random() < 1 / (1 + np.exp(strengths[right] - strengths[left]))
                    answer = "tie" if rng.random() < ties else "left" if wins else "right"
                    names = methods[left], methods[right]
                    rows.append((f"w{worker}", f"prompt {prompt}", *(f"{n}/{prompt}" for n in names), *names, answer))
    names = ["worker_id", "prompt", "left_video_id", "right_video_id", "left_method", "right_method", "answer"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(question=question, question_kind="preference", **columns)


def rating_rows(
    *,
    question: str = "quality",
    methods: Sequence[str] = METHODS,
    prompts: int = 8,
    workers: int = 12,
    seed: int = 0,
    **columns: Any,
) -> pd.DataFrame:
    """Everybody rates every video from 1 to 5, the first method best."""
    rng = np.random.default_rng(seed)
    rows = [
        (
            f"w{worker}",
            f"prompt {prompt}",
            f"{method}/{prompt}",
            method,
            str(rng.integers(1, 5 - place) + place // 2 + 1),
        )
        for worker in range(workers)
        for prompt in range(prompts)
        for place, method in enumerate(reversed(methods))
    ]
    frame = pd.DataFrame(rows, columns=["worker_id", "prompt", "video_id", "method", "answer"])
    frame["answer"] = frame["answer"].astype(int).clip(1, 5).astype(str)
    return frame.assign(question=question, question_kind="rating", **columns)


def mirrored(votes: pd.DataFrame) -> pd.DataFrame:
    """The same votes with left and right exchanged."""
    swap = {"left_method": "right_method", "left_video_id": "right_video_id"}
    swap |= {right: left for left, right in swap.items()}
    answers = votes["answer"].replace({"left": "right", "right": "left"})
    return votes.rename(columns=swap).assign(answer=answers)[list(votes.columns)]
