"""The sum of what the parts of a table gave, in the order of the table: inside a sandbox, as counting itself is."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.engine.counted import Counted
from core.engine.counting import Pass
from core.engine.shards.content import counted_from
from core.engine.shards.edges import EDGES, with_found_edges
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
    summed = Summed(one.nobody)
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if name == EDGES:
                continue
            first, rows = map(int, name.split("-"))
            added, ran = counted_from(parts.read(name), one.nobody, one.dataset)
            if first != summed.rows.lines or added.lines != rows:
                raise JobError("The parts that were counted are not the rows of the table. Run again.")
            known = ran.pop("known")
            summed.add(added)
            summed.ran(ran, known)
    if summed.rows.lines != one.dataset.profile.rows:
        raise JobError("Some parts of the table were not counted. Run again.")
    return summed.whole(one), summed.facts


@dataclass
class Summed:
    """What parts of a table add up to, in its order, and how the sources were run that counted them."""

    rows: Counted
    facts: dict[str, Any] = field(default_factory=dict)
    _known: list[Any] = field(default_factory=list)

    def add(self, counted: Counted) -> None:
        """Add some rows."""
        self.rows += counted

    def ran(self, facts: Mapping[str, Any], known: Sequence[Any] = ()) -> None:
        """Take in how a source was run, and what it said before it read a row, as of a GPU that failed there alone."""
        self.facts |= {name: _larger(self.facts.get(name), value) for name, value in facts.items()}
        self._known += [words for words in known if words not in (*self.rows.known, *self._known)]

    def whole(self, one: Pass) -> Counted:
        """The sum over all rows. Raises as `Pass.whole` does."""
        return one.whole(replace(self.rows, known=(*self.rows.known, *self._known)))


def _larger(one: Any, other: Any) -> Any:
    """Which of two devices, or sizes of batches, there was more of."""
    return other if one is None else one if other is None else max(one, other)
