"""Two decisions about the same people: the table that a paired interval of a change is computed from.

`Counts` of two audits say how many each selects; only this table says how many people both select. Changes are after
minus before, and intervals follow statistics.md 4. Those of ratios and of predictive values count one more person
decided otherwise each way, as Bonett and Price (2006) do for a ratio of two paired rates: else they have no width where
nobody of a few is, and take these for a group in which nobody ever will be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from core.counts.counts import LABELS, Counts, Floats, Groups, Ints, of_selection, summed
from core.counts.rules import Confusion, Rule
from core.errors import MergeError
from core.metrics.group_metrics import Metric
from core.metrics.intervals import Interval, mover_mean, wilson

BEFORE, AFTER = 0, 1
Change = tuple[float, Interval]


@dataclass(frozen=True, eq=False)
class JointCounts:
    """How many people each cell and label holds, by the decision before and the decision after.

    `n` is int64 of shape (groups, 3 labels, 2 before, 2 after); a decision is 0 refused or 1 selected.
    """

    groups: Groups
    n: Ints

    def __add__(self, other: JointCounts) -> JointCounts:
        """The people of both. Raises MergeError where the groups differ."""
        if self.groups != other.groups:
            raise MergeError(
                "Two tables of joint decisions with different groups cannot be added: run both with the same plan."
            )
        return replace(self, n=self.n + other.n)

    @property
    def before(self) -> Counts:
        """The people by the decision before."""
        return of_selection(self.groups, self.n.sum(axis=3))

    @property
    def after(self) -> Counts:
        """The people by the decision after."""
        return of_selection(self.groups, self.n.sum(axis=2))

    def turned(self) -> JointCounts:
        """The same people, with the two decisions in each other's place."""
        return replace(self, n=np.ascontiguousarray(np.swapaxes(self.n, 2, 3)))

    def by(self, attributes: tuple[str, ...]) -> JointCounts:
        """The same people grouped by some of the attributes only; combinations without people have no cell."""
        groups, where = self.before.places(attributes)
        return JointCounts(groups, summed(self.n, where, len(groups)))


def joint_tally(
    groups: Groups,
    cells: npt.NDArray[np.integer],
    labels: npt.NDArray[np.integer],
    before: npt.NDArray[np.integer],
    after: npt.NDArray[np.integer],
    times: Ints | None = None,
) -> JointCounts:
    """Count rows: their cell, their label (0, 1 or 2) and both decisions (0 or 1), arrays of shape (n,).

    `times` is how many people each row stands for, int64 of shape (n,); None where each stands for one.
    """
    shape = (len(groups), LABELS, 2, 2)
    place = np.ravel_multi_index(tuple(np.asarray(a, dtype=np.int64) for a in (cells, labels, before, after)), shape)
    n = np.zeros(math.prod(shape), dtype=np.int64)
    np.add.at(n, place, 1 if times is None else times)
    return JointCounts(groups, n.reshape(shape))


def from_rules(counts: Counts, before: Rule, after: Rule) -> JointCounts:
    """What two rules decide about the counts' people: exact where no rule draws lots.

    Where one does, these are expected numbers: one draw decides for a person under both rules, and each cell and label
    is rounded to whole people who add up to all of it.
    """
    p, q = (np.broadcast_to(rule.selected, (len(counts.groups), counts.axis.bins)) for rule in (before, after))
    both = np.minimum(p, q)
    chances = np.stack([1 - np.maximum(p, q), q - both, p - both, both])
    whole = _whole_people(np.einsum("glb,kgb->glk", counts.n, chances), counts.n.sum(axis=2))
    return JointCounts(counts.groups, whole.reshape(*whole.shape[:2], 2, 2))


def _whole_people(expected: Floats, total: Ints) -> Ints:
    """Numbers rounded so that each row of the last axis keeps its total: the largest remainders are rounded up."""
    settled = np.where(np.abs(expected - np.rint(expected)) < 2.0**-20, np.rint(expected), expected)
    whole = np.floor(settled).astype(np.int64)
    rank = np.argsort(np.argsort(-(settled - whole), axis=-1, kind="stable"), axis=-1)
    return np.asarray(whole + (rank < (total - whole.sum(axis=-1))[..., None]), dtype=np.int64)


def newcombe_paired(both: int, first: int, second: int, neither: int, z: float) -> Interval:
    """Newcombe's paired score interval (Newcombe 1998b, method 10) of the first rate minus the second.

    Of the people of a paired table `both` are hits twice, `first` and `second` only once; with phi = 0 it is the
    interval for independent rates.
    """
    n = both + first + second + neither
    p1, p2 = (both + first) / n, (both + second) / n
    (l1, u1), (l2, u2) = wilson(both + first, n, z), wilson(both + second, n, z)
    phi = _phi(both, first, second, neither)
    below = (p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2
    above = (u1 - p1) ** 2 - 2 * phi * (u1 - p1) * (p2 - l2) + (p2 - l2) ** 2
    return p1 - p2 - math.sqrt(max(0.0, below)), p1 - p2 + math.sqrt(max(0.0, above))


def _phi(both: int, first: int, second: int, neither: int) -> float:
    """The correlation of the two hits, a positive one corrected for continuity by half of everybody."""
    margins = (both + first) * (second + neither) * (both + second) * (first + neither)
    if margins == 0:
        return 0.0
    surplus: float = both * neither - first * second
    if surplus > 0:
        surplus = max(0.0, surplus - (both + first + second + neither) / 2)
    return surplus / math.sqrt(margins)


def rate_change(metric: Metric, people: Ints, z: float) -> Change:
    """The change of one group's rate, int64 `people` of shape (3, 2, 2), with its paired interval.

    Newcombe's where the decision does not change who is counted; else, as for predictive values, linearised.
    """
    hits, counted = indicators(metric)
    if (counted[:, 0] == counted[:, 1]).all():
        both, after, before, neither = _paired_table(people, hits, counted)
        low, high = newcombe_paired(both, after, before, neither, z)
        return (after - before) / (both + after + before + neither), (low, high)
    return _linearised(people, hits, counted, -1, z)


def rate_sum(metric: Metric, people: Ints, z: float) -> Change:
    """One group's rate before plus its rate after, with its paired interval: `rate_change` of after and not-before.

    What is a hit before becomes a miss, so the rate before turns into 1 minus itself.
    """
    hits, counted = indicators(metric)
    if (counted[:, 0] == counted[:, 1]).all():
        both, after, before, neither = _paired_table(people, hits, counted)
        low, high = newcombe_paired(after, both, neither, before, z)
        return (2 * both + after + before) / (both + after + before + neither), (1 + low, 1 + high)
    return _linearised(people, hits, counted, 1, z)


def _linearised(people: Ints, hits: Ints, counted: Ints, sign: int, z: float) -> Change:
    """The rate after plus `sign` times the rate before, where the decision changes who is counted."""
    before, after = (_rate(people, hits, counted, which)[0] for which in (BEFORE, AFTER))
    told = people if sign > 0 else _with_one_more(people, hits, counted)
    (rate_before, n_before), (rate_after, n_after) = (_rate(told, hits, counted, which) for which in (BEFORE, AFTER))
    moved_before = (hits - rate_before * counted)[:, :, None] / n_before
    moved_after = (hits - rate_after * counted)[:, None, :] / n_after
    half = z * math.sqrt(float((told * (moved_after + sign * moved_before) ** 2).sum()))
    value = after + sign * before
    return value, (value - half, value + half)


def _with_one_more(people: Ints, hits: Ints, counted: Ints) -> Ints:
    """The people with one more who is decided otherwise each way, of every label that is told apart."""
    kinds, first = np.unique(np.hstack([hits, counted]), axis=0, return_index=True)
    more = people.copy()
    more[first[kinds.any(axis=1)]] += 1 - np.eye(2, dtype=np.int64)
    return more


def difference_change(metrics: Sequence[Metric], group: Ints, reference: Ints, z: float) -> Change:
    """The change of a difference between two groups, averaged over the metrics: MOVER over all rates' changes."""
    return _difference([[rate_change(metric, side, z) for metric in metrics] for side in (group, reference)])


def difference_sum(metrics: Sequence[Metric], group: Ints, reference: Ints, z: float) -> Change:
    """A difference between two groups before plus the one after, averaged over the metrics: MOVER likewise."""
    return _difference([[rate_sum(metric, side, z) for metric in metrics] for side in (group, reference)])


def _difference(sides: list[list[Change]]) -> Change:
    """The first side's values less the second's, averaged, by MOVER."""
    signed = [*sides[0], *((-value, (-high, -low)) for value, (low, high) in sides[1])]
    low, high = mover_mean(signed)
    return 2 * sum(value for value, _ in signed) / len(signed), (2 * low, 2 * high)


def ratio_change(metric: Metric, group: Ints, reference: Ints, z: float) -> Change | None:
    """The change of a ratio of two groups' rates, by the delta method on logs; None where any rate is 0."""
    ratios = _ratios(metric, group, reference)
    if ratios is None:
        return None
    half = z * _log_spread(metric, group, reference, (-ratios[BEFORE], ratios[AFTER]))
    change = ratios[AFTER] - ratios[BEFORE]
    return change, (change - half, change + half)


def log_ratio_sum(metric: Metric, group: Ints, reference: Ints, z: float) -> Change | None:
    """The logarithm of a ratio before plus that of the ratio after, by the delta method; None where any rate is 0."""
    return _log_ratio(metric, group, reference, 1, z)


def log_ratio_change(metric: Metric, group: Ints, reference: Ints, z: float) -> Change | None:
    """The logarithm of a ratio after less that of the ratio before, likewise."""
    return _log_ratio(metric, group, reference, -1, z)


def _log_ratio(metric: Metric, group: Ints, reference: Ints, sign: int, z: float) -> Change | None:
    """The logarithm of the ratio after plus `sign` times that of the ratio before."""
    ratios = _ratios(metric, group, reference)
    if ratios is None:
        return None
    half = z * _log_spread(metric, group, reference, (sign, 1))
    value = math.log(ratios[AFTER]) + sign * math.log(ratios[BEFORE])
    return value, (value - half, value + half)


def _ratios(metric: Metric, group: Ints, reference: Ints) -> tuple[float, float] | None:
    """The ratio of two groups' rates before and after; None where any rate is 0."""
    before, after = ([rate_parts(metric, side, which) for side in (group, reference)] for which in (BEFORE, AFTER))
    if not all(k for k, _ in (*before, *after)):
        return None
    old, new = ((k1 / n1) / (k2 / n2) for (k1, n1), (k2, n2) in (before, after))
    return old, new


def _log_spread(metric: Metric, group: Ints, reference: Ints, slope: tuple[float, float]) -> float:
    """The standard error of the logarithms of the ratio before and after, each times its part of `slope`.

    With one more decided otherwise each way where they are subtracted; a sum has width without.
    With x people selected before, y after and b both times, of n: var log = 1/x - 1/n and 1/y - 1/n, cov = b/xy - 1/n.
    """
    hits, counted = indicators(metric)
    variances = np.zeros((2, 2))
    for people in (group, reference):
        told = people if slope[BEFORE] > 0 else _with_one_more(people, hits, counted)
        both, only_after, only_before, neither = _paired_table(told, hits, counted)
        n, before, after = both + only_after + only_before + neither, both + only_before, both + only_after
        shared = both / before / after - 1 / n
        variances += [[1 / before - 1 / n, shared], [shared, 1 / after - 1 / n]]
    return math.sqrt(max(0.0, float(np.asarray(slope) @ variances @ np.asarray(slope))))


def rate_parts(metric: Metric, people: Ints, which: int) -> tuple[int, int]:
    """Numerator and denominator of a group's rate before (`BEFORE`) or after, of int64 `people` of shape (3, 2, 2)."""
    return _rate_parts(people, *indicators(metric), which)


def is_countable(metrics: Sequence[Metric], people: Ints, fewest: int = 1) -> bool:
    """Whether every metric has at least `fewest` people in its denominator, before and after."""
    sizes = [_rate_parts(people, *indicators(metric), which)[1] for metric in metrics for which in (BEFORE, AFTER)]
    return min(sizes) >= fewest


def is_unmoved(metrics: Sequence[Metric], people: Ints) -> bool:
    """Whether every metric counts each person after as before: nobody whom any of them counts is decided otherwise."""
    for metric in metrics:
        hits, counted = indicators(metric)
        is_moved = (hits[:, :, None] != hits[:, None, :]) | (counted[:, :, None] != counted[:, None, :])
        if people[is_moved].any():
            return False
    return True


@cache  # of the fewer than twenty metrics: a gate asks some fifty times for a gap
def indicators(metric: Metric) -> tuple[Ints, Ints]:
    """Whether a person of each label and decision counts in the numerator and the denominator: shape (3, 2) each."""
    one = np.eye(LABELS * 2, dtype=np.int64).reshape(-1, LABELS, 2)
    (fp, tp, up), (tn, fn, un) = (np.moveaxis(one[:, :, decision], 1, 0) for decision in (1, 0))
    people = Confusion(tp, fp, fn, tn, up, un)
    hits, counted = (np.asarray(part(people), dtype=np.int64) for part in (metric.num, metric.den))
    return hits.reshape(LABELS, 2), counted.reshape(LABELS, 2)


def _paired_table(people: Ints, hits: Ints, counted: Ints) -> tuple[int, int, int, int]:
    """Of the counted: hits both times, only after, only before, and never."""
    there = people * counted[:, 0][:, None, None]
    before, after = hits[:, :, None], hits[:, None, :]
    parts = (before * after, (1 - before) * after, before * (1 - after), (1 - before) * (1 - after))
    both, only_after, only_before, neither = (int((there * part).sum()) for part in parts)
    return both, only_after, only_before, neither


def _rate(people: Ints, hits: Ints, counted: Ints, which: int) -> tuple[float, int]:
    k, n = _rate_parts(people, hits, counted, which)
    return k / n, n


def _rate_parts(people: Ints, hits: Ints, counted: Ints, which: int) -> tuple[int, int]:
    """Numerator and denominator of a rate before or after."""
    decided = people.sum(axis=2 - which)
    return int((decided * hits).sum()), int((decided * counted).sum())
