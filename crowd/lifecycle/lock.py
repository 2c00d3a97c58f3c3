"""Locks a study, so that only one command at a time changes it."""

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

#: How long a command waits for another before it says so, in seconds.
_SILENT_S = 1.0

_log = logging.getLogger(__name__)


@contextmanager
def deciding(study_dir: str | Path) -> Iterator[tuple[Platform, Ledger]]:
    """The platform and the ledger of a published study, locked while the block runs.

    What decisions depend on must be read inside the block.

    Raises:
        ValueError: the study is not published or may be a copy, or another command is still working on it.
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
    """Keep other commands from changing the study while the block runs.

    The operating system releases the lock of a killed process. The lock file stays, which does not mean that the study
    is locked.

    Args:
        study_dir: the study directory, which must exist.
        wait_s: how long to wait for another command.
        only_reading: for commands that change nothing but need an unchanging study. Several of them can run at the
            same time, and the directory need not be writable.

    Raises:
        ValueError: another command is still working on the study.
        PermissionError: nothing may be written into the study directory.
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
        except PermissionError as error:
            raise PermissionError(
                f"{study_dir}: nothing may be written there, so the study cannot be changed; ask its owner, or copy it"
            ) from error
        except BlockingIOError as error:
            raise ValueError(
                f"{study_dir}: another command has been working on this study for {wait_s:g} s; wait for it, or stop it"
            ) from error
        yield
