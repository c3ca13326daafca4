"""The part of a plan that says what the table is, which rows take part, and what really happened: `[data]`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from core.plan.parts import Condition, Value
from core.plan.values import DEFAULT_MISSING


@dataclass(frozen=True)
class Keep:
    """Which rows take part: those whose cell lies between two numbers, is one of, or is none of some values.

    Or those of one `month`, such as "2026-03", by a column of dates.
    """

    column: str
    between: tuple[float, float] | None = None
    values: tuple[Value, ...] = ()
    negated: bool = False
    month: str | None = None

    def document(self) -> dict[str, Any]:
        """The rule as a plan file holds it."""
        if self.between is not None:
            return {"column": self.column, "between": list(self.between)}
        if self.month is not None:
            return {"column": self.column, "month": self.month}
        return {"column": self.column, "not_in" if self.negated else "in": list(self.values)}


@dataclass(frozen=True)
class DataPlan:
    """`[data]`: the table and what really happened.

    `refused_known` is the person's answer to "is the outcome known for people who were turned down?". With `held_out`
    only those people take part whom a search for fixes with this `holdout` judges on, and neither fits nor chooses on.
    `confirmed` lists the keys of notes of which a person said that it is as it should be.
    `trim` takes the spaces around every cell away, also for a model. `numbers` says by an example how a column writes
    its numbers. Where the table is several files that the plan lists, `files` are they, and `file` what they are called
    together.
    `count` is the column that says how many people a row stands for, `weight` how much it weighs, `person` whose it is
    where a person has several rows.
    """

    file: str
    keep: tuple[Keep, ...] = ()
    label: str | None = None
    favourable: Condition | None = None
    missing: tuple[str, ...] = DEFAULT_MISSING
    refused_known: bool | None = None
    held_out: float | None = None
    confirmed: tuple[str, ...] = ()
    trim: bool = False
    numbers: dict[str, str] = field(default_factory=dict)
    count: str | None = None
    weight: str | None = None
    person: str | None = None
    files: tuple[str, ...] = ()

    def in_file(self, file: str, files: tuple[str, ...] = ()) -> DataPlan:
        """The same question of another table."""
        return replace(self, file=file, files=files)

    def in_month(self, column: str, month: str) -> DataPlan:
        """The same table, of it only the rows of one month; first, so that no other rule counts other months' rows."""
        return replace(self, keep=(Keep(column, month=month), *self.in_all_months().keep))

    def in_all_months(self) -> DataPlan:
        """The same table, whatever month was cut out of it."""
        return replace(self, keep=tuple(rule for rule in self.keep if rule.month is None))
