"""How a study was run, as a paper's methods section says it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class StudyConduct:
    """How a study was run, as far as its files say; what they do not say is null or empty."""

    source: str | None
    """Where participants came from; null where only the author knows."""
    countries: list[str]
    """Countries that they had to be in, as two letters; empty for any."""
    min_approved_percent: int
    """Per cent of their earlier work that had to be approved; 0 for any."""
    min_approved_hits: int
    """Tasks of theirs that had to be approved before; 0 for any."""
    min_age: int | None
    """How old they had to be, by their own word, in years."""
    institution: str | None
    """Who is responsible."""
    ethics_approval: str | None
    """The body that approved the study, with the number, or why no approval was needed."""
    data_retention: str | None
    """How long answers are kept, in words."""
    answers_per_item: int
    """How many participants were to answer about each video, pair or set."""
    items_per_task: int
    """Most items of one task."""
    quiz_questions: int
    """Questions of the quiz about the instructions."""
    training_items: int
    """Videos with feedback before the first item."""
    attention_items: int
    """Items of a task that name the answer to choose."""
    paid: Literal["platform", "recruiter", "author", "nobody"] | None
    """Who paid participants; null where the platform is not noted."""
    reward_usd: float
    """Pay for a task in US dollars, if anybody paid."""
    median_task_s: float | None
    """Median time from accepting a task to sending it, in seconds."""
    hourly_usd: float | None
    """What that pay is for an hour of that time, in US dollars; null where nobody paid, or the time is not known."""
    first_day: str | None
    """Day of the first answers (UTC)."""
    last_day: str | None
    """Day of the last answers (UTC)."""
