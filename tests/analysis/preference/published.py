"""Published tables of paired comparisons, as (first, second, outcome) counts."""

import numpy as np

Array = np.ndarray

#: Citations between journals, Stigler, Statistical Science 1994, as in Agresti, Categorical Data Analysis, 2nd ed., p.
#: 448; the cited journal wins. The data set `citations` of the R package BradleyTerry2.
JOURNALS = ["Biometrika", "Comm Statist", "JASA", "JRSS-B"]
CITED = {
    ("Comm Statist", "Biometrika"): 33,
    ("JASA", "Biometrika"): 320,
    ("JRSS-B", "Biometrika"): 284,
    ("Biometrika", "Comm Statist"): 730,
    ("JASA", "Comm Statist"): 813,
    ("JRSS-B", "Comm Statist"): 276,
    ("Biometrika", "JASA"): 498,
    ("Comm Statist", "JASA"): 68,
    ("JRSS-B", "JASA"): 325,
    ("Biometrika", "JRSS-B"): 221,
    ("Comm Statist", "JRSS-B"): 17,
    ("JASA", "JRSS-B"): 142,
}

#: American League, Eastern Division, 1987: Agresti, Categorical Data Analysis, 2nd ed., p. 438; the data set
#: `baseball` of BradleyTerry2. Each row is a home team, each entry its wins and losses at home against the column's.
TEAMS = ["Baltimore", "Boston", "Cleveland", "Detroit", "Milwaukee", "New York", "Toronto"]
AT_HOME = """
    --- 1-6 3-4 1-5 2-5 2-4 1-6
    6-0 --- 5-2 2-5 5-1 4-2 3-3
    2-4 4-2 --- 3-3 2-5 4-3 3-4
    4-3 6-0 6-1 --- 3-3 4-3 4-2
    6-0 6-1 4-2 4-3 --- 4-3 4-2
    6-1 4-3 4-2 5-1 3-3 --- 2-5
    6-0 4-3 4-2 4-3 2-5 2-4 ---
"""

#: Six brands of chocolate pudding, Davidson, JASA 1970, example 2; the data set `pudding` of the R package
#: PlackettLuce. Brands i and j, how often i was preferred, how often j, and how often neither.
PUDDINGS = """
    1 2 19 22 16   1 3 16 19 12   2 3 19 19 10   1 4 18 23 13   2 4 23 19  9
    3 4 19 20 15   1 5 13 19 18   2 5 16 20 12   3 5 16 15 17   4 5 17 14 16
    1 6 18 21 12   2 6 22 20 12   3 6 13 18 10   4 6 14 19 18   5 6 11 21 12
"""


def citations() -> Array:
    """(4, 4, 3) counts; who stands first does not matter."""
    table = np.zeros((4, 4, 3))
    for (winner, loser), number in CITED.items():
        table[JOURNALS.index(winner), JOURNALS.index(loser), 0] = number
    return table


def baseball() -> Array:
    """(7, 7, 3) counts with the home team first."""
    table = np.zeros((7, 7, 3))
    for home, row in enumerate(AT_HOME.split("\n")[1:-1]):
        for away, games in enumerate(row.split()):
            if games != "---":
                table[home, away, 0], table[home, away, 2] = map(int, games.split("-"))
    return table


def puddings() -> Array:
    """(6, 6, 3) counts."""
    table = np.zeros((6, 6, 3))
    for i, j, first, second, neither in np.array(PUDDINGS.split(), int).reshape(-1, 5):
        table[i - 1, j - 1] = first, neither, second
    return table
