"""Rows of people who may have several, held until all are there: a person's rows may stand anywhere in a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.counts.counts import Counts
from core.counts.weights import Hashes
from core.metrics.sampling.clusters import ClusterSums
from core.metrics.sampling.sampled import By

Part = tuple[Hashes, npt.NDArray[np.int32], npt.NDArray[np.uint8], npt.NDArray[np.int64]]


@dataclass(frozen=True, eq=False)
class PersonRows:
    """Some rows, 21 bytes each, part by part: person, cell, kind of `kind_of` and weight in millionths, shape (n,).

    `+` joins those of other rows in any order; it copies nothing.
    """

    parts: tuple[Part, ...]

    @classmethod
    def none(cls) -> PersonRows:
        """No rows."""
        return cls(((np.zeros(0, np.uint64), np.zeros(0, np.int32), np.zeros(0, np.uint8), np.zeros(0, np.int64)),))

    def __add__(self, other: PersonRows) -> PersonRows:
        """The rows of both."""
        return PersonRows(self.parts + other.parts)

    def clusters(self, counts: Counts, tables: tuple[By, ...]) -> dict[By, ClusterSums]:
        """What each person's rows come to, for each table of groups; `counts` are of the same rows."""
        persons, cell, kind, weights = (np.concatenate(each) for each in zip(*self.parts, strict=True))
        found: dict[By, ClusterSums] = {}
        for by in tables:
            groups, where = counts.places(by)
            found[by] = ClusterSums.of(len(groups), where[cell], persons, kind, weights)
        return found
