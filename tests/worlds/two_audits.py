"""Two audits of the same invented people, before and after, for the tests of comparisons."""

from collections.abc import Mapping

import numpy as np

from core.counts.counts import Groups
from core.counts.rules import Rule
from core.metrics.comparison import Comparison, GapChange, compare_audits
from core.metrics.joint import JointCounts
from core.metrics.verdicts import Judgement, judge
from tests.worlds.people import plan_of

# Of each group and label [[refused twice, newly selected], [newly refused, selected twice]].
Sides = Mapping[str, tuple[list[list[int]], list[list[int]]]]
CLOSING: Sides = {
    "women": ([[300, 60], [5, 35]], [[100, 90], [10, 200]]),
    "men": ([[250, 5], [60, 85]], [[60, 5], [35, 300]]),
}
PLAN = plan_of(("sex",), label=True, groups='reference = {sex = "men"}')


def joint_of(sides: Sides, attribute: str = "sex") -> JointCounts:
    groups = Groups.product((attribute,), (tuple(sides),))
    n = np.zeros((len(groups), 3, 2, 2), np.int64)
    for g, (other, good) in enumerate(sides.values()):
        n[g, 0], n[g, 1] = other, good
    return JointCounts(groups, n)


def judged(joint: JointCounts) -> tuple[Judgement, Judgement]:
    before = judge(joint.before, PLAN, Rule.as_decided(joint.before.axis))
    return before, judge(joint.after, PLAN, Rule.as_decided(joint.after.axis), before.references)


def compared(sides: Sides, paired: bool = True) -> Comparison:
    joint = joint_of(sides)
    return compare_audits(*judged(joint), joint if paired else None, 0.95)


def swapped(sides: Sides) -> Sides:
    return {name: (np.transpose(other).tolist(), np.transpose(good).tolist()) for name, (other, good) in sides.items()}


def unchanged(sides: Sides) -> Sides:
    still = np.eye(2, dtype=int)
    return {name: ((still * other).tolist(), (still * good).tolist()) for name, (other, good) in sides.items()}


def of(comparison: Comparison, measure: str) -> GapChange:
    return next(gap for gap in comparison.gaps if gap.measure == measure)


def one_rate(before: float, after: float, n: int) -> list[list[int]]:
    """A group of which the two decisions, each with its rate, agree as often as they can."""
    old, new = round(before * n), round(after * n)
    return [[n - max(old, new), max(0, new - old)], [max(0, old - new), min(old, new)]]


def selecting(women: tuple[float, float], men: tuple[float, float], n: int) -> Comparison:
    """Both groups' rates before and after, each with n people."""
    nobody = [[0, 0], [0, 0]]
    return compared({"women": (one_rate(*women, n), nobody), "men": (one_rate(*men, n), nobody)})
