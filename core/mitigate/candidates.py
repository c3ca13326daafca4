"""What each group would look like at every threshold: the table that a threshold search chooses from.

A threshold is told by its level: how many of the axis's edges, the best first, are selected. Level 0 selects nobody,
the last level everybody, and whoever is selected at one level is selected at every higher one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from core.counts import Axis, Counts, Floats, Groups, Ints
from core.errors import DataError, PlanError
from core.metrics import METRICS
from core.mitigate.goals import Cost, Goal
from core.rules import Confusion, Rule

ONE_IN = 100
_MOST_PEOPLE = 2**31
_COUNTED = 2**20

Number = TypeVar("Number", np.int64, np.float64)


@dataclass(frozen=True, eq=False)
class Ladder:
    """One rate of every group, level by level.

    Attributes
    ----------
    k
        Its numerator: int64 of shape (groups, levels), never falling along a group.
    n
        Its denominator: int64 of shape (groups,), 1 in place of 0.
    """

    k: Ints
    n: Ints

    @cached_property
    def places(self) -> Ints:
        """Every rate as a whole number of 2^-62, rounded down: int64 of shape (groups, levels).

        Two rates of under 2^31 people each are equal, or in order, exactly when these numbers are.
        """
        n = self.n[:, None]
        upper = self.k << 31
        return ((upper // n) << 31) + ((upper % n) << 31) // n

    @cached_property
    def rates(self) -> Floats:
        """The rates, to the nearest float: shape (groups, levels)."""
        return np.asarray(self.k / self.n[:, None], dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Every group at every level.

    Attributes
    ----------
    groups
        The groups that the mitigated attributes make.
    ladders
        One for each of the goal's rates.
    cost, changed, split
        In whole numbers, of shape (groups, levels): the price of the wrong decisions; the decisions that differ from
        the present ones, in 2^-20; and the position of the edge that is the threshold.
    bound
        bool of shape (groups,): whether the goal binds the group, which has enough people behind every rate.
    start, stop
        int64 of shape (groups,): the levels in [start, stop) that may be chosen.
    """

    groups: Groups
    ladders: tuple[Ladder, ...]
    cost: Ints
    changed: Ints
    split: Ints
    bound: npt.NDArray[np.bool_]
    start: Ints
    stop: Ints

    @property
    def levels(self) -> int:
        """How many thresholds there are, nobody and everybody among them."""
        return int(self.cost.shape[1])

    @property
    def order(self) -> Ints:
        """The levels of each group, best first: cheapest, then fewest changed decisions, then the lower threshold."""
        return np.lexsort((self.split, self.changed, self.cost), axis=1)


def candidates(counts: Counts, by: tuple[str, ...], goal: Goal, cost: Cost, present: Rule, fewest: int) -> Candidates:
    """What each group would look like at every threshold.

    A group with under `fewest` people behind a rate is not bound by the goal: of its levels only the one that changes
    fewest decisions may be chosen. Raises PlanError where there is nothing to make equal.
    """
    if counts.axis.kind == "decision":
        raise PlanError(
            "There is no score here, only decisions, so there is no threshold to move. Audit a model or a score column."
        )
    if counts.people >= _MOST_PEOPLE:
        raise DataError("A threshold search takes up to two billion people; this table has more. Audit a sample.")
    grouped = counts.by(by)
    people = at_every_level(grouped)
    labelled = grouped.n.sum(axis=(0, 2))
    prices = cost.prices(int(labelled[1]), int(labelled[0]))
    ladders, bound = _ladders(goal, people, fewest)
    if bound.sum() < 2:
        raise PlanError(_nothing_to_equalise(goal, by, int(bound.sum())))
    changed = _changed(counts, by, present)
    split = np.broadcast_to(_splits(counts.axis), changed.shape)
    nearest = np.lexsort((split, changed), axis=1)[:, 0]
    levels = np.int64(changed.shape[1])
    return Candidates(
        grouped.groups,
        ladders,
        np.asarray(prices.denied * people.fn + prices.granted * people.fp, dtype=np.int64),
        changed,
        split,
        bound,
        np.where(bound, 0, nearest),
        np.where(bound, levels, nearest + 1),
    )


def at_every_level(counts: Counts) -> Confusion:
    """People by label and decision at every level: int64 arrays of shape (groups, levels)."""
    chosen = _rising(counts.axis, counts.scores())
    rest = chosen[..., -1:] - chosen
    (fp, tp, up), (tn, fn, un) = np.moveaxis(chosen, 1, 0), np.moveaxis(rest, 1, 0)
    return Confusion(tp, fp, fn, tn, up, un)


def level_rule(axis: Axis, levels: Ints) -> Floats:
    """The rule of one level a row: 0 or 1, float64 of shape (rows, bins)."""
    place = np.arange(len(axis.edges))
    best_first = place if axis.lower_is_better else place[::-1]
    chosen = best_first < levels[:, None]
    return np.tile(chosen.astype(np.float64), axis.bins // len(axis.edges))


def threshold_at(axis: Axis, level: int) -> float:
    """The threshold of a level; infinite beyond the last edge."""
    split = int(_splits(axis)[level])
    return axis.edges[split] if split < len(axis.edges) else math.inf


def cell_places(groups: Groups, among: Groups) -> Ints:
    """For each cell of `groups` the position of the group of `among` that it lies in, people or not; -1 where none."""
    positions = [groups.attributes.index(attribute) for attribute in among.attributes]
    place = {cell: i for i, cell in enumerate(among.cells)}
    return np.asarray([place.get(tuple(cell[p] for p in positions), -1) for cell in groups.cells], dtype=np.int64)


def without_degenerate(found: Candidates, counts: Counts, present: Rule) -> Candidates | None:
    """The same without levels that select nearly nobody or nearly everybody of a group, unless the present rule does.

    None where a group is left with no level.
    """
    people = at_every_level(counts.by(found.groups.attributes))
    now = selected_now(counts, found.groups, present)[:, None]
    extremes = zip(nearly_none(people.selected, people.n), nearly_none(now, people.n), strict=True)
    nobody, everybody = (found.bound * (then & ~already).sum(axis=1) for then, already in extremes)
    start, stop = np.maximum(found.start, nobody), np.minimum(found.stop, found.levels - everybody)
    return replace(found, start=start, stop=stop) if (start < stop).all() else None


def nearly_none(
    selected: npt.NDArray[np.number], n: npt.NDArray[np.number]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Whether under 1 in 100 are selected, and whether under 1 in 100 are refused; arrays of the shape given."""
    return np.asarray(ONE_IN * selected < n), np.asarray(ONE_IN * (n - selected) < n)


def selected_now(counts: Counts, groups: Groups, rule: Rule) -> Floats:
    """How many people of each group a rule selects: float64 of shape (groups,)."""
    chance = np.broadcast_to(rule.selected, (len(counts.groups), counts.axis.bins))
    return summed((counts.n * chance[:, None]).sum(axis=(1, 2)), cell_places(counts.groups, groups), len(groups))


def summed(values: npt.NDArray[Number], where: Ints, groups: int) -> npt.NDArray[Number]:
    """Rows summed into the groups that `where` gives them; rows at -1 are left out."""
    total = np.zeros((groups, *values.shape[1:]), dtype=values.dtype)
    np.add.at(total, where[where >= 0], values[where >= 0])
    return total


def _splits(axis: Axis) -> Ints:
    """The position of each level's threshold among the edges; their number where it lies beyond the last."""
    places = np.arange(len(axis.edges) + 1, dtype=np.int64)
    return places if axis.lower_is_better else places[::-1]


def _rising(axis: Axis, by_edge: npt.NDArray[np.number]) -> npt.NDArray[np.number]:
    """Sums over the best edges: from (..., edges) to (..., levels), 0 at level 0."""
    ordered = by_edge if axis.lower_is_better else by_edge[..., ::-1]
    return np.concatenate([np.zeros_like(ordered[..., :1]), np.cumsum(ordered, axis=-1)], axis=-1)


def _ladders(goal: Goal, people: Confusion, fewest: int) -> tuple[tuple[Ladder, ...], npt.NDArray[np.bool_]]:
    """The goal's rates at every level, and which groups have enough people behind all of them."""
    nums = [np.asarray(METRICS[name].num(people), dtype=np.int64) for name in goal.rates]
    dens = [np.asarray(METRICS[name].den(people), dtype=np.int64)[:, 0] for name in goal.rates]
    bound = np.all([n >= max(1, fewest) for n in dens], axis=0)
    return tuple(Ladder(k, np.maximum(n, 1)) for k, n in zip(nums, dens, strict=True)), bound


def _changed(counts: Counts, by: tuple[str, ...], present: Rule) -> Ints:
    """How many decisions each level changes, in 2^-20 of a decision: int64 of shape (groups, levels)."""
    groups, where = counts.places(by)
    chance = np.rint(np.broadcast_to(present.selected, (len(counts.groups), counts.axis.bins)) * _COUNTED)
    people = counts.n.sum(axis=1)
    yes = people * chance.astype(np.int64)
    by_edge = [
        summed(part.reshape(len(part), -1, len(counts.axis.edges)).sum(axis=1), where, len(groups))
        for part in (people * _COUNTED - yes, yes)
    ]
    newly_selected, kept = (_rising(counts.axis, part) for part in by_edge)
    return np.asarray(newly_selected + kept[:, -1:] - kept, dtype=np.int64)


def _nothing_to_equalise(goal: Goal, by: tuple[str, ...], bound: int) -> str:
    who = " and ".join(by)
    if goal.needs_label:
        return (
            f"[mitigate] goal {goal.name} compares groups by people whose outcome is known, and of the groups by {who}"
            f' {"only one has" if bound else "none has"} enough of them. Use goal = "demographic_parity", or other'
            " groups."
        )
    return f"[mitigate] by {who}: there is only one group in this table, so there is nothing to make equal."
