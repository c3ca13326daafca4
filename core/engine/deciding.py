"""From scores to decisions, also by lots: the one way for an audit, a search for fixes and an explanation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.counts.axis import Axis
from core.counts.rules import Rule, Stated
from core.counts.weights import Hashes
from core.data.row_hash import draws
from core.metrics.verdicts import plan_edge
from core.plan.plan import Plan


def limits(plan: Plan, stated: Stated | None, dtype: str) -> list[float]:
    """The scores of this float type at which the plan's threshold, or its stated rule, decides."""
    return [plan_edge(plan, dtype)] if stated is None else list(stated.edges)


def model_axis(plan: Plan, stated: Stated | None, dtype: str | None) -> Axis:
    """The axis of a model's scores of this float type, with an edge at each limit; None for one that decides itself."""
    return Axis.decisions() if dtype is None else Axis.probabilities(dtype, *limits(plan, stated, dtype))


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
    return np.asarray(draws(hashes) < chances(rule, cells, bins))


def chances(rule: Rule, cells: npt.NDArray[np.integer], bins: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """How likely each one is selected, 0 or 1 where the rule draws no lots: float64 of shape (n,)."""
    found: npt.NDArray[np.float64] = rule.selected[bins] if rule.selected.ndim == 1 else rule.selected[cells, bins]
    return found
