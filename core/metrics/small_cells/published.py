"""What documents publish of an audit's groups, as sums over the cells that nobody sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.counts.counts import Counts, Floats
from core.counts.rules import Confusion, Rule, confusion
from core.metrics.reference import By
from core.metrics.small_cells.hidden import Part

Kinds = tuple[str, ...]
KINDS: Kinds = ("tp", "fp", "fn", "tn", "unknown_selected", "unknown_refused")
_LABELLED: Kinds = ("tp", "fp", "fn", "tn")
_SELECTED: Kinds = ("tp", "fp", "unknown_selected")
_REFUSED: Kinds = ("fn", "tn", "unknown_refused")
# Every n, numerator and n - numerator of a part's metrics; with "both", also the selected and the refused of unknown
# outcome: who subtracts it from "decision" has them.
NUMBERS: dict[Part, tuple[Kinds, ...]] = {
    "people": (KINDS,),
    "decision": (_SELECTED, _REFUSED),
    "outcome": (_LABELLED, ("unknown_selected", "unknown_refused"), ("tp", "fn"), ("fp", "tn")),
    "both": (*((kind,) for kind in KINDS), ("tp", "fp"), ("fn", "tn"), ("tp", "tn"), ("fp", "fn")),
}
# Those of them that all the others follow from.
_SUFFICIENT: dict[Part, tuple[Kinds, ...]] = {
    "people": (KINDS,),
    "decision": (_SELECTED,),
    "outcome": (_LABELLED, ("tp", "fn")),
    "both": (("tp",), ("fp",), ("fn",), ("tn",)),
}


@dataclass(frozen=True, eq=False)
class GroupRow:
    """One group of one table of groups, and which of the finest cells are in it: bool of shape (cells,)."""

    by: By
    group: tuple[str, ...]
    cells: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class PeopleTables:
    """An audit's people by finest cell and kind: float64 of shape (cells, 6); and every row that sums some of them."""

    people: Floats
    rows: tuple[GroupRow, ...]
    has_label: bool

    @property
    def _content(self) -> tuple[object, ...]:
        rows = tuple((row.by, row.group, row.cells.tobytes()) for row in self.rows)
        return self.people.tobytes(), rows, self.has_label

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PeopleTables) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)

    @classmethod
    def of(cls, counts: Counts, rule: Rule, tables: list[By], has_label: bool) -> PeopleTables:
        """Those of these counts under a rule."""
        by_cell: Confusion = confusion(counts, rule)
        people = np.stack([np.asarray(getattr(by_cell, kind), dtype=np.float64) for kind in KINDS], axis=1)
        rows = []
        for by in tables:
            groups, where = counts.places(by)
            rows += [GroupRow(by, tuple(groups.names(g).values()), where == g) for g in range(len(groups))]
        return cls(people, tuple(rows), has_label)

    @property
    def parts(self) -> tuple[Part, ...]:
        """What documents say of a group, the part first that is missed least."""
        return ("both", "outcome", "decision", "people") if self.has_label else ("decision", "people")

    def sums(self, row: GroupRow | None, part: Part) -> list[Floats]:
        """What is published of a part, each as weights of the cells; of everybody where `row` is None."""
        return [self.weights(row, kinds) for kinds in _SUFFICIENT[part]]

    def weights(self, row: GroupRow | None, kinds: Kinds) -> Floats:
        """A number as what it sums: 0 or 1 for each cell and kind, flat, of shape (cells x 6,)."""
        cells = np.ones(len(self.people), dtype=bool) if row is None else row.cells
        return np.outer(cells, np.isin(KINDS, kinds)).astype(np.float64).ravel()

    @property
    def totals(self) -> list[Floats]:
        """What is published of everybody: how many are counted, and how many with a known outcome."""
        return [self.weights(None, KINDS), self.weights(None, _LABELLED)]
