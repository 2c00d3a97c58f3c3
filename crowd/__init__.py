"""Studies with people: design, task pages, platforms, answers."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crowd.design.study import Study

__all__ = ["Study"]


def __getattr__(name: str) -> Any:
    """Import on first use: who needs one module of the package does not load them all."""
    if name == "Study":
        from crowd.design.study import Study

        return Study
    raise AttributeError(f"module 'crowd' has no attribute {name!r}")
