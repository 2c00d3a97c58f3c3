"""The methods as tables: the terms of the objective with their rates, the start, the number of steps.

A new method is a new table in `METHODS`; `vidgen/objectives.py` has the terms.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One term of an objective."""

    objective: str
    """A name in `vidgen.objectives.OBJECTIVES`."""
    rate: float
    """η of eq. 8: each step moves the video by −η ∂L/∂X."""
    power: int = 0
    """Exponent p of the noise level in the rate, η σ^p."""
    above: float = 0.0
    """The term counts only while the noise level is above this."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """The video at step 0: `mean + spread · noise`, independent per pixel, frame and colour, from the video's seed."""

    distribution: str = "uniform"
    """The noise: "uniform" in [−1, 1], or "normal" with standard deviation 1."""
    mean: float = 0.5
    """The value without noise, where 0 is black and 1 is white."""
    spread: float = 0.5
    """Factor on the noise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Annealing:
    """A schedule of noise levels that fall from step to step (Karras et al. 2022, eq. 5), and how they are followed."""

    sigma_max: float = 40.0
    """The first noise level, a standard deviation."""
    sigma_min: float = 0.1
    """The last noise level above 0."""
    rho: float = 7.0
    """Curvature of the schedule; larger values give more steps at low noise levels."""
    step_exponent: float = 1.0
    """Exponent of the step size; above 1 the noise falls faster than the σ given to the denoiser, which removes grain
    and costs diversity."""
    order: int = 1
    """1: Euler's steps; 2: second-order multistep (DPM-Solver++(2M), Lu et al. 2022, doi:10.48550/arXiv.2211.01095,
    algorithm 2)."""

    def sigmas(self, steps: int) -> list[float]:
        """`steps + 1` noise levels, the last one 0."""
        high, low = self.sigma_max ** (1 / self.rho), self.sigma_min ** (1 / self.rho)
        return [(high + i / max(1, steps - 1) * (low - high)) ** self.rho for i in range(steps)] + [0.0]

    def step_fraction(self, sigmas: Sequence[float], step: int) -> float:
        """The fraction of the way to its target, X − gradient, that a video moves in that step; 1 in the last."""
        return 1 - float((sigmas[step + 1] / sigmas[step]) ** self.step_exponent)

    def multistep_correction(self, sigmas: Sequence[float], step: int) -> float:
        """The factor by which the target's last change is extrapolated; 0 at order 1, in the first and last step."""
        if self.order == 1 or step == 0 or sigmas[step + 1] == 0:
            return 0.0
        return 0.5 * log(sigmas[step] / sigmas[step + 1]) / log(sigmas[step - 1] / sigmas[step])


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """How a video is made from its labels: X ← X − Σ η_k ∂L_k/∂X, `steps` times (eq. 8)."""

    name: str
    """The method's name."""
    summary: str
    """What it does, in a line."""
    terms: tuple[Term, ...]
    """The terms of the objective."""
    steps: int
    """The number of steps."""
    start: Start = Start()
    """The video at step 0."""
    sigma: float | None = None
    """The noise level given to the auto-encoder; None: it is estimated from the video. Annealing overrides it."""
    annealing: Annealing | None = None
    """The schedule of noise levels; None: all steps are equal."""
    c3d: str = "c3d"
    """The checkpoint of the classifier; weights without it have "c3d" in its place."""
    tempcae: str = "tempcae"
    """The checkpoint of the auto-encoder; weights without it have "tempcae" in its place."""

    def __post_init__(self) -> None:
        """Check the number of steps."""
        if self.steps < 1:
            raise ValueError(f"method {self.name!r} needs at least one step, got {self.steps}")


METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method(
            name="proposed",
            summary="class cross-entropy of X, and R(X) − X for the decoded error (eqs. 6–8)",
            terms=(
                Term(objective="class_cross_entropy", rate=1000.0),
                Term(objective="decoded_distance", rate=0.1),
            ),
            steps=80,
            c3d="c3d_robust",
            tempcae="tempcae_deep",
        ),
        Method(
            name="comparison",
            summary="class cross-entropy of X, and L2 norm (eqs. 9–11)",
            terms=(
                Term(objective="class_cross_entropy", rate=800.0),
                # Together, as much of the norm's flow as 50,000 steps of Table 1's η 5.
                Term(objective="l2_norm", rate=250_000 / 75),
            ),
            steps=75,
            c3d="c3d_robust",
        ),
        Method(
            name="guided",
            summary="class cross-entropy of R(X), and R(X) − X, at a falling noise level (universal guidance)",
            terms=(
                Term(objective="decoded_cross_entropy", rate=20.0, power=2, above=0.5),
                Term(objective="decoded_distance", rate=1.0),
            ),
            steps=48,
            start=Start(distribution="normal", mean=1.0, spread=160.0),
            annealing=Annealing(sigma_max=160.0, step_exponent=1.6),
        ),
        Method(
            name="refined",
            summary="R(X) − X at a falling noise level, R conditional on the labels",
            terms=(Term(objective="conditional_distance", rate=1.0),),
            steps=12,
            start=Start(distribution="normal", mean=1.0, spread=40.0),
            annealing=Annealing(step_exponent=1.6, order=2),
        ),
    )
}


def find_method(name: str) -> Method:
    """The method of that name; "proposed:paper" and "comparison:paper" have the settings of the paper's Table 1.

    Raises:
        ValueError: no such method; the message lists the known ones.
    """
    base, _, settings = name.partition(":")
    if name not in KNOWN:
        raise ValueError(f"unknown method {name!r}; known methods: {', '.join(KNOWN)}")
    if not settings:
        return METHODS[base]
    terms = tuple(Term(objective=objective, rate=rate) for objective, rate in PAPER_RATES[base].items())
    return replace(METHODS[base], name=name, terms=terms, steps=50_000, start=Start(), tempcae="tempcae_shallow")


#: Table 1: η_C3D 10, η_AE 10, η_norm 5, for 50,000 iterations.
PAPER_RATES = {
    "proposed": {"class_cross_entropy": 10.0, "decoded_error": 10.0},
    "comparison": {"class_cross_entropy": 10.0, "l2_norm": 5.0},
}
#: Every name that `find_method` accepts.
KNOWN = (*METHODS, *(f"{name}:paper" for name in PAPER_RATES))
