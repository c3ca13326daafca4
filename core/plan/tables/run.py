"""`[run]`: what makes a run repeatable."""

from __future__ import annotations

from core.errors import PlanError
from core.plan.parts import Run
from core.plan.reader import Section


def read_run(run: Section) -> Run:
    """The table as a part of the plan. Raises PlanError naming the key that is wrong."""
    plan = Run(seed=run.take("seed", int, default=0), confidence=run.take("confidence", float, default=0.95))
    run.done()
    if not 0.5 <= plan.confidence < 1:
        raise PlanError("[run] confidence is a number from 0.5 to just under 1, such as 0.95.")
    return plan
