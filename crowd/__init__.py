"""Studies with people: design, task pages, platforms, answers."""

from crowd.study import Study

__all__ = ["Study"]
