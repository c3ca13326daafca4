"""Scores on a device: batches of a size found by trial, each row's score of the favourable outcome."""

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from core.data import Batch
from core.errors import ModelError
from core.labels_seen import LabelsSeen
from core.models.device import choose_device as choose_device
from core.models.features import Binding
from core.models.model import Array, Features, FloatType, Model, Outputs
from core.plan import Decision, Output

FIRST_ROWS, GROWTH = 4096, 4
# More rows than a processor's cache holds only slow it down; a graphics card wants many.
MOST_ROWS = {"cpu": 1 << 14, "cuda": 1 << 16}
# Sums of float32 probabilities miss 1 by a few units in the last place.
ROUNDING = 1e-5


def reading(decision: Decision, model: Model) -> Output:
    """How the model's outputs are read: as the plan says, else as the file shows."""
    if decision.output is not None:
        return decision.output
    if model.score_dtype is None:
        return "class"
    return "logit" if model.logits else "probability"


def favourable_scores(outputs: Outputs, decision: Decision, model: Model, seen: LabelsSeen | None = None) -> Array:
    """Each row's score of the favourable outcome, or the decision itself.

    Parameters
    ----------
    outputs, decision, model
        What the model gave, and how the plan reads it.
    seen
        Takes in the labels of a model that names no classes.

    Returns
    -------
    Scores of shape (n,), in the model's own float type; bool of shape (n,) where the model gives labels alone or
    `output` is "class". Raises ModelError for outputs that cannot be read as the plan says.
    """
    kind = reading(decision, model)
    if kind == "class":
        return _decided(outputs, decision, model, LabelsSeen(decision) if seen is None else seen)
    if outputs.scores is None:
        raise ModelError(
            f'The model gives labels and no scores: write output = "class" instead of output = "{kind}" in the plan.'
        )
    scores = _columns(outputs.scores)
    _refuse_not_finite(scores)
    probabilities = _from_logits(scores) if kind == "logit" else _checked(scores)
    return _favourable(probabilities, decision, model)


def _columns(scores: Array) -> Array:
    """Scores as shape (n, k)."""
    if scores.ndim == 1:
        return scores[:, None]
    if scores.ndim == 2 and scores.shape[1] > 0:
        return scores
    raise ModelError(
        f"The model gives results of shape {scores.shape}; Plumbline needs one number, or one number per class, for "
        "each row."
    )


def _refuse_not_finite(scores: Array) -> None:
    if not (np.isfinite(scores.min(initial=0)) and np.isfinite(scores.max(initial=0))):  # NaN passes through both
        raise NotFinite(int(np.flatnonzero(~np.isfinite(scores).all(axis=1))[0]))


class NotFinite(ModelError):
    """A score that is no number; `row` counts from 0 within the rows that were scored together."""

    def __init__(self, row: int) -> None:
        super().__init__("")
        self.row = row


def _checked(scores: Array) -> Array:
    low, high = float(scores.min(initial=0)), float(scores.max(initial=0))
    if low < -ROUNDING or high > 1 + ROUNDING:
        raise ModelError(
            f"The model gives numbers from {low:.4g} to {high:.4g}, which are no probabilities. If they are logits "
            '(scores before a sigmoid or softmax), write output = "logit" under [decision]; if they are labels, '
            'write output = "class".'
        )
    return np.clip(scores, 0, 1) if low < 0 or high > 1 else scores


def _from_logits(scores: Array) -> Array:
    """Sigmoid of one column, softmax over several, in the scores' own float type."""
    exact = scores.astype(np.float64)
    if scores.shape[1] == 1:
        exact = np.exp(-np.logaddexp(0, -exact))
    else:
        exact = np.exp(exact - exact.max(axis=1, keepdims=True))
        exact /= exact.sum(axis=1, keepdims=True)
    return exact.astype(scores.dtype)


def _favourable(probabilities: Array, decision: Decision, model: Model) -> Array:
    """Scores of the favourable classes together, shape (n,), from probabilities of shape (n, k)."""
    one_number = probabilities.shape[1] == 1
    count = 2 if one_number else probabilities.shape[1]
    wanted = favourable_indices(decision, model.classes, count)
    if one_number:
        return np.ascontiguousarray(probabilities[:, 0] if wanted == (1,) else 1 - probabilities[:, 0])
    if len(wanted) == 1:
        return np.ascontiguousarray(probabilities[:, wanted[0]])
    together: Array = probabilities[:, list(wanted)].sum(axis=1)
    return np.clip(together, 0, 1)


def favourable_indices(decision: Decision, classes: tuple[str | int, ...] | None, count: int) -> tuple[int, ...]:
    """Positions of the favourable classes among `count`. Raises ModelError listing the classes there are."""
    chosen = decision.favourable_class
    wanted = tuple(
        dict.fromkeys(_index(c, classes, count) for c in (chosen if isinstance(chosen, tuple) else (chosen,)))
    )
    if len(wanted) == count:
        raise ModelError(
            "favourable_class names every class, so nobody could be refused. Name only those that are good for the "
            "person."
        )
    return wanted


def _index(chosen: int | str, classes: tuple[str | int, ...] | None, count: int) -> int:
    if isinstance(chosen, str):
        names = [str(name) for name in classes or ()]
        if chosen in names and len(names) == count:
            return names.index(chosen)
        raise ModelError(f'The model has no class named "{chosen}". {_class_words(classes, count)}')
    if not 0 <= chosen < count:
        raise ModelError(f"favourable_class = {chosen} is outside the model's classes. {_class_words(classes, count)}")
    return chosen


def _class_words(classes: tuple[str | int, ...] | None, count: int) -> str:
    if classes is None or len(classes) != count:
        return f"The model does not name its classes: give a number from 0 to {count - 1}."
    listed = ", ".join(f'{i} = "{name}"' for i, name in enumerate(classes))
    return f"Its classes are {listed}: give a number without quotation marks, or a name in them."


def _decided(outputs: Outputs, decision: Decision, model: Model, seen: LabelsSeen) -> npt.NDArray[np.bool_]:
    if outputs.labels is None:
        return _decided_by_numbers(outputs.scores, decision, model, seen)
    labels = outputs.labels.reshape(len(outputs.labels), -1)
    if labels.shape[1] != 1:
        raise ModelError(
            f"The model gives {labels.shape[1]} labels for each row; Plumbline needs one. Export a model with one "
            "outcome."
        )
    numbered = labels.dtype == np.bool_ and model.classes is None
    return _is_favourable(labels[:, 0].astype(np.int64) if numbered else labels[:, 0], decision, model, seen)


def _is_favourable(labels: Array, decision: Decision, model: Model, seen: LabelsSeen) -> npt.NDArray[np.bool_]:
    """Which labels, shape (n,), are those of the favourable classes."""
    distinct, places = np.unique(labels, return_inverse=True)
    names = [str(label) for label in distinct.tolist()]
    if model.classes is None:
        seen.add(names)
        wanted: Iterable[str] = seen.wanted
    else:
        wanted = [str(model.classes[i]) for i in favourable_indices(decision, model.classes, len(model.classes))]
    chosen: npt.NDArray[np.bool_] = np.isin(names, list(wanted))[places]
    return chosen


def _decided_by_numbers(
    scores: Array | None, decision: Decision, model: Model, seen: LabelsSeen
) -> npt.NDArray[np.bool_]:
    """Labels given as numbers: whole numbers in one column, or the largest of several columns."""
    columns = _columns(np.zeros((0, 0)) if scores is None else scores)
    _refuse_not_finite(columns)
    if columns.shape[1] > 1:
        return np.isin(columns.argmax(axis=1), favourable_indices(decision, model.classes, columns.shape[1]))
    whole = np.rint(columns[:, 0])
    if not np.array_equal(whole, columns[:, 0]):
        raise ModelError(
            'The model gives numbers between the classes, not labels: write output = "probability" or "logit" under '
            "[decision]."
        )
    return _is_favourable(whole.astype(np.int64), decision, model, seen)


class Trial:
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
                "The model gives labels and no scores, so there is nothing that the plan's threshold could apply to: "
                "remove threshold, or export the model with its probabilities as the output."
            )
        self._seen = LabelsSeen(decision)
        self._model, self._binding, self._decision, self._device = model, binding, decision, device
        most = (MOST_ROWS[device], model.rows[1], binding.most_rows)
        self._trial = Trial(min(rows for rows in most if rows is not None))

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
        """Scores or decisions of a batch, as favourable_scores gives them. Raises ModelError or DataError."""
        if len(batch) == 0:
            return np.zeros(0, dtype=self.dtype or np.bool_)
        parts: list[Outputs] = []
        for piece in batch.pieces(self._binding.most_rows):
            parts += self._outputs(self._binding.features(piece), len(piece))
        try:
            return favourable_scores(_joined(parts), self._decision, self._model, self._seen)
        except NotFinite as error:
            raise ModelError(
                f"The model's result for {batch.where(error.row)} is not a finite number. A missing or extreme value "
                "in that row is the usual cause: look at its cells, or leave such rows out with keep."
            ) from None

    def score_features(self, features: Features) -> Array:
        """Scores or decisions of rows as the model takes them, shape (n,). Raises ModelError."""
        rows = len(next(iter(features.values()))) if isinstance(features, Mapping) else len(features)
        if rows == 0:
            return np.zeros(0, dtype=self.dtype or np.bool_)
        try:
            return favourable_scores(
                _joined(list(self._outputs(features, rows))), self._decision, self._model, self._seen
            )
        except NotFinite:
            raise ModelError(
                "The model's result for a mixture of two people's values is not a finite number, so it cannot be "
                "explained by changing values. Choose a method that follows gradients."
            ) from None

    def warnings(self) -> tuple[str, ...]:
        """What to know once all rows were scored. Raises ModelError where nobody ever got a favourable label."""
        return self._seen.warnings()

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
                outputs = self._model.run(_slice(features, start, start + rows))
            except MemoryError:
                self._trial.ran_out(rows)
                self._free()
                continue
            self._trial.took(rows, time.perf_counter() - begin)
            if _given(outputs).shape[:1] != (rows,):
                raise ModelError(
                    f"The model gave results of shape {_given(outputs).shape} for {rows} rows; Plumbline needs one "
                    "result for each row."
                )
            return outputs

    def _free(self) -> None:
        """Give back what the failed attempt reserved on a graphics card."""
        if self._device == "cuda":
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


def _slice(features: Features, start: int, stop: int) -> Any:
    if isinstance(features, np.ndarray):
        return features[start:stop]
    return {name: cells[start:stop] for name, cells in features.items()}
