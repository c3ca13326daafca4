"""The parts that a table is counted in: planned from its number of rows alone, so that nothing of it is opened."""

from __future__ import annotations

from dataclasses import dataclass

from core.metrics.stated_rule import rule_file
from core.plan.plan import Plan

# Whole batches, so that a model is given the same rows at once as without parts; fewer of what a model reads for long.
SHARD_ROWS, TEXT_ROWS, IMAGE_ROWS = 1 << 18, 1 << 14, 1 << 11


@dataclass(frozen=True)
class Shard:
    """Some consecutive rows of a table: the place of the part, of its first row, both from 0, and how many they are."""

    index: int
    first: int
    rows: int

    @property
    def span(self) -> range:
        """The places of its rows in the table."""
        return range(self.first, self.first + self.rows)

    @property
    def file(self) -> str:
        """What a job calls the file of what it counted."""
        return f"shard_{self.index}.part"

    @property
    def asked(self) -> list[int]:
        """The shard as plain JSON values."""
        return [self.index, self.first, self.rows]


def shards(rows: int, each: int) -> tuple[Shard, ...]:
    """A table of so many rows in parts of `each` rows, the last one smaller."""
    return tuple(Shard(at, first, min(each, rows - first)) for at, first in enumerate(range(0, rows, each)))


def shard_rows(plan: Plan) -> int:
    """How many rows a part has."""
    if plan.decision.image is not None:
        return IMAGE_ROWS
    return SHARD_ROWS if plan.decision.text is None else TEXT_ROWS


def why_whole(plan: Plan) -> str | None:
    """Why a table can be counted in one process only, in words that follow "because"; None where parts add up."""
    rule = rule_file(plan)
    if plan.data.person is not None:
        return f'the rows of a person in "{plan.data.person}" must be seen together'
    if plan.data.held_out is not None:
        return "held_out divides all people at once"
    if rule is not None and rule.draws_lots:
        return "the rule draws lots among all rows"
    return None
