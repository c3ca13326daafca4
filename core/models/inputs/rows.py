"""Rows as a model takes them, joined and taken: one matrix, or one array for each named input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from core.models.model import Array, Features


def joined(parts: Sequence[Features]) -> Features:
    """Features of consecutive rows as one."""
    if isinstance(parts[0], Mapping):
        named: list[Mapping[str, Array]] = [part for part in parts if isinstance(part, Mapping)]
        return {name: np.concatenate([part[name] for part in named]) for name in named[0]}
    return np.concatenate([part for part in parts if not isinstance(part, Mapping)])


def taken(features: Features, rows: slice | npt.NDArray[np.int64]) -> Features:
    """Some of the rows."""
    if isinstance(features, Mapping):
        return {name: cells[rows] for name, cells in features.items()}
    return features[rows]
