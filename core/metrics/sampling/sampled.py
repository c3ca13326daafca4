"""What an audit of weighted or repeated people keeps beside its counts."""

from __future__ import annotations

from dataclasses import dataclass

from core.counts.counts import Counts
from core.counts.rules import Rule
from core.metrics.sampling.clusters import ClusterSums
from core.metrics.sampling.kind_sums import KindSums
from core.metrics.sampling.weighted import WeightedCounts

By = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Sampled:
    """Either the weights of people, for any rule; or, where people repeat, their sums at the plan's rule.

    `clusters` holds one table for each `by`; both are empty where every row is one person like any other.
    """

    weighted: WeightedCounts | None = None
    clusters: dict[By, ClusterSums] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether every row is one person."""
        return self.weighted is None and self.clusters is None

    @property
    def at_any_rule(self) -> bool:
        """Whether other rules than the plan's can be judged."""
        return self.clusters is None

    def weighed(self, counts: Counts, rule: Rule, by: By) -> KindSums | None:
        """The people of a table of groups; None where they are their counts."""
        if self.clusters is not None:
            return self.clusters[by].weighed()
        return None if self.weighted is None else self.weighted.weighed(counts, rule, by)


PLAIN = Sampled()
