"""Whose decisions changed from one audit to the other: how many people of a group, and of whom which mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.counts.counts import FAVOURABLE, UNFAVOURABLE, Ints
from core.metrics.joint import Change, newcombe_paired


@dataclass(frozen=True)
class ChangedDecisions:
    """How many of a group's people changed sides.

    Attributes
    ----------
    by, group, n
        Which people, and how many there are.
    selected
        How many of them are selected before.
    newly_selected, newly_refused
        Those decided differently.
    wrongly_granted, wrongly_denied
        How many more people with the other outcome are selected, and with the good outcome refused, among those whose
        outcome is known, with the plausible range; None where nobody has that outcome.
    """

    by: tuple[str, ...]
    group: dict[str, str]
    n: int
    selected: int
    newly_selected: int
    newly_refused: int
    wrongly_granted: Change | None
    wrongly_denied: Change | None

    @property
    def net(self) -> int:
        """How many more are selected."""
        return self.newly_selected - self.newly_refused

    @property
    def selected_after(self) -> int:
        """How many are selected after."""
        return self.selected + self.net

    def to_json(self) -> dict[str, Any]:
        """The group's people as comparison.json holds them."""
        document: dict[str, Any] = {
            "by": list(self.by),
            "group": self.group,
            "n": self.n,
            "selected_before": self.selected,
            "selected_after": self.selected_after,
            "newly_selected": self.newly_selected,
            "newly_refused": self.newly_refused,
        }
        for name, change in (("wrongly_granted", self.wrongly_granted), ("wrongly_denied", self.wrongly_denied)):
            if change is not None:
                more, (low, high) = change
                document[name] = {"more": int(more), "low": low, "high": high}
        return document


def moved_people(by: tuple[str, ...], group: dict[str, str], people: Ints, z: float) -> ChangedDecisions:
    """The people who changed sides, from int64 `people` of shape (3 labels, 2 before, 2 after)."""
    other, good = people[UNFAVOURABLE], people[FAVOURABLE]
    return ChangedDecisions(
        by,
        group,
        int(people.sum()),
        int(people[:, 1].sum()),
        int(people[:, 0, 1].sum()),
        int(people[:, 1, 0].sum()),
        _more(other[1, 1], other[0, 1], other[1, 0], other[0, 0], z),
        _more(good[0, 0], good[1, 0], good[0, 1], good[1, 1], z),
    )


def _more(both: int, only_after: int, only_before: int, neither: int, z: float) -> Change | None:
    """How many more people it happens to after than before, with the paired interval of the rate times everybody."""
    n = int(both + only_after + only_before + neither)
    if n == 0:
        return None
    low, high = newcombe_paired(int(both), int(only_after), int(only_before), int(neither), z)
    return float(only_after - only_before), (n * low, n * high)
