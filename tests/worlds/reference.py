"""Slow, obvious definitions in plain Python, straight from the field's textbooks: what the core is held against."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product


@dataclass(frozen=True)
class Person:
    """One row of a table; the label is None where nobody knows what really happened."""

    group: tuple[str, ...]
    label: bool | None
    selected: bool
    score: float = 0.0


People = Sequence[Person]


def share(of: list[Person], that: Callable[[Person], bool]) -> Fraction | None:
    """The share of some people that fulfil a condition; None where there is nobody."""
    return Fraction(sum(map(that, of)), len(of)) if of else None


def metric(name: str, people: People) -> Fraction | None:
    """A group metric by its definition; None where it has none."""
    everybody = list(people)
    labelled = [p for p in people if p.label is not None]
    good, bad = [p for p in people if p.label is True], [p for p in people if p.label is False]
    chosen, refused = [p for p in labelled if p.selected], [p for p in labelled if not p.selected]
    if name == "balanced_accuracy":
        both = metric("true_positive_rate", people), metric("true_negative_rate", people)
        return None if both[0] is None or both[1] is None else (both[0] + both[1]) / 2
    if name == "f1":
        concerned = sum(p.selected for p in labelled) + len(good)
        return Fraction(2 * sum(p.selected for p in good), concerned) if concerned else None
    return {
        "selection_rate": lambda: share(everybody, lambda p: p.selected),
        "base_rate": lambda: share(labelled, lambda p: p.label is True),
        "true_positive_rate": lambda: share(good, lambda p: p.selected),
        "false_negative_rate": lambda: share(good, lambda p: not p.selected),
        "false_positive_rate": lambda: share(bad, lambda p: p.selected),
        "true_negative_rate": lambda: share(bad, lambda p: not p.selected),
        "accuracy": lambda: share(labelled, lambda p: p.selected is p.label),
        "error_rate": lambda: share(labelled, lambda p: p.selected is not p.label),
        "positive_predictive_value": lambda: share(chosen, lambda p: p.label is True),
        "negative_predictive_value": lambda: share(refused, lambda p: p.label is False),
    }[name]()


def gap(name: str, group: People, reference: People) -> Fraction | None:
    """A gap by its definition, group minus (or over) reference; None where it has none."""

    def difference(metric_name: str) -> Fraction | None:
        mine, theirs = metric(metric_name, group), metric(metric_name, reference)
        return None if mine is None or theirs is None else mine - theirs

    if name == "disparate_impact":
        mine, theirs = metric("selection_rate", group), metric("selection_rate", reference)
        return None if mine is None or not theirs else mine / theirs
    if name in ("average_odds_difference", "average_abs_odds_difference"):
        odds = difference("false_positive_rate"), difference("true_positive_rate")
        if odds[0] is None or odds[1] is None:
            return None
        size = abs if name == "average_abs_odds_difference" else lambda value: value
        return (size(odds[0]) + size(odds[1])) / 2
    return difference(
        {
            "statistical_parity_difference": "selection_rate",
            "equal_opportunity_difference": "true_positive_rate",
            "predictive_parity_difference": "positive_predictive_value",
        }.get(name, name.removesuffix("_difference"))
    )


def wins(better: float, worse: float) -> Fraction:
    """How much of a pair is ordered rightly: a tie is half."""
    return Fraction((better > worse) + (better >= worse), 2)


def auc(good: Sequence[float], bad: Sequence[float]) -> Fraction | None:
    """The share of favourable-unfavourable pairs that the scores order rightly."""
    if not good or not bad:
        return None
    return sum((wins(g, b) for g, b in product(good, bad)), Fraction(0)) / (len(good) * len(bad))


def delong_variance(good: Sequence[float], bad: Sequence[float]) -> Fraction:
    """DeLong's variance of the AUC from its structural components (DeLong, DeLong and Clarke-Pearson 1988)."""

    def variance(values: list[Fraction]) -> Fraction:
        mean = sum(values, Fraction(0)) / len(values)
        return sum(((value - mean) ** 2 for value in values), Fraction(0)) / (len(values) - 1)

    of_good = [sum((wins(g, b) for b in bad), Fraction(0)) / len(bad) for g in good]
    of_bad = [sum((wins(g, b) for g in good), Fraction(0)) / len(good) for b in bad]
    return variance(of_good) / len(good) + variance(of_bad) / len(bad)


def bin_of(score: float, edges: Sequence[float]) -> int:
    """The bin of a score: the last edge that is not above it, the first bin for what lies below every edge."""
    return max(0, bisect_right(edges, score) - 1)


def theil_index(people: People) -> float:
    """Theil's index of the benefits b = decision - label + 1 (Speicher et al. 2018)."""
    benefits = [int(p.selected) - int(p.label) + 1 for p in people if p.label is not None]
    mean = sum(benefits) / len(benefits)
    return sum(b / mean * math.log(b / mean) for b in benefits if b) / len(benefits)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values: the k-th smallest times how many are left, never below its predecessor."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted = {i: min(1.0, (len(order) - rank) * p_values[i]) for rank, i in enumerate(order)}
    return [max(adjusted[j] for j in order[: order.index(i) + 1]) for i in range(len(p_values))]


def verdict(
    value: Fraction, interval: tuple[float, float], band: tuple[Fraction, Fraction], denominators: Sequence[int],
    p_value: float, p_adjusted: float, alpha: float,
) -> tuple[str, str]:  # fmt: skip
    """Verdict and kind of "can't tell" of a measurable gap, rule by rule as statistics.md section 1 lists them."""
    low, high = interval
    is_inside = band[0] <= value <= band[1]
    range_is_inside = float(band[0]) <= low and high <= float(band[1])
    if min(denominators) < 10:
        return "unclear", "few"
    if not is_inside and p_adjusted < alpha:
        return "gap", ""
    if is_inside and range_is_inside:
        return "no_gap", ""
    if not is_inside:
        return "unclear", "far"
    return "unclear", "look_closer" if p_value < alpha else "wide"
