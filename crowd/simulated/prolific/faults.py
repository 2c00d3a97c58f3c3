"""Faults at chosen calls: those of the local platform, named by method and path, and delays."""

from dataclasses import dataclass, field

from crowd.localplatform.faults import Fault, Faults

__all__ = ["Fault", "SlowFaults"]


@dataclass
class SlowFaults(Faults):
    """Faults by operation, as ``POST studies/{id}/transition``; `Fault.operation` None means any."""

    delays_s: dict[str, float] = field(default_factory=dict)
    """How long calls of an operation take before they are carried out."""
