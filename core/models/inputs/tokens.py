"""Texts as a language model takes them: cut into word pieces, each a number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Tokens:
    """n texts cut into word pieces.

    Attributes
    ----------
    ids
        The number of each piece, filled up after the end: int64 of shape (n, longest).
    mask
        1 for a piece, 0 after the end: int64 of shape (n, longest).
    spans
        Where each piece stands in its text, as (begin, end) among its letters; (0, 0) for what the model adds. int64 of
        shape (n, longest, 2).
    padding
        The number of the piece that stands for nothing.
    """

    ids: npt.NDArray[np.int64]
    mask: npt.NDArray[np.int64]
    spans: npt.NDArray[np.int64]
    padding: int
