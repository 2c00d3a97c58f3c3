"""Plackett–Luce strengths with intervals clustered by participant and prompt, and ranks, as those of preferences.

The covariance is the sandwich: the scores of whole answers, since the places of one order depend on each other, summed
over participants and over prompts, between the inverse information on both sides. Of two methods the model says what
Bradley & Terry's does, so that whatever concerns two methods, such as one that is always ahead, is inferred from the
pairs that the rankings imply.
"""

import numpy as np

from analysis.clustering import cluster
from analysis.preference.connectedness import Connectedness, connectedness
from analysis.preference.fitting import Fit, table_of
from analysis.preference.strengths import Strengths
from analysis.preference.votes import LEFT, Votes
from analysis.ranking import plackett_luce
from analysis.ranking.rankings import Rankings, implied_pairs
from analysis.ranking.stages import stages_of


class RankingStrengths(Strengths):
    """The Plackett–Luce model of some rankings with its clustered covariance.

    Args:
        rankings: at least one.
    """

    def __init__(self, rankings: Rankings) -> None:
        self.votes = implied_votes(rankings)
        connected = connectedness(table_of(self.votes))
        stages = stages_of(rankings).within(connected.group)
        found = plackett_luce.fit(stages, connected.group)
        scores = plackett_luce.scores(stages, found.strength)
        self.fit = _as_pairs(found, connected)
        self.clustered = cluster(scores, rankings.participant, rankings.prompt).mapped(found.inverse)


def implied_votes(rankings: Rankings) -> Votes:
    """The pairs that rankings imply as votes for the one on the left; neither stood on a side."""
    pairs = implied_pairs(rankings)
    return Votes(
        methods=list(rankings.methods),
        left=pairs.winner,
        right=pairs.loser,
        participant=rankings.participant[pairs.answer],
        prompt=rankings.prompt[pairs.answer],
        outcome=np.full(len(pairs.answer), LEFT),
    )


def _as_pairs(found: plackett_luce.RankingFit, connected: Connectedness) -> Fit:
    """The fit as one of pairs, without position and ties."""
    size = len(found.strength)
    return Fit(
        model="bradley-terry",
        connected=connected,
        strength=found.strength,
        position=None,
        tie=None,
        log_likelihood=found.log_likelihood,
        inverse=found.inverse,
        scores=np.zeros((size, size, 3, 2)),
        information=found.information,
    )
