"""A table cut into parts that are counted by themselves, and everything that a result says of what was counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from core.data.dataset import Dataset
from core.data.profile import Profile
from core.engine.counting import Counted, Pass
from core.engine.sources import Source
from core.metrics.sampling import stored
from core.plan.plan import Plan
from tests.worlds.people import quiet


def counted_in_shards(one: Pass, shard_of: Sequence[int]) -> list[Counted]:
    """What each part of the table gives; `shard_of` names the part of each row, in the table's order."""
    (batch,) = one.dataset.batches(one.columns, len(shard_of))
    shards = np.asarray(shard_of)
    return [one.count(batch.take(shards == shard)) for shard in dict.fromkeys(shard_of)]


def summed(one: Pass, shards: Iterable[Counted]) -> Counted:
    """Their sum, from left to right."""
    total = one.nobody
    for shard in shards:
        total += shard
    return one.whole(total)


def halved(shards: Sequence[Counted]) -> Counted:
    """Their sum by halves, as a tree of workers would add."""
    if len(shards) == 1:
        return shards[0]
    middle = len(shards) // 2
    return halved(shards[middle:]) + halved(shards[:middle])


ONE_FILE = Profile(name="table.csv", sha256="", words="CSV", rows=1, columns=())


def facts(counted: Counted) -> dict[str, Any]:
    """Everything that a result says of what was counted, as plain values."""
    return {
        "groups": counted.counts.groups,
        "axis": counted.counts.axis,
        "n": counted.counts.n.tolist(),
        "sums": counted.counts.sums.tolist(),
        "lines": counted.lines,
        "read": counted.read,
        "left_out": counted.left_out.tolist(),
        "dropped": counted.dropped,
        "near": counted.near_threshold,
        "on": counted.on_threshold,
        "notes": [note.to_json() for note in counted.notes(ONE_FILE)],
        "sampled": stored.to_json(counted.sampled),
        "fed": [asdict(each) for each in counted.answers.first_fed],
    }


def pass_over(source: Source, dataset: Dataset, plan: Plan) -> Pass:
    """The plan's pass over a table."""
    return Pass.of(source, dataset, plan, quiet)
