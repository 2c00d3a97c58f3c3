"""The methods as tables: which terms pull on a video, how hard, and from which start.

Adding a method is adding a table to `METHODS`; `vidgen/objectives.py` has the terms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One term of an objective."""

    #: A name in `vidgen.objectives.OBJECTIVES`.
    objective: str
    #: η of eq. 8: the video moves by −η ∂L/∂X a step.
    rate: float
    #: The rate is multiplied by the noise level to this power, for methods that anneal it.
    power: int = 0
    #: The term pulls only while the noise level is above this.
    above: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """The video at step 0: `mean + std · noise`, the noise from the item's own seed, per pixel, frame and colour."""

    distribution: str = "uniform"
    mean: float = 0.5
    #: Of normal noise its standard deviation; of uniform noise the half width.
    spread: float = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Annealing:
    """Noise levels that fall from step to step, spaced as in Karras et al. 2022 (eq. 5)."""

    highest: float = 40.0
    lowest: float = 0.1
    rho: float = 7.0
    #: The noise falls as the level told to this power. Above 1 a video is calmer than the auto-encoder is told, which
    #: costs diversity and leaves no grain.
    haste: float = 1.0
    #: 1: what the terms point to is taken to stay from level to level (Euler); 2: to go on changing as it did over the
    #: level before (DPM-Solver++(2M), Lu et al. 2022, doi:10.48550/arXiv.2211.01095, algorithm 2).
    order: int = 1

    def levels(self, steps: int) -> list[float]:
        """`steps + 1` levels, the last one 0."""
        high, low = self.highest ** (1 / self.rho), self.lowest ** (1 / self.rho)
        return [(high + i / max(1, steps - 1) * (low - high)) ** self.rho for i in range(steps)] + [0.0]

    def share(self, levels: Sequence[float], step: int) -> float:
        """How much of its way to what the terms point to a video goes in that step."""
        return 1 - float((levels[step + 1] / levels[step]) ** self.haste)

    def foresight(self, levels: Sequence[float], step: int) -> float:
        """What share of its last change is added to what the terms point to; none at the end, which R(X) decides."""
        if self.order == 1 or step == 0 or levels[step + 1] == 0:
            return 0.0
        return 0.5 * log(levels[step] / levels[step + 1]) / log(levels[step - 1] / levels[step])


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """A way to make a video from its labels: X ← X − Σ η_k ∂L_k/∂X, `steps` times (eq. 8)."""

    name: str
    summary: str
    terms: tuple[Term, ...]
    steps: int
    start: Start = Start()
    #: What the auto-encoder is told; None: what is found in the video. With annealing, the levels take its place.
    noise_level: float | None = None
    annealing: Annealing | None = None

    def __post_init__(self) -> None:
        """Reject what cannot be followed."""
        if self.steps < 1:
            raise ValueError(f"method {self.name!r} needs at least one step, got {self.steps}")


METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method(
            name="proposed",
            summary="class cross-entropy of R(X), and R(X) − X for the decoded error (eqs. 6–8), annealed",
            terms=(
                Term(objective="decoded_cross_entropy", rate=20.0, power=2, above=0.5),
                Term(objective="decoded_distance", rate=1.0),
            ),
            steps=48,
            start=Start(distribution="normal", mean=1.0, spread=160.0),
            annealing=Annealing(highest=160.0, haste=1.6),
        ),
        Method(
            name="comparison",
            summary="class cross-entropy and L2 norm (eqs. 9–11)",
            terms=(
                Term(objective="class_cross_entropy", rate=100.0),
                Term(objective="l2_norm", rate=15_000.0),
            ),
            steps=80,
        ),
        Method(
            name="refined",
            summary="towards R(X) at a falling noise level, the auto-encoder told the labels",
            terms=(Term(objective="told_distance", rate=1.0),),
            steps=12,
            start=Start(distribution="normal", mean=1.0, spread=40.0),
            annealing=Annealing(haste=1.6, order=2),
        ),
    )
}


def find_method(name: str) -> Method:
    """The method of that name; "proposed:paper" and "comparison:paper" have the literal settings of Table 1.

    Raises:
        ValueError: no such method; the message lists the known ones.
    """
    base, _, settings = name.partition(":")
    if name not in KNOWN:
        raise ValueError(f"unknown method {name!r}; known methods: {', '.join(KNOWN)}")
    if not settings:
        return METHODS[base]
    terms = tuple(Term(objective=objective, rate=rate) for objective, rate in PAPER_RATES[base].items())
    return Method(name=name, summary=METHODS[base].summary, terms=terms, steps=50_000)


#: Table 1: η_C3D 10, η_AE 10, η_norm 5, for 50,000 iterations.
PAPER_RATES = {
    "proposed": {"class_cross_entropy": 10.0, "decoded_error": 10.0},
    "comparison": {"class_cross_entropy": 10.0, "l2_norm": 5.0},
}
#: Every name that `find_method` takes.
KNOWN = (*METHODS, *(f"{name}:paper" for name in PAPER_RATES))
