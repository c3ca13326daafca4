"""What AIF360 said of an audit's numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SecondOpinion:
    """How many different measures and how many numbers AIF360 computed too, and how far apart they are at most."""

    measures: int
    numbers: int
    largest_difference: float
    agrees: bool


# Of comparison groups that were chosen after an audit ran.
NOT_ASKED = SecondOpinion(0, 0, 0.0, True)
