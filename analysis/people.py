"""People and programs: which participants count, and people alone, where the answers of programs leave the table."""

import numpy as np

from analysis.answers import Answers
from analysis.counts import Counts
from analysis.exclusions import Step, by_method
from analysis.shown import Workers


def leave_out_programs(answers: Answers) -> list[Step]:
    """Delete all rows of simulated participants and number the people anew; the step of the funnel, if there were any.

    Raises:
        ValueError: nobody is left.
    """
    programs = answers.workers.simulated
    if not programs.any():
        return []
    if programs.all():
        who = f"all {len(programs)} participants are programs" if len(programs) > 1 else "the participant is a program"
        raise ValueError(f"{answers.source['name']}: {who}; of people alone there are no answers")
    codes = {"worker": np.arange(len(programs)), "person": np.cumsum(~programs) - 1, "program": programs}
    answers.connection.register("participants", codes)
    theirs = "worker IN (SELECT worker FROM participants WHERE program)"
    removed = sum(int(answers.scalar(f"SELECT count(*) FROM {table} WHERE {theirs}")) for table in _TABLES)  # noqa: S608
    step = Step(
        name="answers of programs",
        removed=removed,
        rule=f"people only: {int(programs.sum())} simulated participants are left out",
        by_method=by_method(answers, theirs),
    )
    for table in _TABLES:
        answers.connection.execute(f"DELETE FROM {table} WHERE {theirs}")  # noqa: S608  constants
        answers.connection.execute(
            f"UPDATE {table} SET worker = p.person FROM participants p WHERE {table}.worker = p.worker"  # noqa: S608
        )
    answers.connection.unregister("participants")
    answers.workers = Workers(answers.workers.worker_id[~programs], programs[~programs])
    return [step]


def programs_that_count(answers: Answers, counts: Counts) -> dict[str, int]:
    """How many participants whose answers count are programs, of how many, and how many other programs there are."""
    counted = np.bincount(counts.cell_worker, minlength=len(answers.workers)) > 0
    simulated = answers.workers.simulated.astype(bool)
    number = int((simulated & counted).sum())
    return {"number": number, "of": int(counted.sum()), "left_out": int(simulated.sum()) - number}


_TABLES = ("answers", "controls")
