"""What else has moved since the baseline: group sizes, base rates, scores, missing values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core.counts.counts import FAVOURABLE, SUM_UNIT, UNKNOWN, Counts
from core.metrics.intervals import Moments, holm
from core.metrics.over_time.drift import Drifted, drifted_mean, drifted_share
from core.plan.values import MISSING_GROUP
from core.record import AuditRecord

Kind = Literal["group_size", "base_rate", "score", "missing_outcome", "missing_group"]
_ALPHA = 0.05
_Group = tuple[str, ...]


@dataclass(frozen=True)
class DriftRow:
    """One number of one audit beside the baseline's, all audits of the baseline taken together.

    Attributes
    ----------
    period
        Which audit.
    kind
        Shares of people: of a group, with the good outcome among those whose outcome is known, whose outcome is not
        known, whose value in the column is missing; or the mean score.
    by, group
        Of which group; of everybody where `group` is empty.
    before, after, low, high
        The baseline's number, the audit's, and the range of the change at the plan's confidence.
    p_adjusted, differs
        The p of no change, corrected for every number of every audit (Holm), and whether it is under 5 %.
    """

    period: str
    kind: Kind
    by: tuple[str, ...]
    group: Mapping[str, str]
    before: float
    after: float
    low: float
    high: float
    p_adjusted: float
    differs: bool


def drift(
    records: Sequence[AuditRecord], periods: Sequence[str], baseline: int, confidence: float
) -> tuple[DriftRow, ...]:
    """The rows of every audit after the baseline, in order of time.

    None where rows are not one person each, whose numbers vary otherwise, or where small numbers are hidden.
    """
    if len(records) <= baseline or any(record.hides or not record.sampled.is_plain for record in records):
        return ()
    first = [_numbers(record) for record in records[:baseline]]
    found: list[tuple[str, _Name, Drifted]] = []
    for period, record in list(zip(periods, records, strict=True))[baseline:]:
        now = _numbers(record)
        for name in dict.fromkeys(name for each in (*first, now) for name in each):
            before = [_number(each, name, one) for each, one in zip(first, records[:baseline], strict=True)]
            moved = _moved(list(filter(None, before)), _number(now, name, record), confidence)
            found += [] if moved is None else [(period, name, moved)]
    adjusted = holm([moved.p_value for *_, moved in found])
    return tuple(
        DriftRow(
            period, kind, by, dict(zip(by, group, strict=False)), moved.before, moved.after, moved.low, moved.high,
            p, p < _ALPHA,
        )
        for (period, (kind, by, group), moved), p in zip(found, adjusted, strict=True)
    )  # fmt: skip


_Name = tuple[Kind, tuple[str, ...], _Group]
_Number = tuple[int, int] | tuple[int, float, float]


def _number(numbers: dict[_Name, _Number], name: _Name, record: AuditRecord) -> _Number | None:
    """An audit's number; of a group that is not in it nobody of everybody."""
    absent = (0, record.counts.people) if name[0] in ("group_size", "missing_group") else None
    return numbers.get(name, absent)


def _moved(before: Sequence[_Number], after: _Number | None, confidence: float) -> Drifted | None:
    """The number now beside the sum of the baseline's; None where one of them has none."""
    if after is None or not before:
        return None
    total = tuple(sum(each) for each in zip(*before, strict=True))
    if len(total) == 2 and len(after) == 2:
        return drifted_share((int(total[0]), int(total[1])), after, confidence)
    if len(total) == 3 and len(after) == 3:
        return drifted_mean(Moments.of(int(total[0]), *total[1:]), Moments.of(*after), confidence)
    return None


def _numbers(record: AuditRecord) -> dict[_Name, _Number]:
    """What one audit counts, by name: (k, n) of a share, or (n, sum, sum of squares) of a score."""
    found: dict[_Name, _Number] = {}
    for by in ((), *((column,) for column in record.plan.groups.sensitive)):
        counts = record.counts.by(by)
        for place in range(len(counts.groups)):
            group = tuple(counts.groups.names(place).values())
            found |= {(kind, by, group): number for kind, number in _of_group(counts, place, record, bool(by), group)}
    return found


def _of_group(
    counts: Counts, place: int, record: AuditRecord, is_part: bool, group: _Group
) -> Iterator[tuple[Kind, _Number]]:
    people = counts.n[place].sum(axis=1)
    n, unknown = int(people.sum()), int(people[UNKNOWN])
    if is_part:
        yield "missing_group" if group == (MISSING_GROUP,) else "group_size", (n, record.counts.people)
    if record.plan.data.label is not None:
        yield "base_rate", (int(people[FAVOURABLE]), n - unknown)
        yield "missing_outcome", (unknown, n)
    if counts.axis.kind != "decision":
        scale = counts.axis.scale
        total, squares = (int(counts.sums[power, place].sum()) / SUM_UNIT for power in (0, 1))
        yield "score", (n, total * scale, squares * scale**2)
