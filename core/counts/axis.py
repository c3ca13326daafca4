"""The bins that scores fall into: exact edges, so that thresholding is exact at every edge."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

_GUESSES = 1 << 13

ScoreKind = Literal["probability", "score", "decision"]


@dataclass(frozen=True)
class Axis:
    """How scores fall into bins: bin i holds those in [edges[i], edges[i + 1]), the first also what lies below.

    Attributes
    ----------
    edges
        Strictly increasing, in the scores' own dtype; float64 here holds every float32 exactly.
    dtype
        "float32" or "float64": the type in which scores are compared with the edges.
    kind
        "probability" (of the good outcome, or of the bad one where `lower_is_better`), "score" of any range, or
        "decision" (two bins, 0 and 1, and no threshold to move).
    lower_is_better
        Whether the people with the low scores are selected.
    decided
        Whether decisions stand beside the score: the bins come twice, first the refused, then the selected.
    """

    edges: tuple[float, ...]
    dtype: str = "float64"
    kind: ScoreKind = "score"
    lower_is_better: bool = False
    decided: bool = False

    @classmethod
    def decisions(cls) -> Axis:
        """Two bins: refused and selected."""
        return cls((0.0, 1.0), kind="decision")

    @classmethod
    def probabilities(cls, dtype: str, *thresholds: float) -> Axis:
        """Edges at every k/1000 and at the thresholds."""
        return cls.of([k / 1000 for k in range(1001)] + list(thresholds), dtype, kind="probability")

    @classmethod
    def of(
        cls,
        edges: npt.ArrayLike,
        dtype: str = "float64",
        kind: ScoreKind = "score",
        lower_is_better: bool = False,
        decided: bool = False,
    ) -> Axis:
        """An axis of these edges, rounded to `dtype`, sorted, each once."""
        distinct = np.unique(np.asarray(edges, dtype=dtype) + 0.0)  # -0.0 + 0.0 is 0.0: one zero, not two
        return cls(tuple(distinct.astype(np.float64).tolist()), dtype, kind, lower_is_better, decided)

    @property
    def bins(self) -> int:
        """Number of bins."""
        return len(self.edges) * (2 if self.decided else 1)

    @cached_property
    def edge_array(self) -> npt.NDArray[np.floating]:
        """The edges in the scores' own dtype, shape (edges,)."""
        return np.asarray(self.edges, dtype=self.dtype)

    @property
    def scale(self) -> float:
        """The power of two by which scores are divided before they are summed, so that squares stay within int64."""
        largest = max(abs(self.edges[0]), abs(self.edges[-1]), 2.0**-30)
        return 1.0 if self.kind == "probability" else float(2.0 ** np.ceil(np.log2(largest)))

    def bin(self, scores: npt.NDArray[np.number], dtype: npt.DTypeLike = np.intp) -> npt.NDArray[np.integer]:
        """The bin of each score, by comparing with the edges in the scores' own dtype; shape of `scores`.

        `dtype` is the type of the answer: a small one, that holds every bin, saves a third of the time.
        """
        values = scores.astype(self.dtype, copy=False)
        if self._steps is None:
            return np.maximum(np.searchsorted(self.edge_array, values, side="right") - 1, 0).astype(dtype, copy=False)
        low, per_guess, guesses = self._guesses
        with np.errstate(over="ignore"):  # a score far outside the edges: clipped all the same
            steps = values - low
            steps *= per_guess
        guess = np.clip(steps, 0, _GUESSES - 1, out=steps).astype(np.intp)
        bins = guesses.astype(dtype, copy=False).take(guess)
        bins += values >= self._edge_above_guess.take(guess)
        for _ in range(self._steps - 1):
            bins += values >= self._edge_above[bins]
        return bins

    @cached_property
    def _edge_above(self) -> npt.NDArray[np.floating]:
        """Each bin's upper edge, shape (edges,)."""
        return np.append(self.edge_array[1:], np.asarray(np.inf, dtype=self.dtype))

    @cached_property
    def _edge_above_guess(self) -> npt.NDArray[np.floating]:
        """The upper edge of each guessed bin, shape (_GUESSES,): one look-up in place of two."""
        return self._edge_above[self._guesses[2]]

    @cached_property
    def _guesses(self) -> tuple[float, float, npt.NDArray[np.intp]]:
        """A bin at or below the right one for each of `_GUESSES` equal steps through the edges' range.

        The guess only saves comparisons, by a factor of ten over a binary search where the edges lie evenly.
        """
        low, high = self.edges[0], self.edges[-1]
        starts = low + (high - low) * np.arange(-1, _GUESSES - 1) / _GUESSES
        below = np.searchsorted(self.edge_array.astype(np.float64), starts, side="right") - 1
        return low, _GUESSES / (high - low), np.maximum(below, 0)

    @cached_property
    def _steps(self) -> int | None:
        """How many comparisons set any guess right; None where a binary search takes fewer."""
        if len(self.edges) < 3 or not 2.0**-100 < self.edges[-1] - self.edges[0] < 2.0**100:
            return None
        guesses = self._guesses[2]
        steps = int(np.max(np.append(guesses[3:], [len(self.edges) - 1] * 3) - guesses))
        return steps if steps <= 4 else None

    def split(self, limit: float) -> int:
        """The first bin whose scores are all at or above `limit`."""
        return int(np.searchsorted(self.edge_array, np.asarray(limit, dtype=self.dtype), side="left"))
