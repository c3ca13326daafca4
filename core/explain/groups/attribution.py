"""How much each feature moved the scores of the people of each group: sums that merge by `+` (design.md 1).

Sums of rows are exact while they are added up, and rounded once: neither the order of people nor a cut between them
changes the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats, Groups, Ints
from core.errors import MergeError
from core.explain.groups.exact_sums import PARTS, added_up, whole

REFUSED, SELECTED = 0, 1
DECISIONS = 2
TOTAL, TOTAL_ABS, TOTAL_SQUARES = 0, 1, 2
SUMS = 3


@dataclass(frozen=True, eq=False)
class Attribution:
    """What some people's scores rest on, feature by feature.

    Attributes
    ----------
    groups
        The cells of the sensitive attributes, as in `Counts`.
    features
        What was weighed: source columns of the table, words, or places of an image.
    n
        int64 of shape (groups, 2): people refused and selected.
    sums
        float64 of shape (3, groups, 2, features): of each person's x, |x| and x squared, where x is by how much the
        feature moved the person's score of the good outcome, in units of the score (0.01 is one point).
    parts
        float64 of shape (3, *sums.shape): the sums before they were rounded, as `exact_sums` cuts numbers; None where
        nothing is to be added any more.
    """

    groups: Groups
    features: tuple[str, ...]
    n: Ints
    sums: Floats
    parts: Floats | None = None

    @classmethod
    def empty(cls, groups: Groups, features: tuple[str, ...]) -> Attribution:
        """Nobody explained yet."""
        parts = np.zeros((PARTS, SUMS, len(groups), DECISIONS, len(features)))
        return cls(groups, features, np.zeros((len(groups), DECISIONS), dtype=np.int64), parts[0], parts)

    @classmethod
    def of(
        cls,
        groups: Groups,
        features: tuple[str, ...],
        cells: npt.NDArray[np.integer],
        selected: npt.NDArray[np.bool_],
        values: npt.NDArray[np.floating],
    ) -> Attribution:
        """The people of some rows.

        Parameters
        ----------
        cells, selected
            Each row's cell and decision, shape (n,).
        values
            What each feature moved, shape (n, features).
        """
        place, places = cells.astype(np.int64) * DECISIONS + selected, len(groups) * DECISIONS
        exact = values.astype(np.float64)
        parts = added_up((exact, np.abs(exact), exact * exact), place, places)
        n = np.bincount(place, minlength=places).astype(np.int64).reshape(-1, DECISIONS)
        return cls.of_parts(groups, features, n, parts.reshape(*parts.shape[:2], *n.shape, len(features)))

    @classmethod
    def of_parts(cls, groups: Groups, features: tuple[str, ...], n: Ints, parts: Floats) -> Attribution:
        """People whose sums are known in parts: shapes (groups, 2) and (3, 3, groups, 2, features)."""
        return cls(groups, features, n, whole(parts), parts)

    def __add__(self, other: Attribution) -> Attribution:
        """The people of both, exactly where both have parts. Raises MergeError where groups or features differ."""
        for name, ours, theirs in (("groups", self.groups, other.groups), ("features", self.features, other.features)):
            if ours != theirs:
                raise MergeError(
                    f"Two explanations with different {name} cannot be added: explain both with the same plan."
                )
        n = self.n + other.n
        if self.parts is None or other.parts is None:
            return Attribution(self.groups, self.features, n, self.sums + other.sums)
        return self.of_parts(self.groups, self.features, n, self.parts + other.parts)

    @property
    def settled(self) -> Attribution:
        """The same where nothing is to be added any more, without the parts."""
        return replace(self, parts=None)

    @property
    def people(self) -> int:
        """How many people were explained."""
        return int(self.n.sum())

    @property
    def shares(self) -> Floats:
        """Each feature's part of all that moved anybody's score, shape (features,); 0 where nothing did."""
        moved: Floats = self.sums[TOTAL_ABS].sum(axis=(0, 1))
        whole = float(moved.sum())
        return moved / whole if whole else moved

    def by(self, attributes: tuple[str, ...]) -> Attribution:
        """The same people grouped by some of the attributes only; combinations without people have no cell."""
        groups, where = project(self.groups, self.n.sum(axis=1) > 0, attributes)
        n = np.zeros((len(groups), DECISIONS), dtype=np.int64)
        sums, among = np.zeros((SUMS, *n.shape, len(self.features))), where >= 0
        np.add.at(n, where[among], self.n[among])
        np.add.at(np.moveaxis(sums, 1, 0), where[among], np.moveaxis(self.sums, 1, 0)[among])
        return Attribution(groups, self.features, n, sums)

    def of_decision(self, selected: bool | None) -> tuple[Ints, Floats]:
        """People and sums of those selected, those refused, or (None) both: shapes (groups,), (3, groups, features)."""
        if selected is None:
            return self.n.sum(axis=1), self.sums.sum(axis=2)
        return self.n[:, int(selected)], self.sums[:, :, int(selected)]


def project(
    groups: Groups, peopled: npt.NDArray[np.bool_], attributes: tuple[str, ...]
) -> tuple[Groups, npt.NDArray[np.int64]]:
    """The groups that some of the attributes make, and each cell's place among them (-1: a cell without people)."""
    positions = [groups.attributes.index(attribute) for attribute in attributes]
    projected = [tuple(cell[p] for p in positions) for cell in groups.cells]
    cells = sorted({cell for cell, some in zip(projected, peopled.tolist(), strict=True) if some})
    place = {cell: i for i, cell in enumerate(cells)}
    where = [place[cell] if some else -1 for cell, some in zip(projected, peopled.tolist(), strict=True)]
    values = tuple(groups.values[p] for p in positions)
    return Groups(attributes, values, tuple(cells)), np.asarray(where, dtype=np.int64)
