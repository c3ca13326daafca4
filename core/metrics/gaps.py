"""A metric compared between a group and its reference: a table of measures, each with its value, interval and test.

Differences are group minus reference, ratios group over reference, as in AIF360. Adding a measure is adding a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

import numpy as np

from core.catalogue import table
from core.counts.rules import Confusion
from core.metrics.group_metrics import METRICS, Metric
from core.metrics.intervals import FEW, absolute, equality_p, mover_mean, newcombe, p_from_interval, ratio, z_value
from core.metrics.sampling.effective import AnyShare, Effective, exact_rate, wald_p
from core.metrics.sampling.kind_sums import KindSums
from core.metrics.words.naming.terms import PLAIN, Terms

Kind = Literal["difference", "ratio"]
Parts = Sequence[tuple[AnyShare, AnyShare]]


@dataclass(frozen=True)
class Compared:
    """A measure's value for one pair of groups, exactly, with interval and p. Infinite ends are unbounded."""

    value: Fraction
    low: float
    high: float
    p_value: float | None


@dataclass(frozen=True)
class Measure:
    """One row: which metrics it compares, and how.

    Attributes
    ----------
    name
        AIF360's name.
    kind
        Difference (0 is equality) or ratio (1 is equality).
    metrics
        The metrics compared; several are averaged.
    compare
        From each metric's (k, n) in the group and in the reference, and z, to `Compared`.
    is_tested
        Whether there is a test of equality, and so a verdict.
    aif360
        The name of AIF360's method, a minus sign before it where AIF360 measures the opposite; "" where it has none.
    how, whom, worse
        The words of its sentence, "{whom}women are {how} 12 points less often than men", as `Terms.said` reads them,
        and which of the two rates is the worse one to have, so that the sentence is about the group that has it.
    harms
        Whether that group is worse off. A person wrongly granted got the good outcome: nobody is called worse off then.
    of
        Who is counted, where not everybody is, as it stands behind "57 of 100": "with the good outcome".
    """

    name: str
    kind: Kind
    metrics: tuple[str, ...]
    compare: Callable[[Parts, float], Compared]
    aif360: str
    how: str
    whom: str = ""
    worse: Literal["higher", "lower"] = "lower"
    is_tested: bool = True
    harms: bool = True
    of: str = ""

    def verb_words(self, terms: Terms) -> str:
        """What its sentence says of a group, in the words of a plan: "are selected"."""
        return f"are {terms.said(self.how)}"

    @property
    def needs_label(self) -> bool:
        """Whether it needs to know what really happened."""
        return any(METRICS[name].needs_label for name in self.metrics)

    @property
    def equality(self) -> int:
        """The value that means "no difference"."""
        return 1 if self.kind == "ratio" else 0


def _difference(parts: Parts, z: float) -> Compared:
    ((group, reference),) = parts
    (k1, n1), (k2, n2) = group, reference
    low, high = newcombe(k1, n1, k2, n2, z)
    return Compared(exact_rate(group) - exact_rate(reference), low, high, _share_p(group, reference))


def _ratio(parts: Parts, z: float) -> Compared:
    ((group, reference),) = parts
    (k1, n1), (k2, n2) = group, reference
    low, high = ratio(k1, n1, k2, n2, z)
    return Compared(exact_rate(group) / exact_rate(reference), low, high, _share_p(group, reference))


def _mean_difference(parts: Parts, z: float) -> Compared:
    differences = [_difference([part], z) for part in parts]
    value = sum((d.value for d in differences), Fraction(0)) / len(differences)
    low, high = mover_mean([(float(d.value), (d.low, d.high)) for d in differences])
    return Compared(value, low, high, p_from_interval(float(value), (low, high), z))


def _mean_absolute_difference(parts: Parts, z: float) -> Compared:
    differences = [_difference([part], z) for part in parts]
    value = sum((abs(d.value) for d in differences), Fraction(0)) / len(differences)
    low, high = mover_mean([absolute(float(d.value), (d.low, d.high)) for d in differences])
    return Compared(value, max(0.0, low), high, None)


def _share_p(group: AnyShare, reference: AnyShare) -> float:
    if isinstance(group, Effective) and isinstance(reference, Effective):
        return wald_p(group, reference)
    (k1, n1), (k2, n2) = group, reference
    return _equality_p(int(k1), int(n1), int(k2), int(n2))


@lru_cache(maxsize=65_536)
def _equality_p(k1: int, n1: int, k2: int, n2: int) -> float:
    """The test once for a pair of rates: measures share them, and so do the positions of a slider."""
    return equality_p(k1, n1, k2, n2)


WITH_GOOD = "with the good outcome"
ON_AVERAGE = "averaged over both outcomes"
GOOD = f"Among those {WITH_GOOD}, "
BOTH = "Averaged over both outcomes, "
ODDS = ("false_positive_rate", "true_positive_rate")

GAPS = table(
    Measure("disparate_impact", "ratio", ("selection_rate",), _ratio, "disparate_impact", "{selected}"),
    Measure(
        "statistical_parity_difference", "difference", ("selection_rate",), _difference,
        "statistical_parity_difference", "{selected}",
    ),
    Measure(
        "false_negative_rate_difference", "difference", ("false_negative_rate",), _difference,
        "false_negative_rate_difference", "{denied}", worse="higher", of=WITH_GOOD,
    ),
    Measure(
        "false_positive_rate_difference", "difference", ("false_positive_rate",), _difference,
        "false_positive_rate_difference", "{granted}", worse="higher",
        harms=False, of="without the good outcome",
    ),
    Measure(
        "equal_opportunity_difference", "difference", ("true_positive_rate",), _difference,
        "equal_opportunity_difference", "{selected}", GOOD, of=WITH_GOOD,
    ),
    Measure(
        "average_odds_difference", "difference", ODDS, _mean_difference,
        "average_odds_difference", "{selected}", BOTH, of=ON_AVERAGE,
    ),
    Measure(
        "average_abs_odds_difference", "difference", ODDS, _mean_absolute_difference,
        "average_abs_odds_difference", "{selected}", BOTH, is_tested=False, of=ON_AVERAGE,
    ),
    Measure(
        "accuracy_difference", "difference", ("accuracy",), _difference, "-error_rate_difference", "judged rightly"
    ),
    Measure(
        "error_rate_difference", "difference", ("error_rate",), _difference,
        "error_rate_difference", "judged wrongly", worse="higher",
    ),
    Measure(
        "predictive_parity_difference", "difference", ("positive_predictive_value",), _difference,
        "-false_discovery_rate_difference", "found to have the good outcome", "Among those {selected}, ",
        harms=False, of="{selected}",
    ),
)  # fmt: skip


def shares(measure: Measure, people: Confusion, group: int, weighed: KindSums | None = None) -> list[AnyShare]:
    """The (k, n) of each metric that a measure compares, in one group; of `weighed` where rows are not one person."""
    return [_share(METRICS[name], people, group, weighed) for name in measure.metrics]


def _share(metric: Metric, people: Confusion, group: int, weighed: KindSums | None) -> AnyShare:
    if weighed is not None:
        return weighed.share(metric.num, metric.den, group)
    return np.asarray(metric.num(people))[group].item(), np.asarray(metric.den(people))[group].item()


def why_not_measurable(
    measure: Measure, group: list[AnyShare], reference: list[AnyShare], names: tuple[str, str], terms: Terms = PLAIN
) -> str | None:
    """Why a measure has no value for a pair of groups, or None where it has one (statistics.md 1, rule 1)."""
    for metric, (_, n), (_, n_reference) in zip(measure.metrics, group, reference, strict=True):
        for name, people in zip(names, (n, n_reference), strict=True):
            if people == 0:
                return terms.said(METRICS[metric].lacks).replace("this group", name)
    if measure.kind == "ratio" and exact_rate(reference[0]) == 0:
        return f"nobody in {names[1]} was {terms.selected}, so there is nothing to divide by"
    return None


def why_not_comparable(
    measure: Measure, weighed: KindSums, groups: tuple[int, int], names: tuple[str, str]
) -> str | None:
    """Why a measure has no value for two groups of people with several rows; None where it can have one."""
    if weighed.patterns is not None and len(measure.metrics) > 1:
        return "where people have several rows, only single rates are compared, and this averages two"
    reasons = (weighed.why_not(METRICS[name].den, groups, names) for name in measure.metrics)
    return next(filter(None, reasons), None)


def compare(measure: Measure, group: list[AnyShare], reference: list[AnyShare], confidence: float) -> Compared:
    """A measurable measure for one pair of groups."""
    return measure.compare(list(zip(group, reference, strict=True)), z_value(confidence))


def is_few(group: list[AnyShare], reference: list[AnyShare]) -> bool:
    """Whether any denominator is too small for a verdict (statistics.md 1, rule 2)."""
    return min(n for _, n in (*group, *reference)) < FEW
