"""The notices at the head of every output: simulated answers, an unfinished study, an early end."""

from analysis.formats import number
from analysis.records.contents import ReportContents, TasksIn
from analysis.records.participants import Programs


def notice(programs: Programs, how: str | None = None) -> str | None:
    """Say that answers came from programs; None where all came from people.

    Args:
        programs: how many participants are programs.
        how: what the programs answer from, in words.
    """
    simulated, participants, others = programs.number, programs.of, programs.left_out
    rest = f" They answer from {how}." if how else ""
    if not simulated:
        if not others:
            return None
        who = f"{others} programs" if others > 1 else "1 program"
        return (
            f"Simulated participants: no answer of {who} counts, by the study's rules.{rest} The results are people's."
        )
    if others:
        rest += f" {others} more {'have' if others > 1 else 'has'} no answer that counts."
    if simulated == participants:
        who = (
            f"all {participants} participants are programs, not people"
            if participants > 1
            else "the only participant is a program, not a person"
        )
        return f"Simulated participants: {who}.{rest} The results say nothing about people."
    who = f"{simulated} of {participants} participants whose answers count are programs"
    return (
        f"Simulated participants: {who}, not people.{rest} The results mix people and programs; "
        "accuracy-report --people-only leaves the programs out."
    )


def interim_notice(contents: ReportContents) -> str | None:
    """Say that more answers are to come; None for a finished study."""
    if not contents.interim:
        return None
    if contents.sequential:
        rest = (
            "The plan declares a confidence sequence, so that tests and intervals of differences hold at all looks "
            "at the unfinished study together."
        )
    else:
        rest = (
            "Methods are compared when all tasks are in: testing again and again while answers arrive finds "
            "differences that are only chance."
        )
    return f"{so_far(contents)}. {rest}"


def so_far(contents: ReportContents) -> str:
    """How much of an unfinished study is in; empty for a finished one."""
    return _in(contents.interim) if contents.interim else ""


def _in(tasks: TasksIn) -> str:
    return f"INTERIM: {number(tasks.submitted)} of {number(tasks.wanted)} tasks are in"


def notices(contents: ReportContents) -> list[str]:
    """The notices of a report, in the order in which they are read."""
    return [text for text in (contents.notice, interim_notice(contents), _stopped_notice(contents)) if text]


def _stopped_notice(contents: ReportContents) -> str | None:
    """Say that a study ended without all of its tasks; None where it did not."""
    if not contents.stopped:
        return None
    return (
        f"{_ended(contents.stopped)}. If it was ended because of what the answers looked like, its tests and intervals "
        "are not valid."
    )


def _ended(tasks: TasksIn) -> str:
    return f"Ended early: {number(tasks.submitted)} of {number(tasks.wanted)} tasks are in"


def marks(contents: ReportContents) -> list[str]:
    """The notices in a few words, for figures, captions and the head of each printed page."""
    return marks_of(contents.programs, contents.interim, contents.stopped)


def marks_of(programs: Programs, interim: TasksIn | None, stopped: TasksIn | None) -> list[str]:
    """The same from the sections that they are made of."""
    found = []
    if programs.number:
        some = f"{number(programs.number)} of {number(programs.of)} participants are simulated participants, not people"
        found.append(SIMULATED if programs.number == programs.of else some)
    if interim:
        found.append(_in(interim))
    if stopped:
        found.append(_ended(stopped))
    return found


#: The mark of what rests on answers of programs alone.
SIMULATED = "Simulated participants, not people"
