"""Whether there is anything to fix: the goal by the present decisions, of everybody in the table."""

from __future__ import annotations

from core.metrics.stated_rule import stated_rule
from core.mitigate.candidate import CHOOSE, FIT, REPORT, Mitigated
from core.mitigate.goals.goal_test import GoalGap, goal_gap


def goal_now(found: Mitigated) -> GoalGap:
    """How far apart the groups are now: of all parts, but of no second table that judges."""
    present = found.present
    counts = present.counts[FIT] + present.counts[CHOOSE]
    if found.settings.evaluate is None:
        counts += present.counts[REPORT]
    return goal_gap(counts, stated_rule(counts, present.plan), found.settings, present.plan.run.confidence)
