"""Simulated rankings."""

import numpy as np

from analysis.ranking.rankings import Rankings


def drawn(
    strength: list[float],
    answers: int,
    rng: np.random.Generator,
    *,
    shown: int | None = None,
    people: int = 20,
    prompts: int = 15,
    sd_people: float = 0.0,
    sd_prompt: float = 0.0,
    best_and_worst: bool = False,
) -> Rankings:
    """Orders of `shown` methods drawn from the Plackett–Luce model: by strength with Gumbel noise (Yellott 1977).

    Participants and prompts like each method more or less, with these standard deviations.
    """
    number = len(strength)
    places = np.arange(answers)
    participant, prompt = places % people, places * prompts // answers
    utility = np.asarray(strength) + rng.gumbel(size=(answers, number))
    utility = utility + rng.normal(0, sd_people, (people, number))[participant]
    utility = utility + rng.normal(0, sd_prompt, (prompts, number))[prompt]
    if shown is not None and shown < number:
        hidden = rng.random((answers, number)).argsort(axis=1)[:, shown:]
        np.put_along_axis(utility, hidden, -np.inf, axis=1)
    return Rankings(
        methods=[chr(ord("a") + code) for code in range(number)],
        order=np.argsort(-utility, axis=1)[:, : shown or number],
        participant=participant,
        prompt=prompt,
        best_and_worst=best_and_worst,
    )
