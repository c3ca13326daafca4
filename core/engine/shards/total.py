"""The sum of what the parts of a table gave, in the order of the table: inside a sandbox, as counting itself is."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.engine.counted import Counted
from core.engine.counting import Pass
from core.engine.shards.edges import EDGES, with_found_edges
from core.engine.shards.partial import counted_from
from core.engine.shards.shard import Shard
from core.errors import JobError
from core.plan.plan import Plan

# What an audit job calls the file of all parts.
PARTIALS = "partials"


def write_partials(contents: Iterable[tuple[Shard, bytes]], edges: Path | None, path: Path) -> None:
    """Write the contents of all parts into one file, in the order in which they are given, with the scores' edges."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
        if edges is not None:
            target.write(edges, EDGES)
        for shard, content in contents:
            target.writestr(f"{shard.first}-{shard.rows}", content)


def as_parts_were_cut(plan: Plan, path: Path) -> Plan:
    """The plan with the edges by which the parts' scores were counted."""
    with zipfile.ZipFile(path) as parts:
        return with_found_edges(plan, parts.read(EDGES) if EDGES in parts.namelist() else None)


def total(one: Pass, path: Path) -> tuple[Counted, dict[str, Any]]:
    """The sum over all rows of what such a file holds, and how the source was run.

    Raises JobError where the parts are not the table, and as `Pass.whole` does.
    """
    counted, facts, known = one.nobody, dict[str, Any](), list(one.nobody.known)
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if name == EDGES:
                continue
            first, rows = map(int, name.split("-"))
            added, ran = counted_from(parts.read(name), one.nobody, one.dataset)
            if first != counted.lines or added.lines != rows:
                raise JobError("The parts that were counted are not the rows of the table. Run again.")
            counted += added
            known += [words for words in ran.pop("known") if words not in known]  # of a GPU that failed there alone
            facts = {name: _larger(facts.get(name), value) for name, value in ran.items()}
    if counted.lines != one.dataset.profile.rows:
        raise JobError("Some parts of the table were not counted. Run again.")
    return one.whole(replace(counted, known=tuple(known))), facts


def _larger(one: Any, other: Any) -> Any:
    """Which of two devices, or sizes of batches, there was more of."""
    return other if one is None else one if other is None else max(one, other)
