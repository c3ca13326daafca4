"""Rates as people: "57 of 100", which needs no knowledge of per cents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.metrics.sampling.effective import AnyShare, Effective, people_in
from core.metrics.words import COUNTED_UNDER, mean_rate

_UNITS = (100, 1_000, 10_000, 100_000)


@dataclass(frozen=True)
class PeopleShare:
    """So many of so many: k of n."""

    k: int
    n: int

    @property
    def words(self) -> str:
        """As "57 of 100"."""
        return f"{self.k:,} of {self.n:,}"


def as_people(*sides: Sequence[AnyShare]) -> tuple[PeopleShare, ...]:
    """Each group's rate as whole people, of which there are equally many where the groups are not small.

    Of 100, or of more where rates that differ would seem to be the same, or a rare thing to be none, or all. A group
    of fewer than 100 people is counted as it is, since so many people do not stand for 100; those who weigh
    differently cannot be.

    Parameters
    ----------
    sides
        For each group the (k, n) of its rate; several rates of a group are averaged.
    """
    rates = [mean_rate(side) for side in sides]
    unit = next((unit for unit in _UNITS if _is_told(rates, unit)), _UNITS[-1])
    return tuple(
        _counted(side) or PeopleShare(_rounded(rate * unit), unit) for side, rate in zip(sides, rates, strict=True)
    )


def _is_told(rates: Sequence[Fraction], unit: int) -> bool:
    """Whether so many people tell these rates apart, and each from none and from all."""
    said = {rate: _rounded(rate * unit) for rate in rates}
    return len(set(said.values())) == len(said) and all(
        (rate == 0) == (k == 0) and (rate == 1) == (k == unit) for rate, k in said.items()
    )


def _rounded(people: Fraction) -> int:
    """The nearest whole number; a half goes up, as a reader would have it."""
    return int(people + Fraction(1, 2))


def _counted(side: Sequence[AnyShare]) -> PeopleShare | None:
    if len(side) > 1 or isinstance(side[0], Effective) or not 0 < people_in(side[0]) < COUNTED_UNDER:
        return None
    return PeopleShare(int(side[0][0]), int(side[0][1]))
