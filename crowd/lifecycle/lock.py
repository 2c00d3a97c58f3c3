"""One command at a time decides about a study: it reads, changes and writes before the next one reads."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from crowd.ledger.ledger import Ledger
from crowd.lifecycle.place import settle
from crowd.lifecycle.reconcile import catch_up
from crowd.operating_system import locked_file
from crowd.platforms import Platform, open_platform
from crowd.studydir import StudyDirectory

#: How long a command waits before it says so.
_SILENT_S = 1.0

_log = logging.getLogger(__name__)


@contextmanager
def deciding(study_dir: str | Path) -> Iterator[tuple[Platform, Ledger]]:
    """The platform and the ledger of a published study, while no other command decides about it.

    What the block reads of the study, it has to read inside.

    Raises:
        ValueError: nothing was published from there, the study may be a copy, or another command still works on it.
        OSError: the platform does not answer.
    """
    with (
        Ledger(study_dir, create=False) as ledger,
        locked(study_dir),
    ):
        settle(study_dir)
        with open_platform(ledger.platform, study_dir) as platform:
            catch_up(platform, ledger)
            yield platform, ledger


@contextmanager
def locked(study_dir: str | Path, *, wait_s: float = 3600.0, only_reading: bool = False) -> Iterator[None]:
    """Keep other commands from deciding about the study while the block runs.

    The operating system ends the lock of a killed process. The file stays and means nothing by itself.

    Args:
        study_dir: must be there.
        wait_s: how long to wait for the other command.
        only_reading: for commands that change nothing, and need a study that nobody changes: they do not keep out one
            another, and the directory need not be writable.

    Raises:
        ValueError: another command still works on the study.
        OSError: the lock cannot be made.
    """
    path = StudyDirectory(study_dir).lock
    with ExitStack() as held:
        try:
            try:
                held.enter_context(locked_file(path, shared=only_reading, wait_s=min(_SILENT_S, wait_s)))
            except BlockingIOError:
                _log.info("%s: another command is at work on this study; waiting until it has ended", study_dir)
                rest_s = max(0.0, wait_s - _SILENT_S)
                held.enter_context(locked_file(path, shared=only_reading, wait_s=rest_s))
        except BlockingIOError as error:
            raise ValueError(
                f"{study_dir}: another command has been working on this study for {wait_s:g} s; wait for it, or stop it"
            ) from error
        yield
