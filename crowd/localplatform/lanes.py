"""Runs actions on the store, one after the other in a thread of its own."""

import errno
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from crowd.localplatform.rates import Rates
from crowd.localplatform.store import Database, ReadsOnlyError, Session, Transaction

_log = logging.getLogger(__name__)

#: Most actions in one transaction.
_TOGETHER = 32

_Result = TypeVar("_Result")
_Outcome = tuple[Any, BaseException | None]
_Waiting = tuple[Callable[[Transaction], Any], Future[Any]]


class Lane:
    """A connection to the store, and the actions that wait for it.

    Args:
        database: the connection, which is closed with the lane.
        started: makes the transaction of some actions from its connection, and applies what is due by the clock.
        measured: is told how many seconds each transaction took.
        writes: for a lane that only reads, the one for the actions that write after all.
    """

    def __init__(
        self,
        database: Database,
        started: Callable[[Session, bool], Transaction],
        measured: Callable[[float], None],
        *,
        writes: "Lane | None" = None,
    ):
        self._database, self._started, self._measured, self._writes = database, started, measured, writes
        self._waiting: deque[_Waiting] = deque()
        self._complaints = Rates(per_s=1 / 60, burst=1)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="platform-store")

    def enqueue(self, action: Callable[[Transaction], _Result]) -> Future[_Result]:
        """Run the action after those that wait already; its result, once its changes are on the disk."""
        done: Future[_Result] = Future()
        self._append(action, done)
        return done

    def close(self) -> None:
        """Finish the waiting actions and end the connection."""
        self._thread.shutdown()
        self._database.close()

    def _append(self, action: Callable[[Transaction], Any], done: Future[Any]) -> None:
        self._waiting.append((action, done))
        self._thread.submit(self._run)

    def _run(self) -> None:
        """Run the waiting actions in one transaction, and give their results once it is on the disk.

        An action that fails is undone by itself. Flushing takes longer than most actions, so those that arrive during
        one flush share the next.
        """
        waiting: list[_Waiting] = []
        while self._waiting and len(waiting) < _TOGETHER:
            action, done = self._waiting.popleft()
            if done.running() or done.set_running_or_notify_cancel():
                waiting.append((action, done))
        if not waiting:  # an earlier call has taken them
            return
        outcomes: list[_Outcome] = []
        begun = time.perf_counter()
        try:
            with self._database.together(reads_only=self._writes is not None) as connection:
                tx = self._started(connection, self._writes is not None)
                if len(waiting) == 1:
                    outcomes.append((waiting[0][0](tx), None))
                else:
                    outcomes.extend(self._parts([action for action, _ in waiting], tx))
        except BaseException as error:
            outcomes = [(None, error)] * len(waiting)
        self._measured(time.perf_counter() - begun)
        for (action, done), (result, failure) in zip(waiting, outcomes, strict=True):
            self._finish(action, done, result, failure)

    def _parts(self, actions: list[Callable[[Transaction], Any]], tx: Transaction) -> Iterator[_Outcome]:
        for action in actions:
            result, failure = self._outcome(action, tx)
            if failure is not None and not self._database.is_open:
                raise failure  # the database has undone the earlier ones too
            yield result, failure

    def _outcome(self, action: Callable[[Transaction], _Result], tx: Transaction) -> _Outcome:
        """The action's result, and the exception if it raised one."""
        try:
            if self._writes is not None:  # nothing to undo
                return action(tx), None
            with self._database.part(tx.connection):
                return action(tx), None
        except BaseException as error:
            return None, error

    def _finish(
        self, action: Callable[[Transaction], Any], done: Future[Any], result: Any, failure: BaseException | None
    ) -> None:
        if failure is None:
            done.set_result(result)
        elif self._writes is not None and isinstance(failure, ReadsOnlyError):
            self._writes._append(action, done)
        else:
            self._complain(failure)
            done.set_exception(failure)

    def _complain(self, failure: BaseException) -> None:
        if isinstance(failure, OSError) and self._complaints.allow(str(failure)):
            hint = "free some space" if failure.errno == errno.ENOSPC else "see to the database"
            _log.error("%s; %s: nothing is lost, pages send answers until they can be kept", failure, hint)
