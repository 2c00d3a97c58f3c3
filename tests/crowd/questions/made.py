"""Videos and studies for tests of questions, without files."""

from collections.abc import Sequence
from typing import Any

from crowd.design.blocks import design
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.videos.metadata import Video

METHODS = ("base", "new", "old")


def videos(num_prompts: int = 6, methods: Sequence[str] = METHODS, replicates: int = 1) -> list[Video]:
    """A video of each method for each prompt, or several."""
    return [
        Video(
            video_id=f"{method}-{prompt:02}-{replicate}",
            file_name=f"{method}-{prompt:02}-{replicate}.mp4",
            method=method,
            label=f"label {prompt % 3}",
            prompt=f"a cat does thing {prompt}",
            columns={"statement": f"the cat does thing {prompt}", "true": ("yes", "no")[prompt % 2]},
            duration_s=2.0,
            width=64,
            height=48,
            directory="/nowhere",
        )
        for prompt in range(num_prompts)
        for method in methods
        for replicate in range(replicates)
    ]


def study(*questions: dict[str, Any], **values: Any) -> Study:
    """A study that asks these questions."""
    return Study(**{"questions": questions, "attention_items": 0, **values})


def planned(*questions: dict[str, Any], shown: Sequence[Video] | None = None, **values: Any) -> Design:
    """The design of such a study."""
    return design(study(*questions, **values), shown or videos())


BETTER = {"id": "better", "kind": "preference", "text": "Which looks better?"}
NATURAL = {"id": "natural", "kind": "rating", "text": "How natural is it?"}
WHY = {"id": "why", "kind": "text", "text": "What did you look at?"}
