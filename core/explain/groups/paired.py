"""The same people explained twice, before and after: what each feature moved then and now, person by person."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats, Groups
from core.explain.groups.attribution import DECISIONS, Attribution, project
from core.explain.groups.exact_sums import PARTS, added_up, whole

PRODUCT, PRODUCT_ABS = 0, 1
PRODUCTS = 2


@dataclass(frozen=True, eq=False)
class Paired:
    """One pass over the same people with two models, on the same rows, baseline and scale.

    All three are grouped by the decision before, so that their people are the same.

    Attributes
    ----------
    before, after
        What the scores rested on, and rest on now.
    change
        Of each person's difference, after less before.
    products
        float64 of shape (2, groups, 2, features): sums of before times after, and of |before| times |after|.
    parts
        Of the products, shape (3, *products.shape), as in `Attribution`.
    """

    before: Attribution
    after: Attribution
    change: Attribution
    products: Floats
    parts: Floats | None = None

    @classmethod
    def empty(cls, groups: Groups, features: tuple[str, ...]) -> Paired:
        """Nobody explained yet."""
        nobody = Attribution.empty(groups, features)
        return cls.of_parts(nobody, nobody, nobody, np.zeros((PARTS, PRODUCTS, *nobody.sums.shape[1:])))

    @classmethod
    def of(
        cls,
        groups: Groups,
        features: tuple[str, ...],
        cells: npt.NDArray[np.integer],
        selected: npt.NDArray[np.bool_],
        before: npt.NDArray[np.floating],
        after: npt.NDArray[np.floating],
    ) -> Paired:
        """The people of some rows: cells and decisions before, shape (n,); values, shape (n, features) each."""
        first, second = before.astype(np.float64), after.astype(np.float64)
        three = [Attribution.of(groups, features, cells, selected, x) for x in (first, second, second - first)]
        place = cells.astype(np.int64) * DECISIONS + selected
        products = (first * second, np.abs(first) * np.abs(second))
        parts = added_up(products, place, len(groups) * DECISIONS)
        return cls.of_parts(three[0], three[1], three[2], parts.reshape(*parts.shape[:2], *three[0].sums.shape[1:]))

    @classmethod
    def of_parts(cls, before: Attribution, after: Attribution, change: Attribution, parts: Floats) -> Paired:
        """People whose products are known in parts: shape (3, 2, groups, 2, features)."""
        return cls(before, after, change, whole(parts), parts)

    def __add__(self, other: Paired) -> Paired:
        """The people of both, exactly where both have parts. Raises MergeError where groups or features differ."""
        before, after, change = self.before + other.before, self.after + other.after, self.change + other.change
        if self.parts is None or other.parts is None:
            return Paired(before, after, change, self.products + other.products)
        return self.of_parts(before, after, change, self.parts + other.parts)

    @property
    def settled(self) -> Paired:
        """The same where nothing is to be added any more, without the parts."""
        before, after, change = self.before.settled, self.after.settled, self.change.settled
        return replace(self, before=before, after=after, change=change, parts=None)

    def by(self, attributes: tuple[str, ...]) -> Paired:
        """The same people grouped by some of the attributes only."""
        before, after, change = (each.by(attributes) for each in (self.before, self.after, self.change))
        _, where = project(self.before.groups, self.before.n.sum(axis=1) > 0, attributes)
        products = np.zeros((PRODUCTS, len(before.groups), *self.products.shape[2:]))
        among = where >= 0
        np.add.at(np.moveaxis(products, 1, 0), where[among], np.moveaxis(self.products, 1, 0)[among])
        return Paired(before, after, change, products)

    @property
    def is_unmoved(self) -> bool:
        """Whether nothing moved for anybody, as where two models differ only in who is selected at which score."""
        return not self.change.sums.any()

    def products_of(self, selected: bool | None) -> Floats:
        """Sums of products of those selected, those refused, or both before: shape (2, groups, features)."""
        return self.products.sum(axis=2) if selected is None else self.products[:, :, int(selected)]
