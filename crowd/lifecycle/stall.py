"""Notices that a study stalls: places are open, and nobody has answered for hours."""

import logging
import os
import shlex
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crowd.localplatform import people
from crowd.localplatform.store.progress import Activity
from crowd.texts import counted

_log = logging.getLogger(__name__)

#: Hours without an answer after which a study counts as stalled, unless said otherwise.
STALL_HOURS = 24.0
#: How often the study is looked at, in seconds.
PERIOD_S = 60.0
#: How long the command may take, in seconds.
_COMMAND_S = 60.0
#: How long the end of serving waits for a command that is running.
_LEAVE_S = 5.0


def stalled(activity: Activity, hours: float = STALL_HOURS) -> bool:
    """Whether there was no answer for so long while places were open."""
    return activity.quiet_s >= hours * 3600


def sentence(activity: Activity) -> str:
    """What has stalled, for a person."""
    hours, places = counted(int(activity.quiet_s // 3600), "hour"), counted(activity.open_places, "place")
    return f"no answer for {hours}, while {places} {'is' if activity.open_places == 1 else 'are'} open"


def words_of(command: str) -> list[str]:
    """The program and its arguments; no shell reads them.

    Raises:
        ValueError: there is no program, or a quotation mark is not closed.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ValueError(f"{command!r} is not a command: {error}") from error
    if not words:
        raise ValueError(f"{command!r} is not a command: it names no program")
    return words


@contextmanager
def watching(
    study_dir: Path, *, hours: float = STALL_HOURS, command: str | None = None, period_s: float = PERIOD_S
) -> Iterator[None]:
    """While the block runs, log that the study stalls and run the command, once for each time that it does.

    The command finds the study's directory, the hours and the open places in its environment, as ``VIDGEN_STUDY``,
    ``VIDGEN_HOURS`` and ``VIDGEN_PLACES``.

    Raises:
        ValueError: `command` is not one, or `hours` is not above 0.
    """
    if not hours > 0:
        raise ValueError(f"stall_hours is {hours}; it must be above 0")
    words = words_of(command) if command is not None else []
    ended = threading.Event()
    thread = threading.Thread(target=_watch, args=(study_dir, hours, words, period_s, ended), name="stall", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(_LEAVE_S)  # a command that takes long goes on without us


def _watch(study_dir: Path, hours: float, words: list[str], period_s: float, ended: threading.Event) -> None:
    told = False
    while not ended.wait(period_s):
        try:
            activity = people.activity(study_dir)
            if stalled(activity, hours) and not told:
                _log.warning("%s: %s", study_dir, sentence(activity))
                _run(words, study_dir, activity)
            told = stalled(activity, hours)
        except Exception:  # the store may be busy or away; the next look tells
            _log.exception("%s: could not look whether the study stalls", study_dir)


def _run(words: list[str], study_dir: Path, activity: Activity) -> None:
    if not words:
        return
    about = {
        "VIDGEN_STUDY": str(study_dir.resolve()),
        "VIDGEN_HOURS": str(int(activity.quiet_s // 3600)),
        "VIDGEN_PLACES": str(activity.open_places),
    }
    try:
        done = subprocess.run(  # noqa: S603  the requester's own command, without a shell
            words,
            env=os.environ | about,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_COMMAND_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _log.error("the command for a stalled study did not run: %s", error)
        return
    if done.returncode:
        _log.error("the command for a stalled study ended with exit status %d", done.returncode)
