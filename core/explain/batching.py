"""Explains many rows in chunks: as many at once in every run, fewer when memory ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from core.data.cell_reading.advice import KEEP
from core.errors import ModelError
from core.explain.features.columns import Units
from core.explain.methods import Explainer
from core.explain.methods.explainable import Effort, Explained
from core.explain.share import CHUNK_ROWS
from core.models.inputs.rows import taken
from core.models.model import Features
from core.models.pt2 import OUT_OF_MEMORY
from core.models.scoring import FIRST_ROWS, BatchSizeSearch


class MethodRunner:
    """Runs one method on one model's rows.

    How many go together is not found by trial but the same in every run, as the last bits of a model may hang on that:
    the same plan gives the same numbers, and several processes give those of one.
    """

    def __init__(self, explainer: Explainer, units: Units, effort: Effort, most_rows: int | None = None) -> None:
        """At most `most_rows` go through the model at once."""
        self._explain, self._units, self._effort = explainer.function(), units, effort
        self._scorings = max(1, round(explainer.scorings(len(units.features))))
        self._trial = BatchSizeSearch(min(FIRST_ROWS, most_rows or FIRST_ROWS))
        self._draws, self._most = explainer.draws, CHUNK_ROWS

    @property
    def at_once(self) -> int:
        """How many rows go through the model at once."""
        return self._trial.rows

    def chunks(self, rows: Features, keys: npt.NDArray[np.int64]) -> Iterator[tuple[slice, Explained]]:
        """What the method finds for each chunk of rows. Raises ModelError where one row needs too much memory."""
        done = 0
        while done < len(keys):
            size = self._most if self._draws else min(self._most, max(1, self._trial.rows // self._scorings))
            part = slice(done, min(done + size, len(keys)))
            try:
                found = self._run(taken(rows, part), keys[part])
            except (MemoryError, RuntimeError) as error:
                if not _is_memory(error):
                    raise _failed(error) from None
                self._shrink(part.stop - part.start)
                continue
            yield part, found
            done = part.stop

    def whole(
        self, rows: Features, keys: npt.NDArray[np.int64], tell: Callable[[int], None] = lambda done: None
    ) -> Explained:
        """What the method finds for all rows; `tell` hears how many are done."""
        parts = []
        for part, found in self.chunks(rows, keys):
            parts.append(found)
            tell(part.stop)
        spread = None if parts[0].spread is None else np.concatenate([p.spread for p in parts if p.spread is not None])
        return Explained(np.concatenate([p.values for p in parts]), spread)

    def _run(self, rows: Features, keys: npt.NDArray[np.int64]) -> Explained:
        effort = replace(self._effort, at_once=self._trial.rows)
        found: Explained = self._explain(self._units.explainable(rows, keys), effort)
        if not np.isfinite(found.values).all():
            raise ModelError(
                "The explanation of some rows is not a finite number. A missing or extreme value is the usual cause:"
                " leave such rows out, or choose a method that only needs answers, such as feature_ablation.",
                in_plan=KEEP,
            )
        return found

    def _shrink(self, rows: int) -> None:
        """Half as much at once. Raises ModelError where one row at a time was too much."""
        import torch

        self._most = max(1, rows // 2)
        self._trial.ran_out(1 if rows == 1 and self._trial.rows <= self._scorings else self._trial.rows)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _is_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or any(sign in str(error) for sign in OUT_OF_MEMORY)


def _failed(error: Exception) -> ModelError:
    from core.models.library_errors import first_line

    return ModelError(
        f"The model could not be followed by this method: {first_line(error)}. Choose another, such as"
        " feature_ablation, which only needs the model's answers."
    )
