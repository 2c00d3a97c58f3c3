"""What a command says when it is stopped by Ctrl+C: what is kept, and what to do next."""

from collections.abc import Mapping
from typing import Any

#: How a program ends that was stopped by Ctrl+C: 128 and the number of the signal.
STATUS = 130

_LEDGER = "what the platform confirmed is in {study_dir}: the same command does the rest, and nothing twice"
_NOTHING = "nothing was changed: the same command begins again"
_KEPT = {
    "accuracy-report": "a report of before is as it was: the same command writes it anew",
    "approve-answers": _LEDGER,
    "collect-answers": "every answer that was fetched is kept in {study_dir}: the same command fetches the others",
    "delete-study": _LEDGER,
    "demo": "what was made is kept in {out}: the same command goes on from there",
    "demo-prolific": "answers are kept in {study_dir}: the same command starts another simulated Prolific",
    "expire-study": _LEDGER,
    "extend-study": _LEDGER,
    "generate-batch": "the videos that were made are whole, in {out}: the same command makes the others",
    "invite": "who was invited is in {study_dir}: `vidgen serve-tasks` with --participants prints everybody's link",
    "make-dataset": "the clips that were made are whole, in {out}: the same command makes the others",
    "pay-bonus": _LEDGER,
    "pause-study": _LEDGER,
    "publish-tasks": _LEDGER,
    "recover": "what was found is kept in {study_dir}: the same command looks for the rest",
    "rehearse": "the study itself was not touched: the same command makes a new copy",
    "rehearse-recruiting": "the study itself was not touched: the same command makes a new copy",
    "reject-answers": _LEDGER,
    "resume-study": _LEDGER,
    "serve-tasks": "answers and links are kept in {study_dir}: the same command serves them again",
    "simulate-answers": "what was submitted is kept in {study_dir}: the same command goes on with others",
    "train": "networks are kept in {out} as they were last saved: the same command goes on from there",
}


def stopped(command: str, parameters: Mapping[str, Any]) -> str:
    """The line for a command that was called with these parameters."""
    from crowd.texts import printable  # no command needs it until something ends it

    return printable(f"Stopped: {_KEPT.get(command, _NOTHING).format_map(parameters)}.")
