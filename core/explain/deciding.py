"""Who is selected at which score, by the plan's own rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.counts.axis import Axis
from core.counts.counts import Floats, Groups
from core.counts.rules import Rule, Stated
from core.engine.deciding import decided, model_axis
from core.metrics.verdicts import plan_edge
from core.plan.plan import Plan


@dataclass(frozen=True, eq=False)
class Decider:
    """Turns scores into decisions; those of a model that decides by itself are 0 and 1."""

    axis: Axis
    rule: Rule

    @classmethod
    def of(cls, plan: Plan, groups: Groups, dtype: str | None, stated: Stated | None) -> Decider:
        """The rule of a plan for scores of a float type; `dtype` is None for a model that decides by itself."""
        axis = model_axis(plan, stated, dtype)
        if dtype is None:
            return cls(axis, Rule.as_decided(axis))
        return cls(axis, Rule.threshold(axis, plan_edge(plan, dtype)) if stated is None else stated.rule(groups, axis))

    def selected(
        self, scores: Floats, cells: npt.NDArray[np.integer], hashes: npt.NDArray[np.uint64]
    ) -> npt.NDArray[np.bool_]:
        """Who is selected, shape (n,), from scores, groups' cells, and hashes where lots are drawn."""
        return decided(self.rule, cells, self.axis.bin(scores.astype(self.axis.dtype)), hashes)
