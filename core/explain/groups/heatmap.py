"""The group heatmap: features down, groups across, each cell with its interval; and how two groups differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats, Ints
from core.explain.groups.attribution import TOTAL, TOTAL_ABS, TOTAL_SQUARES, Attribution


@dataclass(frozen=True, eq=False)
class Heatmap:
    """What groups' scores rest on.

    Attributes
    ----------
    features, groups
        Names of the rows; the value of each attribute for each column.
    n
        People of each group, shape (groups,).
    mean, low, high
        By how much the feature moved the score on average, with its interval, shape (groups, features). NaN where a
        group has nobody; the ends also where it has one person only.
    mean_abs
        The same without signs: how much the score rests on the feature.
    share
        `mean_abs` as a part of the group's total over all features; 0 where nothing moved.
    """

    features: tuple[str, ...]
    groups: tuple[dict[str, str], ...]
    n: Ints
    mean: Floats
    low: Floats
    high: Floats
    mean_abs: Floats
    share: Floats

    @property
    def by_weight(self) -> tuple[int, ...]:
        """The features' places, those first on which the most rests, over all people."""
        weight = np.nansum(self.mean_abs * self.n[:, None], axis=0)
        return tuple(np.argsort(-weight, kind="stable").tolist())

    @property
    def largest(self) -> float:
        """The largest distance of a mean from 0: half the width of the colour scale."""
        return float(np.nanmax(np.abs(self.mean), initial=0.0))


@dataclass(frozen=True, eq=False)
class Difference:
    """By how much more a feature moved one group's scores than another's, with its interval; shape (features,)."""

    value: Floats
    low: Floats
    high: Floats


def heatmap(attribution: Attribution, by: tuple[str, ...], selected: bool | None, confidence: float) -> Heatmap:
    """What the groups of some attributes rest on, of those selected, those refused, or all."""
    grouped = attribution.by(by)
    n, sums = grouped.of_decision(selected)
    low, high = mean_interval(n, sums[TOTAL], sums[TOTAL_SQUARES], confidence)
    mean_abs = _over(sums[TOTAL_ABS], n)
    total = sums[TOTAL_ABS].sum(axis=1, keepdims=True)
    share = np.divide(sums[TOTAL_ABS], total, out=np.zeros_like(mean_abs), where=total > 0)
    names = tuple(grouped.groups.names(g) for g in range(len(grouped.groups)))
    return Heatmap(grouped.features, names, n, _over(sums[TOTAL], n), low, high, mean_abs, share)


def mean_interval(n: npt.NDArray[np.int64], total: Floats, squares: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Student's interval of the mean from its sums.

    It is mean -+ t(n - 1) sqrt(s^2 / n), s^2 = (sum x^2 - (sum x)^2 / n) / (n - 1).

    Shapes (groups,) and (groups, features). NaN under two people.
    """
    from scipy.special import stdtrit

    variance = mean_variance(n, total, squares)
    with np.errstate(invalid="ignore"):
        half = stdtrit(np.maximum(n - 1, 1), 0.5 + confidence / 2)[:, None] * np.sqrt(variance)
    mean = _over(total, n)
    return mean - half, mean + half


def mean_variance(n: npt.NDArray[np.int64], total: Floats, squares: Floats) -> Floats:
    """The variance of the mean of n values, from their sum and sum of squares; NaN under two of them."""
    few = (n < 2)[:, None]
    people = np.maximum(n, 2)[:, None].astype(np.float64)
    spread = np.maximum(squares - total * total / people, 0.0)
    return np.asarray(np.where(few, np.nan, spread / (people - 1) / people))


def difference(
    attribution: Attribution,
    by: tuple[str, ...],
    group: dict[str, str],
    reference: dict[str, str],
    selected: bool | None,
    confidence: float,
) -> Difference:
    """How much more the features moved a group's scores than the reference's, with Welch's interval (Welch 1947)."""
    grouped = attribution.by(by)
    n, sums = grouped.of_decision(selected)
    names = [grouped.groups.names(g) for g in range(len(grouped.groups))]
    first, second = (names.index(named) for named in (group, reference))
    return welch(
        (int(n[first]), sums[:, first]),
        (int(n[second]), sums[:, second]),
        confidence,
    )


def welch(first: tuple[int, Floats], second: tuple[int, Floats], confidence: float) -> Difference:
    """The first mean less the second, of people that have nothing to do with each other.

    Each is a number of people and sums of shape (3, features). Degrees of freedom by Welch and Satterthwaite.
    """
    from scipy.special import stdtrit

    (n1, sums1), (n2, sums2) = first, second
    means, variances = [], []
    for n, sums in ((n1, sums1), (n2, sums2)):
        people = np.asarray([n])
        means.append(_over(sums[TOTAL][None], people)[0])
        variances.append(mean_variance(people, sums[TOTAL][None], sums[TOTAL_SQUARES][None])[0])
    value, spread = means[0] - means[1], variances[0] + variances[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        freedom = spread**2 / (variances[0] ** 2 / max(n1 - 1, 1) + variances[1] ** 2 / max(n2 - 1, 1))
        half = np.where(spread > 0, stdtrit(freedom, 0.5 + confidence / 2) * np.sqrt(spread), spread)
    return Difference(value, value - half, value + half)


def _over(total: Floats, n: npt.NDArray[np.int64]) -> Floats:
    """A mean for each group, NaN for nobody."""
    people = n[:, None].astype(np.float64)
    return np.divide(total, people, out=np.full_like(total, np.nan), where=people > 0)
