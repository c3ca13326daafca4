"""Two explanations beside each other, to the last bit."""

from dataclasses import fields
from typing import Any

import numpy as np

from core.explain.explanation import Explanation
from core.plan.plan import Plan


def differing(one: Explanation, other: Explanation) -> list[str]:
    """What of two explanations is not the same."""
    return [f.name for f in fields(Explanation) if not same(getattr(one, f.name), getattr(other, f.name))]


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, tables of numbers within types that compare by identity too."""
    if isinstance(one, np.ndarray):
        return bool((one == other).all()) and one.dtype == other.dtype
    if hasattr(one, "__dataclass_fields__") and not isinstance(one, Plan):
        return type(one) is type(other) and all(
            same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one)
        )
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)
