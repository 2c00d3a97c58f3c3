"""What a plan assumes of the answers to a question: a kind's usual model, with values from the user or from a pilot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np

from analysis.questions.rows import QuestionRows
from analysis.records.questions import Measure
from analysis.score_models import ScoreComponents, ScoreModel

Array = np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class TwoMethodScores:
    """What each answer says of two methods; all arrays are (answers,).

    A score is of both methods, as a preference is, or of one of them, as a rating is: the mean of the first method's
    scores less that of the second's is then what is compared.
    """

    methods: tuple[str, str]
    score: Array
    second: Array
    """Whether the score is of the second method; False everywhere where scores are of both."""
    participant: Array
    """Codes, from 0."""
    unit: Array
    """Codes of prompts or videos, from 0."""


@runtime_checkable
class Plannable(Protocol):
    """A kind of question whose comparisons of methods can be planned."""

    @property
    def measure(self) -> Measure:
        """What is compared."""

    def assumed(self, settings: Mapping[str, Any]) -> ScoreModel:
        """What is usual for a question with these settings of the study file."""

    def scored(self, rows: QuestionRows) -> TwoMethodScores:
        """The answers about the two methods that have the most, for their variances; there are two methods."""


#: Values of models that follow from the question.
SETTINGS = ("points", "lowest", "chance")


def values_of(model: ScoreModel) -> dict[str, float]:
    """The model's values by name, but for the difference."""
    return {item.name: getattr(model, item.name) for item in fields(model) if item.name != "difference"}  # type: ignore[arg-type]


def with_values(model: ScoreModel, values: Mapping[str, float]) -> ScoreModel:
    """The model with values of the user's.

    Raises:
        ValueError: it has no such value, or the value cannot be; the message begins with the name.
    """
    known = [name for name in values_of(model) if name not in SETTINGS]
    unknown = [name for name in values if name not in known]
    if unknown:
        raise ValueError(f"{unknown[0]}: is no assumption of this kind of question; it has {', '.join(known)}")
    # With no difference: another middle may leave no room for the usual one.
    found: ScoreModel = replace(model.at(0.0), **values)  # type: ignore[type-var]
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredModel:
    """Scores with the variances of a pilot; effects and answers are normal.

    Raises:
        ValueError: a variance is negative.
    """

    difference: float = 0.0
    components: ScoreComponents
    largest: float
    limits: None = None

    def at(self, difference: float) -> "MeasuredModel":
        """The same with another true mean score."""
        return replace(self, difference=difference)

    def draw(self, prompt: Array, person: Array, rng: np.random.Generator) -> Array:
        """(answers,) scores."""
        spreads = (self.components.prompt, self.components.people, self.components.answer)
        codes = (prompt, person, np.arange(len(prompt)))
        drawn = [
            rng.normal(0, spread**0.5, int(own.max(initial=-1)) + 1)[own]
            for own, spread in zip(codes, spreads, strict=True)
        ]
        return np.asarray(self.difference + sum(drawn))


def scored_answers(rows: QuestionRows, right: Array) -> TwoMethodScores:
    """Right and wrong answers about the two methods that have the most."""
    return scored_methods(right.astype(float), rows.code("method"), rows.words("method"), rows.worker, rows.units()[0])


def scored_methods(
    value: Array, method: Array, methods: Sequence[str], participant: Array, unit: Array
) -> TwoMethodScores:
    """The values of the two methods that have the most; arrays are (answers,), all but `value` codes."""
    first, second = sorted(np.argsort(-np.bincount(method, minlength=len(methods)), kind="stable")[:2])
    own = np.flatnonzero((method == first) | (method == second))
    return TwoMethodScores(
        methods=(methods[first], methods[second]),
        score=value[own],
        second=method[own] == second,
        participant=participant[own],
        unit=unit[own],
    )


def components_of(scored: TwoMethodScores) -> ScoreComponents:
    """Variances by moments, as in `analysis.variance_components`: products of the deviations of different answers.

    Answers to one prompt by different participants have the prompt's variance in common, a participant's answers to
    different prompts have the participant's. With scores of one method each, what prompts or participants do to both
    methods cancels.
    """
    rest, total = np.zeros(len(scored.score)), [0.0, 0.0]
    for place, own in enumerate((~scored.second, scored.second)):
        if own.any():
            rest[own] = scored.score[own] - scored.score[own].mean()
            total[place] = float((rest[own] ** 2).sum()) / max(int(own.sum()) - 1, 1)
    prompt, of_prompt = _common(scored, rest, scored.unit, scored.participant)
    people, of_people = _common(scored, rest, scored.participant, scored.unit)
    answer = sum(total) - of_prompt - of_people
    return ScoreComponents(prompt=max(prompt, 0.0), people=max(people, 0.0), answer=max(answer, 0.0))


def _common(scored: TwoMethodScores, rest: Array, group: Array, other: Array) -> tuple[float, float]:
    """The variance that a group's answers have in common: of the difference, and of both methods' scores added up.

    Products are of two answers of one group that differ in `other`.
    """
    sums, counts = (_by_method(scored, values, group) for values in (rest, np.ones(len(rest))))
    cell = group.astype(np.int64) * (int(other.max(initial=0)) + 1) + other
    same, number = (_by_method(scored, values, cell) for values in (rest, np.ones(len(rest))))

    def mean(a: int, b: int) -> float:
        pairs = float(counts[a] @ counts[b] - number[a] @ number[b])
        return float(sums[a] @ sums[b] - same[a] @ same[b]) / pairs if pairs > 0 else 0.0

    own = mean(0, 0) + mean(1, 1)
    return own - 2 * mean(0, 1), max(own, 0.0)


def _by_method(scored: TwoMethodScores, values: Array, code: Array) -> list[Array]:
    """(codes,) sums of the first method's values, and of the second's."""
    codes = np.unique(code, return_inverse=True)[1]
    size = int(codes.max(initial=-1)) + 1
    return [np.bincount(codes, values * own, size) for own in (~scored.second, scored.second)]
