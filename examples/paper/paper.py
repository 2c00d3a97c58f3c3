"""What the paper could have claimed: its setting with 1, 5 and 20 videos per class, answered by simulated participants.

    python examples/paper/paper.py --out paper-report

Yamamoto & Harada (MM '16) had 11 classes and reported 88.2 % of right answers for the proposed method and 42.7 % for
the comparison, without interval or test. Here the same accuracies are the truth of a simulated study of 300
participants; the answers are analysed as anybody's would be. Nothing here says what people see.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import Report, analyse
from analysis.formats import points, range_percent, range_points
from analysis.power_analysis import ComparisonDesign, components_of, detectable, precision, videos_needed
from analysis.simulator import Spreads, StudyModel, draw

LABELS = [
    *("car moving right", "car moving left", "rocket moving up", "rocket moving down"),
    *("airplane moving up", "airplane moving down", "ship moving right", "ship moving left"),
    *("bicycle moving right", "bicycle moving left", "balloon moving up"),
]
METHODS = ("proposed", "comparison")
ACCURACIES = (0.882, 0.427)
WORKERS = 300


def answers(per_class: int, rng: np.random.Generator) -> pd.DataFrame:
    """The answers of one simulated study; a wrong answer is any other option."""
    model = StudyModel(accuracies=ACCURACIES, videos=(per_class, per_class), num_labels=11, num_workers=WORKERS)
    right = draw(model, rng)
    label, method = model.labels_of_videos(), model.methods_of_videos()
    wrong = (label + rng.integers(1, 13, right.shape)) % 13
    worker, video = np.indices(right.shape).reshape(2, -1)
    options = np.array([*LABELS, "Other", "Unclear"])
    return pd.DataFrame(
        {
            "worker_id": [f"simulated-{code:03d}" for code in worker],
            "video_id": [f"video-{code:03d}" for code in video],
            "method": np.array(METHODS)[method[video]],
            "label": options[label[video]],
            "answer": options[np.where(right, label, wrong).ravel()],
            "simulated": True,
        }
    )


def line(per_class: int, report: Report) -> str:
    """One row of the table: what was estimated, and how surely."""
    rows = {row.name: row for row in report.methods}
    pair = report.comparisons[0]
    cells = [range_percent(rows[name].ci_low, rows[name].ci_high) for name in METHODS]
    return f"{per_class:>2} per class  {cells[0]:>14}  {cells[1]:>14}  {range_points(pair.ci_low, pair.ci_high):>14}"


def needed() -> list[str]:
    """How many videos the claims need, by formula, with the simulator's variances."""
    design = ComparisonDesign(videos=11, classes=11, workers=WORKERS, answers_per_video=WORKERS)
    components = components_of(ACCURACIES, design, Spreads())
    rows = []
    for per_class in (1, 5, 20):
        found = precision(replace(design, videos=11 * per_class), components)
        rows.append(
            f"{per_class:>2} per class: differences from {points(detectable(found.error, found.df))} points are found"
        )
    for size in (0.2, 0.1, 0.05):
        found = videos_needed(size, design, components)
        rows.append(f"to find {points(size)} points: {found or 'no number of'} videos per method")
    return rows


def main() -> None:
    """Simulate, analyse, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="write the three reports here")
    parser.add_argument("--seed", type=int, default=16)
    options = parser.parse_args()
    print("Simulated participants, not people. 95 % intervals for new videos:")
    print("              proposed        comparison      difference (points)")
    for per_class in (1, 5, 20):
        report = analyse(answers(per_class, np.random.default_rng(options.seed)), seed=options.seed)
        print(line(per_class, report), flush=True)
        if options.out:
            report.save(options.out / f"{per_class}-per-class")
    print(*needed(), sep="\n")


if __name__ == "__main__":
    main()
