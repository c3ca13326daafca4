"""Of whom a goal is asked: of every group but those that the person leaves out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.counts.counts import Counts, Groups
from core.plan.values import MISSING_GROUP

# Under one in twenty, people whose group nobody knows say little of any group, and can hold up every fix.
FEW_MISSING = 0.05


def asked_of(groups: Groups, leave_out: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Whether the goal is asked of each group: of none that has a value which is left out; shape (groups,)."""
    named = [set(groups.names(g).values()) for g in range(len(groups))]
    return np.asarray([not values.intersection(leave_out) for values in named], dtype=np.bool_)


def usually_left_out(counts: Counts, by: tuple[str, ...]) -> tuple[str, ...]:
    """What a goal leaves out where nobody said: "(missing)", where under 5 % of these people have it in a column."""
    people = counts.by(by)
    n = people.n.sum(axis=(1, 2))
    missing = [MISSING_GROUP in people.groups.names(g).values() for g in range(len(people.groups))]
    unknown = int(n[missing].sum())
    is_rest = len(missing) - sum(missing) > 1  # of one group alone nothing could be asked
    return (MISSING_GROUP,) if is_rest and 0 < unknown < FEW_MISSING * n.sum() else ()


def group_values(counts: Counts, by: tuple[str, ...]) -> tuple[str, ...]:
    """Every value that a group of these people has in the columns of `by`: what can be left out."""
    groups, _ = counts.places(by)
    return tuple(dict.fromkeys(name for g in range(len(groups)) for name in groups.names(g).values()))
