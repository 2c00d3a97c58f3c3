"""Uchendu et al. 2023: which of an article's three paragraphs a language model wrote, answered on Mechanical Turk.

    python examples/public_tables/generated_texts.py llm-deepfake-human-study

The source is the repository's folder. One group of people answered alone, another saw the first group's votes and
reasons: the method. Either gave reasons from a list or in their own words, so that an item is an article in one of two
forms: the pair. The original names people by their Mechanical Turk identifiers; they are numbered here.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
from reshaping import arguments, check, first_answers, without, write

METHODS = {"group1": "alone", "group2": "seeing votes"}
FORMS = {"v_select": "listed reasons", "v_write": "own words"}
PARAGRAPHS = {"Paragraph 1", "Paragraph 2", "Paragraph 3"}
PER_HIT = 5


def read(folder: Path) -> tuple[list[str], dict[tuple[str, str], dict[str, Any]]]:
    """The paragraph that a model wrote, per article; and the answers by group and form, HITs in their order."""
    articles = pd.read_csv(folder / "generate_hit_htmls" / "data_gpt2_trial.csv", encoding="utf-8-sig")
    labels = [label.replace("paragraph_", "Paragraph ") for label in articles["label"]]
    results = folder / "deploy_mturk" / "collected_results"
    return labels, {
        (group, form): json.loads((results / group / f"{form}.json").read_text(encoding="utf-8"))
        for group in METHODS
        for form in FORMS
    }


def reshape(labels: list[str], collected: dict[tuple[str, str], dict[str, Any]]) -> pd.DataFrame:
    """The answers table of all groups and forms."""
    rows = pd.DataFrame(
        [
            (given["WorkerID"], METHODS[group], FORMS[form], PER_HIT * hit + place, given.get(f"A{place + 1}Q1"))
            for (group, form), hits in collected.items()
            for hit, content in enumerate(hits.values())
            for given in content["Answers"]
            for place in range(PER_HIT)
        ],
        columns=["worker", "method", "form", "article", "answer"],
    )
    print(f"{len(rows)} rows (the warming-up question of each HIT is none)")
    rows = without(rows, rows["answer"].isna(), "no paragraph chosen")
    again = rows.duplicated(["worker", "method", "article"])
    print(f"{int(again.sum())} answers to an article that the person knew from the other form, kept: another item")
    both = rows.groupby("worker")["method"].nunique()
    print(f"{int((both > 1).sum())} people answered both alone and seeing votes")
    code = {worker: number for number, worker in enumerate(sorted(rows["worker"].unique()), start=1)}
    pair = "article " + (rows["article"] + 1).map("{:02d}".format) + ", " + rows["form"]
    answers = pd.DataFrame(
        {
            "worker_id": rows["worker"].map(code).map("person-{:02d}".format),
            "video_id": pair + ", " + rows["method"],
            "method": rows["method"],
            "label": [labels[article] for article in rows["article"]],
            "answer": rows["answer"],
            "pair": pair,
        }
    )
    check(answers, PARAGRAPHS)
    return first_answers(answers)


def main() -> None:
    """Read, reshape, write."""
    options = arguments(__doc__.splitlines()[0], "folder of the source's repository").parse_args()
    write(reshape(*read(options.source)), options.out)


if __name__ == "__main__":
    main()
