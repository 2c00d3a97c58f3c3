"""What votes say of a method that won or lost all of them."""

import math

import numpy as np
import pytest

from analysis.clustering import UNBOUNDED
from analysis.intervals import t_quantile, wilson
from analysis.preference.fitting import fit, table_of
from analysis.preference.unbeaten import never_lost, open_interval
from analysis.preference.votes import LEFT, RIGHT, Votes

Array = np.ndarray


def unanimous(people: int, prompts: int, left: bool = True) -> Votes:
    """Votes of all people on all prompts, all for `a`, which stands on the left half of the time."""
    person, prompt = np.divmod(np.arange(people * prompts), prompts)
    side = (person + prompt) % 2 if left else np.zeros(len(person), int)
    return Votes(
        methods=["a", "b"],
        left=side,
        right=1 - side,
        participant=person,
        prompt=prompt,
        outcome=np.where(side == 0, LEFT, RIGHT),
    )


@pytest.mark.parametrize(("target", "clusters"), [("these", 8), ("new", 5)])
def test_the_end_is_the_log_odds_of_wilsons_share(target: str, clusters: int) -> None:
    """Against one other method the end is logit of the lower end of Wilson's interval for as many votes as clusters."""
    votes = unanimous(8, 5)
    found = open_interval(votes, fit(table_of(votes)), 0, np.array([1]), target, 0.95)  # type: ignore[arg-type]
    share = wilson(1.0, clusters, t_quantile(clusters - 1)).low
    assert found.low == pytest.approx(math.log(share / (1 - share)), abs=1e-9)
    assert found.high == math.inf
    worse = open_interval(votes, fit(table_of(votes)), 1, np.array([0]), target, 0.95)  # type: ignore[arg-type]
    assert worse.low == -math.inf
    assert worse.high == pytest.approx(-found.low, abs=1e-9)


def test_few_clusters_prove_nothing() -> None:
    """Four people who agree do not show that new ones would at 5 %; twenty on twenty prompts do; one says nothing."""
    assert not never_lost(unanimous(4, 20), 0, 1, "new", 0.05)
    assert never_lost(unanimous(20, 20), 0, 1, "new", 0.05)
    assert not never_lost(unanimous(20, 20), 1, 0, "new", 0.05)
    assert not never_lost(unanimous(1, 20), 0, 1, "these", 0.05)
    votes = unanimous(1, 20)
    assert open_interval(votes, fit(table_of(votes)), 0, np.array([1]), "new", 0.95) == UNBOUNDED
