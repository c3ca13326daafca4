"""What moved between two models: how much less or more each group's scores rest on a feature, with an interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from core.counts.counts import Floats
from core.explain.groups.attribution import TOTAL_ABS, TOTAL_SQUARES
from core.explain.groups.differences import among_words
from core.explain.groups.paired import PRODUCT_ABS, Paired
from core.metrics.intervals import FEW, z_value
from core.metrics.words import group_words
from core.metrics.words.naming.terms import PLAIN, Terms

Verdict = Literal["less", "more", "unclear"]

# From here on growth is said in times, and then in words: of nearly nothing every change is many per cent.
_MANY_TIMES, _NOTHING = 4.0, 100.0


@dataclass(frozen=True)
class ImportanceChange:
    """One feature in one group, before and after.

    Attributes
    ----------
    feature, group
        Its name; the value of each attribute.
    selected
        Whose scores: those selected, those refused, or (None) everybody's.
    n
        People of the group; the smaller number where they were explained apart.
    before, after
        How much the scores rest on it: the mean of |x|, in units of the score.
    ratio, low, high
        `after` over `before`, with its interval; None where it cannot be said.
    verdict
        Whether the interval lies below or above 1.
    """

    feature: str
    group: dict[str, str]
    selected: bool | None
    n: int
    before: float
    after: float
    ratio: float | None
    low: float | None
    high: float | None
    verdict: Verdict


def moved(
    paired: Paired, by: tuple[str, ...], selected: bool | None, confidence: float
) -> tuple[ImportanceChange, ...]:
    """Every feature in every group of the same people, largest change of weight first; by the decision before."""
    grouped = paired.by(by)
    n, before = grouped.before.of_decision(selected)
    _, after = grouped.after.of_decision(selected)
    products = grouped.products_of(selected)
    groups, features = grouped.before.groups, grouped.before.features
    found = []
    for g in range(len(groups)):
        for f, feature in enumerate(features):
            first, second = (_Weight.of(int(n[g]), sums[:, g, f]) for sums in (before, after))
            ratio, low, high = _ratio(first, second, float(products[PRODUCT_ABS, g, f]), confidence)
            found.append(
                ImportanceChange(
                    feature,
                    groups.names(g),
                    selected,
                    first.n,
                    first.mean,
                    second.mean,
                    ratio,
                    low,
                    high,
                    "unclear" if low is None or high is None or low <= 1 <= high else "less" if high < 1 else "more",
                )
            )
    return tuple(sorted(found, key=lambda one: -abs(one.after - one.before)))


def moved_sentence(one: ImportanceChange, terms: Terms = PLAIN) -> str:
    """What moved, in two plain sentences, the feature in quotation marks; `terms` is what the plan calls things."""
    people = terms.people
    whose = f"{among_words(one.selected, terms)}in the scores of {group_words(one.group, terms)}"
    said = f"{whose[0].upper()}{whose[1:]} ({one.n:,} {people}) the model"
    end = "This describes the model, not the cause."
    if one.ratio is None or one.low is None or one.high is None:
        return f"{said} cannot be compared on “{one.feature}”: too little rested on it, or too few {people} are there."
    if one.ratio == 0:
        return f"{said} no longer relies on “{one.feature}”. {end}"
    if one.verdict == "unclear":
        return (
            f"{said} may rely on “{one.feature}” as much as before: between {_percent(one.low - 1)} and"
            f" {_percent(one.high - 1)}. {end}"
        )
    if one.ratio <= 1 / _NOTHING:
        return f"{said} hardly relies on “{one.feature}” any more. {end}"
    if one.verdict == "less":
        span = f"{100 * (1 - one.high):.0f} to {100 * (1 - one.low):.0f}"
        return f"{said} relied on “{one.feature}” {100 * (1 - one.ratio):.0f}\u00a0% less ({span}). {end}"
    if one.ratio >= _NOTHING:
        return f"{said} hardly relied on “{one.feature}” before, and does now. {end}"
    if one.ratio >= _MANY_TIMES:
        span = f"{one.low:.0f} to {one.high:.0f} times"
        return f"{said} relied on “{one.feature}” {one.ratio:.0f} times as much ({span}). {end}"
    span = f"{100 * (one.low - 1):.0f} to {100 * (one.high - 1):.0f}"
    return f"{said} relied on “{one.feature}” {100 * (one.ratio - 1):.0f}\u00a0% more ({span}). {end}"


def _percent(change: float) -> str:
    return f"{abs(100 * change):.0f}\u00a0% {'less' if change < 0 else 'more'}"


@dataclass(frozen=True)
class _Weight:
    """The mean of |x| over n people, and the variance of |x| itself."""

    n: int
    mean: float
    variance: float

    @classmethod
    def of(cls, n: int, sums: Floats) -> _Weight:
        if n < 2:
            return cls(n, float(sums[TOTAL_ABS]) if n else 0.0, math.nan)
        mean = float(sums[TOTAL_ABS]) / n
        return cls(n, mean, max(0.0, float(sums[TOTAL_SQUARES]) - n * mean * mean) / (n - 1))


def _ratio(
    before: _Weight, after: _Weight, together: float, confidence: float
) -> tuple[float | None, float | None, float | None]:
    """The ratio of two means and its interval by the delta method on its logarithm (Casella and Berger 2002, 5.5.4).

    var(log ratio) = var_b / (n_b b^2) + var_a / (n_a a^2) - 2 cov / (n a b); `together` is the sum of products of the
    same people's two values. None under `FEW` people, or where nothing rests on it.
    """
    if min(before.n, after.n) < FEW or before.mean <= 0:
        return None, None, None
    if after.mean == 0:
        return 0.0, 0.0, 0.0
    ratio = after.mean / before.mean
    variance = before.variance / before.n / before.mean**2 + after.variance / after.n / after.mean**2
    covariance = (together - before.n * before.mean * after.mean) / (before.n - 1)
    variance -= 2 * covariance / before.n / before.mean / after.mean
    half = z_value(confidence) * math.sqrt(max(0.0, variance))
    return ratio, ratio * math.exp(-half), ratio * math.exp(half)
