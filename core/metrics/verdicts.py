"""The verdict on every gap, by statistics.md 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from core.counts.counts import Counts
from core.counts.rules import Rule, confusion
from core.metrics.gaps import GAPS, Compared, Measure, compare, is_few, shares, why_not_comparable, why_not_measurable
from core.metrics.group_metrics import Estimate
from core.metrics.group_results import GroupResult as GroupResult
from core.metrics.group_results import GroupTable, group_results
from core.metrics.intervals import holm
from core.metrics.policies import Band, band
from core.metrics.reference import By, References, resolve, tables
from core.metrics.sampling.effective import AnyShare, people_in
from core.metrics.sampling.sampled import PLAIN, Sampled
from core.metrics.small_cells.hidden import NOTHING_HIDDEN, REASON, Hidden
from core.metrics.theil import theil_index
from core.metrics.verdict_reasons import reason_words
from core.metrics.words.naming.terms import Terms
from core.plan.plan import Plan
from core.plan.values import MISSING_GROUP

Verdict = Literal["gap", "unclear", "no_gap", "not_measurable"]
Why = Literal["", "few", "far", "look_closer", "wide", "hidden"]


@dataclass(frozen=True)
class Gap:
    """A measure compared between a group and its reference, and the verdict on it.

    `value`, `low` and `high` are None where they cannot be computed or have no bound; `group_shares` and
    `reference_shares` are the (k, n) behind the value. `verdict` is None for measures without a test of equality.
    """

    by: By
    measure: str
    group: dict[str, str]
    reference: dict[str, str]
    value: float | None
    low: float | None
    high: float | None
    p_value: float | None
    p_adjusted: float | None
    comparisons: int
    band: Band
    differs: bool
    breaks_limit: bool
    verdict: Verdict | None
    why: Why
    reason: str
    group_shares: tuple[AnyShare, ...]
    reference_shares: tuple[AnyShare, ...]


@dataclass(frozen=True)
class Judgement:
    """Everything that follows from the counts and the plan; recomputed whenever it is shown, never stored."""

    references: References
    groups: tuple[GroupResult, ...]
    gaps: tuple[Gap, ...]
    theil_index: Estimate | None

    def reference(self, by: By) -> dict[str, str]:
        """The group of a table that the others are compared with."""
        named = dict(zip(by, self.references[by], strict=True))
        return next((group.group for group in self.groups if group.group == named), named)


def judge(
    counts: Counts,
    plan: Plan,
    rule: Rule,
    references: References | None = None,
    sampled: Sampled = PLAIN,
    hidden: Hidden = NOTHING_HIDDEN,
) -> Judgement:
    """Measure every group, compare it with its reference, and say what that means.

    Parameters
    ----------
    counts
        All people by every combination of the sensitive attributes.
    plan
        The question.
    rule
        Who is selected.
    references
        Those of the plan's own rule, kept when a slider moves; resolved here where None.
    sampled
        What stands beside the counts where rows weigh differently or repeat a person.
    hidden
        The numbers that nothing in the judgement may be computed from.
    """
    references = resolve(counts, rule, plan) if references is None else references
    groups: list[GroupResult] = []
    gaps: list[Gap] = []
    for by in tables(plan):
        weighed = sampled.weighed(counts, rule, by)
        table = GroupTable(counts.by(by), confusion(counts, rule, by), plan, weighed, hidden)
        groups += group_results(table)
        gaps += _gaps(table, references[by])
    theil = theil_index(confusion(counts, rule), plan) if sampled.is_plain and not hidden else None
    return Judgement(references, tuple(groups), tuple(gaps), theil)


def plan_rule(counts: Counts, plan: Plan) -> Rule:
    """The rule that the plan states: a decision column, or a threshold on the score."""
    if counts.axis.decided or counts.axis.kind == "decision":
        return Rule.as_decided(counts.axis)
    return Rule.threshold(counts.axis, plan_edge(plan, counts.axis.dtype))


def plan_threshold(plan: Plan) -> float:
    """The score from which on (or below which) a person is selected; 0.5 where a model's plan names none."""
    decision = plan.decision
    if decision.favourable is not None and decision.prediction is None:
        bound = decision.favourable.at_least if decision.favourable.below is None else decision.favourable.below
        return float(bound) if bound is not None else 0.5
    return 0.5 if decision.threshold is None else decision.threshold


def plan_edge(plan: Plan, dtype: str) -> float:
    """The lowest score of this float type on the upper side: where `above`, the next one above the threshold."""
    threshold = plan_threshold(plan)
    if not plan.decision.above:
        return threshold
    kind = np.dtype(dtype).type
    return float(np.nextafter(kind(threshold), kind(np.inf)))


def _gaps(table: GroupTable, reference: tuple[str, ...]) -> Iterator[Gap]:
    names = [tuple(group.values()) for group in table.names]
    if reference not in names or MISSING_GROUP in reference:  # nobody whose values are known to compare with
        return
    against = names.index(reference)
    for measure in GAPS.values():
        if table.plan.data.label is not None or not measure.needs_label:
            yield from _family(measure, table, against)


def _family(measure: Measure, table: GroupTable, against: int) -> Iterator[Gap]:
    """One measure over one table of groups: the comparisons that are corrected together.

    Hidden ones count as if they had found nothing: so what is shown follows from what is shown.
    """
    counts, plan, weighed = table.counts, table.plan, table.weighed
    unseen = {g for g in range(len(table.names)) if table.hides(g, measure.metrics)}
    nobody: list[AnyShare] = [(0, 0)] * len(measure.metrics)
    every = [nobody if g in unseen else shares(measure, table.people, g, weighed) for g in range(len(table.names))]
    terms = Terms.of(plan)
    names = [terms.name(group) for group in table.names]
    why_not = {
        g: REASON
        if unseen & {g, against}
        else why_not_measurable(measure, every[g], every[against], (names[g], names[against]), terms)
        for g in range(len(every))
        if g != against
    }
    if weighed is not None:
        for g in [g for g, reason in why_not.items() if reason is None]:
            why_not[g] = why_not_comparable(measure, weighed, (g, against), (names[g], names[against]))
    compared = {
        g: compare(measure, every[g], every[against], plan.run.confidence)
        for g, reason in why_not.items()
        if reason is None
    }
    adjusted, comparisons = _adjusted(measure, every, compared, against, plan, unseen)
    for g, reason in why_not.items():
        gap = _Gathered(measure, counts, plan, g, against, every)
        yield (
            gap.unmeasurable("hidden" if unseen & {g, against} else "", reason, comparisons)
            if reason is not None
            else gap.judged(compared[g], adjusted.get(g), comparisons)
        )


def _adjusted(
    measure: Measure,
    every: list[list[AnyShare]],
    compared: dict[int, Compared],
    against: int,
    plan: Plan,
    unseen: set[int],
) -> tuple[dict[int, float], int]:
    """Holm's p for each compared group, and over how many comparisons.

    A reference chosen because its rate is highest was compared with everybody first, so every pair counts.
    """
    tested = {(g, against): c.p_value for g, c in compared.items() if c.p_value is not None}
    if measure.is_tested:
        gone = set(range(len(every))) if against in unseen else unseen
        tested |= {(g, against): 1.0 for g in gone if g != against}
    if plan.groups.reference == "most_selected":
        for g, h in combinations([g for g in range(len(every)) if g != against], 2):
            if unseen & {g, h}:
                tested |= {(g, h): 1.0} if measure.is_tested else {}
                continue
            # Either way round: a ratio to a rate of 0 has no value, its inverse has, and the test is the same.
            for one, other in ((g, h), (h, g)):
                if why_not_measurable(measure, every[one], every[other], ("", "")) is None:
                    p = compare(measure, every[one], every[other], plan.run.confidence).p_value
                    tested |= {} if p is None else {(g, h): p}
    p_adjusted = dict(zip(tested, holm([p for p in tested.values() if p is not None]), strict=True))
    return {g: p_adjusted[(g, against)] for g in compared if (g, against) in p_adjusted}, len(tested) or len(compared)


@dataclass(frozen=True)
class _Gathered:
    """What the verdict on one group needs."""

    measure: Measure
    counts: Counts
    plan: Plan
    g: int
    against: int
    every: list[list[AnyShare]]

    def unmeasurable(self, why: Why, reason: str, comparisons: int) -> Gap:
        return self._gap(None, None, None, None, None, comparisons, False, False, "not_measurable", why, reason)

    def judged(self, c: Compared, p_adjusted: float | None, comparisons: int) -> Gap:
        """Statistics.md 1: the first rule that applies wins."""
        limits = band(self.measure, self.plan)
        alpha = 1 - self.plan.run.confidence
        low, high = limits.ends
        outside, inside = c.high < low or c.low > high, low <= c.low and c.high <= high
        value = float(c.value)
        if p_adjusted is None:
            breaks = outside and limits.source != "default"
            return self._gap(value, c.low, c.high, None, None, comparisons, False, breaks, None, "", "")
        differs = p_adjusted < alpha
        verdict, why = self._verdict(c, limits, inside, differs, alpha)
        fewest = min(people_in(share) for share in (*self.every[self.g], *self.every[self.against]))
        reason = reason_words(verdict, why, c, self.measure.equality, p_adjusted, alpha, comparisons, fewest)
        return self._gap(
            value, c.low, c.high, c.p_value, p_adjusted, comparisons, differs, outside, verdict, why, reason
        )

    def _verdict(self, c: Compared, limits: Band, inside: bool, differs: bool, alpha: float) -> tuple[Verdict, Why]:
        if is_few(self.every[self.g], self.every[self.against]):
            return "unclear", "few"
        if not limits.holds(c.value):
            return ("gap", "") if differs else ("unclear", "far")
        if inside:
            return "no_gap", ""
        unusual = differs or (c.p_value is not None and c.p_value < alpha)
        return "unclear", "look_closer" if unusual else "wide"

    def _gap(
        self,
        value: float | None,
        low: float | None,
        high: float | None,
        p_value: float | None,
        p_adjusted: float | None,
        comparisons: int,
        differs: bool,
        breaks_limit: bool,
        verdict: Verdict | None,
        why: Why,
        reason: str,
    ) -> Gap:
        groups = self.counts.groups
        return Gap(
            by=groups.attributes,
            measure=self.measure.name,
            group=groups.names(self.g),
            reference=groups.names(self.against),
            value=value,
            low=None if low is None or np.isinf(low) else low,
            high=None if high is None or np.isinf(high) else high,
            p_value=p_value,
            p_adjusted=p_adjusted,
            comparisons=comparisons,
            band=band(self.measure, self.plan),
            differs=differs,
            breaks_limit=breaks_limit,
            verdict=verdict,
            why=why,
            reason=reason,
            group_shares=tuple(self.every[self.g]),
            reference_shares=tuple(self.every[self.against]),
        )
