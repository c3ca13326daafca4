"""Reweighing (Kamiran and Calders 2012): weights under which group and outcome are independent in the training data.

A person of group g with outcome y weighs n_g * n_y / (n * n_gy): what their combination would number if group and
outcome had nothing to do with each other, over what it numbers. Only people whose outcome is known count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.counts.counts import FAVOURABLE, LABELS, UNFAVOURABLE, UNKNOWN, Counts, Floats, Groups, Ints
from core.errors import DataError

_BLOCK = 1 << 15

# What files of weights call the outcomes, and what sentences say of the people.
OUTCOMES = {FAVOURABLE: "the good outcome", UNFAVOURABLE: "the other outcome"}
WHOSE = {FAVOURABLE: "with the good outcome", UNFAVOURABLE: "without the good outcome"}


@dataclass(frozen=True, eq=False)
class Weights:
    """The weight of each group and outcome.

    Attributes
    ----------
    groups
        The groups that have people; one in which nobody's outcome is known weighs 0.
    n
        People whose outcome is known: int64 of shape (groups, 2), outcomes in the order unfavourable, favourable.
    values
        float64 of shape (groups, 2).
    """

    groups: Groups
    n: Ints
    values: Floats

    def each(self, groups: npt.NDArray[np.integer], labels: npt.NDArray[np.integer]) -> Floats:
        """The weight of each row: 0 where the outcome is unknown, or group -1 has no weight; float64 of shape (n,)."""
        padded = np.zeros((len(self.groups) + 1, LABELS))
        padded[:-1, :UNKNOWN] = self.values
        table, weights = padded.ravel(), np.empty(len(groups))
        # Blocks that stay in the processor's cache, numbered as narrowly as the table allows: twice as fast at least.
        narrow = np.min_scalar_type(-table.size)
        for start in range(0, len(groups), _BLOCK):
            part = slice(start, start + _BLOCK)
            place = groups[part].astype(narrow) * narrow.type(LABELS)
            place += labels[part].astype(narrow)
            table.take(place, out=weights[part], mode="wrap")  # group -1 wraps around to the last row, of zeros
        return weights


def reweigh(counts: Counts, by: tuple[str, ...]) -> Weights:
    """The weights for the groups that the attributes `by` make.

    Raises DataError where a group has nobody of one outcome: no weight could make up for people who are not there.
    """
    grouped = counts.by(by)
    n = grouped.n[:, :UNKNOWN].sum(axis=2)
    sizes = n.sum(axis=1, keepdims=True)
    if not sizes.any():
        raise DataError(
            "Reweighing needs to know what really happened, and nobody's outcome is known. Add that column."
        )
    empty = np.argwhere((n == 0) & (sizes > 0))
    if len(empty):
        raise DataError(_nobody(grouped.groups, *map(int, empty[0])))
    expected = sizes * n.sum(axis=0, keepdims=True)
    return Weights(grouped.groups, n, np.asarray(expected / np.maximum(n.sum() * n, 1), dtype=np.float64))


def _nobody(groups: Groups, group: int, label: int) -> str:
    who = ", ".join(groups.names(group).values())
    return (
        f"Reweighing cannot be done: among the people it is fitted on, there is nobody {WHOSE[label]} in {who}."
        " No weight makes up for people who are not there. Join this group with another, or add rows."
    )
