"""Which links participants have, kept in memory: a wrong one costs the store nothing of its own."""

import asyncio
import time

from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.store import participants

#: However many links are tried that nobody has, the store is asked for new ones so often at most.
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
        """Whether it is a program's link; None where it is nobody's."""
        if token not in self._simulated:
            if self._next is None:
                self._next = asyncio.create_task(self._look())
            await asyncio.shield(self._next)
        return self._simulated.get(token)

    async def _look(self) -> None:
        """Ask for links made since the last look; who comes after it has begun waits for another one."""
        await asyncio.sleep(self._looked_at + _PAUSE_S - time.monotonic())
        self._next, self._looked_at = None, time.monotonic()
        for row in await self._platform.atransact(participants.invited_after, self._last):
            self._simulated[row["token"]] = bool(row["simulated"])
            self._last = max(self._last, row["seq"])
