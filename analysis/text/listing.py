"""The texts of a question, in an order in which they can be read and coded."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class TextAnswer:
    """One text; methods and videos are empty where the question is not about a video."""

    method: str
    video_id: str
    worker_id: str
    text: str


def listed(
    texts: Sequence[str], worker_ids: Sequence[str], video_ids: Sequence[str] = (), methods: Sequence[str] = ()
) -> list[TextAnswer]:
    """The texts by method, video and participant, without surrounding space; empty ones are left out."""
    nothing = [""] * len(texts)
    rows = zip(methods or nothing, video_ids or nothing, worker_ids, texts, strict=True)
    return sorted(
        TextAnswer(method, video, worker, text.strip()) for method, video, worker, text in rows if text.strip()
    )
