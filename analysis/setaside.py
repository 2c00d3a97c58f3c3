"""What never enters accuracy, each step with its rule and its number: the funnel after collection."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.answers import Answers

#: What each rule of a study file says; `crowd` applies them when it collects and names them in `excluded`.
RULES = {
    "max_attention_failures": "tasks with too many wrong attention items",
    "min_gold_accuracy": "participants with too few gold items right",
    "min_answer_s": "tasks answered too fast",
    "min_watched_fraction": "answers given after seeing too little of the video",
    "repeat": "a participant's later answers to the same video",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of the funnel: how many answers it took, and the rule."""

    name: str
    removed: int
    rule: str


def set_aside(answers: Answers) -> list[Step]:
    """Remove repeated answers; say what else is left out: controls, declared exclusions, videos of several labels."""
    steps = []
    controls = int(answers.scalar("SELECT count(*) FROM controls"))
    if controls:
        steps.append(Step(name="gold, training and attention items", removed=controls, rule="never part of accuracy"))
    duplicates = remove_duplicates(answers)
    if duplicates:
        rule = "a participant's first answer to a video counts (by submission time, then order in the file)"
        steps.append(Step(name="repeated answers", removed=duplicates, rule=rule))
    excluded = "SELECT excluded, count(*) FROM answers WHERE excluded IS NOT NULL GROUP BY excluded ORDER BY excluded"
    for rule, number in answers.connection.execute(excluded).fetchall():
        steps.append(Step(name=RULES.get(rule, rule), removed=int(number), rule=f"excluded at collection: {rule}"))
    several = answers.videos.index[~answers.videos["single"]]
    if len(several):
        number = int(
            answers.scalar("SELECT count(*) FROM answers WHERE excluded IS NULL AND video IN ?", [several.tolist()])
        )
        rule = "only videos of one label enter the primary analysis"
        steps.append(Step(name="videos of several labels", removed=number, rule=rule))
    return steps


def remove_duplicates(answers: Answers) -> int:
    """Keep each worker's first answer to a video; how many were removed.

    Repeats are looked for in a sorted array of one integer per answer, which costs a tenth of a GROUP BY.
    """
    pair = f"worker::BIGINT * {len(answers.videos)} + video"
    pairs = answers.arrays(f"SELECT {pair} AS pair FROM answers")["pair"]  # noqa: S608
    pairs.sort()
    repeated = np.unique(pairs[1:][pairs[1:] == pairs[:-1]])
    if not len(repeated):
        return 0
    columns = [row[0] for row in answers.connection.execute("DESCRIBE answers").fetchall()]
    order = "excluded IS NOT NULL, " + ("submitted_at NULLS LAST, " if "submitted_at" in columns else "") + "rowid"
    answers.connection.register("repeated", pd.DataFrame({"pair": repeated}))
    before = answers.scalar("SELECT count(*) FROM answers")
    answers.connection.execute(
        "DELETE FROM answers WHERE rowid IN (SELECT id FROM (SELECT rowid AS id, row_number() OVER "  # noqa: S608
        f"(PARTITION BY worker, video ORDER BY {order}) AS place FROM answers "
        f"WHERE {pair} IN (SELECT pair FROM repeated)) WHERE place > 1)"
    )
    answers.connection.unregister("repeated")
    return int(before - answers.scalar("SELECT count(*) FROM answers"))
