"""What a study will take, told before anything is published."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from crowd.design import EVALUATION, GOLD, Design
from crowd.money import FEES, Fees, cost_of_hits, dollars
from crowd.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The size of a study."""

    num_hits: int
    num_assignments: int
    num_answers: int
    """Answers that count for accuracy."""
    fewest_workers: int
    """When everybody does one task of every block …"""
    most_workers: int
    """… and when everybody does a single task."""
    minutes_per_task: float
    hours: float
    """Of people's work, all together."""
    rewards_usd: Decimal
    fees_usd: Decimal
    hourly_usd: Decimal
    """What a participant earns in an hour."""
    videos_per_method: dict[str, int]
    gold_videos: int

    @property
    def total_usd(self) -> Decimal:
        """Rewards and fees."""
        return self.rewards_usd + self.fees_usd


def needs(study: Study, design: Design, fees: Fees = FEES) -> Needs:
    """What this design takes, with the fees of that price list."""
    sizes = [hit.num_assignments for hit in design.hits]
    blocks = {hit.block: hit for hit in design.hits}.values()
    evaluated = [design.video(item.video_id) for hit in blocks for item in hit.of_kind(EVALUATION)]
    seconds = [study.seconds_per_task + study.seconds_per_item * len(hit.items) for hit in design.hits]
    total_s = sum(each * size for each, size in zip(seconds, sizes, strict=True))
    (_, _, rewards), (_, _, fees_usd) = cost_of_hits(dollars(study.reward_usd, "reward_usd"), sizes, fees=fees).lines
    return Needs(
        num_hits=len(sizes),
        num_assignments=sum(sizes),
        num_answers=len(evaluated) * study.answers_per_video,
        fewest_workers=study.answers_per_video,
        most_workers=sum(sizes),
        minutes_per_task=max(seconds) / 60,
        hours=total_s / 3600,
        rewards_usd=rewards,
        fees_usd=fees_usd,
        hourly_usd=(rewards / Decimal(total_s / 3600)).quantize(Decimal("0.01")) if total_s else Decimal(0),
        videos_per_method=dict(sorted(Counter(video.method for video in evaluated).items())),
        gold_videos=sum(len(hit.of_kind(GOLD)) for hit in blocks),
    )
