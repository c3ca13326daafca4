"""From cells to the groups of people that are counted, each a small integer (design.md 5, "Matching")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from core.counts.counts import Groups
from core.data.cell_reading.advice import ReadingAdvice, how_to_read
from core.data.dataset import Batch, Codes, Dataset
from core.data.labels import Coder
from core.data.value_matching import refuse_without_numbers
from core.errors import PlanError
from core.plan.notation.codes import comparison
from core.plan.plan import Plan
from core.plan.reader import in_a_plan
from core.plan.values import MISSING_GROUP, Key, in_figures, key, keys, most_frequent_spellings

MOST_VALUES = 200
MOST_CELLS = 5_000
_MOST_COMBINATIONS = 5_000_000


@dataclass(frozen=True)
class Attribute:
    """A sensitive column: the names of its groups, in the order shown, and the code of each row's group."""

    column: str
    values: tuple[str, ...]
    code: Coder


def attributes(plan: Plan, dataset: Dataset) -> tuple[Attribute, ...]:
    """The plan's sensitive columns. Raises DataError for an unknown one, PlanError for one with too many values."""
    bins = plan.groups.bins
    return tuple(
        _binned(c, bins[c], dataset) if c in bins else _listed(c, dataset, plan.groups.join.get(c, {}))
        for c in plan.groups.sensitive
    )


def _listed(column: str, dataset: Dataset, join: Mapping[str, tuple[str, ...]]) -> Attribute:
    """A group for each value, named by its most frequent spelling; the plan's `join` makes one group of several."""
    decimal = dataset.profile.decimal
    dataset.profile.column(column)
    counted = dataset.vocabulary(column)
    missing = keys((*dataset.missing, MISSING_GROUP))
    present = {text: n for text, n in counted.items() if key(text, decimal) not in missing}
    code, named = _joined(comparison(present, decimal), join)
    names = most_frequent_spellings(present, code) | named
    sizes: dict[Key, int] = {}
    for text, n in present.items():
        sizes[code(text)] = sizes.get(code(text), 0) + n
    ordered = sorted(sizes, key=lambda k: (-sizes[k], names[k]))
    _refuse_too_many(column, len(ordered), dataset)
    code_of = {k: i for i, k in enumerate(ordered)}
    values = tuple(names[k] for k in ordered)
    if len(present) < len(counted) or not values:
        values += (MISSING_GROUP,)
    last = len(values) - 1

    def place(text: str) -> int:
        return last if key(text, decimal) in missing else code_of.get(code(text), last)

    return Attribute(column, values, lambda batch: batch.codes(column, place))


def _joined(
    code: Callable[[str], Key], join: Mapping[str, tuple[str, ...]]
) -> tuple[Callable[[str], Key], dict[Key, str]]:
    """The comparison of a column's texts with the plan's spellings taken for one, and the names that the plan gives."""
    same = {code(text): code(name) for name, texts in join.items() for text in texts}
    if not same:
        return code, {}
    return (lambda text: same.get(code(text), code(text))), {code(name): name.strip() for name in join}


def _refuse_too_many(column: str, groups: int, dataset: Dataset) -> None:
    if groups <= MOST_VALUES:
        return
    known = dataset.profile.column(column)
    if known.kind == "number":
        advice = ReadingAdvice(
            "Give cut points.", f"bins = {in_a_plan({column: [25, 40, 60]})}, or others, under [groups]"
        )
    else:
        advice = how_to_read(known)
    raise PlanError(
        f'"{column}" has {groups:,} different values, too many to compare.'
        f" {advice.words or 'Choose a column with fewer values.'}",
        in_plan=advice.in_plan,
    )


def _binned(column: str, cuts: tuple[float, ...], dataset: Dataset) -> Attribute:
    """Groups between cut points; a cell that is no number is missing. Raises DataError for a column of texts."""
    no_group = "cut points find no group. Leave them out: then each text is a group"
    refuse_without_numbers(column, dataset, no_group, f"no bins of {column}, under [groups]")
    texts = [in_figures(cut) for cut in cuts]
    between = [f"{low} to under {high}" for low, high in zip(texts, texts[1:], strict=False)]
    values = (f"under {texts[0]}", *between, f"{texts[-1]} or over", MISSING_GROUP)
    if len(set(texts)) < len(texts):
        raise PlanError(
            f'The cut points of "{column}" are so close that they share a name. Give rounder ones.',
            in_plan=f"other bins of {column}, under [groups]",
        )

    def code(batch: Batch) -> Codes:
        numbers = batch.floats(column)
        return np.where(np.isnan(numbers), len(cuts) + 1, np.searchsorted(cuts, numbers, side="right")).astype(np.int32)

    return Attribute(column, values, code)


def groups(attributes: tuple[Attribute, ...], dataset: Dataset) -> Groups:
    """The cells of the joint table: every combination where there are few, else those that occur.

    Raises PlanError where more than `MOST_CELLS` combinations occur.
    """
    names, values = tuple(a.column for a in attributes), tuple(a.values for a in attributes)
    combinations = prod(map(len, values))
    if combinations <= MOST_CELLS // 10:
        return Groups.product(names, values)
    if combinations > _MOST_COMBINATIONS:
        raise _too_many(names, combinations)
    seen = np.zeros(combinations, dtype=bool)
    for batch in dataset.batches(names):
        seen[np.ravel_multi_index(tuple(a.code(batch) for a in attributes), tuple(map(len, values)))] = True
    if seen.sum() > MOST_CELLS:
        raise _too_many(names, int(seen.sum()))
    cells = np.column_stack(np.unravel_index(np.flatnonzero(seen), tuple(map(len, values))))
    return Groups(names, values, tuple(map(tuple, cells.tolist())))


def _too_many(names: tuple[str, ...], combinations: int) -> PlanError:
    return PlanError(
        f"{' x '.join(names)} makes {combinations:,} combinations, too many to count. Name fewer sensitive columns, or"
        " give cut points.",
        in_plan="fewer columns as sensitive, or bins, under [groups]",
    )
