"""What each audit of a series says of one watched gap: a number, or bounds where outcomes are still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.counts.rules import Confusion, confusion
from core.metrics.gaps import GAPS
from core.metrics.over_time.late import Awaited, awaited, share_in, widened
from core.metrics.over_time.readings import Reading, reading
from core.metrics.stated_rule import stated_rule
from core.metrics.verdicts import Gap, Judgement
from core.record import AuditRecord
from core.record.series.watched import Key

_NOBODY = "nobody of the group, or of those it is compared with, is in this audit"
_NOT_BOUNDED = "outcomes are still to come, and where rows are not one person each their bounds are not computed"
_HIDDEN = "outcomes are still to come, and with small numbers hidden their bounds are too"


@dataclass(frozen=True)
class GapSeen:
    """A watched gap in one audit; `reading` is None, and `reason` says why, where nothing can be averaged.

    `known` is the share of the outcomes to come that are in.
    """

    gap: Gap | None
    reading: Reading | None
    known: float
    reason: str

    @property
    def is_bounded(self) -> bool:
        """Whether it lies between bounds, and nobody knows where."""
        return self.reading is not None and self.reading.low < self.reading.high


def read_gap(
    key: Key,
    records: Sequence[AuditRecord],
    judgements: Sequence[Judgement],
    reference: tuple[str, ...],
    baseline: int,
) -> list[GapSeen]:
    """The gap in each audit, against this comparison group."""
    by, measure, group = key
    found = [_found(key, judgement) for judgement in judgements]
    if not GAPS[measure].needs_label:
        return [_plain(gap, 1.0) for gap in found]
    sides = [[_people(record, by, values) for record in records] for values in (group, reference)]
    to_come = [awaited(people, baseline) for people in sides]
    return [
        _seen(gap, record, *pair)
        for gap, record, *pair in zip(
            found, records, *(zip(people, waits, strict=True) for people, waits in zip(sides, to_come, strict=True)),
            strict=True,
        )
    ]  # fmt: skip


def _found(key: Key, judgement: Judgement) -> Gap | None:
    by, measure, group = key
    return next(
        (
            gap
            for gap in judgement.gaps
            if gap.by == by and gap.measure == measure and tuple(gap.group.values()) == group
        ),
        None,
    )


def _people(record: AuditRecord, by: tuple[str, ...], values: tuple[str, ...]) -> Confusion | None:
    """The people of one group by label and decision, each a number; None where there are none."""
    groups, _ = record.counts.places(by)
    names = [tuple(groups.names(place).values()) for place in range(len(groups))]
    if values not in names:
        return None
    people, at = confusion(record.counts, stated_rule(record.counts, record.plan), by), names.index(values)
    return Confusion(*(getattr(people, kind)[at] for kind in Confusion.__dataclass_fields__))


def _seen(
    gap: Gap | None,
    record: AuditRecord,
    group: tuple[Confusion | None, Awaited],
    reference: tuple[Confusion | None, Awaited],
) -> GapSeen:
    (mine, my_waits), (other, other_waits) = group, reference
    if gap is None or mine is None or other is None or not (my_waits.people or other_waits.people):
        return _plain(gap, 1.0)
    if record.hides or not record.sampled.is_plain:
        return GapSeen(gap, None, 1.0, _HIDDEN if record.hides else _NOT_BOUNDED)
    both = (mine, my_waits), (other, other_waits)
    return GapSeen(gap, widened(gap.measure, *both), share_in(both), gap.reason if gap.value is None else "")


def _plain(gap: Gap | None, known: float) -> GapSeen:
    if gap is None:
        return GapSeen(None, None, known, _NOBODY)
    if gap.value is None:
        return GapSeen(gap, None, known, gap.reason)
    return GapSeen(gap, reading(gap.measure, gap.group_shares, gap.reference_shares), known, "")
