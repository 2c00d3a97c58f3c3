"""Shares of right answers: per method, per label, per half of a label."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AccuracyEstimate:
    """A share of right answers with its intervals; all are fractions from 0 to 1."""

    accuracy: float
    """Share of right answers, over all answers with their weights."""
    ci_low: float
    """Lower bound of the interval for the plan's target; for new videos where the target is new labels."""
    ci_high: float
    """Upper bound of that interval."""
    new_low: float
    """Lower bound of the interval for new videos of the method."""
    new_high: float
    """Upper bound of the interval for new videos."""
    these_low: float
    """Lower bound of the interval for exactly the videos that were shown."""
    these_high: float
    """Upper bound of the interval for these videos."""
    n_answers: int
    """Answers that count, whatever their weights."""
    n_videos: int
    """Videos with an answer that counts."""
    n_workers: int
    """Participants with an answer that counts."""
    separated: bool
    """Whether all answers are right, or all wrong."""


@dataclass(frozen=True, kw_only=True)
class MethodName:
    """Which method a row is about."""

    name: str
    """The method, as the answers table calls it."""
    control: bool
    """Whether it is the control, the method of real clips."""


@dataclass(frozen=True, kw_only=True)
class MethodAccuracy(AccuracyEstimate, MethodName):
    """The accuracy of one method."""

    chance_corrected: float
    """(accuracy − chance) / (1 − chance), with chance one over the number of labels; negative below chance."""
    commitment: AccuracyEstimate | None
    """Share of answers that name a label, neither “Other” nor “Unclear”; null without answers."""
    when_committed: AccuracyEstimate | None
    """Accuracy among the answers that name a label; null where none does."""


@dataclass(frozen=True, kw_only=True)
class GroupAccuracy:
    """The accuracy of one label, object or direction."""

    name: str
    """The label, object or direction."""
    all: AccuracyEstimate
    """All methods together."""
    methods: dict[str, AccuracyEstimate | None]
    """By method; null where the method has no answers in this group."""


@dataclass(frozen=True, kw_only=True)
class HalvesAccuracy:
    """How often one method's object and direction were right, each whatever the other was."""

    method: str
    """The method."""
    object: AccuracyEstimate | None
    """Share of answers with the right object; null without answers."""
    direction: AccuracyEstimate | None
    """Share of answers with the right direction; null without answers."""


@dataclass(frozen=True, kw_only=True)
class SeveralLabelsScore:
    """One method's videos of several labels, which are no part of its accuracy."""

    method: str
    """The method."""
    score: float
    """Mean score from 0 to 1; an answer that names one of the labels scores one half."""
    n_answers: int
    """Answers to these videos."""
    n_videos: int
    """Videos of several labels."""
