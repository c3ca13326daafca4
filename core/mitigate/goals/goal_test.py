"""How far apart groups are by a fix's goal, with its plausible range, and whether that meets the goal.

The verdict follows statistics.md 1, with the accepted gap as the band.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Literal

import numpy as np

from core.counts.counts import Counts
from core.counts.rules import Rule, confusion
from core.metrics.gaps import GAPS, Measure
from core.metrics.group_metrics import METRICS
from core.metrics.intervals import FEW, Interval, absolute, equality_p, holm, newcombe, ratio, z_value
from core.metrics.verdicts import Verdict
from core.metrics.words import beside, group_words
from core.metrics.words.naming.terms import PLAIN, Terms
from core.mitigate.goals import Goal, exact
from core.mitigate.settings import Settings

# Of so many people and more nobody says "only".
_MANY = 1_000

Kept = Literal["met", "not_met", "unclear"]
VERDICTS: dict[Kept, Verdict] = {"met": "no_gap", "not_met": "gap", "unclear": "unclear"}
KEPT_WORDS: dict[Kept, str] = {"met": "Goal met", "not_met": "Goal not met", "unclear": "Can't tell yet"}


@dataclass(frozen=True)
class GoalGap:
    """How far apart the groups of some people are.

    Attributes
    ----------
    value
        The gap, as `Goal.gap` has it.
    interval
        Its plausible range; None where fewer than two groups have enough people, or nobody is selected. The ranges of
        all pairs hold at once (Bonferroni), so the largest gap lies between the largest of their lower ends and the
        largest of their upper ends. Of two groups and one rate it is the range of their difference or ratio.
    rate, group, other
        The groups farthest apart, the one with the lower rate first, and the metric they are apart in; None without.
    groups
        How many groups were compared.
    fewest, smallest
        How many people stand behind the less known rate of the two groups that the answer hangs on, and whose it is:
        those farthest apart where the gap is larger than accepted, else those who may be farthest apart.
    kept
        "not_met": the gap is larger than accepted, and of a pair so far apart equality is refused (Holm over all pairs
        and rates). "met": it is accepted, and so is all of its range. Else "unclear".
    """

    value: float
    interval: Interval | None
    rate: str | None
    group: dict[str, str] | None
    other: dict[str, str] | None
    groups: int
    fewest: int
    smallest: dict[str, str] | None
    kept: Kept

    @property
    def is_measurable(self) -> bool:
        """Whether any two groups could be compared."""
        return self.interval is not None


@dataclass(frozen=True)
class _Pair:
    """Two groups by a rate: k of n people each, and which groups they are, the one with the lower rate first."""

    rate: str
    low: tuple[int, int]
    high: tuple[int, int]
    places: tuple[int, int]

    def apart(self, goal: Goal) -> Fraction:
        least, most = Fraction(*self.low), Fraction(*self.high)
        if goal.kind == "difference":
            return most - least
        return 1 - least / most if most else Fraction(0)

    def interval(self, goal: Goal, z: float) -> Interval | None:
        """The range of how far they are apart, whichever of them is ahead."""
        if goal.kind == "difference":
            return absolute(0.0, newcombe(*self.high, *self.low, z))[1]
        if not self.high[0]:
            return None
        least, most = ratio(*self.low, *self.high, z)
        return (max(0.0, 1 - most) if most <= 1 else 0.0), max(1 - least, 1 - 1 / most)

    @property
    def p_value(self) -> float:
        return equality_p(*self.low, *self.high)


def goal_gap(counts: Counts, rule: Rule, settings: Settings, confidence: float) -> GoalGap:
    """The gap that a rule leaves among these people, by the goal of the settings, and whether it is accepted.

    Groups with fewer than FEW people behind a rate are left out, as they are where a fix is fitted, and so are those of
    whom the settings do not ask the goal.
    """
    places, _ = counts.places(settings.by)
    value = settings.goal.gap(confusion(counts, rule, settings.by), FEW, settings.asked(places))
    pairs = list(_pairs(counts, rule, settings))
    interval = _all_at_once(pairs, settings.goal, confidence)
    if interval is None:
        return GoalGap(float(value), None, None, None, None, 0, 0, None, "unclear")
    limit, alpha = exact(settings.at_most), 1 - confidence
    kept: Kept = "unclear"
    if value <= limit:
        kept = "met" if interval[1] <= float(limit) else "unclear"
    else:
        adjusted = holm([pair.p_value for pair in pairs])
        proven = (p < alpha and pair.apart(settings.goal) > limit for pair, p in zip(pairs, adjusted, strict=True))
        kept = "not_met" if any(proven) else "unclear"
    widest = max(pairs, key=lambda pair: pair.apart(settings.goal))
    hangs_on = widest if value > limit else _may_be_widest(pairs, settings.goal, confidence)
    fewest, smallest = min(zip((hangs_on.low[1], hangs_on.high[1]), hangs_on.places, strict=True))
    group, other, small = (places.names(place) for place in (*widest.places, smallest))
    compared = len({place for pair in pairs for place in pair.places})
    return GoalGap(float(value), interval, widest.rate, group, other, compared, fewest, small, kept)


def goal_range(counts: Counts, rule: Rule, settings: Settings, confidence: float) -> Interval | None:
    """The interval of `goal_gap`, without the verdict, whose tests take long where there are many groups."""
    return _all_at_once(list(_pairs(counts, rule, settings)), settings.goal, confidence)


def _all_at_once(pairs: list[_Pair], goal: Goal, confidence: float) -> Interval | None:
    """The range of the largest gap, from ranges of all pairs that hold at once."""
    z = _z_of_all(pairs, confidence)
    ranges = [found for pair in pairs if (found := pair.interval(goal, z)) is not None]
    if not ranges:
        return None
    return max(low for low, _ in ranges), max(high for _, high in ranges)


def _z_of_all(pairs: list[_Pair], confidence: float) -> float:
    """The quantile at which the ranges of all pairs hold at once (Bonferroni)."""
    return z_value(1 - (1 - confidence) / max(1, len(pairs)))


def _may_be_widest(pairs: list[_Pair], goal: Goal, confidence: float) -> _Pair:
    """The pair whose range reaches farthest."""
    z = _z_of_all(pairs, confidence)
    return max(pairs, key=lambda pair: (pair.interval(goal, z) or (0.0, 0.0))[1])


def _pairs(counts: Counts, rule: Rule, settings: Settings) -> Iterator[_Pair]:
    """Every two groups that have enough people behind each rate of the goal, by each rate."""
    people = confusion(counts, rule, settings.by)
    rates = {
        name: (np.asarray(METRICS[name].num(people)), np.asarray(METRICS[name].den(people)))
        for name in settings.goal.rates
    }
    places, _ = counts.places(settings.by)
    bound = np.flatnonzero(np.all([n >= FEW for _, n in rates.values()], axis=0) & settings.asked(places)).tolist()
    for name, (k, n) in rates.items():
        sides = {g: (round(k[g].item()), round(n[g].item())) for g in bound}
        rising = sorted(bound, key=lambda g: Fraction(*sides[g]))
        for low, high in combinations(rising, 2):
            yield _Pair(name, sides[low], sides[high], (low, high))


def goal_words(settings: Settings) -> str:
    """What is accepted: "a gap of at most 1 point", "at least 80 % of the highest rate"."""
    if settings.goal.kind == "ratio":
        return f"at least {100 * (1 - settings.at_most):g}\u00a0% of the highest rate"
    points = f"{100 * settings.at_most:g}"
    return f"a gap of at most {points}\u00a0point{'' if points == '1' else 's'}"


def kept_sentence(now: GoalGap, then: GoalGap, settings: Settings, terms: Terms = PLAIN) -> str:
    """Whether the goal is met with a fix, how far apart the groups are then, and how far apart they are now.

    `terms` is what the plan calls things.
    """
    goal = goal_words(settings)
    if then.interval is None or then.group is None or then.other is None:
        return f"Can't tell yet whether the goal, {goal}, is met: too few {terms.people} of two groups to compare."
    said = {
        "met": f"The goal, {goal}, is met on these {terms.people}",
        "not_met": f"The goal, {goal}, is not met on these {terms.people}",
        "unclear": f"Can't tell yet whether the goal, {goal}, is met",
    }[then.kept]
    measure = next(m for m in GAPS.values() if m.metrics == (then.rate,))
    among = terms.said(f"{measure.whom[:1].lower()}{measure.whom[1:]}")
    apart = _apart(then, measure, settings, terms)
    found = f"{among}{apart} (plausible range {_range(then.interval, settings)})"
    return f"{said}: {found}{_before(now, then, settings, terms)}.{_why(then, settings, terms)}"


def _before(now: GoalGap, then: GoalGap, settings: Settings, terms: Terms) -> str:
    """How far apart they were: the same two groups, or the others that were farthest apart then."""
    if now.group is None or now.other is None:
        return ""
    value = _value(now.value, settings)
    if [now.group, now.other] in ([then.group, then.other], [then.other, then.group]):
        return f", against {value} before the fix"
    farthest = f"{group_words(now.group, terms)} and {group_words(now.other, terms)}"
    return f". Before the fix {farthest} were farthest apart, at {value}"


def _why(then: GoalGap, settings: Settings, terms: Terms) -> str:
    """What leaves it open: the smaller of the two groups, whose rate is known least."""
    if then.kept != "unclear" or then.smallest is None:
        return ""
    only = "only " if then.fewest < _MANY else ""
    few = f" With {only}{then.fewest:,} {group_words(then.smallest, terms)} to go by,"
    if then.value <= settings.at_most:
        return f"{few} the true gap may still be wider than that."
    return f"{few} a gap this wide can come from chance."


def _apart(found: GoalGap, measure: Measure, settings: Settings, terms: Terms) -> str:
    """Who fares so how much less often than whom; the subject is whoever has the worse rate."""
    assert found.group is not None and found.other is not None
    lower, higher = group_words(found.group, terms), group_words(found.other, terms)
    words, verb = _value(found.value, settings), measure.verb_words(terms)
    farthest = ", the two groups farthest apart" if found.groups > 2 else ""
    if settings.goal.kind == "ratio":
        return f"{lower} {verb} {words} as often as {higher}{farthest}"
    if not found.value:
        return f"{lower} and {higher}{farthest}{',' if farthest else ''} {verb} equally often"
    if measure.worse == "lower":
        return f"{lower} {verb} {words} less often than {higher}{farthest}"
    return f"{higher} {verb} {words} more often than {lower}{farthest}"


def _value(gap: float, settings: Settings) -> str:
    """A gap in its goal's own unit, rounded on the right side of what is accepted."""
    if settings.goal.kind == "ratio":
        return f"{beside(100 * (1 - gap), 100 * (1 - settings.at_most), 1)}\u00a0%"
    return f"{beside(100 * gap, 100 * settings.at_most, 1)}\u00a0points"


def _range(interval: Interval, settings: Settings) -> str:
    ends = interval[::-1] if settings.goal.kind == "ratio" else interval
    low, high = (_value(end, settings) for end in ends)
    return f"{low.rpartition(chr(0xA0))[0]} to {high}"
