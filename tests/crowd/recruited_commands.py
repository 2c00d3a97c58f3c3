"""Commands of a study at its recruiter, each alone or in a process of its own that is killed at a chosen call."""

import multiprocessing
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

import crowd

THANKS = "Thank you for taking part"
BONUS = "0.50"
#: What a person reads whose work is rejected, or who is asked to return.
REASON = "You answered every question within one second, before the video could have been seen. " * 2


def bonuses(study_dir: Path, names: str, *, unpaid: bool = False) -> None:
    """A bonus for each of these assignments."""
    asked = [crowd.Bonus(assignment_id=name, amount_usd=BONUS, reason=THANKS) for name in names.split()]
    crowd.bonus(study_dir, asked, unpaid=unpaid)


def reject(study_dir: Path, assignment_id: str) -> None:
    """Reject the visit of an assignment."""
    crowd.reject(
        study_dir,
        assignment_id,
        rule="min_answer_s",
        reason=REASON,
        category="TOO_QUICKLY",
        confirm=lambda worker_id: True,
    )


def decline(study_dir: Path, session_id: str) -> None:
    """Reject a visit in which nothing was done."""
    crowd.reject_visit(study_dir, session_id, category="NO_DATA", reason=REASON, confirm=lambda visit: True)


#: What a requester does, by name; each takes the study and one text.
COMMANDS: dict[str, Callable[[Path, str], Any]] = {
    "draft": lambda study, address: crowd.draft(study, address),
    "open": lambda study, _: crowd.open_at_recruiter(study),
    "places": lambda study, number: crowd.add_places(study, int(number)),
    "pause": lambda study, _: crowd.pause(study),
    "collect": lambda study, _: crowd.collect(study),
    "reject": reject,
    "ask": lambda study, session: crowd.ask_to_return(study, session, reason=REASON),
    "decline": decline,
    "bonus": bonuses,
    "bonus --unpaid": lambda study, names: bonuses(study, names, unpaid=True),
    "approve": lambda study, _: crowd.approve(study),
    "end": lambda study, _: crowd.end_at_recruiter(study),
}


def do(command: str, study_dir: Path, argument: str) -> str:
    """Carry the command out here; the reason why it failed, empty if it did not."""
    try:
        COMMANDS[command](study_dir, argument)
    except (ValueError, OSError) as error:
        return str(error) or repr(error)
    return ""


def start(command: str, study_dir: Path, argument: str, kill: tuple[str, str] | None = None) -> Any:
    """Begin the command in a new process; `kill` is a call, and whether it dies before it or after its answer."""
    context = multiprocessing.get_context("forkserver")
    environment = {name: value for name, value in os.environ.items() if name.startswith("PROLIFIC_")}
    process = context.Process(target=_act, args=(command, study_dir, argument, environment, kill), daemon=True)
    process.start()
    return process


def _act(command: str, study_dir: Path, argument: str, environment: dict[str, str], kill: Any) -> None:
    os.environ.update(environment)
    if kill:
        _arm(*kill)
    os._exit(1 if do(command, study_dir, argument) else 0)


def _arm(operation: str, when: str) -> None:
    """Let the process end itself at the call."""
    send = httpx.Client.request

    def request(self: httpx.Client, method: str, url: Any, **options: Any) -> httpx.Response:
        mine = f"{method} {re.sub('[0-9a-f]{24}', '{id}', str(url)).rstrip('/')}" == operation
        if mine and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = send(self, method, url, **options)
        if mine:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    httpx.Client.request = request  # type: ignore[method-assign]
