"""When a row is not one person: rows that stand for several, that weigh differently, or that repeat a person.

`rows` reads them; `WeightedCounts` and `ClusterSums` are additive tables beside `Counts`; `Sampled` holds either.
"""
