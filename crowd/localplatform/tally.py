"""Counts the answers to each video as they arrive, without looking at what was answered."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crowd.design.design import EVALUATION, GOLD, Design, TaskItem
from crowd.hit_annotation import key_in
from crowd.localplatform.store import Row
from crowd.studydir import StudyDirectory
from crowd.task.answers import MOST_ERRORS, is_answered, item_sent, parse_answer_xml, whole


@dataclass
class AnswerTally:
    """Counts over everything submitted to a published study."""

    design: Design
    answered: Counter[str] = field(default_factory=Counter)
    """Answers by video, or by the videos of a pair or set."""
    playback_errors: int = 0
    skipped: int = 0
    """Videos that could not be answered because they did not load."""
    unreadable: int = 0
    """Submissions that this study's page did not send."""
    last: int = 0
    """Sequence number of the last submission counted."""

    def wanted(self) -> Counter[str]:
        """How many answers each video is to get."""
        wanted: Counter[str] = Counter()
        for hit in self.design.hits:
            for item in hit.of_kind(EVALUATION, GOLD):
                wanted[_name(item)] += hit.num_assignments
        return wanted

    def add(self, rows: Sequence[Row]) -> None:
        """Count the next submissions."""
        for row in rows:
            try:
                self._count(key_in(row["annotation"]) or "", row["answer"])
            except ValueError:
                self.unreadable += 1
            self.last = row["submit_seq"]

    def _count(self, hit_key: str, answer: str) -> None:
        """Count one submission; raise a ValueError, counting nothing, if it cannot be read."""
        fields = parse_answer_xml(answer)
        sent = {
            _name(item): item_sent(fields, item.key) or {}
            for item in self.design.hit(hit_key).of_kind(EVALUATION, GOLD)
        }
        self.playback_errors += sum(whole(each.get("playback_errors"), MOST_ERRORS) or 0 for each in sent.values())
        answered = [name for name, each in sent.items() if is_answered(each)]
        self.answered.update(answered)
        self.skipped += len(sent) - len(answered)


def _name(item: TaskItem) -> str:
    return " / ".join(item.video_ids)


def tally_of(study_dir: Path) -> AnswerTally | None:
    """A new tally of the study; None before it is published, or if its design cannot be read."""
    if not StudyDirectory(study_dir).design.exists():
        return None
    try:
        return AnswerTally(Design.load(study_dir))
    except (OSError, ValueError, KeyError, TypeError):
        return None
