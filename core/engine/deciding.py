"""From scores to decisions, also by lots: the one way for an audit, a search for fixes and an explanation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.counts.rules import Rule
from core.counts.weights import Hashes
from core.data.row_hash import draws


def decided(
    rule: Rule, cells: npt.NDArray[np.integer], bins: npt.NDArray[np.integer], hashes: Hashes
) -> npt.NDArray[np.bool_]:
    """Who is selected, bool of shape (n,); each row draws for itself, in any order of the rows.

    Parameters
    ----------
    rule
        The chance of being selected, by bin or by group and bin.
    cells, bins
        Each one's group and bin of the score, shape (n,).
    hashes
        A hash of each one's row, shape (n,): what is drawn follows from it.
    """
    chance = rule.selected[bins] if rule.selected.ndim == 1 else rule.selected[cells, bins]
    return np.asarray(draws(hashes) < chance)
