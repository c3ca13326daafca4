"""Scores on a device: batches of a size found by trial, each row's score of the favourable outcome."""

import time
from collections.abc import Iterator, Mapping

import numpy as np

from core.data.cell_reading.advice import KEEP
from core.data.dataset import Batch
from core.errors import ModelError
from core.models.device import kind_of
from core.models.inputs.binding import Binding
from core.models.inputs.rows import taken
from core.models.model import Array, Features, FloatType, Model, Outputs
from core.models.outputs import Interpreted, NotFinite, favourable_scores, interpreted, reading
from core.plan.plan import Decision

FIRST_ROWS, GROWTH = 4096, 4
# More rows than a processor's cache holds only slow it down; a graphics card wants many.
MOST_ROWS = {"cpu": 1 << 14, "cuda": 1 << 16}


class BatchSizeSearch:
    """Finds how many rows at once score fastest: more each time for as long as that pays, fewer when memory ends."""

    def __init__(self, most: int) -> None:
        """Try at most `most` rows at once."""
        self.rows = min(FIRST_ROWS, most)
        self._most = most
        self._warm, self._over = False, False
        self._fastest, self._fastest_rows = 0.0, self.rows

    def took(self, rows: int, seconds: float) -> None:
        """Learn from one run. The first is left out: it pays for what is set up only once."""
        if self._over or rows < self.rows:
            return
        rate = rows / max(seconds, 1e-9)
        if self._warm and rate <= self._fastest:
            self.rows, self._over = self._fastest_rows, True
        elif self._warm:
            self._fastest, self._fastest_rows = rate, self.rows
            self._over = self.rows == self._most
            self.rows = min(self.rows * GROWTH, self._most)
        self._warm = True

    def ran_out(self, rows: int) -> None:
        """Halve the rows after a run of `rows` that did not fit. Raises ModelError where that was a single one."""
        if rows == 1:
            raise ModelError("The model needs more memory for a single row than this machine gives a job.")
        self.rows, self._over = rows // 2, True


class Scorer:
    """Scores batches of rows."""

    def __init__(self, model: Model, binding: Binding, decision: Decision, device: str) -> None:
        """Score with a model that was opened on `device`. Raises ModelError for a threshold on labels alone."""
        if decision.threshold is not None and reading(decision, model) == "class":
            raise ModelError(
                "The model gives labels and no scores, so there is nothing that a threshold could apply to. Leave the"
                " threshold out, or export the model with its probabilities as the output.",
                in_plan="no threshold under [decision]",
            )
        decides = reading(decision, model) == "class" and model.decide is not None
        self._ask = model.decide if decides and model.decide is not None else model.run
        self._model, self._binding, self._decision, self._device = model, binding, decision, device
        most = (MOST_ROWS[kind_of(device)], model.rows[1], binding.most_rows)
        self._trial = BatchSizeSearch(min(rows for rows in most if rows is not None))

    @property
    def batch_size(self) -> int:
        """How many rows go through the model at once, as far as tried."""
        return self._trial.rows

    @property
    def columns_used(self) -> tuple[str, ...]:
        """The columns of the table that `score` reads."""
        return self._binding.columns_used

    @property
    def dtype(self) -> FloatType | None:
        """Float type of the scores; None where `score` gives decisions (bool)."""
        return None if reading(self._decision, self._model) == "class" else self._model.score_dtype

    @property
    def decides(self) -> bool:
        """Whether `score` gives decisions and no scores."""
        return self.dtype is None

    def score(self, batch: Batch) -> Array:
        """Scores or decisions of a batch, shape (n,). Raises ModelError or DataError."""
        return self.read(batch).given

    def read(self, batch: Batch) -> Interpreted:
        """What the model's outputs for a batch mean. Raises ModelError or DataError."""
        if len(batch) == 0:
            return Interpreted(np.zeros(0, dtype=self.dtype or np.bool_))
        parts: list[Outputs] = []
        for piece in batch.pieces(self._binding.most_rows):
            parts += self._outputs(self._binding.features(piece), len(piece))
        try:
            return interpreted(_joined(parts), self._decision, self._model)
        except NotFinite as error:
            raise ModelError(
                f"The model's result for {batch.where(error.row)} is not a finite number. A missing or extreme value "
                "in that row is the usual cause: look at its cells, or leave such rows out.",
                in_plan=KEEP,
            ) from None

    def score_features(self, features: Features) -> Array:
        """Scores or decisions of rows as the model takes them, shape (n,). Raises ModelError."""
        rows = len(next(iter(features.values()))) if isinstance(features, Mapping) else len(features)
        if rows == 0:
            return np.zeros(0, dtype=self.dtype or np.bool_)
        try:
            return favourable_scores(_joined(list(self._outputs(features, rows))), self._decision, self._model)
        except NotFinite:
            raise ModelError(
                "The model's result for a mixture of two people's values is not a finite number, so it cannot be "
                "explained by changing values. Choose a method that follows gradients."
            ) from None

    def _outputs(self, features: Features, total: int) -> Iterator[Outputs]:
        """Outputs of all rows, in order."""
        done = 0
        while done < total:
            outputs = self._run(features, done, total)
            done += len(_given(outputs))
            yield outputs

    def _run(self, features: Features, start: int, total: int) -> Outputs:
        """Outputs of the next rows, at most `batch_size`; half as many whenever memory does not suffice."""
        while True:
            rows = min(self._trial.rows, total - start)
            begin = time.perf_counter()
            try:
                outputs = self._ask(taken(features, slice(start, start + rows)))
            except MemoryError:
                self._trial.ran_out(rows)
                self._free()
                continue
            self._trial.took(rows, time.perf_counter() - begin)
            if _given(outputs).shape[:1] != (rows,):
                sizes = " by ".join(map(str, _given(outputs).shape))
                raise ModelError(
                    f"The model gave results of shape {sizes} for {rows} rows; Plumbline needs one result for each row."
                )
            return outputs

    def _free(self) -> None:
        """Give back what the failed attempt reserved on a graphics card."""
        if self._device != "cpu":
            import torch

            torch.cuda.empty_cache()


def _given(outputs: Outputs) -> Array:
    """The scores, else the labels; one of them is always there."""
    given = outputs.labels if outputs.scores is None else outputs.scores
    return np.zeros(0) if given is None else given


def _joined(parts: list[Outputs]) -> Outputs:
    """The outputs of consecutive rows as one."""
    if len(parts) == 1:
        return parts[0]
    given = np.concatenate([_given(part) for part in parts])
    return Outputs(None, given) if parts[0].scores is None else Outputs(given, None)
