"""Compare a metric in `metadata.csv` with people's ratings.

    python examples/ratings/validate_metric.py ratings shapes --metric sharpness

The first argument is a study directory with collected answers, the second its videos directory.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.formats import decimal, range_decimal
from analysis.metrics.scores import Scores, scores
from analysis.metrics.validation import validate
from analysis.records.metrics import MetricValidation


def ratings_in(study: Path, question: str) -> pd.DataFrame:
    """The ratings that count, by participant (rows) and video (columns)."""
    answers = pd.read_parquet(study / "answers.parquet")
    asked = answers["question"].eq(question) & answers["kind"].eq("evaluation") & answers["excluded"].eq("")
    rated = answers[asked].assign(rating=answers["answer"].where(asked).astype(float))
    if rated["simulated"].any():
        print("Simulated participants, not people.")
    table = rated.pivot(index="worker_id", columns="video_id", values="rating")
    # Pseudonyms differ from study to study; with participants in an order of their own, so do not the resamples.
    return table.sort_values(list(table.columns))


def beside_metric(ratings: pd.DataFrame, videos: Path, metric: str) -> Scores:
    """The ratings beside the metric of their videos."""
    about = pd.read_csv(videos / "metadata.csv").set_index("video_id").loc[ratings.columns]
    participant, video = np.nonzero(ratings.notna().to_numpy())
    return scores(
        score=ratings.to_numpy()[participant, video],
        participant=participant,
        video=video,
        metric=about[metric].to_numpy(float),
        system=pd.factorize(about["method"])[0],
        unit=pd.factorize(about["prompt"])[0],
    )


def printed(found: MetricValidation) -> str:
    """What is found over videos, a line each."""
    head = f"{found.metric} and the mean ratings of {found.num_videos} videos by {found.num_participants} participants"
    rows = [
        f"{row.name:<8}  {decimal(row.value)} (95 % interval {range_decimal(row.ci_low, row.ci_high)})"
        for row in found.by_video
    ]
    ceiling = f"a metric of the true ratings would reach a Pearson correlation of {decimal(found.ceiling_by_video)}"
    return "\n".join([head, *rows, ceiling])


def main() -> None:
    """Read, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", type=Path)
    parser.add_argument("videos", type=Path)
    parser.add_argument("--metric", required=True, help="a column of metadata.csv; higher is better")
    parser.add_argument("--question", default="quality", help="id of the rating question")
    options = parser.parse_args()
    own = beside_metric(ratings_in(options.study, options.question), options.videos, options.metric)
    print(printed(validate(own, np.random.default_rng(0), metric=options.metric)))


if __name__ == "__main__":
    main()
