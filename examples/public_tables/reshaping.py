"""What the reshaping scripts share: the columns of an answers table, and an account of every row that is left out."""

import argparse
from pathlib import Path

import pandas as pd

#: `pair` is what is the same across methods; the report ignores it, other analyses can use it.
COLUMNS = ["worker_id", "video_id", "method", "label", "answer", "pair"]


def arguments(description: str, source_help: str) -> argparse.ArgumentParser:
    """A parser with the original's path and `--out`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("source", type=Path, help=source_help)
    parser.add_argument("--out", type=Path, default=Path("answers.csv"), help="default: answers.csv")
    return parser


def without(rows: pd.DataFrame, left_out: pd.Series, why: str) -> pd.DataFrame:
    """The rows but for those left out, whose number is printed, none included."""
    print(f"{int(left_out.sum())} left out: {why}")
    return rows[~left_out]


def first_answers(answers: pd.DataFrame) -> pd.DataFrame:
    """One answer of a person to an item: the first in the order of the file."""
    again = answers.duplicated(["worker_id", "video_id"])
    return without(answers, again, "a person's second and later answers to the same item")


def check(answers: pd.DataFrame, options: set[str]) -> None:
    """Refuse an answer or a label that the original's description does not know."""
    for column in ("label", "answer"):
        strange = sorted(set(answers[column]) - options)
        if strange:
            raise ValueError(f"{column} {strange[0]!r} is none of {', '.join(sorted(options))}")


def write(answers: pd.DataFrame, path: Path) -> None:
    """Write the table and print what it holds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    answers[COLUMNS].to_csv(path, index=False)
    people, items, pairs = (answers[column].nunique() for column in ("worker_id", "video_id", "pair"))
    print(f"{path}: {len(answers)} answers of {people} people to {items} items, {pairs} pairs")
    for method, right in (answers["answer"] == answers["label"]).groupby(answers["method"]):
        print(f"{method}: {int(right.sum())} of {len(right)} right, {right.mean():.4%}")
