"""Who answered, and whose answers were left out."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Programs:
    """How many participants are programs."""

    number: int
    """Participants whose answers count and who are programs."""
    of: int
    """Participants whose answers count."""
    left_out: int
    """Programs without an answer that counts."""


@dataclass(frozen=True, kw_only=True)
class Quartiles:
    """The middle half of some values."""

    quartile_1: float
    """First quartile."""
    median: float
    """Median."""
    quartile_3: float
    """Third quartile."""


@dataclass(frozen=True, kw_only=True)
class GoldScore:
    """Answers to gold items, whose videos are known to be clear."""

    items: int
    """Gold items answered."""
    workers: int
    """Participants who answered any."""
    accuracy: float
    """Share of right answers."""
    ci_low: float
    """Lower bound of Wilson's interval."""
    ci_high: float
    """Upper bound of that interval."""


@dataclass(frozen=True, kw_only=True)
class AttentionScore:
    """Answers to attention items, which name the answer to choose."""

    items: int
    """Attention items answered."""
    right: int
    """Right answers."""


@dataclass(frozen=True, kw_only=True)
class CarelessnessPattern:
    """A pattern of careless answering; a description that leaves nobody out."""

    name: str
    """The pattern."""
    rule: str
    """What shows it, in words."""
    workers: int | None
    """Participants who show it; null where the table has nothing that could."""


@dataclass(frozen=True, kw_only=True)
class CarelessParticipant:
    """A participant who shows some of the patterns."""

    worker_id: str
    """The participant."""
    answers: int
    """Answers to evaluation items."""
    typical_time_s: float | None
    """Geometric mean of the time to answer, in seconds; null where no times were recorded."""
    modal_share: float
    """Share of the option that was chosen most."""
    gold: GoldScore | None
    """Answers to gold items; null without any."""
    patterns: list[str]
    """Names of the patterns shown."""


@dataclass(frozen=True, kw_only=True)
class ParticipantsSummary:
    """All participants in the table, described."""

    number: int
    """Participants."""
    simulated: int
    """Programs among them."""
    answers_per_worker: Quartiles | None
    """Answers to evaluation items per participant."""
    typical_time_s: Quartiles | None
    """Each participant's geometric mean of the time to answer, in seconds; null where no times were recorded."""
    gold: GoldScore | None
    """Answers to gold items; null without any."""
    attention: AttentionScore | None
    """Answers to attention items; null without any."""
    patterns: list[CarelessnessPattern]
    """How many show each pattern of carelessness."""
    most_patterns: list[CarelessParticipant]
    """Up to twelve participants with the most patterns."""


@dataclass(frozen=True, kw_only=True)
class ConsensusCount:
    """For how many of one method's videos the consensus is the intended label."""

    method: str
    """The method."""
    videos: int
    """Videos of one label."""
    as_labelled: int
    """Those whose consensus is that label."""


@dataclass(frozen=True, kw_only=True)
class DawidSkeneSummary:
    """Dawid and Skene's model of participants, as a description."""

    workers: int
    """Participants in the model."""
    sampled: bool
    """Whether they are a random sample."""
    iterations: int
    """Iterations of expectation–maximisation."""
    skill: Quartiles | None
    """Estimated share of right answers of each participant."""
    consensus: list[ConsensusCount]
    """Per method."""


@dataclass(frozen=True, kw_only=True)
class ExclusionStep:
    """One step from the answers in the table to those that count."""

    name: str
    """What was left out."""
    removed: int
    """How many answers."""
    rule: str
    """By which rule."""


@dataclass(frozen=True, kw_only=True)
class ExclusionFlow:
    """From the answers in the table to those that count."""

    rows: int
    """Rows of the table."""
    steps: list[ExclusionStep]
    """In the order in which they apply."""
    counted: int
    """Answers that count."""


@dataclass(frozen=True, kw_only=True)
class RemovedAnswers:
    """What one rule took from one method."""

    answers: int
    """Answers to evaluation items."""
    participants: int
    """Participants who gave them."""


@dataclass(frozen=True, kw_only=True)
class MethodExclusions:
    """What all rules took from one method."""

    method: str
    """The method."""
    given: int
    """Answers to its videos, evaluation items alone."""
    counted: int
    """Those that count."""
    excluded: int
    """Those left out by rules, or as repeats."""
    share: float | None
    """`excluded` as a share of `excluded` and `counted`; null without any."""


@dataclass(frozen=True, kw_only=True)
class RuleExclusions:
    """What one rule took from each method."""

    name: str
    """What was left out."""
    rule: str
    """By which rule."""
    judged: bool
    """Whether the rule judges answers, so that they count as excluded."""
    methods: dict[str, RemovedAnswers]
    """By method; methods that lost nothing are absent."""


@dataclass(frozen=True, kw_only=True)
class ExclusionsSummary:
    """What was left out of each method."""

    methods: list[MethodExclusions]
    """Per method."""
    rules: list[RuleExclusions]
    """Per rule."""
    note: str | None
    """Warns where the shares of two methods differ by more than 5 points; else null."""
