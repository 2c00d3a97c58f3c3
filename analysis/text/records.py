"""What only questions of text have in report.json."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TextGiven:
    """One text."""

    method: str
    """The method that it is about; empty where the question is not about a video."""
    video_id: str
    """The video that it is about; empty where the question is not about one."""
    worker_id: str
    """Who wrote it."""
    text: str
    """The text."""


@dataclass(frozen=True, kw_only=True)
class TextDetails:
    """What only a question of text has."""

    texts: list[TextGiven]
    """The texts by method, video and participant, to be read and coded."""
