"""Who is selected at which score, by the plan's own rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.counts.axis import Axis
from core.counts.counts import Floats, Groups
from core.counts.rules import Rule, Stated
from core.data.row_hash import draws
from core.metrics.verdicts import plan_edge
from core.plan.plan import Plan


@dataclass(frozen=True, eq=False)
class Decider:
    """Turns scores into decisions.

    `rule` is None for a model that decides by itself: its scores are 0 and 1.
    """

    axis: Axis | None
    rule: Rule | None

    @classmethod
    def of(cls, plan: Plan, groups: Groups, dtype: str | None, stated: Stated | None) -> Decider:
        """The rule of a plan for scores of a float type; `dtype` is None for a model that decides by itself."""
        if dtype is None:
            return cls(None, None)
        if stated is not None:
            axis = Axis.probabilities(dtype, *stated.edges)
            return cls(axis, stated.rule(groups, axis))
        edge = plan_edge(plan, dtype)
        axis = Axis.probabilities(dtype, edge)
        return cls(axis, Rule.threshold(axis, edge))

    def selected(
        self, scores: Floats, cells: npt.NDArray[np.integer], hashes: npt.NDArray[np.uint64]
    ) -> npt.NDArray[np.bool_]:
        """Who is selected, shape (n,), from scores, groups' cells, and hashes where lots are drawn."""
        if self.rule is None or self.axis is None:
            return np.asarray(scores == 1.0)
        bins = self.axis.bin(scores.astype(self.axis.dtype))
        chance = self.rule.selected[bins] if self.rule.selected.ndim == 1 else self.rule.selected[cells, bins]
        return np.asarray(draws(hashes) < chance)
