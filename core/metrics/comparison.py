"""Two audits compared: how every gap moved, with its own interval, and whose decisions changed (statistics.md 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from core.counts.counts import Ints
from core.metrics.changed_decisions import ChangedDecisions, moved_people
from core.metrics.distance import NO_CHANGE_WORDS, Sides, distance, has_crossed, is_as_before, no_change
from core.metrics.gaps import GAPS
from core.metrics.group_metrics import METRICS
from core.metrics.intervals import FEW, Interval, mover_mean, z_value
from core.metrics.joint import (
    Change,
    JointCounts,
    difference_change,
    is_countable,
    is_unmoved,
    ratio_change,
)
from core.metrics.verdicts import Gap, Judgement
from core.metrics.worsening import growth

_CROSSED = "the gap now falls on the other side, and may be as large as before"
_HARDLY = "hardly anything changes here, but too few people are here to say so of others"
FEW_WORDS = f"fewer than {FEW} people to go by"

Direction = Literal["better", "worse", "same", "unclear"]
Key = tuple[tuple[str, ...], str, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class GapChange:
    """One gap before and after.

    Attributes
    ----------
    by, measure, group, reference
        Which gap.
    before, after
        Its values; None where it was not measurable.
    change, low, high
        After minus before, and its interval; None where it cannot be computed.
    paired
        Whether the interval uses that the same people were decided about twice; if not, it is wider than necessary.
    verdict
        "better": nearer to equality than before, and the interval of the change of that distance excludes 0; "worse":
        farther, and it excludes 0. On one side of equality the distance changes as the value does, so `low` to `high`
        decides; a gap that crossed equality is judged by the interval of |after| - |before|, which is after + before up
        to sign, by the same paired method (of ratios by their logarithms). "same": nobody whom the measure counts is
        decided otherwise, which is known, whatever the number of people; or `low` to `high` holds 0 and nothing as
        large as `no_change`.
    reason
        Why it is unclear, or how small the change is.
    after_range
        The interval of the value after.
    """

    by: tuple[str, ...]
    measure: str
    group: dict[str, str]
    reference: dict[str, str]
    before: float | None
    after: float | None
    change: float | None
    low: float | None
    high: float | None
    paired: bool
    verdict: Direction
    reason: str
    after_range: tuple[float | None, float | None]


@dataclass(frozen=True)
class Comparison:
    """Everything that changed from one audit to the other.

    `people` and `everybody` are empty and None where the audits are not of the same people.
    """

    gaps: tuple[GapChange, ...]
    people: tuple[ChangedDecisions, ...]
    everybody: ChangedDecisions | None

    def moved(self, by: tuple[str, ...]) -> tuple[ChangedDecisions, ...]:
        """The people of one table of groups."""
        return tuple(moved for moved in self.people if moved.by == by)

    def to_json(self, before: str, after: str, warnings: tuple[str, ...] = ()) -> dict[str, Any]:
        """The comparison as comparison.json holds it; `before` and `after` are the records' digests."""
        return {
            "plumbline": 1,
            "before": before,
            "after": after,
            "gaps": [_gap_document(gap) for gap in self.gaps],
            "people": [moved.to_json() for moved in self.people],
            "warnings": list(warnings),
        }


def compare_audits(before: Judgement, after: Judgement, joint: JointCounts | None, confidence: float) -> Comparison:
    """Compare two judgements of one plan.

    Parameters
    ----------
    before, after
        Judged with the same references; a gap that only one of them has is left out.
    joint
        Both decisions about the same people, by every cell; None where the audits are of different people.
    confidence
        Of the intervals.
    """
    z = z_value(confidence)
    later = {key_of(gap): gap for gap in after.gaps}
    tables = (
        {} if joint is None else {by: people_by_group(joint.by(by)) for by in {group.by for group in before.groups}}
    )
    pairs = [(gap, later[key_of(gap)]) for gap in before.gaps if key_of(gap) in later]
    gaps = tuple(_gap_change(old, new, tables.get(old.by), z) for old, new in pairs)
    if joint is None:
        return Comparison(gaps, (), None)
    people = (moved_people(g.by, g.group, tables[g.by][tuple(g.group.values())], z) for g in before.groups)
    return Comparison(gaps, tuple(people), moved_people((), {}, joint.n.sum(axis=0), z))


def key_of(gap: Gap) -> Key:
    """Which gap it is: its columns, measure, group and reference."""
    return gap.by, gap.measure, tuple(gap.group.values()), tuple(gap.reference.values())


def people_by_group(joint: JointCounts) -> dict[tuple[str, ...], Ints]:
    """Each group's people, int64 of shape (3, 2, 2), by its values."""
    return {tuple(joint.groups.names(g).values()): joint.n[g] for g in range(len(joint.groups))}


def _gap_change(before: Gap, after: Gap, people: dict[tuple[str, ...], Ints] | None, z: float) -> GapChange:
    both = None if people is None else (_of(people, before.group), _of(people, before.reference))
    changed, reason = _changed(before, after, both, z)
    value, (low, high) = changed or (None, (None, None))
    if changed is None and before.value is not None and after.value is not None:
        value = after.value - before.value
    verdict: Direction = "unclear"
    metrics = [METRICS[name] for name in GAPS[before.measure].metrics]
    if value == 0 and both is not None and all(is_unmoved(metrics, side) for side in both):
        verdict, reason = "same", ""
    elif not reason:
        verdict, reason = _verdict(before, after, (low, high), both, z)
    return GapChange(
        before.by,
        before.measure,
        before.group,
        before.reference,
        before.value,
        after.value,
        value,
        low,
        high,
        people is not None,
        verdict,
        reason,
        (after.low, after.high),
    )


def _of(people: dict[tuple[str, ...], Ints], group: dict[str, str]) -> Ints:
    return people[tuple(group.values())]


def _changed(before: Gap, after: Gap, people: Sides | None, z: float) -> tuple[Change | None, str]:
    """The change with its interval, and why there is no verdict on it."""
    measure = GAPS[before.measure]
    metrics = [METRICS[name] for name in measure.metrics]
    if before.value is None or after.value is None:
        return None, before.reason if before.value is None else after.reason
    if not measure.is_tested:
        return None, "there is no interval for the change of an absolute measure"
    if people is None:
        return _unpaired(before, after), "" if before.why != "few" != after.why else FEW_WORDS
    group, reference = people
    is_ratio = measure.kind == "ratio"
    changed = ratio_change(metrics[0], group, reference, z) if is_ratio else None
    if not is_ratio and all(is_countable(metrics, side) for side in (group, reference)):
        changed = difference_change(metrics, group, reference, z)
    if changed is None:
        return None, "the rate of one of the groups is 0, so the change has no range"
    return changed, "" if all(is_countable(metrics, side, FEW) for side in (group, reference)) else FEW_WORDS


def _unpaired(before: Gap, after: Gap) -> Change | None:
    """The change as if of different people: MOVER over both gaps' own intervals."""
    if before.value is None or after.value is None or None in (before.low, before.high, after.low, after.high):
        return None
    old: Interval = (float(before.low or 0), float(before.high or 0))
    new: Interval = (float(after.low or 0), float(after.high or 0))
    low, high = mover_mean([(after.value, new), (-before.value, (-old[1], -old[0]))])
    return after.value - before.value, (2 * low, 2 * high)


def _verdict(
    before: Gap, after: Gap, change: tuple[float | None, float | None], people: Sides | None, z: float
) -> tuple[Direction, str]:
    """Statistics.md 4: the distance from equality fell, or rose, and its change's interval excludes 0; or why not."""
    kind = GAPS[before.measure].kind
    old, new = before.value or 0.0, after.value or 0.0
    if change[0] is not None and change[1] is not None and is_as_before(kind, (old, new), (change[0], change[1])):
        return "same", f"the change is smaller than {NO_CHANGE_WORDS[kind]} either way"
    crossed = has_crossed(kind, old, new)
    if crossed:
        _, (low, high) = growth(before, after, people, z) or (None, (None, None))
    else:
        low, high = change
    if low is None or high is None or low <= 0 <= high:
        hardly = abs(new - old) < no_change(kind, (old, new))
        return "unclear", _HARDLY if hardly else _CROSSED if crossed else "the change may be none"
    moved = distance(kind, new) - distance(kind, old)
    return ("better" if moved < 0 else "worse" if moved > 0 else "unclear"), ""


def _gap_document(gap: GapChange) -> dict[str, Any]:
    return {
        "by": list(gap.by),
        "measure": gap.measure,
        "group": gap.group,
        "reference": gap.reference,
        "before": gap.before,
        "after": gap.after,
        "change": gap.change,
        "low": gap.low,
        "high": gap.high,
        "paired": gap.paired,
        "verdict": gap.verdict,
        "reason": gap.reason,
    }
