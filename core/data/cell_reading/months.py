"""Whether a month can be cut out of a table by a column of dates, and what is said where it cannot."""

from __future__ import annotations

from core.data.column_days import DetectedDays
from core.data.dataset import Dataset
from core.data.profile import Profile
from core.errors import DataError
from core.plan.notation.dates import month_words, read_days

_SHOWN = 12


def months(profile: Profile, column: str) -> DetectedDays:
    """The days of a column: its months with their rows, and its ends.

    Raises DataError where the table lacks the column, or its days cannot be read for certain.
    """
    import pyarrow as pa

    found = profile.column(column)
    days = found.days
    if days is None:
        read = read_days(pa.array([text for text, _ in found.values], pa.string())).years
        others = [text.strip() for (text, _), year in zip(found.values, read, strict=True) if not year and text.strip()]
        seen = f', such as "{others[0]}"' if others else ""
        raise DataError(
            f'{profile.name}: column "{column}" holds too few dates that can be read{seen}. Write each day as'
            " 2026-03-15."
        )
    if days.problem == "mixed":
        day, month = days.examples
        raise DataError(
            f'{profile.name}: column "{column}" writes days in two ways: "{day}" has the day first, "{month}" the'
            " month. Write each day as 2026-03-15."
        )
    if days.problem:
        raise DataError(
            f'{profile.name}: column "{column}" has days such as "{days.examples[0]}", and no cell says which number is'
            " the day. Write each day as 2026-03-15."
        )
    return days


def days_in_month(column: str, month: str, dataset: Dataset) -> tuple[str, ...]:
    """What to say of a column that a month is cut out by. Raises DataError where that cannot be, or nobody is in it."""
    profile = dataset.profile
    days = months(profile, column)
    known = dict(days.months)
    if known and month not in known:
        seen = list(known)
        more = f" and {len(seen) - _SHOWN} more" if len(seen) > _SHOWN else ""
        raise DataError(
            f'{profile.name}: no row has a day of {month_words(month)} in "{column}". Its months are:'
            f" {', '.join(seen[:_SHOWN])}{more}.",
            in_plan=f"another month for keep of {column}, under [data]",
        )
    if not days.others:
        return ()
    rows = ", ".join(map(str, days.other_rows)) + (" ..." if days.others > len(days.other_rows) else "")
    return (f'keep: {days.others} cell(s) of "{column}" are no dates, so their rows are in no month (row {rows})',)
