"""People and programs among the participants: how many count, and how to leave out the programs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from analysis.answers import Answers
from analysis.exclusions import Exclusion, by_method
from analysis.records.participants import ExclusionFlow, ExclusionStep, Programs
from analysis.shown import Workers
from analysis.unanswered import NoAnswersLeftError


def leave_out_programs(answers: Answers) -> list[Exclusion]:
    """Delete the answers of simulated participants and renumber the others.

    Returns:
        The exclusion, in a list; empty without simulated participants.

    Raises:
        NoAnswersLeftError: no person is left.
    """
    programs = answers.workers.simulated
    if not programs.any():
        return []
    if programs.all():
        rows = answers.source["rows"]
        taken = ExclusionStep(name="answers of programs", removed=rows, rule="people only")
        flow = ExclusionFlow(rows=rows, steps=[taken], counted=0)
        message = f"{answers.source['name']}: {no_people(len(programs))}"
        raise NoAnswersLeftError(message, flow, None)
    codes = {"worker": np.arange(len(programs)), "person": np.cumsum(~programs) - 1, "program": programs}
    answers.connection.register("participants", codes)
    theirs = "worker IN (SELECT worker FROM participants WHERE program)"
    removed = sum(int(answers.scalar(f"SELECT count(*) FROM {table} WHERE {theirs}")) for table in _TABLES)  # noqa: S608
    step = Exclusion(
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Respondents:
    """Who answered, by their ids, and whose answers count."""

    #: Whether each is a program.
    simulated: Mapping[str, bool] = field(default_factory=dict)
    counted: frozenset[str] = frozenset()

    def __or__(self, other: "Respondents") -> "Respondents":
        """Those of several questions together."""
        return Respondents(simulated={**self.simulated, **other.simulated}, counted=self.counted | other.counted)

    def programs(self) -> Programs:
        """How many whose answers count are programs, of how many, and how many other programs there are."""
        number = sum(self.simulated[name] for name in self.counted)
        return Programs(number=number, of=len(self.counted), left_out=sum(self.simulated.values()) - number)


def participants(workers: Workers, counted: np.ndarray) -> Respondents:
    """Everybody in the table; `counted` are the codes of those with answers that count, in any order."""
    names = [str(name) for name in workers.worker_id]
    simulated = dict(zip(names, workers.simulated.astype(bool).tolist(), strict=True))
    return Respondents(simulated=simulated, counted=frozenset(names[code] for code in np.unique(counted).tolist()))


_TABLES = ("answers", "controls")


def no_people(num_programs: int) -> str:
    """Why nothing is left of people alone, where every participant is a program."""
    who = f"all {num_programs} participants are programs" if num_programs > 1 else "the participant is a program"
    return f"{who}; of people alone there are no answers"
