"""What a machine's scores of all videos add to people's answers about some of them."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PoweredEstimate:
    """A prediction-powered estimate beside that of people alone, on the scale of the question's measure."""

    estimate: float
    """With the machine's scores."""
    ci_low: float | None
    """Lower bound of its interval for new videos and participants; null where it is infinite."""
    ci_high: float | None
    """Upper bound of that interval."""
    alone: float
    """People's answers alone."""
    alone_low: float | None
    """Lower bound of the interval of people alone, for the same."""
    alone_high: float | None
    """Upper bound of that interval."""
    relative_width: float | None
    """Width of the interval with the machine, as a fraction of that of people alone; null where nothing is inferred."""
    tuning: float
    """How much of the machine's difference is used (λ); 0 where it is of no use: the result is that of people alone."""


@dataclass(frozen=True, kw_only=True)
class PoweredMethod(PoweredEstimate):
    """One method's estimate."""

    name: str
    """The method."""
    n_answers: int
    """Answers that count."""
    n_videos: int
    """Videos with such answers."""
    n_others: int
    """Videos without, that the machine scored."""
    p_sampling: float | None
    """p of the test that the machine scores the videos with answers like the others; null where it says nothing."""


@dataclass(frozen=True, kw_only=True)
class PoweredDifference(PoweredEstimate):
    """The difference of the question's first pair of methods, the first less the second."""

    a: str
    """The first method, as in the first comparison."""
    b: str
    """The second method."""


@dataclass(frozen=True, kw_only=True)
class MachineHelp:
    """Prediction-powered estimates of one question."""

    machine: str
    """The column with the machine's scores."""
    table: str
    """The name of the file that has it, with a row for every video."""
    methods: list[PoweredMethod]
    """Each method that has answers, in the order of the question's methods."""
    difference: PoweredDifference | None
    """Of the first comparison; null without comparisons."""
    notes: list[str]
    """What a reader must know, each a sentence."""
