"""Which numbers of an audit are hidden, so that no count of 1 to 4 people can be read or worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from core.metrics.group_metrics import METRICS, Estimate
from core.metrics.reference import By
from core.metrics.words import VERDICT_WORDS

Part = Literal["both", "outcome", "decision", "people"]
# What a document says of one group, the part first that is missed least: decisions by outcome, outcomes, decisions,
# and how many people there are. To hide a part hides what it could be added up from.
ENTAILS: dict[Part, tuple[Part, ...]] = {
    "both": ("both",),
    "outcome": ("outcome", "both"),
    "decision": ("decision", "both"),
    "people": ("people", "outcome", "decision", "both"),
}
_PART_OF: dict[str, Part] = {"selection_rate": "decision", "base_rate": "outcome"}
FEWEST_SHOWN = 5
FEW = f"fewer than {FEWEST_SHOWN}"
WHY = f"{FEW} people stand behind a number here, or behind one that would follow from it"
REASON = f"hidden on request: {WHY}"
HIDDEN = "hidden"


@dataclass(frozen=True)
class Hidden:
    """The parts of groups that no document shows: the columns of a table, the values of a group, and the part."""

    cells: frozenset[tuple[By, tuple[str, ...], Part]] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything is hidden."""
        return bool(self.cells)

    def hides(self, by: By, group: Iterable[str], part: Part) -> bool:
        """Whether this part of the group with these values is hidden."""
        return (by, tuple(group), part) in self.cells

    def hides_any(self, by: By, group: Iterable[str], metrics: Iterable[str]) -> bool:
        """Whether one of these metrics of the group is hidden."""
        values = tuple(group)
        return any(self.hides(by, values, _PART_OF.get(metric, "both")) for metric in metrics)

    def shown(self, by: By, group: Iterable[str], metrics: Mapping[str, Estimate]) -> dict[str, Estimate]:
        """The metrics of a group without the hidden ones, which are left with the reason.

        What is computed from scores can be subtracted from a neighbour's, so it goes as soon as anything does.
        """
        values = tuple(group)
        is_gone = {
            name: self.hides_any(by, values, (name,)) if name in METRICS else bool(self.cells) for name in metrics
        }
        return {name: Estimate(None, reason=REASON) if is_gone[name] else each for name, each in metrics.items()}


NOTHING_HIDDEN = Hidden()


def number_words(people: int | None) -> str:
    """A number of people as documents print it."""
    return HIDDEN if people is None else f"{people:,}"


def verdict_word(verdict: str, why: str) -> str:
    """A verdict's word; where its numbers are hidden, and not missing, it says so."""
    return HIDDEN.capitalize() if why == "hidden" else VERDICT_WORDS[verdict]
