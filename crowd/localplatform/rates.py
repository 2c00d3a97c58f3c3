"""Limits how often something may happen, with a token bucket per key."""

import time
from collections import OrderedDict


class Rates:
    """Token buckets. At most `keep` are kept, dropping the least recently used, so that memory is bounded."""

    def __init__(self, per_s: float, burst: int, keep: int = 10_000):
        self._per_s, self._burst, self._keep = per_s, burst, keep
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allow(self, key: str, now: float | None = None) -> bool:
        """Whether one more is allowed now; count it if so."""
        moment = time.monotonic() if now is None else now
        tokens, since = self._buckets.pop(key, (float(self._burst), moment))
        tokens = min(self._burst, tokens + (moment - since) * self._per_s)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if allowed else tokens, moment)
        if len(self._buckets) > self._keep:
            self._buckets.popitem(last=False)
        return allowed
