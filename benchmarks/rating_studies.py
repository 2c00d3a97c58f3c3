"""Simulated studies of ratings: latent normal values cut into points, and the true means by quadrature."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.clustering import Target
from analysis.rating.ratings import Ratings, Scale

Array = np.ndarray

#: Of the quadrature over how much of the scale people use.
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(31)


@dataclass(frozen=True, kw_only=True)
class SimulatedStudy:
    """Two methods' videos of the same prompts, rated by people; SDs and effects in points of a five-point scale."""

    people: int
    prompts: int
    #: Of the methods, about the middle of the scale.
    effects: tuple[float, float] = (0.0, 0.0)
    #: Videos that each person rates; 0 for all.
    each: int = 0
    #: Whether some videos are shown several times as often as others.
    uneven: bool = False
    #: Whether methods have the prompts in common, and the analysis knows.
    shared: bool = True
    points: int = 5
    slider: bool = False
    prompt: float = 0.6
    video: float = 0.5
    bias: float = 0.4
    #: SD of the logarithm of how much of the scale a person uses.
    stretch: float = 0.25
    interaction: float = 0.2
    noise: float = 0.7
    target: Target = "new"

    @property
    def whole(self) -> bool:
        """Whether all rate everything, and methods share the prompts."""
        return self.shared and not self.each

    @property
    def scale(self) -> Scale:
        """From 1 to 5 on a slider."""
        return Scale(low=1.0, high=5.0 if self.slider else float(self.points), slider=self.slider)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A simulated study and its true means, for new videos and people or for these videos."""

    ratings: Ratings
    truth: tuple[Array, Array]


def draw(design: SimulatedStudy, rng: np.random.Generator) -> Drawn:
    """One study."""
    number = 2 * design.prompts
    method = np.arange(number) % 2
    prompt = np.arange(number) // 2 if design.shared else np.arange(number)
    quality = rng.normal(0, design.prompt, number)[prompt] + rng.normal(0, design.video, number)
    quality += np.array(design.effects)[method]
    participant, video = _shown(design, number, rng)
    stretch = np.exp(rng.normal(0, design.stretch, design.people))
    latent = stretch[participant] * quality[video] + rng.normal(0, design.bias, design.people)[participant]
    interaction = rng.normal(0, design.interaction, (design.people, 2))
    latent += interaction[participant, method[video]] + rng.normal(0, design.noise, len(video))
    ratings = Ratings(
        value=cut(design, latent),
        participant=participant,
        video=video,
        method=method[video],
        prompt=prompt[video] if design.shared else None,
        methods=["a", "b"],
        scale=design.scale,
    )
    return Drawn(ratings, truths(design, quality[method == 0], quality[method == 1]))


def draw_tables(design: SimulatedStudy, number: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Ratings (studies, people, prompts, 2) where all rate everything, and qualities (studies, prompts, 2)."""
    people, prompts = design.people, design.prompts
    quality = rng.normal(0, design.prompt, (number, prompts, 1)) + rng.normal(0, design.video, (number, prompts, 2))
    quality += np.array(design.effects)
    latent = np.exp(rng.normal(0, design.stretch, (number, people, 1, 1))) * quality[:, None]
    latent += rng.normal(0, design.bias, (number, people, 1, 1))
    latent += rng.normal(0, design.interaction, (number, people, 1, 2))
    return cut(design, latent + rng.normal(0, design.noise, latent.shape)), quality


def ratings_of(design: SimulatedStudy, table: Array) -> Ratings:
    """One study's (people, prompts, 2) ratings as the report has them."""
    participant, prompt, method = (codes.ravel() for codes in np.indices(table.shape))
    return Ratings(
        value=table.ravel(),
        participant=participant,
        video=2 * prompt + method,
        method=method,
        prompt=prompt,
        methods=["a", "b"],
        scale=design.scale,
    )


def _shown(design: SimulatedStudy, number: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Who rates which video."""
    if not design.each:
        return np.repeat(np.arange(design.people), number), np.tile(np.arange(number), design.people)
    # The largest of random keys are a sample without replacement, weighted ones where keys are divided (Efraimidis).
    weights = rng.uniform(0.2, 1.8, number) if design.uneven else np.ones(number)
    keys = rng.exponential(size=(design.people, number)) / weights
    chosen = np.argsort(keys, axis=1)[:, : design.each]
    return np.repeat(np.arange(design.people), design.each), chosen.ravel()


def _bounds(design: SimulatedStudy) -> Array:
    """(points − 1,) latent values at which a rating becomes the next point; a five-point scale's are 1 apart."""
    return (np.arange(1, design.points) - design.points / 2) * 4 / (design.points - 1)


def cut(design: SimulatedStudy, latent: Array) -> Array:
    """The ratings that latent values become."""
    if design.slider:
        return np.clip(3 + latent, 1, 5)
    return 1.0 + np.searchsorted(_bounds(design), latent)


def _expected(design: SimulatedStudy, mean: Array, sd: Array) -> Array:
    """The mean rating of normal latent values."""
    if not design.slider:
        return 1 + special.ndtr((mean[..., None] - _bounds(design)) / sd[..., None]).sum(axis=-1)
    low, high = ((end - mean) / sd for end in (-2.0, 2.0))

    def below(z: Array) -> Array:
        return z * special.ndtr(z) + np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)

    return np.asarray(5 - sd * (below(high) - below(low)))


def truths(design: SimulatedStudy, a: Array, b: Array) -> tuple[Array, Array]:
    """Both methods' true mean ratings: over people and new videos, or over people for exactly these.

    Args:
        design: the study.
        a: (..., videos) qualities of the first method's videos.
        b: those of the second method's.

    Returns:
        (...) each for these videos, single numbers for new ones.
    """
    stretch, weights = np.exp(design.stretch * NODES), WEIGHTS / WEIGHTS.sum()
    own = design.bias**2 + design.interaction**2 + design.noise**2
    if design.target == "these":
        means = [_expected(design, np.multiply.outer(stretch, each), np.array(math.sqrt(own))) for each in (a, b)]
    else:
        spread = np.sqrt(own + stretch**2 * (design.prompt**2 + design.video**2))[:, None]
        means = [_expected(design, stretch[:, None] * effect, spread) for effect in design.effects]
    first, second = (np.tensordot(weights, each.mean(axis=-1), 1) for each in means)
    return first, second
