"""What never enters accuracy, each step with its rule and its number: the funnel after collection."""

from dataclasses import dataclass

import numpy as np

from analysis.answers import Answers
from analysis.exclusions import Removed, Step, by_method, by_rule
from analysis.retest import Retest, retest

#: What each rule of a study file says; `crowd` applies them when it collects and names them in `excluded`.
RULES = {
    "max_attention_failures": "tasks with too many wrong attention items",
    "min_gold_accuracy": "participants with too few gold items right",
    "min_answer_s": "tasks answered too fast",
    "min_watched_fraction": "answers given after seeing too little of the video",
    "repeat": "a participant's later answers to the same video",
}


def set_aside(answers: Answers) -> list[Step]:
    """Remove repeated answers; say what else is left out: controls, declared exclusions, videos of several labels."""
    steps = []
    controls = int(answers.scalar("SELECT count(*) FROM controls"))
    if controls:
        steps.append(Step(name="gold, training and attention items", removed=controls, rule="never part of accuracy"))
    duplicates = remove_duplicates(answers)
    if duplicates.number:
        rule = "a participant's first answer to a video counts (by submission time, then order in the file)"
        steps.append(
            Step(
                name="repeated answers",
                removed=duplicates.number,
                rule=rule,
                by_method=duplicates.by_method,
                retest=duplicates.retest,
            )
        )
    excluded = by_rule(answers, "(SELECT excluded AS rule, worker, video FROM answers WHERE excluded IS NOT NULL)")
    for rule, found in excluded.items():
        steps.append(
            Step(
                name=RULES.get(rule, rule),
                removed=sum(one.answers for one in found.values()),
                rule=f"excluded at collection: {rule}",
                by_method=found,
            )
        )
    several = answers.videos.several
    if several:
        found = by_method(answers, "excluded IS NULL AND video IN ?", [several])
        number = sum(one.answers for one in found.values())
        rule = "only videos of one label enter the primary analysis"
        steps.append(Step(name="videos of several labels", removed=number, rule=rule, by_method=found))
    return steps


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Repeated answers: how many were removed, of which methods, and how they agreed with the first ones."""

    number: int
    by_method: dict[str, Removed]
    retest: Retest | None


def remove_duplicates(answers: Answers) -> Duplicates:
    """Keep each worker's first answer to a video.

    Repeats are looked for in a sorted array of one integer per answer, which costs a tenth of a GROUP BY.
    """
    pair = f"worker::BIGINT * {len(answers.videos)} + video"
    pairs = answers.arrays(f"SELECT {pair} AS pair FROM answers")["pair"]  # noqa: S608
    pairs.sort()
    repeated = np.unique(pairs[1:][pairs[1:] == pairs[:-1]])
    if not len(repeated):
        return Duplicates(0, {}, None)
    columns = [row[0] for row in answers.connection.execute("DESCRIBE answers").fetchall()]
    order = "excluded IS NOT NULL, " + ("submitted_at NULLS LAST, " if "submitted_at" in columns else "") + "rowid"
    answers.connection.register("repeated", {"pair": repeated})
    answers.connection.execute(
        "CREATE TEMP TABLE attempts AS SELECT rowid AS id, worker, video, answer, excluded, row_number() OVER "  # noqa: S608
        f"(PARTITION BY worker, video ORDER BY {order}) AS place FROM answers "
        f"WHERE {pair} IN (SELECT pair FROM repeated)"
    )
    answers.connection.unregister("repeated")
    later = "rowid IN (SELECT id FROM attempts WHERE place > 1)"
    found = by_method(answers, later)
    agreed = retest(answers)
    answers.connection.execute(f"DELETE FROM answers WHERE {later}")  # noqa: S608  a constant
    answers.connection.execute("DROP TABLE attempts")
    return Duplicates(sum(one.answers for one in found.values()), found, agreed)
