"""Computes what a study needs, before anything is published."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from crowd.design.design import ATTENTION, EVALUATION, GOLD, Design, HitDesign
from crowd.design.study import Study
from crowd.pricing import FEES, Fees, cost_of_hits, dollars


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The size and cost of a study."""

    num_hits: int
    num_assignments: int
    num_answers: int
    """Answers to questions about items that are evaluated."""
    fewest_workers: int
    """The number of workers if everybody does one task of every block."""
    most_workers: int
    """The number of workers if everybody does a single task."""
    minutes_per_task: float
    hours: float
    """Hours of work of all people together."""
    rewards_usd: Decimal
    fees_usd: Decimal
    hourly_usd: Decimal
    """What a participant earns per hour."""
    videos_per_method: dict[str, int]
    gold_videos: int

    @property
    def total_usd(self) -> Decimal:
        """The total of rewards and fees."""
        return self.rewards_usd + self.fees_usd


def expected_s(study: Study, design: Design, hit: HitDesign) -> float:
    """Seconds that `hit` takes: for the instructions, each clip once in full, and the answer to each question."""
    questions = sum(1 if item.kind == ATTENTION else len(design.questions_about(item.about)) for item in hit.items)
    asked_once = len(design.questions_about("person"))
    return study.seconds_per_task + watching_s(design, hit) + study.seconds_per_item * (questions + asked_once)


def watching_s(design: Design, hit: HitDesign) -> float:
    """Seconds that the clips of `hit` last; those of a pair or a set play at the same time."""
    return sum(max(design.video(video_id).duration_s for video_id in item.video_ids) for item in hit.items)


def check_time(study: Study, design: Design) -> list[str]:
    """Warnings about the time for a task.

    Raises:
        ValueError: the clips alone are longer than `assignment_duration_s`.
    """
    longest = max(design.hits, key=lambda hit: expected_s(study, design, hit))
    watching = watching_s(design, longest)
    if watching > study.assignment_duration_s:
        raise ValueError(
            f"assignment_duration_s: is {study.assignment_duration_s}, but the clips of task {longest.key} alone last"
            f" {watching:.0f} s; raise it, or lower videos_per_hit ({study.videos_per_hit})"
        )
    expected = expected_s(study, design, longest)
    if expected > study.assignment_duration_s:
        return [
            f"a task takes about {expected:.0f} s (clips {watching:.0f} s), and assignment_duration_s allows"
            f" {study.assignment_duration_s}: many people will run out of time"
        ]
    return []


def check_contact(study: Study) -> list[str]:
    """A warning where participants cannot ask anybody, which must stay so once the study is published."""
    return [] if study.contact else ["contact: is empty in study.toml, so no page says whom participants can ask"]


def needs(study: Study, design: Design, fees: Fees = FEES) -> Needs:
    """What the design needs, with the fees of that price list."""
    sizes = [hit.num_assignments for hit in design.hits]
    blocks = {hit.block: hit for hit in design.hits}.values()
    evaluated = [item for hit in blocks for item in hit.of_kind(EVALUATION)]
    answers = sum(len(design.questions_about(item.about)) for item in evaluated)
    shown = {video_id for item in evaluated for video_id in item.video_ids}
    seconds = [expected_s(study, design, hit) for hit in design.hits]
    total_s = sum(each * size for each, size in zip(seconds, sizes, strict=True))
    reward = dollars(study.reward_usd, "reward_usd")
    rewards, total = sum(sizes) * reward, cost_of_hits(reward, sizes, fees=fees).total
    return Needs(
        num_hits=len(sizes),
        num_assignments=sum(sizes),
        num_answers=answers * study.answers_per_video,
        fewest_workers=study.answers_per_video,
        most_workers=sum(sizes),
        minutes_per_task=max(seconds) / 60,
        hours=total_s / 3600,
        rewards_usd=rewards,
        fees_usd=total - rewards,
        hourly_usd=(rewards / Decimal(total_s / 3600)).quantize(Decimal("0.01")) if total_s else Decimal(0),
        videos_per_method=dict(sorted(Counter(design.video(video_id).method for video_id in shown).items())),
        gold_videos=sum(len(hit.of_kind(GOLD)) for hit in blocks),
    )
