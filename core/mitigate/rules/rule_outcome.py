"""What a rule would mean for people: the gap it leaves, what it costs, and whose decisions it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

from core.counts.counts import Counts, Floats, summed
from core.counts.rules import Rule, confusion
from core.mitigate.goals import Cost, Exact, Goal
from core.mitigate.goals.goal_groups import asked_of

ONE_IN = 100

Bools = npt.NDArray[np.bool_]


@overload
def nearly_none(selected: float, n: int) -> tuple[bool, bool]: ...


@overload
def nearly_none(selected: npt.NDArray[np.number], n: npt.NDArray[np.number]) -> tuple[Bools, Bools]: ...


def nearly_none(
    selected: float | npt.NDArray[np.number], n: int | npt.NDArray[np.number]
) -> tuple[bool | Bools, bool | Bools]:
    """Whether under 1 in 100 are selected, and whether under 1 in 100 are refused; arrays of the shape given."""
    return ONE_IN * selected < n, ONE_IN * (n - selected) < n


@dataclass(frozen=True)
class GroupOutcome:
    """One group before and after: people, as whole numbers unless a rule draws lots; then expected numbers.

    `threshold` is infinite beyond the last edge, and None where the group has no single threshold.
    """

    group: dict[str, str]
    n: int
    selected_before: float
    selected: float
    newly_selected: float
    newly_refused: float
    threshold: float | None = None

    @property
    def is_degenerate(self) -> bool:
        """Whether nearly nobody or nearly everybody of the group is selected, though it was not so before."""
        after, before = (nearly_none(selected, self.n) for selected in (self.selected, self.selected_before))
        return any(then and not already for then, already in zip(after, before, strict=True))


@dataclass(frozen=True)
class Outcome:
    """A rule, measured by one goal and one cost.

    `gap` is a Fraction unless a rule draws lots; `cost` is None where no outcome is known.
    """

    gap: Exact
    present_gap: Exact
    cost: float | None
    present_cost: float | None
    groups: tuple[GroupOutcome, ...]

    @property
    def changed(self) -> float:
        """How many decisions change."""
        return sum(g.newly_selected + g.newly_refused for g in self.groups)


def outcome(
    counts: Counts,
    by: tuple[str, ...],
    goal: Goal,
    cost: Cost,
    present: Rule,
    rule: Rule,
    fewest: int = 1,
    leave_out: tuple[str, ...] = (),
) -> Outcome:
    """What `rule` would mean in place of the present one, for the groups that `by` makes.

    The goal is asked of groups with `fewest` people behind each of its rates and without a value in `leave_out`.
    """
    before, after = (confusion(counts, each, by) for each in (present, rule))
    other, good = (int(counts.n[:, label].sum()) for label in (0, 1))
    prices = cost.prices(good, other)
    newly = _newly(counts, by, present, rule)
    groups, _ = counts.places(by)
    people = np.stack([before.n, before.selected, after.selected, *newly], axis=1).astype(np.float64).tolist()
    each = tuple(GroupOutcome(groups.names(g), int(n), *rest) for g, (n, *rest) in enumerate(people))
    asked = asked_of(groups, leave_out)
    gap, present_gap = (goal.gap(people, fewest, asked) for people in (after, before))
    return Outcome(gap, present_gap, prices.value(after), prices.value(before), each)


def _newly(counts: Counts, by: tuple[str, ...], present: Rule, rule: Rule) -> tuple[Floats, Floats]:
    """How many of each group are newly selected and newly refused: two arrays of shape (groups,).

    One draw decides for a person under both rules, so few change their mind.
    """
    groups, where = counts.places(by)
    more = _each(counts, rule) - _each(counts, present)
    people = counts.n.sum(axis=1)
    chosen, refused = ((people * part.clip(min=0)).sum(axis=1) for part in (more, -more))
    return summed(chosen, where, len(groups)), summed(refused, where, len(groups))


def _each(counts: Counts, rule: Rule) -> Floats:
    return np.broadcast_to(rule.selected, (len(counts.groups), counts.axis.bins))
