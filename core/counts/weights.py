"""How finely weights are counted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]

# A weight of 1, or a row of one person, in the integers that are added up.
MILLION = 1_000_000
# Weights are counted in units of which the largest weight is at most so many.
MOST_UNITS = 100.0
