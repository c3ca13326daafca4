"""Columns that spell out one column, a column of 0 and 1 for each of its values, as models of numbers take it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from core.data.profile import Column, Profile
from core.plan.values import key

_DIVIDER = re.compile(r"[_=:.]+")


@dataclass(frozen=True)
class OneHot:
    """Columns that together say what one column would, and the one that is enough.

    Attributes
    ----------
    columns
        The columns of 0 and 1, in the file's order.
    plain
        The column that says the same in one; None where the table has none.
    fullest
        The one of `columns` whose two values divide the rows most evenly.
    """

    columns: tuple[str, ...]
    plain: str | None
    fullest: str

    @property
    def enough(self) -> str:
        """The plain column, or the fullest where there is none."""
        return self.fullest if self.plain is None else self.plain

    @property
    def spare(self) -> tuple[str, ...]:
        """The columns that add nothing to the one that is enough."""
        return tuple(name for name in self.columns if name != self.enough)


def one_hot(profile: Profile) -> tuple[OneHot, ...]:
    """The columns that spell out another one: names that begin alike, and exactly one 1 in each row, by the counts."""
    ones = {column.name: n for column in profile.columns if (n := _ones(column, profile)) is not None}
    alike: dict[str, list[str]] = defaultdict(list)
    for name in ones:
        for divider in _DIVIDER.finditer(name):
            if divider.start() > 0:
                alike[name[: divider.end()]].append(name)
    found: list[OneHot] = []
    for stem, names in sorted(alike.items(), key=lambda item: len(item[0])):
        taken = {name for spelt in found for name in spelt.columns}
        if len(names) > 1 and taken.isdisjoint(names) and sum(ones[name] for name in names) == profile.rows:
            fullest = min(names, key=lambda name: abs(2 * ones[name] - profile.rows))
            said = {name[len(stem) :]: ones[name] for name in names}
            found.append(OneHot(tuple(names), _plain(profile, said), fullest))
    return tuple(found)


def _ones(column: Column, profile: Profile) -> int | None:
    """How many rows hold a 1 where all hold a 0 or a 1; else None."""
    if column.kind != "number" or column.missing or column.distinct is None or column.distinct > 4:
        return None
    counts = {key(text, profile.decimal): n for text, n in column.values}
    one = key(1)
    return counts.get(one, 0) if set(counts) == {key(0), one} else None


def _plain(profile: Profile, said: dict[str, int]) -> str | None:
    """The column of the same values, each in as many rows."""
    for column in profile.columns:
        if column.distinct == len(said) and {text.strip(): n for text, n in column.values} == said:
            return column.name
    return None
