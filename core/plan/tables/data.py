"""`[data]`: the table and what really happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.errors import PlanError
from core.plan.data_part import DataPlan, Keep
from core.plan.notation.dates import MONTH
from core.plan.notation.numbers import style_of
from core.plan.reader import Section
from core.plan.tables.conditions import condition_document, read_condition
from core.plan.values import DEFAULT_MISSING

_ROW_ROLES = ("count", "weight", "person")


def read_data(data: Section) -> DataPlan:
    """The table as a part of the plan. Raises PlanError naming the key that is wrong."""
    file, files = _read_files(data)
    plan = DataPlan(
        file=file,
        keep=tuple(_read_keep(keep) for keep in data.sections("keep")),
        label=data.take("label", str, default=None),
        favourable=read_condition(data),
        missing=data.take_list("missing", str, default=DEFAULT_MISSING),
        refused_known=data.take("refused_known", bool, default=None),
        held_out=data.take("held_out", float, default=None),
        confirmed=data.take_list("confirmed", str, default=()),
        trim=data.take("trim", bool, default=False),
        numbers=_read_numbers(data.section("numbers", optional=True)),
        count=data.take("count", str, default=None),
        weight=data.take("weight", str, default=None),
        person=data.take("person", str, default=None),
        files=files,
    )
    data.done()
    if plan.held_out is not None and not 0 < plan.held_out < 1:
        raise PlanError(
            f"[data] held_out is the share of people that was held out, such as 0.5; it is {plan.held_out:g}."
        )
    return plan


def _read_files(data: Section) -> tuple[str, tuple[str, ...]]:
    """What the table is called, and the files that it is in where the plan lists several."""
    if not data.holds("file", list):
        return data.take("file", str), ()
    files = data.take_list("file", str)
    if not files:
        raise PlanError("[data] file lists no file. Name the files of the table, its folder, or a pattern.")
    return called(files), files if len(files) > 1 else ()


def called(files: Sequence[str]) -> str:
    """What several files are called together."""
    return files[0] if len(files) == 1 else f"{files[0]} and {len(files) - 1} more"


def _read_numbers(numbers: Section) -> dict[str, str]:
    """How each column writes its numbers, by an example."""
    examples = {column: numbers.take(column, str) for column in numbers.names()}
    for column, example in examples.items():
        try:
            style_of(example)
        except ValueError as error:
            raise PlanError(f'[data] numbers for "{column}": {error}') from None
    return examples


def _read_keep(keep: Section) -> Keep:
    column = keep.take("column", str)
    ways = [way for way in ("between", "in", "not_in", "month") if keep.has(way)]
    if len(ways) != 1:
        raise PlanError(f'{keep.name}: give exactly one of between, in, not_in and month for column "{column}".')
    if ways == ["between"]:
        bounds = keep.take_list("between", float)
        if len(bounds) != 2 or bounds[0] > bounds[1]:
            raise PlanError(f"{keep.name}: between takes two numbers, the smaller first, such as [-30, 30].")
        filled = Keep(column, between=(bounds[0], bounds[1]))
    elif ways == ["month"]:
        month = keep.take("month", str)
        if not MONTH.fullmatch(month):
            raise PlanError(f'{keep.name}: month is one such as "2026-03"; it is "{month}".')
        filled = Keep(column, month=month)
    else:
        filled = Keep(column, values=keep.take_list(ways[0], str, int, float), negated=ways == ["not_in"])
        if not filled.values:
            raise PlanError(f"{keep.name}: {ways[0]} lists no value.")
    keep.done()
    return filled


def check_data(data: DataPlan) -> None:
    """Refuse keys that need or exclude each other, by PlanError."""
    if (data.label is None) != (data.favourable is None):
        raise PlanError(
            "[data] label and favourable go together: name the outcome column and its good value, or neither."
        )
    _check_row_roles(data)


def _check_row_roles(data: DataPlan) -> None:
    """What a row is: a row that counts several people is not one of them."""
    if data.count is not None and (data.weight is not None or data.person is not None):
        raise PlanError(
            "A row that counts several people is not one of them: it can neither weigh nor belong to a person, too."
            " Keep the column that is right.",
            in_plan="count, or weight and person, under [data]",
        )
    if data.count is not None and data.held_out is not None:
        raise PlanError(
            "Only people who were held out take part, which divides rows, and here a row is several people. Write the"
            f' table with a row for each person, repeated as often as "{data.count}" says.',
            in_plan="no held_out under [data]",
        )


def data_document(plan: DataPlan) -> dict[str, Any]:
    """The part as a plan file holds it: defaults that say nothing are left out."""
    data: dict[str, Any] = {"file": list(plan.files) or plan.file}
    if plan.keep:
        data["keep"] = [keep.document() for keep in plan.keep]
    if plan.label is not None:
        data |= {"label": plan.label, "favourable": condition_document(plan.favourable)}
    data["missing"] = list(plan.missing)
    if plan.refused_known is not None:
        data["refused_known"] = plan.refused_known
    if plan.held_out is not None:
        data["held_out"] = plan.held_out
    if plan.confirmed:
        data["confirmed"] = list(plan.confirmed)
    if plan.trim:
        data["trim"] = True
    if plan.numbers:
        data["numbers"] = dict(plan.numbers)
    data |= {role: column for role in _ROW_ROLES if (column := getattr(plan, role)) is not None}
    return data
