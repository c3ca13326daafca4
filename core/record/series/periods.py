"""What an audit of a series is called, and where it stands in time: by the month cut out, or its file's name."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from core.plan.notation.natural_order import natural
from core.plan.plan import Plan

_NAMES = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in calendar.month_name[1:])
_DATES = (
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<by>[-_. ]?)(?P<month>\d\d)(?:(?P=by)(?P<day>\d\d))?(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_. ]?[mM](?P<month>\d{1,2})(?!\d)"),
    re.compile(rf"(?<![a-z])(?P<month>{_NAMES})[-_. ]?(?P<year>(?:19|20)\d\d)(?!\d)", re.IGNORECASE),
    re.compile(rf"(?<!\d)(?P<year>(?:19|20)\d\d)[-_. ]?(?P<month>{_NAMES})(?![a-z])", re.IGNORECASE),
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_. ]?q(?P<quarter>[1-4])(?![a-z\d])", re.IGNORECASE),
    re.compile(r"(?<![a-z\d])q(?P<quarter>[1-4])[-_. ]?(?P<year>(?:19|20)\d\d)(?!\d)", re.IGNORECASE),
)


@dataclass(frozen=True)
class Period:
    """A month ("2026-03"), a day ("2026-03-15"), a quarter ("2026-Q1"), or where none can be told the name of a file.

    `order` sorts periods: by their first day, then by name, numbers in names by their size. `is_cut` says that it is a
    month of a column of dates, whatever file that was in.
    """

    name: str
    order: tuple[str, tuple[tuple[int, int, str], ...]]
    is_cut: bool = False

    @property
    def is_dated(self) -> bool:
        """Whether its place in time is known, and not that of its name among others."""
        return self.order[0] != ""

    @classmethod
    def of_name(cls, name: str) -> Period:
        """By the last date in a file's name; its name where it has none."""
        base = PurePosixPath(name.replace("\\", "/")).name
        for pattern in _DATES:
            for found in reversed(list(pattern.finditer(base))):
                told = _told(found.groupdict())
                if told is not None:
                    name, order = told
                    return cls(name, (order, natural(base)))
        return cls(base, ("", natural(base)))


def period_of(plan: Plan) -> Period:
    """By the month that was cut out of a table, else by the table's name."""
    cut = next((rule.month for rule in plan.data.keep if rule.month is not None), None)
    return Period.of_name(plan.data.file) if cut is None else Period(cut, (f"{cut}-00", ()), is_cut=True)


def told_apart(periods: Sequence[Period], files: Sequence[str]) -> list[str]:
    """A name for each: its period's, and where two have one period the file's behind it."""
    names = [period.name for period in periods]
    return [
        f"{name} ({file})" if names.count(name) > 1 and file != name else name
        for name, file in zip(names, files, strict=True)
    ]


def _told(said: dict[str, str | None]) -> tuple[str, str] | None:
    """What a date in a name is called, and what it is sorted by, the longer period first; None where it is no date."""
    year, quarter, month, day = (said.get(part) for part in ("year", "quarter", "month", "day"))
    if quarter is not None:
        return f"{year}-Q{quarter}", f"{year}-{3 * int(quarter) - 2:02}"
    try:
        first = date(int(str(year)), _number(str(month)), int(day or 1))
    except ValueError:
        return None
    name = f"{first:%Y-%m}"
    return (name, f"{name}-00") if day is None else (f"{name}-{day}", f"{name}-{day}")


def _number(month: str) -> int:
    """A month written as a number or by its name."""
    if month.isdecimal():
        return int(month)
    return [name[:3].casefold() for name in calendar.month_name].index(month[:3].casefold())
