"""Simulated ratings of known methods."""

import numpy as np

from analysis.rating.ratings import Ratings, Scale


def study(
    seed: int,
    *,
    people: int = 20,
    prompts: int = 20,
    effects: tuple[float, ...] = (0.0, 0.8),
    shared: bool = True,
    spread: float = 0.5,
) -> Ratings:
    """Everybody rates a video of each prompt by each method, from 1 to 5."""
    rng = np.random.default_rng(seed)
    methods = len(effects)
    participant, prompt, method = (
        codes.ravel() for codes in np.meshgrid(np.arange(people), np.arange(prompts), np.arange(methods), indexing="ij")
    )
    video = prompt * methods + method
    latent = np.array(effects)[method] + rng.normal(0, spread, people)[participant]
    latent += rng.normal(0, spread, prompts)[prompt] + rng.normal(0, spread, prompts * methods)[video]
    value = np.clip(np.round(3 + latent + rng.normal(0, 0.8, len(video))), 1, 5)
    return Ratings(
        value=value,
        participant=participant,
        video=video,
        method=method,
        prompt=prompt if shared else None,
        methods=["ours", "theirs", "real"][:methods],
        scale=Scale(),
    )
