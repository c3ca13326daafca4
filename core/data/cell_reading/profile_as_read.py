"""The profile of a table as a plan reads it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.data.profile import Column, Profile
from core.errors import PlanError
from core.plan.data_part import DataPlan
from core.plan.notation.numbers import NumberStyle, style_of


def as_read(profile: Profile, data: DataPlan) -> Profile:
    """The profile with the spaces around cells gone where the plan trims, and numbers read as its `numbers` says.

    Raises PlanError where `numbers` names a column that the table lacks, or an example that fits no cell of it.
    """
    lacking = [column for column in data.numbers if column not in profile.names]
    if lacking:
        raise PlanError(
            f'{profile.name} has no column "{lacking[0]}", of which it is said how its numbers are written. Its columns'
            f" are: {', '.join(profile.names)}.",
            in_plan="another column for numbers, under [data]",
        )
    columns = profile.columns
    if data.trim:
        columns = tuple(map(_trimmed, columns))
    if data.numbers:
        columns = tuple(_styled(c, data.numbers[c.name], profile) if c.name in data.numbers else c for c in columns)
    return replace(profile, columns=columns)


def _trimmed(column: Column) -> Column:
    counts: dict[str, int] = {}
    for text, n in column.values:
        counts[text.strip()] = counts.get(text.strip(), 0) + n
    values = tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return replace(column, values=values, distinct=None if column.distinct is None else len(values))


def _styled(column: Column, example: str, profile: Profile) -> Column:
    style = style_of(example)
    low, high = _ends(column, style)
    if low is None:
        seen = ", ".join(f'"{text.strip()}"' for text, _ in column.values[:3])
        raise PlanError(
            f'No cell of "{column.name}" in {profile.name} is a number written like "{example}". Its cells are {seen}:'
            " take one of them as the example.",
            in_plan="another example for numbers, under [data]",
        )
    return replace(column, kind="number", low=low, high=high, style=style)


def _ends(column: Column, style: NumberStyle) -> tuple[float | None, float | None]:
    """The smallest and the largest number of a column in this style; None where its known cells hold none."""
    import pyarrow as pa

    found = style.numbers(pa.array([text for text, _ in column.values], pa.string()))
    if not np.isfinite(found).any():
        return None, None
    low, high = float(np.nanmin(found)), float(np.nanmax(found))
    written = column.written
    if written is not None and style_of(written.example) == style:
        return min(low, written.low), max(high, written.high)
    return low, high
