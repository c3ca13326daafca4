"""Judgements on small tables of decisions, for the tests of verdicts."""

from core.counts.rules import Rule
from core.metrics.verdicts import Gap, Judgement, judge
from core.plan.plan import Plan
from tests.worlds.people import plan_of, selections

Table = dict[str, tuple[int, int]]


def judged(table: dict, plan: Plan | None = None, attributes: tuple[str, ...] = ("g",)) -> Judgement:
    """The judgement on {group: (selected, people)}."""
    counts = selections(table, attributes)
    return judge(counts, plan or plan_of(attributes), Rule.as_decided(counts.axis))


def gap_of(judgement: Judgement, measure: str, *group: str) -> Gap:
    """The gap of one group on one measure."""
    (found,) = (gap for gap in judgement.gaps if gap.measure == measure and tuple(gap.group.values()) == group)
    return found


def ratio_of(table: dict, group: str, plan: Plan | None = None) -> Gap:
    """The gap of one group in how often it is selected, as a ratio."""
    return gap_of(judged(table, plan), "disparate_impact", group)
