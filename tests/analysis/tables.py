"""Answers tables for tests."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import Report, analyse, analyse_study
from analysis.sample_videos import SampleVideo
from crowd.design.study import Study
from tests.crowd.clips import write_clip

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


def mixed_table() -> pd.DataFrame:
    """Eight people, and four programs that are always right."""
    labels = LABELS[:3]
    people = table({"a": 0.8, "b": 0.4}, labels=labels, workers=8, simulated=False)
    programs = table({"a": 1.0, "b": 1.0}, labels=labels, workers=4).assign(worker_id=lambda t: "A" + t["worker_id"])
    return pd.concat([programs, people, people.head(5).assign(kind="gold")], ignore_index=True)


def full_report(directory: Path) -> Report:
    """A report with every section: three methods, sample videos, times, gold, careless participants."""
    frame = table({"proposed": 0.86, "comparison": 0.45, "real": 0.96}, videos=2, workers=16)
    frame["time_to_answer_s"] = np.random.default_rng(1).lognormal(1.0, 0.5, len(frame)).round(2)
    frame.loc[frame["worker_id"] == "w3", "time_to_answer_s"] = 0.4
    frame.loc[(frame["worker_id"] == "w5") & (frame["method"] == "comparison"), "answer"] = "Unclear"
    gold = frame[frame["method"] == "real"].head(48).assign(kind="gold", video_id="gold")
    report = analyse(pd.concat([frame.assign(kind="evaluation"), gold], ignore_index=True))
    samples = []
    for method in ("proposed", "comparison", "real"):
        for label in LABELS[:3]:
            clip = directory / f"{method}-{label}.mp4"
            write_clip(clip, fallback=False)
            url = f"data:video/mp4;base64,{b64encode(clip.read_bytes()).decode()}"
            samples.append(SampleVideo(method, label, clip.name, url, is_picture=False))
    return replace(report, samples=samples)


def interim_report(directory: Path, *, ended: bool = False, **rules: Any) -> Report:
    """The report of a study of programs of which 40 of 198 tasks are in, and no more are to come where it ended."""
    table({"proposed": 0.86, "comparison": 0.45, "real": 0.96}, workers=16).to_parquet(directory / "answers.parquet")
    (directory / "funnel.json").write_text(json.dumps({"submitted": 40, "wanted": 198, "ended": ended}))
    Study(options=LABELS, **rules).save(directory / "study.toml")
    return analyse_study(directory)
