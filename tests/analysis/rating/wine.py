"""Bitterness of wine (Randall, Biometrical Journal 1989), as in R's ordinal: 9 judges, 2 bottles of 4 treatments."""

import numpy as np

Array = np.ndarray

#: One row per bottle (cold, cold with contact, warm, warm with contact; two each), one digit per judge, from 1 to 5.
BOTTLES = "212323121 323232122 313343223 432232232 425332233 435234332 554535234 544334344"

POINT = np.array([[int(digit) for digit in row] for row in BOTTLES.split()]).ravel() - 1
JUDGE = np.tile(np.arange(9), 8)
WARM = np.repeat([0.0, 0, 0, 0, 1, 1, 1, 1], 9)
CONTACT = np.repeat([0.0, 0, 1, 1, 0, 0, 1, 1], 9)
X = np.column_stack([WARM, CONTACT])
