"""What is measured of one group: a table of rows. Adding a metric is adding a row.

"Positive" means favourable for the person. A metric is a numerator over a denominator of a `Confusion`; where the
denominator is 0 it has no value, and the row says in words what is missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.catalogue import table
from core.counts.counts import FAVOURABLE, SUM_UNIT, UNFAVOURABLE, Counts
from core.counts.rules import Confusion, Numbers
from core.metrics.intervals import Interval, Moments, auc, wilson, z_value
from core.metrics.sampling.effective import Effective
from core.metrics.sampling.kind_sums import FEWEST_REPEATED, KindSums
from core.metrics.words.naming.terms import PLAIN, Terms

Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True)
class Estimate:
    """A value with its interval, or None with the reason why there is none.

    `binning_error` is how far the value can lie from that of the scores before they were binned. Of people who weigh
    differently or repeat, `denominator` is how many they are, and `effective_n` the size of a plain sample as sure.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    reason: str | None = None
    binning_error: float | None = None
    effective_n: float | None = None


@dataclass(frozen=True)
class Metric:
    """One row: what is counted, of whom, and how it reads.

    Attributes
    ----------
    name
        The field's name, as in AIF360 or scikit-learn.
    asks
        The plain question it answers, as the pages ask it; like the next two as `Terms.said` reads it.
    counts
        The rest of the sentence "the share of ...".
    num, den
        The counts it divides, for arrays of any shape; None where it is no share of people.
    lacks
        Who is missing where the denominator is 0.
    better
        Which direction is good for the model's quality.
    needs_label
        Whether it needs to know what really happened.
    is_share
        Whether the numerator counts a part of the denominator's people, so that Wilson's interval holds.
    aif360
        The name of AIF360's method for it; "" where AIF360 has none.
    """

    name: str
    asks: str
    counts: str
    num: Callable[[Confusion], Numbers]
    den: Callable[[Confusion], Numbers]
    lacks: str
    better: Better = "neither"
    needs_label: bool = True
    is_share: bool = True
    aif360: str = ""


NOBODY = "no one in this group"
_OF_NO_ROWS = Estimate(None, reason="not computed where rows weigh differently or repeat a person")
NO_LABEL = "no one in this group has a known outcome"
NO_GOOD = "no one in this group has the good outcome"
NO_BAD = "no one in this group lacks the good outcome"
NO_YES = "no one in this group was {selected}"
NO_NO = "everyone in this group was {selected}"
BOTH_NEEDED = "both outcomes must occur in this group"

METRICS = table(
    Metric(
        "selection_rate", "Who gets {selected}?", "the group that is {selected}",
        lambda c: c.selected, lambda c: c.n, NOBODY, needs_label=False, aif360="base_rate",
    ),
    Metric(
        "base_rate", "Who has the good outcome?", "the group that has the good outcome",
        lambda c: c.tp + c.fn, lambda c: c.labelled, NO_LABEL, aif360="base_rate",
    ),
    Metric(
        "false_negative_rate", "Who is {denied}?", "those with the good outcome who were {turned_down}",
        lambda c: c.fn, lambda c: c.tp + c.fn, NO_GOOD, "lower", aif360="false_negative_rate",
    ),
    Metric(
        "false_positive_rate", "Who is {granted}?", "those without the good outcome who were {selected}",
        lambda c: c.fp, lambda c: c.fp + c.tn, NO_BAD, "lower", aif360="false_positive_rate",
    ),
    Metric(
        "true_positive_rate", "Of those who deserved it, who was {selected}?",
        "those with the good outcome who were {selected}",
        lambda c: c.tp, lambda c: c.tp + c.fn, NO_GOOD, "higher", aif360="true_positive_rate",
    ),
    Metric(
        "true_negative_rate", "Of those who did not, who was {turned_down}?",
        "those without the good outcome who were {turned_down}",
        lambda c: c.tn, lambda c: c.fp + c.tn, NO_BAD, "higher", aif360="true_negative_rate",
    ),
    Metric(
        "accuracy", "How often is it right?", "the group for whom decision and outcome agree",
        lambda c: c.tp + c.tn, lambda c: c.labelled, NO_LABEL, "higher", aif360="accuracy",
    ),
    Metric(
        "error_rate", "How often is it wrong?", "the group for whom decision and outcome disagree",
        lambda c: c.fp + c.fn, lambda c: c.labelled, NO_LABEL, "lower", aif360="error_rate",
    ),
    Metric(
        "positive_predictive_value", "When it says yes, how often is that right?",
        "those {selected} who have the good outcome",
        lambda c: c.tp, lambda c: c.tp + c.fp, NO_YES, "higher", aif360="positive_predictive_value",
    ),
    Metric(
        "negative_predictive_value", "When it says no, how often is that right?",
        "those {turned_down} who lack the good outcome",
        lambda c: c.tn, lambda c: c.fn + c.tn, NO_NO, "higher", aif360="negative_predictive_value",
    ),
    Metric(
        "balanced_accuracy", "How often is it right, both outcomes counting alike?",
        "right decisions, averaged over both outcomes",
        lambda c: c.tp * (c.fp + c.tn) + c.tn * (c.tp + c.fn), lambda c: 2 * (c.tp + c.fn) * (c.fp + c.tn),
        BOTH_NEEDED, "higher", is_share=False,
    ),
    Metric(
        "f1", "How well does it find the good outcomes?", "good outcomes found, balanced against wrong grants (F1)",
        lambda c: 2 * c.tp, lambda c: 2 * c.tp + c.fp + c.fn,
        "no one in this group was {selected} or has the good outcome", "higher", is_share=False,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class ScoreMetric:
    """One measure of the whole score, not of a threshold: its estimate from the counts of one group."""

    name: str
    asks: str
    counts: str
    estimate: Callable[[Counts, int, float], Estimate]
    needs_label: bool = True
    needs_probability: bool = False


def _mean_score(counts: Counts, group: int, confidence: float) -> Estimate:
    n, scale = int(counts.n[group].sum()), counts.axis.scale
    if n == 0:
        return Estimate(None, reason=NOBODY)
    total, squares = (int(counts.sums[i, group].sum()) / SUM_UNIT for i in (0, 1))
    moments = Moments.of(n, total, squares)
    low, high = _ends(moments.interval(confidence))
    return Estimate(moments.mean * scale, low and low * scale, high and high * scale, denominator=n)


def _ends(interval: Interval) -> tuple[float | None, float | None]:
    low, high = interval
    return (None, None) if math.isnan(low) else (low, high)


def _roc_auc(counts: Counts, group: int, confidence: float) -> Estimate:
    n = counts.scores()[group]
    ordered = n[:, ::-1] if counts.axis.lower_is_better else n
    area, variance, tied = auc(ordered[FAVOURABLE], ordered[UNFAVOURABLE])
    if math.isnan(area):
        return Estimate(None, reason=BOTH_NEEDED)
    if math.isnan(variance):
        return Estimate(area, binning_error=tied)
    half = z_value(confidence) * math.sqrt(variance)
    return Estimate(area, max(0.0, area - half), min(1.0, area + half), binning_error=tied)


def _brier_score(counts: Counts, group: int, confidence: float) -> Estimate:
    """Mean squared error; its interval from the bin's own scores, whose fourth powers the exact sums do not hold."""
    n = int(counts.n[group, :2].sum())
    if n == 0:
        return Estimate(None, reason=NO_LABEL)
    value = counts.squared_error(group) / n
    spread = _binned_error_variance(counts, group, value)
    if n < 2:
        return Estimate(value, denominator=n)
    moments = Moments(n, value, spread / (n - 1))
    low, high = moments.interval(confidence)
    return Estimate(value, max(0.0, low), min(1.0, high), denominator=n)


def _binned_error_variance(counts: Counts, group: int, mean: float) -> float:
    """Variance of the squared error, every score taken at its bin's edge: exact where each score has its own bin."""
    edges = np.asarray(counts.axis.edges)
    goods = (1.0, 0.0) if counts.axis.lower_is_better else (0.0, 1.0)
    people = counts.scores()[group]
    squares = sum(float(people[label] @ ((edges - good) ** 2 - mean) ** 2) for label, good in enumerate(goods))
    return squares / float(people[:2].sum())


SCORE_METRICS = table(
    ScoreMetric(
        "mean_score", "How high does it score them?", "the mean score of the group", _mean_score, needs_label=False
    ),
    ScoreMetric("roc_auc", "How well does the score tell good from bad?", "the area under the ROC curve", _roc_auc),
    ScoreMetric(
        "brier_score", "How far are the scores from what happened?", "the mean squared error of the probability",
        _brier_score, needs_probability=True,
    ),
)  # fmt: skip


def estimates(
    counts: Counts,
    people: Confusion,
    group: int,
    has_label: bool,
    confidence: float,
    weighed: KindSums | None = None,
    terms: Terms = PLAIN,
) -> dict[str, Estimate]:
    """Every metric of one group that its counts can tell.

    Parameters
    ----------
    counts, people
        The counts by group, and the same people by label and decision.
    group
        The position of the group in both.
    has_label
        Whether the plan names a label at all: without one, what needs labels is absent.
    weighed
        The same people weighed, where rows weigh differently or repeat a person.
    terms
        The words of the plan, for the reason why there is no value.
    """
    asked = [metric for metric in METRICS.values() if has_label or not metric.needs_label]
    rows = {metric.name: rate(metric, people, group, confidence, weighed, terms) for metric in asked}
    if counts.axis.kind != "decision":
        for metric in SCORE_METRICS.values():
            if (has_label or not metric.needs_label) and (
                counts.axis.kind == "probability" or not metric.needs_probability
            ):
                rows[metric.name] = metric.estimate(counts, group, confidence) if weighed is None else _OF_NO_ROWS
    return rows


def rate(
    metric: Metric,
    people: Confusion,
    group: int,
    confidence: float,
    weighed: KindSums | None = None,
    terms: Terms = PLAIN,
) -> Estimate:
    """One metric of one group; of people who weigh differently, the weighted share with how many they are."""
    if weighed is not None:
        return _weighted_rate(metric, weighed, group, confidence, terms)
    k, n = np.asarray(metric.num(people))[group].item(), np.asarray(metric.den(people))[group].item()
    if n == 0:
        return Estimate(None, numerator=k, denominator=n, reason=terms.said(metric.lacks))
    if not metric.is_share:
        return Estimate(k / n)
    low, high = wilson(k, n, z_value(confidence))
    return Estimate(k / n, low, high, k, n)


def _weighted_rate(metric: Metric, weighed: KindSums, group: int, confidence: float, terms: Terms) -> Estimate:
    if not metric.is_share:
        k, n = (float(np.asarray(side(weighed.weighted))[group]) for side in (metric.num, metric.den))
        return Estimate(None, reason=terms.said(metric.lacks)) if n == 0 else Estimate(k / n)
    share = weighed.share(metric.num, metric.den, group)
    if not isinstance(share, Effective):
        return Estimate(None, denominator=0, reason=terms.said(metric.lacks))
    if weighed.patterns is not None and share.people < FEWEST_REPEATED:
        reason = f"{share.people:,} different people are too few for a range where people have several rows"
        return Estimate(float(share.rate), denominator=share.people, reason=reason)
    low, high = wilson(share.k, share.n, z_value(confidence))
    return Estimate(float(share.rate), low, high, denominator=share.people, effective_n=share.n)


def overall_auc_range(counts: Counts) -> tuple[float | None, float | None, float | None]:
    """AUC of everybody's scores, or decisions, against the outcome, and the ends of its 95 % interval.

    Under 0.5 the good outcome has the bad scores. None where either outcome occurs for nobody.
    """
    found = _roc_auc(counts.by(()), 0, 0.95)
    return found.value, found.low, found.high
