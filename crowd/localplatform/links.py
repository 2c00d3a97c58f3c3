"""Participants' links, kept in memory so that requests with a wrong link do not burden the store."""

import asyncio
import time

from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.store import participants

#: Least time between two queries for new links, in seconds, however many unknown links are tried.
_PAUSE_S = 0.05


class Links:
    """The links of one platform; `vidgen invite` adds to them from another process."""

    def __init__(self, platform: Marketplace):
        self._platform = platform
        self._simulated: dict[str, bool] = {}
        self._last = 0
        self._looked_at = float("-inf")
        self._next: asyncio.Task[None] | None = None

    async def is_simulated(self, token: str) -> bool | None:
        """Whether the link is a simulated participant's; None if nobody has it."""
        if token not in self._simulated:
            if self._next is None:
                self._next = asyncio.create_task(self._look())
            await asyncio.shield(self._next)
        return self._simulated.get(token)

    async def _look(self) -> None:
        """Read the links added since the last query. Callers that arrive after it has begun wait for the next."""
        await asyncio.sleep(self._looked_at + _PAUSE_S - time.monotonic())
        self._next, self._looked_at = None, time.monotonic()
        for row in await self._platform.aread(participants.invited_after, self._last):
            self._simulated[row["token"]] = bool(row["simulated"])
            self._last = max(self._last, row["seq"])
