"""Simulated votes with known strengths: of participants who differ, on prompts that suit methods differently."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis.preference.models import MODELS, ModelName
from analysis.preference.votes import LEFT, RIGHT, Votes

Array = np.ndarray

#: Nodes of the Gauss–Hermite quadrature over effects.
NODES = 41


@dataclass(frozen=True, kw_only=True, slots=True)
class VoteModel:
    """A study of preferences; effects are normal on the scale of log strengths."""

    #: (methods,) log strengths of an average prompt and participant.
    strengths: tuple[float, ...]
    num_participants: int
    num_prompts: int
    #: Votes of each participant, drawn from all pairs of all prompts without repeats; None for all of them.
    votes_per_participant: int | None = None
    #: Pairs of methods that are asked about; None for all.
    pairs: tuple[tuple[int, int], ...] | None = None
    model: ModelName = "davidson"
    #: log ν or log θ; ignored by `bradley-terry`, which has no ties.
    tie: float = -0.7
    position: float = 0.0
    #: Standard deviations: prompt × method, participant × method, participant × side.
    prompt_sd: float = 0.5
    participant_sd: float = 0.5
    side_sd: float = 0.3

    def __post_init__(self) -> None:
        if self.votes_per_participant is not None and self.votes_per_participant > self.num_prompts * len(self.asked):
            raise ValueError(
                f"votes_per_participant {self.votes_per_participant} is more than the "
                f"{self.num_prompts * len(self.asked)} pairs of videos"
            )

    @property
    def asked(self) -> tuple[tuple[int, int], ...]:
        """The pairs of methods that are asked about."""
        return self.pairs or tuple(combinations(range(len(self.strengths)), 2))

    def probabilities(self, d: Array, spread: float) -> Array:
        """(rows, 3) of the outcomes, over effects with that standard deviation about each d."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
        if not spread:
            nodes, weights = np.zeros(1), np.ones(1)
        all_d = d[:, None] + spread * nodes
        log_p = MODELS[self.model](all_d.ravel(), self.tie).log_p.reshape(len(d), len(nodes), 3)
        p = np.exp(log_p)
        if self.model == "bradley-terry":
            p[..., 1] = 0.0
        return np.asarray(np.einsum("rno,n->ro", p, weights / weights.sum()))

    def expected(self) -> Array:
        """(methods on the left, methods on the right, outcomes) expected shares of the votes, over everything random.

        A model fitted to them has the strengths that its intervals are about: nearer to each other than `strengths`,
        since effects add noise.
        """
        size = len(self.strengths)
        table = np.zeros((size, size, 3))
        pairs = np.array([pair for asked in self.asked for pair in (asked, asked[::-1])])
        lam = np.array(self.strengths)
        spread = float(np.sqrt(2 * self.prompt_sd**2 + 2 * self.participant_sd**2 + self.side_sd**2))
        p = self.probabilities(lam[pairs[:, 0]] - lam[pairs[:, 1]] + self.position, spread)
        table[pairs[:, 0], pairs[:, 1]] = p / len(pairs)
        return table

    def net(self, a: int, b: int) -> float:
        """The net win rate of a against b, over everything random, each on either side equally often."""
        table = self.expected()
        wins = table[a, b, LEFT] + table[b, a, RIGHT] - table[a, b, RIGHT] - table[b, a, LEFT]
        return float(wins / (table[a, b].sum() + table[b, a].sum()))


def simulate(model: VoteModel, rng: np.random.Generator) -> Votes:
    """Votes of one study; the sides are balanced for each participant as far as their number allows."""
    size, pairs = len(model.strengths), np.array(model.asked)
    every = model.num_prompts * len(pairs)
    own = every if model.votes_per_participant is None else model.votes_per_participant
    items = np.concatenate([rng.choice(every, own, replace=False) for _ in range(model.num_participants)])
    participant = np.repeat(np.arange(model.num_participants), own)
    prompt, pair = np.divmod(items, len(pairs))
    swapped = np.concatenate([rng.permutation(np.arange(own) % 2) for _ in range(model.num_participants)]) == 1
    first, second = pairs[pair].T
    left, right = np.where(swapped, second, first), np.where(swapped, first, second)
    by_prompt = rng.normal(0, model.prompt_sd, (model.num_prompts, size)) + np.array(model.strengths)
    by_person = rng.normal(0, model.participant_sd, (model.num_participants, size))
    side = model.position + rng.normal(0, model.side_sd, model.num_participants)
    d = by_prompt[prompt, left] - by_prompt[prompt, right] + side[participant]
    d += by_person[participant, left] - by_person[participant, right]
    p = model.probabilities(d, 0.0)
    outcome = (rng.random(len(d))[:, None] > np.cumsum(p, axis=1)[:, :2]).sum(axis=1)
    names = [chr(ord("a") + place) if size <= 26 else f"method {place:03}" for place in range(size)]
    return Votes(methods=names, left=left, right=right, participant=participant, prompt=prompt, outcome=outcome)
