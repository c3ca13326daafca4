"""Theil's index: how unevenly the benefit of the decisions falls on people, whatever their group."""

from __future__ import annotations

import numpy as np

from core.counts.rules import Confusion
from core.metrics.group_metrics import Estimate
from core.plan.plan import Plan


def theil_index(people: Confusion, plan: Plan) -> Estimate | None:
    """Theil's index of the benefit b = decision - label + 1 over all labelled people (Speicher et al. 2018)."""
    if plan.data.label is None:
        return None
    n = float(np.sum(people.labelled))
    mean = (n + float(np.sum(people.fp)) - float(np.sum(people.fn))) / n if n else 0.0
    if mean == 0:
        return Estimate(None, reason="no one has a known outcome" if n == 0 else "nobody benefits")
    weights = ((float(np.sum(people.fp)), 2 / mean), (float(np.sum(people.tp + people.tn)), 1 / mean))
    return Estimate(sum(k * b * float(np.log(b)) for k, b in weights) / n)
