"""Which days a column names, gathered batch by batch: what stands first, its months and their rows, its ends."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.plan.notation.dates import DayOrder, Ints, ReadDays, day_of, month_of, read_days
from core.plan.values import DEFAULT_MISSING

MOST_MONTHS = 600
_MOSTLY = 0.5
_LOOKED_AT = 200
_ROWS_NAMED = 10


@dataclass(frozen=True)
class DetectedDays:
    """The days of a column whose cells are dates, at least half of those that are filled in.

    Attributes
    ----------
    order
        What stands first in a cell such as 15/03/2026; "" where every cell says it by itself.
    problem
        "unsaid" where no cell tells day and month apart, "mixed" where two cells tell it differently; then no cell is
        read, `examples` quotes one or two of them, and what follows is empty.
    first, last
        The ends, as 2026-03-15, or 2026-03 where cells name whole months. Its first or last month may be a part of one.
    months
        Every month that has a row, such as "2026-03", with its number of rows, in order; empty beyond `MOST_MONTHS`.
    others, other_rows
        How many cells are neither missing nor a date, and the first of their rows in the file.
    """

    order: DayOrder = ""
    problem: Literal["", "unsaid", "mixed"] = ""
    first: str = ""
    last: str = ""
    months: tuple[tuple[str, int], ...] = ()
    others: int = 0
    other_rows: tuple[int, ...] = ()
    examples: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> DetectedDays:
        """The days from plain JSON values. Raises TypeError, KeyError or ValueError where they are not that."""
        if document["order"] not in ("", "day", "month") or document["problem"] not in ("", "unsaid", "mixed"):
            raise ValueError("it has dates in an unknown order")
        return cls(
            document["order"],
            document["problem"],
            str(document["first"]),
            str(document["last"]),
            tuple((str(month), int(rows)) for month, rows in document["months"]),
            int(document["others"]),
            tuple(map(int, document["other_rows"])),
            tuple(map(str, document["examples"])),
        )


@dataclass
class _InOrder:
    """What a column holds if all its cells are in one order."""

    months: Counter[int] = field(default_factory=Counter)
    days: list[int] = field(default_factory=list)
    others: int = 0
    rows: list[int] = field(default_factory=list)


class DaySurvey:
    """Counts of a column's months in both orders, until it is known which of them holds."""

    def __init__(self) -> None:
        self._looked = self._on = False
        self._filled = 0
        self._in: dict[DayOrder, _InOrder] = {"day": _InOrder(), "month": _InOrder()}
        self._example: dict[str, str] = {}

    def add(self, distinct: Any, counts: npt.NDArray[np.int64], texts: Any, start: int) -> None:
        """Take in one batch: its distinct texts (Arrow), how often each stands there, all texts from row `start`."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if self._looked and not self._on:
            return
        absent = pc.is_in(pc.utf8_trim_whitespace(distinct), pa.array(DEFAULT_MISSING)).to_numpy(zero_copy_only=False)
        if absent.all():
            return
        distinct, counts = distinct.filter(pa.array(~absent)), counts[~absent]
        if not self._looked:
            self._looked = True
            read, often = read_days(distinct.slice(0, _LOOKED_AT)), counts[:_LOOKED_AT]
            seen = (read.numbers("day") > 0) | (read.numbers("month") > 0)
            self._on = bool(often[seen].sum() >= _MOSTLY * often.sum())
            if not self._on:
                return
        self._filled += int(counts.sum())
        read = read_days(distinct)
        self._add_evidence(read, distinct)
        for order, found in self._in.items():
            _add(found, read.numbers(order), distinct, counts, texts, start)

    def found(self) -> DetectedDays | None:
        """The column's days; None where fewer than half of its cells are dates."""
        order: DayOrder = "day" if "day" in self._example else "month" if "month" in self._example else ""
        best = self._in[order or "day"]
        if not self._filled or self._filled - best.others < _MOSTLY * self._filled:
            return self._mixed() if self._filled else None
        if "day" in self._example and "month" in self._example:
            return self._mixed()
        if not order and "unsaid" in self._example:
            return DetectedDays(problem="unsaid", examples=(self._example["unsaid"],))
        months = {month_of(number * 100): n for number, n in sorted(best.months.items())}
        kept = tuple(months.items()) if len(months) <= MOST_MONTHS else ()
        first, last = day_of(min(best.days)), day_of(max(best.days))
        return DetectedDays(order, "", first, last, kept, best.others, tuple(best.rows))

    def _mixed(self) -> DetectedDays | None:
        if not {"day", "month"} <= set(self._example):
            return None
        return DetectedDays(problem="mixed", examples=(self._example["day"], self._example["month"]))

    def _add_evidence(self, read: ReadDays, distinct: Any) -> None:
        """Keep the first cell of each kind: day first, month first, and one that says neither."""
        two = (read.years > 0) & (read.first > 0) & (read.second > 0)
        kinds = {
            "day": two & (read.first > 12) & (read.second <= 12),
            "month": two & (read.second > 12) & (read.first <= 12),
            "unsaid": read.is_unsaid & (read.first != read.second),
        }
        for kind, where in kinds.items():
            if kind not in self._example and where.any():
                self._example[kind] = str(distinct[int(np.flatnonzero(where)[0])]).strip()


def in_file(days: DetectedDays | None, file_row: Any) -> DetectedDays | None:
    """The days with the rows that `file_row` makes of indices from 0."""
    return None if days is None else replace(days, other_rows=tuple(map(file_row, days.other_rows)))


def _add(found: _InOrder, numbers: Ints, distinct: Any, counts: npt.NDArray[np.int64], texts: Any, start: int) -> None:
    """Count one batch's days, and keep the first rows whose cells name none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_day = numbers > 0
    if is_day.any():
        months, place = np.unique(numbers[is_day] // 100, return_inverse=True)
        rows = np.bincount(place, counts[is_day]).astype(np.int64)
        found.months.update(dict(zip(months.tolist(), rows.tolist(), strict=True)))
        ends = [int(numbers[is_day].min()), int(numbers[is_day].max()), *found.days]
        found.days = [min(ends), max(ends)]
    found.others += int(counts[~is_day].sum())
    if not is_day.all() and len(found.rows) < _ROWS_NAMED:
        strange = pc.is_in(texts, distinct.filter(pa.array(~is_day))).to_numpy(zero_copy_only=False)
        found.rows += [int(row) + start for row in np.flatnonzero(strange)[: _ROWS_NAMED - len(found.rows)]]
