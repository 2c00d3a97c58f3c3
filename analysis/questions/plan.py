"""How a question is analysed, whatever its kind."""

from dataclasses import dataclass, field

from analysis.comparisons import Rules


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionPlan:
    """The rules of the analysis, as the study file declares them."""

    rules: Rules = field(default_factory=Rules)
    #: The method of real clips.
    control: str = "real"
    #: The planned comparisons; empty where every pair is meant.
    pairs: tuple[tuple[str, str], ...] = ()
    #: Of everything random.
    seed: int = 0
    #: Whether models that take minutes are fitted; None where there are few answers.
    mixed: bool | None = None
    #: Whether methods are compared; not while answers come in, unless the plan declares a sequential rule.
    tested: bool = True
