"""How many rows an audit read and left out, and how many decisions are near, as every document may say it."""

from __future__ import annotations

from dataclasses import dataclass

from core.metrics.small_cells.hidden import FEWEST_SHOWN
from core.record import AuditRecord


@dataclass(frozen=True)
class RowsTold:
    """Numbers of one record; None where one is hidden: it is of 1 to 4, or one of those would follow from it.

    Attributes
    ----------
    read, lines
        As the record has them; hidden with `left_out`, which is what they are more than those counted.
    dropped
        How many each sieve left out. None of them is told where one is small, but those of nobody.
    left_out
        How many were left out in all.
    near_threshold
        How many scores lie so close to the threshold that other hardware could decide otherwise.
    """

    read: int | None
    lines: int | None
    dropped: tuple[int | None, ...]
    left_out: int | None
    near_threshold: int | None

    @classmethod
    def of(cls, record: AuditRecord) -> RowsTold:
        """Those of a record, all of them unless its small numbers are hidden."""
        left_out, near = sum(record.dropped), record.provenance.near_threshold
        if not (record.hides_small or record.plan.report.hide_small):
            return cls(record.rows_read, record.lines, record.dropped, left_out, near)
        is_small = any(map(_is_small, record.dropped))
        dropped = tuple(None if is_small and n else n for n in record.dropped)
        told_near = None if _is_small(near) else near
        if _is_small(left_out):
            return cls(None, None, dropped, None, told_near)
        return cls(record.rows_read, record.lines, dropped, left_out, told_near)


def _is_small(number: int) -> bool:
    return 0 < number < FEWEST_SHOWN
