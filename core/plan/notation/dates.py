"""How a column writes days: 2026-03-15, 15.03.2026, 15 March 2026, each with a time or without, and which month it is.

Where all parts are numbers and the year stands last, day and month cannot be told apart by one cell: 03/04/2026. The
column has to say it, by a cell such as 15/03/2026.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
# Which part stands first where both are numbers; "" where nothing says it.
DayOrder = Literal["", "day", "month"]

FIRST_YEAR, LAST_YEAR = 1900, 2199
MONTH = re.compile(r"(19|2[01])[0-9]{2}-(0[1-9]|1[0-2])")

_CLOCK = (
    r"(?:,? ?[T ] ?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?: ?[AaPp]\.?[Mm]\.?)?"
    r"(?: ?(?:Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?))?)"
)
_TIME = f"{_CLOCK}?"
# Ten signs and a time: cut off before anything else, since many times are of one day.
_TEN = 10
_TEN_AND_TIME = rf"^[0-9][0-9./-]{{8}}[0-9]{_CLOCK}$"
_YEAR, _PART, _NAME = "(?P<y>[0-9]{4})", "[0-9]{1,2}", "(?P<n>[A-Za-z]{3,9})"
# The two separators of one cell are the same one: 2026-03/15 is no date.
_YEAR_FIRST = tuple(rf"^{_YEAR}{sign}(?P<m>{_PART}){sign}(?P<d>{_PART}){_TIME}$" for sign in ("-", "/", r"\."))
_YEAR_LAST = tuple(rf"^(?P<a>{_PART}){sign}(?P<b>{_PART}){sign}{_YEAR}{_TIME}$" for sign in (r"\.", "/", "-"))
_SHAPES = (
    *_YEAR_FIRST,
    *_YEAR_LAST,
    rf"^{_YEAR}[-/](?P<m>[0-9]{{2}})$",
    rf"^{_YEAR}(?P<m>[0-9]{{2}})(?P<d>[0-9]{{2}})$",
    rf"^(?P<d>{_PART})(?:st|nd|rd|th|\.)?[- ]{_NAME}\.?,?[- ]{_YEAR}{_TIME}$",
    rf"^{_NAME}\.? (?P<d>{_PART})(?:st|nd|rd|th)?,? {_YEAR}{_TIME}$",
    rf"^{_NAME}\.?[- ]{_YEAR}$",
    "^(?P<y>[0-9]{4})\u5e74(?P<m>[0-9]{1,2})\u6708(?:(?P<d>[0-9]{1,2})\u65e5)?$",
)
_NAMES = tuple(name.lower() for name in calendar.month_name[1:])
_SPELLED = {**{name: i for i, name in enumerate(_NAMES, 1)}, **{name[:3]: i for i, name in enumerate(_NAMES, 1)}}
_SPELLED["sept"] = 9
_LENGTHS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int32)


@dataclass(frozen=True, eq=False)
class ReadDays:
    """The days that n texts name, int32 of shape (n,) each.

    Attributes
    ----------
    years
        0 where a text names no day.
    months, days
        Of texts that say which is which; `days` is 0 where a text names a whole month.
    first, second
        Day and month in an order that the text does not say, 0 elsewhere.
    """

    years: Ints
    months: Ints
    days: Ints
    first: Ints
    second: Ints

    @property
    def is_unsaid(self) -> npt.NDArray[np.bool_]:
        """Which texts name two numbers that could each be the month: bool of shape (n,)."""
        return (self.years > 0) & (self.first > 0) & (self.first <= 12) & (self.second <= 12)

    def numbers(self, order: DayOrder) -> Ints:
        """Each day as one number such as 20260315, 0 where a text names none in this order: int32 of shape (n,)."""
        day, month = (self.first, self.second) if order != "month" else (self.second, self.first)
        both = self.first > 0
        months, days = np.where(both, month, self.months), np.where(both, day, self.days)
        if not order:
            months = np.where(both & (self.first != self.second) & self.is_unsaid, 0, months)
            turned = both & (self.second > 12)
            months, days = np.where(turned, self.first, months), np.where(turned, self.second, days)
        return np.where(_exists(self.years, months, days), self.years * 10_000 + months * 100 + days, 0)


def read_days(texts: Any) -> ReadDays:
    """The days that an Arrow array of texts names; spaces around them do not count."""
    import pyarrow.compute as pc

    trimmed = pc.utf8_trim_whitespace(texts)
    timed = pc.match_substring_regex(trimmed, _TEN_AND_TIME)
    stems = pc.if_else(timed, pc.utf8_slice_codeunits(trimmed, 0, _TEN), trimmed).dictionary_encode()
    days, place = _days_of(stems.dictionary), stems.indices.to_numpy(zero_copy_only=False)
    return ReadDays(*(part[place] for part in (days.years, days.months, days.days, days.first, days.second)))


def _days_of(trimmed: Any) -> ReadDays:
    """The days that an Arrow array of distinct texts names."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = {part: np.zeros(len(trimmed), dtype=np.int32) for part in "ymdab"}
    open_ones = np.arange(len(trimmed))
    for shape in _SHAPES:
        parts = pc.extract_regex(trimmed, shape)
        fits = parts.is_valid().to_numpy(zero_copy_only=False)
        if not fits.any():
            continue
        hits, places = parts.filter(pa.array(fits)), open_ones[fits]
        for field in hits.type:
            part = "m" if field.name == "n" else field.name
            found[part][places] = _values(pc.struct_field(hits, field.name), spelled=field.name == "n")
        trimmed, open_ones = trimmed.filter(pa.array(~fits)), open_ones[~fits]
        if not len(trimmed):
            break
    years = found["y"]
    known = (years >= FIRST_YEAR) & (years <= LAST_YEAR)
    return ReadDays(np.where(known, years, 0), found["m"], found["d"], found["a"], found["b"])


def month_of(number: int) -> str:
    """The month of a day's number: "2026-03" of 20260315."""
    return f"{number // 10_000:04}-{number // 100 % 100:02}"


def day_of(number: int) -> str:
    """A day's number as ISO 8601 writes it; a month alone where the day is 0."""
    return month_of(number) + (f"-{number % 100:02}" if number % 100 else "")


def month_words(month: str) -> str:
    """A month such as "2026-03" in words: March 2026."""
    return f"{calendar.month_name[int(month[5:])]} {month[:4]}"


def _exists(years: Ints, months: Ints, days: Ints) -> npt.NDArray[np.bool_]:
    """Which of these are days, or whole months, of the calendar."""
    leap = (years % 4 == 0) & ((years % 100 != 0) | (years % 400 == 0)) & (months == 2)
    within = (years > 0) & (months >= 1) & (months <= 12)
    return np.asarray(within & (days >= 0) & (days <= _LENGTHS[np.where(within, months, 0)] + leap))


def _values(texts: Any, *, spelled: bool) -> Ints:
    """One part of the texts as numbers, 0 where it is empty or no month's name, -1 where a zero is written."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if spelled:
        texts = pc.utf8_lower(texts)
        names = pa.array(list(_SPELLED))
        numbers = pc.take(pa.array(list(_SPELLED.values()), pa.int32()), pc.index_in(texts, names))
    else:
        written = pc.cast(pc.if_else(pc.equal(texts, ""), "0", texts), pa.int32())
        numbers = pc.if_else(pc.and_(pc.equal(written, 0), pc.not_equal(texts, "")), -1, written)
    return np.asarray(pc.fill_null(numbers, 0).to_numpy(zero_copy_only=False), dtype=np.int32)
