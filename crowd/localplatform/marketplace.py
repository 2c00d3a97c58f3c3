"""The platform without HTTP: a store, a clock, and the one thread that uses the store."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from crowd.credentials import load_or_create
from crowd.localplatform.clock import Clock, SteadyClock
from crowd.localplatform.errors import ApiError, service_fault, throttled
from crowd.localplatform.faults import Faults
from crowd.localplatform.limits import ServerLimits
from crowd.localplatform.metrics import Metrics
from crowd.localplatform.notifying import Notifier
from crowd.localplatform.operations import IN_SHORT, OPERATIONS, Operation
from crowd.localplatform.rates import Rates
from crowd.localplatform.schema import check_request, check_response
from crowd.localplatform.store import Database, Transaction, account, assignments, pauses
from crowd.localplatform.studyfile import StudyFile
from crowd.studydir import StudyDirectory

_log = logging.getLogger(__name__)

#: Most actions in one transaction.
_TOGETHER = 32

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


class ConnectionCut(Exception):  # noqa: N818  not an error, but a simulated event
    """A simulated fault: the connection is closed in place of a response."""


class Marketplace:
    """A study's platform: performs requester operations and participants' actions on one store."""

    def __init__(
        self,
        study_dir: Path,
        *,
        clock: Clock | None = None,
        faults: Faults | None = None,
        limits: ServerLimits | None = None,
        balance_usd: str | None = None,
    ):
        self.study_dir = study_dir
        self.study_file = StudyFile(study_dir)
        self.clock = clock or SteadyClock()
        self.faults = faults or Faults()
        self.limits = limits or ServerLimits()
        self.metrics = Metrics()
        self._complaints = Rates(per_s=1 / 60, burst=1)
        self.secrets = load_or_create(study_dir)
        self._database = Database(StudyDirectory(study_dir).store)
        self._waiting: deque[tuple[Callable[[Transaction], Any], Future[Any]]] = deque()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="platform-store")
        self._resume()
        self._notifier = Notifier(self.transact, self.study_file, self.secrets.access_key_id)
        if balance_usd is not None:
            self.transact(account.remember_setting, "balance_usd", balance_usd)

    def _resume(self) -> None:
        """Continue from when the study was last served, see `crowd.localplatform.store.pauses`."""
        now = self.clock()
        with self._database.transaction(now) as tx:
            last = pauses.last_served(tx)
        if last is not None:
            with self._database.transaction(last) as tx:
                assignments.settle(tx, grace_s=self.study_file.grace_s)
                pauses.resume(tx, now)
        with self._database.transaction(now) as tx:
            pauses.remember(tx)

    async def tick(self) -> None:
        """Apply what is due by the clock and note that the study is being served; call this twice a minute."""
        await self.atransact(pauses.remember)

    def transact(
        self, action: Callable[Concatenate[Transaction, _Given], _Result], *args: _Given.args, **kwargs: _Given.kwargs
    ) -> _Result:
        """Run the action in a transaction, after applying what is due by the clock; block until it is done."""
        return self._enqueue(lambda tx: action(tx, *args, **kwargs)).result()

    async def atransact(
        self, action: Callable[Concatenate[Transaction, _Given], _Result], *args: _Given.args, **kwargs: _Given.kwargs
    ) -> _Result:
        """Like `transact`, without blocking the event loop."""
        return await asyncio.wrap_future(self._enqueue(lambda tx: action(tx, *args, **kwargs)))

    def _enqueue(self, action: Callable[[Transaction], _Result]) -> Future[_Result]:
        done: Future[_Result] = Future()
        self._waiting.append((action, done))
        self._thread.submit(self._transact)
        return done

    def _transact(self) -> None:
        """Run the waiting actions in one transaction, and give their results once it is on the disk.

        An action that fails is undone by itself. Flushing takes longer than most actions, so those that arrive during
        one flush share the next.
        """
        taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), _TOGETHER))]
        waiting = [(action, done) for action, done in taken if done.set_running_or_notify_cancel()]
        if not waiting:  # an earlier call has taken them
            return
        outcomes: list[tuple[Any, BaseException | None]] = []
        begun = time.perf_counter()
        try:
            with self._database.together():
                for action, _ in waiting:
                    outcomes.append(self._outcome(action))
                    if not self._database.is_open and outcomes[-1][1]:
                        raise outcomes[-1][1]  # SQLite has undone the earlier ones too
        except BaseException as error:
            outcomes = [(None, error)] * len(waiting)
        self.metrics.stored(time.perf_counter() - begun)
        for (_, done), (result, failure) in zip(waiting, outcomes, strict=True):
            if failure is None:
                done.set_result(result)
            else:
                self._complain(failure)
                done.set_exception(failure)

    def _outcome(self, action: Callable[[Transaction], _Result]) -> tuple[_Result | None, BaseException | None]:
        """The action's result, and the exception if it raised one."""
        try:
            notifies = self._notifier.ready
            with self._database.part(self.clock(), self.faults.new_hit_delay_s, notifies=notifies) as tx:
                assignments.settle(tx, grace_s=self.study_file.grace_s)
                return action(tx), None
        except BaseException as error:
            return None, error

    def _complain(self, failure: BaseException) -> None:
        if isinstance(failure, OSError) and self._complaints.allow(str(failure)):
            _log.error("%s; free some space: nothing is lost, pages send answers until they can be kept", failure)

    async def perform(self, operation: str, parameters: Any, *, in_short: bool = False) -> dict[str, Any]:
        """Perform one operation of the requester API; its request and response are checked against the model.

        With `in_short`, HITs come back without their questions when they are created or listed.

        Raises:
            ApiError: the error response for the client.
            ConnectionCut: a simulated fault closes the connection.
        """
        request = check_request(operation, parameters)
        fault = self.faults.strike(operation)
        if fault == "throttle":
            raise throttled()
        if fault == "error-before":
            raise service_fault()
        if fault == "cut-before":
            raise ConnectionCut
        response = await self.atransact(_checked, IN_SHORT if in_short else OPERATIONS, operation, request)
        if fault == "error-after":
            raise service_fault()
        if fault == "cut-after":
            raise ConnectionCut
        return response

    def close(self) -> None:
        """Finish the running actions and close the store."""
        self._notifier.close()
        try:
            self.transact(pauses.remember)
        finally:
            self._thread.shutdown()
            self._database.close()


def _checked(
    tx: Transaction, operations: dict[str, Operation], operation: str, request: dict[str, Any]
) -> dict[str, Any]:
    """Perform and check the operation in the transaction, so that an invalid response undoes it."""
    return check_response(operation, operations[operation](tx, request))


def unknown_operation() -> ApiError:
    """AWS's error for an operation that the API does not have."""
    return ApiError("UnknownOperationException")
