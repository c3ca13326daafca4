"""Which texts of a column a plan's values mean, and what is said where they mean none (design.md 5, "Matching")."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.data.cell_reading.advice import ReadingAdvice, why_no_numbers
from core.data.dataset import Dataset
from core.errors import DataError, PlanError
from core.plan.notation.codes import equal_texts
from core.plan.plan import Value

_SHOWN = 12
_EMPTY = "(empty)"


def wanted(values: tuple[Value, ...], dataset: Dataset, column: str) -> tuple[frozenset[str], list[Value]]:
    """The texts of a column that a plan's values mean, and the values that mean none."""
    texts = dataset.vocabulary(column)
    meant = {value: equal_texts(value, texts, dataset.profile.decimal) for value in values}
    return frozenset().union(*meant.values()), [value for value, found in meant.items() if not found]


def never(key: str, value: Value, dataset: Dataset, column: str) -> PlanError:
    """What to say of a value of the plan's `key` that occurs nowhere."""
    seen = list(dict.fromkeys(text.strip() or _EMPTY for text in dataset.vocabulary(column)))
    if seen == [_EMPTY]:  # as of a month whose outcomes are all still to come
        return PlanError(
            f'Every cell of column "{column}" is empty. Audit this table once it is filled in.',
            in_plan="another column",
        )
    more = f" and {len(seen) - _SHOWN} more" if len(seen) > _SHOWN else ""
    return PlanError(
        f'"{value}" does not occur in column "{column}". The values seen are: {", ".join(seen[:_SHOWN])}{more}.',
        in_plan=f"another value for {key}",
    )


def between(numbers: npt.NDArray[np.float64], low: float, high: float) -> npt.NDArray[np.bool_]:
    """Which numbers lie between two, both included: bool of their shape; NaN does not."""
    with np.errstate(invalid="ignore"):
        return np.asarray((numbers >= low) & (numbers <= high))


def refuse_without_numbers(column: str, dataset: Dataset, so: str, in_plan: str) -> None:
    """Raise DataError where a column is of texts; `so` says what follows, `in_plan` what answers it in a plan file."""
    known = dataset.profile.column(column)
    advice = why_no_numbers(known) if known.kind == "text" else ReadingAdvice()
    if known.kind == "text" and (known.low is None or advice.words):
        if advice.words:
            said = f'{dataset.profile.name}: column "{column}" holds no plain numbers. {advice.words}'
            raise DataError(said, in_plan=advice.in_plan)
        raise DataError(f'{dataset.profile.name}: column "{column}" holds no numbers, so {so}.', in_plan=in_plan)
