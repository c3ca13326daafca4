"""What each group would look like at every threshold: the table that a threshold search chooses from.

A threshold is told by its level: how many of the axis's edges, the best first, are selected. Level 0 selects nobody,
the last level everybody, and whoever is selected at one level is selected at every higher one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.counts.counts import Axis, Counts, Floats, Groups, Ints, summed
from core.counts.rules import Confusion, Rule
from core.errors import DataError, PlanError
from core.metrics.group_metrics import METRICS
from core.mitigate.goals import Cost, Goal
from core.mitigate.goals.goal_groups import asked_of
from core.mitigate.rules.rule_outcome import nearly_none

_MOST_PEOPLE = 2**31
_MOST_FOR_FLOATS = 2**25
_COUNTED = 2**20
_INT64_BITS = 63

Bools = npt.NDArray[np.bool_]


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
    def places(self) -> Floats | Ints:
        """Numbers that are equal, or in order, exactly when the rates are: shape (groups, levels).

        Two different rates of up to 2^25 people each lie 2^-50 apart, so the nearest floats differ as they do. Of
        larger groups, under 2^31 people each, whole numbers of 2^-62, rounded down.
        """
        if int(self.n.max()) <= _MOST_FOR_FLOATS:
            return self.rates
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
    bound: Bools
    start: Ints
    stop: Ints

    @property
    def levels(self) -> int:
        """How many thresholds there are, nobody and everybody among them."""
        return int(self.cost.shape[1])

    @property
    def unbound(self) -> tuple[dict[str, str], ...]:
        """The groups that the goal does not bind."""
        return tuple(self.groups.names(int(g)) for g in np.flatnonzero(~self.bound))

    @cached_property
    def usable(self) -> Bools:
        """The levels of bound groups that may be chosen: shape (groups, levels)."""
        level = np.arange(self.levels)
        return self.bound[:, None] & (level >= self.start[:, None]) & (level < self.stop[:, None])

    @property
    def keys(self) -> Ints:
        """A whole number for each level, the lower the better, whose last `split_bits` are the level's split.

        Cheapest first, then fewest changed decisions, then the lower threshold: int64 of shape (groups, levels).
        """
        changed = self.changed >> _common_zeros(self.changed)
        bits = _bits(changed)
        if _bits(self.cost) + bits + self.split_bits < _INT64_BITS:
            rank = (self.cost << bits) | changed
        else:
            rank = np.argsort(np.lexsort((self.split, self.changed, self.cost), axis=1), axis=1).astype(np.int64)
        return np.asarray((rank << self.split_bits) | self.split, dtype=np.int64)

    @property
    def split_bits(self) -> int:
        """How many binary digits a split takes."""
        return self.levels.bit_length()


def candidates(
    counts: Counts,
    by: tuple[str, ...],
    goal: Goal,
    cost: Cost,
    present: Rule,
    fewest: int,
    leave_out: tuple[str, ...] = (),
) -> Candidates:
    """What each group would look like at every threshold.

    A group with under `fewest` people behind a rate, or with a value in `leave_out`, is not bound by the goal: only its
    present threshold may be chosen, or where it has none the level that changes fewest decisions: its own, then
    everybody's. Raises PlanError where there is nothing to make equal.
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
    bound &= asked_of(grouped.groups, leave_out)
    if bound.sum() < 2:
        raise PlanError(_nothing_to_equalise(goal, by, int(bound.sum())))
    changed = _changed(counts, grouped.groups, present)
    split = np.broadcast_to(_splits(counts.axis), changed.shape)
    levels = changed.shape[1]
    start, stop = np.zeros(len(bound), dtype=np.int64), np.full(len(bound), levels)
    for g in np.flatnonzero(~bound):
        own = _level_now(counts, grouped.groups, present, int(g))
        # Of the levels that change as few of its own, few as they are, the one that fits everybody's decisions.
        start[g] = np.lexsort((split[g], changed.sum(axis=0), changed[g]))[0] if own is None else own
        stop[g] = start[g] + 1
    return Candidates(
        grouped.groups,
        ladders,
        np.asarray(prices.denied * people.fn + prices.granted * people.fp, dtype=np.int64),
        changed,
        split,
        bound,
        start,
        stop,
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


def thresholds_at(axis: Axis, levels: Ints) -> list[float]:
    """The threshold of each level; infinite beyond the last edge."""
    splits: list[int] = _splits(axis)[levels].tolist()
    return [axis.edges[split] if split < len(axis.edges) else math.inf for split in splits]


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


def selected_now(counts: Counts, groups: Groups, rule: Rule) -> Floats:
    """How many people of each group a rule selects: float64 of shape (groups,)."""
    chance = np.broadcast_to(rule.selected, (len(counts.groups), counts.axis.bins))
    return summed((counts.n * chance[:, None]).sum(axis=(1, 2)), cell_places(counts.groups, groups), len(groups))


def _splits(axis: Axis) -> Ints:
    """The position of each level's threshold among the edges; their number where it lies beyond the last."""
    places = np.arange(len(axis.edges) + 1, dtype=np.int64)
    return places if axis.lower_is_better else places[::-1]


def _rising(axis: Axis, by_edge: npt.NDArray[np.number]) -> npt.NDArray[np.number]:
    """Sums over the best edges: from (..., edges) to (..., levels), 0 at level 0."""
    ordered = by_edge if axis.lower_is_better else by_edge[..., ::-1]
    return np.concatenate([np.zeros_like(ordered[..., :1]), np.cumsum(ordered, axis=-1)], axis=-1)


def _ladders(goal: Goal, people: Confusion, fewest: int) -> tuple[tuple[Ladder, ...], Bools]:
    """The goal's rates at every level, and which groups have enough people behind all of them."""
    nums = [np.asarray(METRICS[name].num(people), dtype=np.int64) for name in goal.rates]
    dens = [np.asarray(METRICS[name].den(people), dtype=np.int64)[:, 0] for name in goal.rates]
    bound = np.all([n >= max(1, fewest) for n in dens], axis=0)
    return tuple(Ladder(k, np.maximum(n, 1)) for k, n in zip(nums, dens, strict=True)), bound


def _changed(counts: Counts, groups: Groups, present: Rule) -> Ints:
    """How many decisions each level changes, in 2^-20 of a decision: int64 of shape (groups, levels).

    At level 0 all who are selected now; each edge more changes those refused now and spares those selected now.
    """
    where = cell_places(counts.groups, groups)
    chance = np.rint(present.selected * _COUNTED).astype(np.int64)
    people = counts.n.sum(axis=1)
    selected = summed((people * chance).sum(axis=1), where, len(groups))
    by_edge = (people * (_COUNTED - 2 * chance)).reshape(len(people), -1, len(counts.axis.edges)).sum(axis=1)
    return np.asarray(selected[:, None] + _rising(counts.axis, summed(by_edge, where, len(groups))), dtype=np.int64)


def _level_now(counts: Counts, groups: Groups, present: Rule, g: int) -> int | None:
    """The level that the present rule is for a group, whoever of its people are there; None where it is none.

    Several levels may change none of the decisions that are there, and yet differ for people to come.
    """
    chance = np.broadcast_to(present.selected, (len(counts.groups), counts.axis.bins))
    own = chance[cell_places(counts.groups, groups) == g]
    level = int(own[0, : len(counts.axis.edges)].sum())
    return level if (own == level_rule(counts.axis, np.asarray([level]))).all() else None


def _bits(numbers: Ints) -> int:
    """How many binary digits the largest number takes."""
    return int(numbers.max()).bit_length()


def _common_zeros(numbers: Ints) -> int:
    """How many binary zeros every number ends in."""
    digits = int(np.bitwise_or.reduce(numbers, axis=None))
    return (digits & -digits).bit_length() - 1 if digits else 0


def _nothing_to_equalise(goal: Goal, by: tuple[str, ...], bound: int) -> str:
    who = " and ".join(by)
    if goal.needs_label:
        return (
            f"This goal ({goal.name}) compares people whose outcome is known, and of the groups by {who}"
            f" {'only one has' if bound else 'none has'} enough of them. Choose equal selection rates"
            " (demographic_parity), or other groups."
        )
    return f"By {who} there is only one group in this table, so there is nothing to make equal."
