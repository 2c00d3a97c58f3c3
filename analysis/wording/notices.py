"""What every output says first: that answers are simulated, that more are to come, that a study ended early."""

from collections.abc import Mapping
from typing import Any

from analysis.formats import number


def notice(programs: Mapping[str, int], how: str | None = None) -> str | None:
    """What says that answers came from programs, and how these answer; None when all came from people.

    `programs` tells how many participants whose answers count are programs (`number`), of how many (`of`), and how many
    programs have no answer that counts (`left_out`).
    """
    simulated, participants, others = programs["number"], programs["of"], programs["left_out"]
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
            f"all {participants} participants are programs" if participants > 1 else "the only participant is a program"
        )
        return f"Simulated participants: {who}, not people.{rest} The results say nothing about people."
    who = f"{simulated} of {participants} participants whose answers count are programs"
    return (
        f"Simulated participants: {who}, not people.{rest} The results mix people and programs; "
        "accuracy-report --people-only leaves the programs out."
    )


def interim_notice(contents: dict[str, Any]) -> str | None:
    """What says that more answers are to come; None of a finished study."""
    if not contents["interim"]:
        return None
    if contents["sequential"]:
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


def so_far(contents: dict[str, Any]) -> str:
    """How much of an unfinished study is in."""
    interim = contents["interim"]
    return f"INTERIM: {number(interim['submitted'])} of {number(interim['wanted'])} tasks are in"


def notices(contents: dict[str, Any]) -> list[str]:
    """The notices of a report, in the order in which they are read."""
    return [text for text in (contents["notice"], interim_notice(contents), _stopped_notice(contents)) if text]


def _stopped_notice(contents: dict[str, Any]) -> str | None:
    """What says that a study ended without all of its tasks."""
    if not contents["stopped"]:
        return None
    return (
        f"{_ended(contents)}. If it was ended because of what the answers looked like, its tests and intervals are "
        "not valid."
    )


def _ended(contents: dict[str, Any]) -> str:
    stopped = contents["stopped"]
    return f"Ended early: {number(stopped['submitted'])} of {number(stopped['wanted'])} tasks are in"


def marks(contents: dict[str, Any]) -> list[str]:
    """The notices in a few words, for figures, captions and the head of each printed page."""
    found = []
    if contents["simulated"]:
        simulated, participants = contents["programs"]["number"], contents["programs"]["of"]
        some = f"{number(simulated)} of {number(participants)} participants are simulated participants, not people"
        found.append(SIMULATED if simulated == participants else some)
    if contents["interim"]:
        found.append(so_far(contents))
    if contents["stopped"]:
        found.append(_ended(contents))
    return found


#: The mark of what rests on answers of programs alone.
SIMULATED = "Simulated participants, not people"
