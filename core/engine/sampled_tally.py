"""Gathers weights and repeated people in the one pass over the rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.counts.counts import Counts
from core.counts.rules import Rule
from core.data.dataset import Batch
from core.data.sampled_rows import Rows
from core.metrics.sampling.clusters import ClusterSums, kind_of
from core.metrics.sampling.sampled import By, Sampled
from core.metrics.sampling.weighted import WeightedCounts


class SampledTally:
    """What stands beside the counts of one table, batch by batch.

    Of people with several rows every row is held, as 21 bytes, until all are there: their rows may stand anywhere.
    """

    def __init__(self, rows: Rows, counts: Counts, rule: Rule, tables: tuple[By, ...]) -> None:
        """Gather for `counts`, whose people `rule` decides about, and compared by each of `tables`."""
        self._rows, self._axis, self._rule, self._tables = rows, counts.axis, rule, tables
        self._weighted = WeightedCounts.empty(counts.groups, counts.axis, rows.unit)
        self._held: list[tuple[npt.NDArray[np.generic], ...]] = []

    def add(
        self,
        batch: Batch,
        cell: npt.NDArray[np.int32],
        labels: npt.NDArray[np.int32],
        scores: npt.NDArray[np.number] | None,
        selected: npt.NDArray[np.integer] | None,
    ) -> None:
        """Take in a batch, as `core.counts.counts.tally` counts it."""
        bins = np.zeros(len(cell), dtype=np.int64) if scores is None else self._axis.bin(scores).astype(np.int64)
        if selected is not None:
            bins = bins + selected.astype(np.int64) * (self._axis.bins // 2)
        weights = self._rows.weights(batch)
        if self._rows.person is None:
            self._weighted.add((cell, labels, bins), weights)
            return
        chosen = np.broadcast_to(self._rule.selected, (len(self._weighted.w), self._axis.bins))[cell, bins] == 1
        kind = kind_of(labels, chosen).astype(np.uint8)
        self._held.append((self._rows.persons(batch), cell, kind, weights))

    def sampled(self, counts: Counts) -> Sampled:
        """What was gathered."""
        if self._rows.person is None:
            return Sampled(weighted=self._weighted)
        persons, cell, kind, weights = (np.concatenate(each) for each in zip(*self._held, strict=True))
        clusters: dict[By, ClusterSums] = {}
        for by in self._tables:
            groups, where = counts.places(by)
            clusters[by] = ClusterSums.of(len(groups), where[cell], persons, kind, weights)
        return Sampled(clusters=clusters)
