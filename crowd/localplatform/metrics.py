"""Measurements of a running server, in Prometheus's text format: numbers and times, never who or what.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from crowd.localplatform.store.progress import Activity

#: The media type of the text format.
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
#: The methods that are told apart; a client may send any word.
_METHODS = frozenset({"GET", "HEAD", "POST"})
#: Upper ends of the histograms' intervals, in seconds.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
#: Where processes that serve one study together keep their numbers, so that each of them can answer for all.
SHARED = "PROMETHEUS_MULTIPROC_DIR"


class Metrics:
    """What one server measures of itself."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "vidgen_requests",
            "Requests answered, by the pattern of their path.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "vidgen_request_seconds",
            "Time from a request's head to the end of its response.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._store_seconds = Histogram(
            "vidgen_store_seconds",
            "Time of a transaction of the store, from its beginning to the end of its commit.",
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._connections = self._gauge("connections", "Open connections.", mode="livesum")
        self._open_assignments = self._gauge("open_assignments", "Tasks accepted and not yet sent, returned or late.")
        self._submitted = self._gauge("submitted_assignments", "Tasks whose answers the store has.")
        self._open_places = self._gauge("open_places", "Tasks that somebody could still accept.")
        self._quiet = self._gauge(
            "quiet_seconds", "Time without an answer while places are open; 0 where none is open."
        )

    def _gauge(self, name: str, text: str, *, mode: str = "mostrecent") -> Gauge:
        return Gauge(f"vidgen_{name}", text, registry=self._registry, multiprocess_mode=mode)  # type: ignore[arg-type]

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is a pattern such as ``/p/{token}``."""
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def stored(self, seconds: float) -> None:
        """Count a transaction of the store."""
        self._store_seconds.observe(seconds)

    def connected(self, number: int) -> None:
        """Note how many connections are open."""
        self._connections.set(number)

    def page(self, activity: Activity) -> bytes:
        """All measurements, with the study's numbers at this moment."""
        self._open_assignments.set(activity.open_assignments)
        self._submitted.set(activity.submitted)
        self._open_places.set(activity.open_places)
        self._quiet.set(activity.quiet_s)
        return generate_latest(self._of_all_processes() if SHARED in os.environ else self._registry)

    def _of_all_processes(self) -> CollectorRegistry:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return registry
