"""Simulated marks."""

import numpy as np

from analysis.moment.marks import Marks

KINDS = ["shape", "motion"]


def drawn(
    rng: np.random.Generator,
    *,
    people: int = 8,
    prompts: int = 20,
    broken: tuple[float, float] = (0.7, 0.4),
    noise_s: float | None = 0.1,
    sd_people: float = 0.0,
) -> Marks:
    """Everybody answers about every prompt's two videos of 3 s, which break with these chances, each at its moment.

    Marks are the video's moment with normal noise; None marks anywhere in the video. People mark more or less often.
    """
    video, participant = np.divmod(np.arange(2 * prompts * people), people)
    method, prompt = video % 2, video // 2
    breaks = rng.random(2 * prompts) < np.tile(broken, prompts)
    habit = np.clip(0.85 + rng.normal(0, sd_people, people), 0, 1)[participant]
    seen = rng.random(len(video)) < np.where(breaks[video], habit, 1 - habit)
    moment = rng.uniform(0, 2.5, 2 * prompts)[video] + rng.normal(0, noise_s or 0.0, len(video))
    start = np.clip(moment if noise_s is not None else rng.uniform(0, 2.5, len(video)), 0, 2.5)
    kind = np.where(rng.random(len(video)) < 0.9, video % 2, 1 - video % 2)
    return Marks(
        methods=["a", "b"],
        kinds=KINDS,
        participant=participant,
        video=video,
        prompt=prompt,
        method=method,
        start_s=np.where(seen, start, np.nan),
        end_s=np.where(seen, start + 0.3, np.nan),
        kind=np.where(seen, kind, -1),
    )


def of(rows: list[tuple[int, int, float, float]]) -> Marks:
    """Marks of one method from participants, videos, starts and ends; NaN where nothing breaks."""
    participant, video, start, end = (np.array(column) for column in zip(*rows, strict=True))
    return Marks(
        methods=["a"],
        kinds=KINDS,
        participant=participant,
        video=video,
        prompt=video,
        method=np.zeros(len(rows), np.intp),
        start_s=start.astype(float),
        end_s=end.astype(float),
        kind=np.where(np.isnan(start.astype(float)), -1, 0),
    )
