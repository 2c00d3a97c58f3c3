"""Answers tables for tests."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

#: The paper's labels.
LABELS = (
    "car moving right",
    "car moving left",
    "rocket moving up",
    "rocket moving down",
    "airplane moving up",
    "airplane moving down",
    "ship moving right",
    "ship moving left",
    "bicycle moving right",
    "bicycle moving left",
    "balloon moving up",
)


def table(
    accuracies: Mapping[str, float],
    *,
    labels: tuple[str, ...] = LABELS,
    videos: int = 2,
    workers: int = 12,
    seed: int = 0,
    simulated: bool = True,
    **columns: Any,
) -> pd.DataFrame:
    """Everybody sees everything; wrong answers are another label, Other or Unclear."""
    rng = np.random.default_rng(seed)
    options = [*labels, "Other", "Unclear"]
    rows = []
    for method, accuracy in accuracies.items():
        for label in labels:
            for number in range(videos):
                right = rng.random(workers) < np.clip(accuracy + rng.normal(0, 0.08) * (0 < accuracy < 1), 0, 1)
                for worker in range(workers):
                    wrong = [option for option in options if option != label]
                    answer = label if right[worker] else wrong[rng.integers(len(wrong))]
                    rows.append((f"w{worker}", f"{method}/{label}/{number}", method, label, answer, simulated))
    frame = pd.DataFrame(rows, columns=["worker_id", "video_id", "method", "label", "answer", "simulated"])
    return frame.assign(**columns)
