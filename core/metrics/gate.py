"""Whether a build may pass: which limits are broken, which gaps grew by more than chance explains (statistics.md 7).

Gated are the gaps of every measure that the plan or a policy of it limits, and of the headline measure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from core.metrics.comparison import FEW_WORDS, Key, key_of, people_by_group
from core.metrics.detectable import detectable
from core.metrics.distance import Sides, distance
from core.metrics.findings.group_pairs import headline_measure
from core.metrics.gaps import GAPS, Measure
from core.metrics.group_metrics import METRICS
from core.metrics.intervals import Interval, z_value
from core.metrics.joint import Change, JointCounts, is_unmoved
from core.metrics.policies import POLICIES
from core.metrics.sampling.effective import people_in
from core.metrics.verdicts import Gap, Judgement
from core.metrics.worsening import growth
from core.plan.plan import Plan

Outcome = Literal["failed", "unclear", "passed"]
LimitState = Literal["broken", "unclear", "holds", "not_gated"]
GrowthState = Literal["worse", "unclear", "not_shown", "better", "same", "not_gated"]
NOT_BEFORE = "the earlier audit has nobody in one of the two groups"
NOT_NOW = "nobody is in one of the two groups any more"
NO_RANGE = "a rate is 0, so the change has no range"
NO_TEST = "an absolute measure has no range of its change"


@dataclass(frozen=True)
class GatedGap:
    """One gated gap.

    Attributes
    ----------
    gap
        As it is now; as it was, where nobody is in the group any more.
    before
        As it was; None without an earlier audit, or where that has no such gap.
    growth
        By how much it is farther from equality than before, with its corrected interval, of a ratio in logarithms;
        None where it cannot be computed.
    detectable
        The growth that as many people would show with 80 % chance; None where none can be named.
    limit, worsening
        How it stands to its limit, and to what it was; `reason` says why one of the two is unclear.
    """

    gap: Gap
    before: Gap | None
    growth: Change | None
    detectable: float | None
    limit: LimitState
    worsening: GrowthState
    reason: str = ""

    @property
    def outcome(self) -> Outcome:
        """What it means for the build."""
        if self.limit == "broken" or self.worsening == "worse":
            return "failed"
        return "unclear" if "unclear" in (self.limit, self.worsening) else "passed"

    @property
    def is_gone(self) -> bool:
        """Whether nobody is in one of its groups any more."""
        return self.gap is self.before

    @property
    def measure(self) -> Measure:
        """The measure of the gap."""
        return GAPS[self.gap.measure]

    @property
    def fewest(self) -> int | None:
        """The people of its smallest rate now; None where small numbers are hidden."""
        if self.gap.why == "hidden" or (self.before is not None and self.before.why == "hidden"):
            return None
        if self.is_gone:
            return 0
        return min(map(people_in, (*self.gap.group_shares, *self.gap.reference_shares)))


@dataclass(frozen=True)
class GateVerdict:
    """The verdict on a build: every gated gap, what failed first.

    `has_before` is whether there was an earlier audit, `paired` whether both decided about the same people, and
    `confidence` that of the corrected ranges.
    """

    gaps: tuple[GatedGap, ...]
    has_before: bool
    paired: bool
    confidence: float

    @property
    def outcome(self) -> Outcome:
        """Failed where any gap is, else unclear where any is, or where there is none."""
        found = {gap.outcome for gap in self.gaps}
        return "failed" if "failed" in found else "unclear" if "unclear" in found or not found else "passed"

    @cached_property
    def fewest(self) -> int | None:
        """The people of the smallest rate among what is unclear; None where that is not to be said."""
        sizes = [gap.fewest for gap in self.gaps if gap.outcome == "unclear"]
        return min((size for size in sizes if size is not None), default=None)

    def of(self, outcome: Outcome) -> list[GatedGap]:
        """The gaps with this outcome."""
        return [gap for gap in self.gaps if gap.outcome == outcome]


def gated_measures(judgement: Judgement, plan: Plan) -> list[str]:
    """The measures that are gated: those with a limit of the plan's or of a policy's own, and the headline's."""
    stated = {limit.measure for limit in plan.policy.limits}
    stated |= {measure for name in plan.policy.use for measure in POLICIES[name].limits}
    stated.add(headline_measure(judgement, plan))
    return [name for name in GAPS if name in stated]


def gate(now: Judgement, plan: Plan, before: Judgement | None = None, joint: JointCounts | None = None) -> GateVerdict:
    """The verdict on a build.

    Parameters
    ----------
    now
        The judgement of what is to be built in, with the references of the earlier audit where there is one.
    plan
        Its plan: the limits, the headline, the confidence.
    before
        The judgement of the earlier audit; None where the limits alone are gated.
    joint
        Both decisions about the same people, by every cell; None where the audits are of different people.
    """
    measures = gated_measures(now, plan)
    later = {key_of(gap): gap for gap in now.gaps if gap.measure in measures}
    earlier = {} if before is None else {key_of(gap): gap for gap in before.gaps if gap.measure in measures}
    sides = _sides(joint, {**earlier, **later})
    alpha = 1 - plan.run.confidence
    tested = [key for key in later if key in earlier and _is_tested(earlier[key], later[key])]
    corrected, left = _corrected(earlier, later, sides, tested, alpha)
    every = {
        key: _measured(earlier[key], later[key], sides.get(key), corrected.get(key), len(tested), alpha)
        for key in tested
    }
    found = [
        _gated(earlier.get(key), later.get(key), sides.get(key), every.get(key, _Grown()), before is not None)
        for key in {**earlier, **later}
    ]
    found.sort(key=lambda gap: ("failed", "unclear", "passed").index(gap.outcome))
    return GateVerdict(tuple(found), before is not None, joint is not None, 1 - alpha / left)


@dataclass(frozen=True)
class _Grown:
    """The growth of a gap with its corrected interval, and with one of its own; and what could have been shown."""

    corrected: Change | None = None
    alone: Change | None = None
    detectable: float | None = None


def _sides(joint: JointCounts | None, gaps: dict[Key, Gap]) -> dict[Key, Sides]:
    """The people of each gap's group and reference, by both decisions; none where that is not known."""
    if joint is None:
        return {}
    tables = {by: people_by_group(joint.by(by)) for by in {gap.by for gap in gaps.values()}}
    found = {key: [tables[key[0]].get(group) for group in key[2:]] for key in gaps}
    return {key: (one, other) for key, (one, other) in found.items() if one is not None and other is not None}


def _is_tested(before: Gap, now: Gap) -> bool:
    """Whether a growth is one of the comparisons that are corrected together; what is hidden counts as one."""
    if not GAPS[now.measure].is_tested:
        return False
    return "hidden" in (before.why, now.why) or (before.value is not None and now.value is not None)


def _corrected(
    before: dict[Key, Gap], now: dict[Key, Gap], sides: dict[Key, Sides], tested: list[Key], alpha: float
) -> tuple[dict[Key, Change], int]:
    """Each growth with its corrected interval, and of how many comparisons Holm's last step allowed for.

    Holm's steps: at alpha over all comparisons, then over those that are left while any was shown. A hypothesis is "it
    did not grow", so what shrank is never shown, and takes nothing from the others' share.
    """
    left = max(1, len(tested))
    while True:
        z = z_value(1 - alpha / left)
        found = {key: growth(before[key], now[key], sides.get(key), z) for key in tested if _is_known(before, now, key)}
        grown = {key: each for key, each in found.items() if each is not None}
        shown = sum(_is_worse(before[key], now[key], each) for key, each in grown.items())
        fewer = max(1, len(tested) - shown)
        if fewer >= left:
            return grown, left
        left = fewer


def _is_known(before: dict[Key, Gap], now: dict[Key, Gap], key: Key) -> bool:
    return before[key].value is not None and now[key].value is not None


def _is_worse(before: Gap, now: Gap, grown: Change) -> bool:
    return grown[1][0] > 0 and "few" not in (before.why, now.why)


def _measured(
    before: Gap, now: Gap, people: Sides | None, corrected: Change | None, comparisons: int, alpha: float
) -> _Grown:
    alone = None if corrected is None else growth(before, now, people, z_value(1 - alpha))
    return _Grown(corrected, alone, detectable(before, now, people, z_value(1 - alpha / comparisons)))


def _gated(before: Gap | None, now: Gap | None, people: Sides | None, grown: _Grown, has_before: bool) -> GatedGap:
    gap = now or before
    assert gap is not None
    limit, why = _limit(now, has_before)
    worsening, reason = _worsening(before, now, people, grown) if has_before else ("not_gated", "")
    return GatedGap(gap, before, grown.corrected, grown.detectable, limit, worsening, reason or why)


def _limit(gap: Gap | None, has_before: bool) -> tuple[LimitState, str]:
    """How a gap stands to its limit: inside or outside with its whole interval.

    The usual limit, which nobody stated, is gated only where there is no earlier audit to be measured by: else no build
    could pass whose model inherited a gap.
    """
    if gap is None or gap.band.source == "default" and (has_before or not GAPS[gap.measure].is_tested):
        return "not_gated", ""
    if gap.value is None:
        return "unclear", gap.reason
    if gap.why == "few":
        return "unclear", FEW_WORDS
    if gap.breaks_limit:
        return "broken", ""
    low, high = gap.band.ends
    ends = _bounded(gap)
    return ("holds", "") if low <= ends[0] and ends[1] <= high else ("unclear", "the range reaches across the limit")


def _bounded(gap: Gap) -> Interval:
    """The ends of a gap's interval, an unbounded one infinite."""
    return -math.inf if gap.low is None else gap.low, math.inf if gap.high is None else gap.high


def _worsening(before: Gap | None, now: Gap | None, people: Sides | None, grown: _Grown) -> tuple[GrowthState, str]:
    """Whether a gap grew.

    Where it is not shown it is unclear all the same, if by its own interval, as a verdict of no gap goes by, it may
    have grown by as much as its limit allows altogether: too few people were asked to rule that out.
    """
    if before is None or now is None:
        return "unclear", NOT_BEFORE if before is None else NOT_NOW
    measure = GAPS[now.measure]
    if not measure.is_tested:
        return "not_gated", NO_TEST
    if before.value is None or now.value is None:
        return "unclear", now.reason if now.value is None else before.reason
    if people is not None and all(is_unmoved([METRICS[name] for name in measure.metrics], side) for side in people):
        return "same", ""
    if "few" in (before.why, now.why):
        return "unclear", FEW_WORDS
    if grown.corrected is None or grown.alone is None:
        return "unclear", NO_RANGE
    low, high = grown.corrected[1]
    if low > 0 or high < 0:
        return "worse" if low > 0 else "better", ""
    room = distance(measure.kind, now.band.limit)
    return (
        ("not_shown", "")
        if grown.alone[1][1] < room
        else ("unclear", "it may have grown by as much as its limit allows")
    )
