"""The platform without HTTP: a store, a clock, and the threads that use the store."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from crowd.credentials import load_or_create
from crowd.localplatform.clock import Clock, SteadyClock
from crowd.localplatform.errors import ApiError, service_fault, throttled
from crowd.localplatform.faults import Faults
from crowd.localplatform.lanes import Lane
from crowd.localplatform.limits import ServerLimits
from crowd.localplatform.metrics import Metrics
from crowd.localplatform.notifying import Notifier
from crowd.localplatform.operations import IN_SHORT, OPERATIONS, Operation
from crowd.localplatform.schema import check_request, check_response
from crowd.localplatform.store import Session, Transaction, account, assignments, open_store, pauses
from crowd.localplatform.studyfile import StudyFile

#: How the names of operations that change nothing begin.
_READING = ("Get", "List")

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


class ConnectionCut(Exception):  # noqa: N818  not an error, but a simulated event
    """A simulated fault: the connection is closed in place of a response."""


class Marketplace:
    """A study's platform: performs requester operations and participants' actions on one store.

    With `is_worker` it is one of several processes that use the store at once, and another continues the study and does
    what is periodic.

    Raises:
        ValueError: the study is being served already, from another directory or machine.
    """

    def __init__(
        self,
        study_dir: Path,
        *,
        clock: Clock | None = None,
        faults: Faults | None = None,
        limits: ServerLimits | None = None,
        balance_usd: str | None = None,
        is_worker: bool = False,
        shows_videos: bool = True,
    ):
        self.study_dir = study_dir
        self.study_file = StudyFile(study_dir)
        self.clock = clock or SteadyClock()
        self.faults = faults or Faults()
        self.limits = limits or ServerLimits()
        self.metrics = Metrics()
        self.shows_videos = shows_videos
        self.secrets = load_or_create(study_dir)
        self._database = open_store(study_dir)
        self._is_worker = is_worker
        if not is_worker:
            self._continue()
        self._writing = self._reading = Lane(self._database, self._started, self.metrics.stored)
        if self._database.reads_apart:
            self._reading = Lane(self._database.another(), self._started, self.metrics.stored, writes=self._writing)
        self._notifier = Notifier(self.transact, self.study_file, self.secrets.access_key_id)
        if not is_worker:
            self._notifier.start()
        if balance_usd is not None:
            self.transact(account.remember_setting, "balance_usd", balance_usd)

    def _continue(self) -> None:
        """Keep other servers from the store, and continue the study."""
        try:
            if not self._database.hold("server"):
                raise ValueError(f"{self.study_dir}: is being served already, from another directory or machine")
            self._resume()
        except BaseException:
            self._database.close()
            raise

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
        if not self._is_worker:
            await self.atransact(pauses.remember)

    def transact(
        self, action: Callable[Concatenate[Transaction, _Given], _Result], *args: _Given.args, **kwargs: _Given.kwargs
    ) -> _Result:
        """Run the action in a transaction, after applying what is due by the clock; block until it is done."""
        return self._writing.enqueue(lambda tx: action(tx, *args, **kwargs)).result()

    async def atransact(
        self, action: Callable[Concatenate[Transaction, _Given], _Result], *args: _Given.args, **kwargs: _Given.kwargs
    ) -> _Result:
        """Like `transact`, without blocking the event loop."""
        return await asyncio.wrap_future(self._writing.enqueue(lambda tx: action(tx, *args, **kwargs)))

    async def aread(
        self, action: Callable[Concatenate[Transaction, _Given], _Result], *args: _Given.args, **kwargs: _Given.kwargs
    ) -> _Result:
        """Like `atransact`, for an action that mostly reads: on PostgreSQL it does not wait for those that write.

        If it comes to write after all, it is undone and run again among them.
        """
        return await asyncio.wrap_future(self._reading.enqueue(lambda tx: action(tx, *args, **kwargs)))

    def _started(self, connection: Session, reads_only: bool) -> Transaction:
        """A transaction in which everything due by the clock has been applied."""
        tx = Transaction(connection, self.clock(), self.faults.new_hit_delay_s, self._notifier.ready, reads_only)
        assignments.settle(tx, grace_s=self.study_file.grace_s)
        return tx

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
        run = self.aread if operation.startswith(_READING) else self.atransact
        response = await run(_checked, IN_SHORT if in_short else OPERATIONS, operation, request)
        if fault == "error-after":
            raise service_fault()
        if fault == "cut-after":
            raise ConnectionCut
        return response

    def close(self) -> None:
        """Finish the running actions and close the store."""
        self._notifier.close()
        try:
            if not self._is_worker:
                self.transact(pauses.remember)
        finally:
            self._reading.close()  # what it could not do goes to the other
            if self._writing is not self._reading:
                self._writing.close()


def _checked(
    tx: Transaction, operations: dict[str, Operation], operation: str, request: dict[str, Any]
) -> dict[str, Any]:
    """Perform and check the operation in the transaction, so that an invalid response undoes it."""
    return check_response(operation, operations[operation](tx, request))


def unknown_operation() -> ApiError:
    """AWS's error for an operation that the API does not have."""
    return ApiError("UnknownOperationException")
