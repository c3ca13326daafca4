"""What a model's outputs mean: each row's score of the favourable outcome, or the decision itself."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.errors import ModelError
from core.models.model import Array, Model, Outputs
from core.models.outputs.classes import class_name, favourable_indices
from core.models.outputs.labels_seen import LabelsSeen
from core.models.outputs.scale import INTO_COLUMN, is_far_from_logits, no_logits
from core.plan.plan import Decision, Output

# Sums of float32 probabilities miss 1 by a few units in the last place.
ROUNDING = 1e-5


def reading(decision: Decision, model: Model) -> Output:
    """How the model's outputs are read: as the plan says, else as the file shows."""
    if decision.output is not None:
        return decision.output
    if model.score_dtype is None:
        return "class"
    return "logit" if model.logits else "probability"


@dataclass(frozen=True, eq=False)
class Interpreted:
    """What a model's outputs for some rows mean.

    Attributes
    ----------
    given
        Each row's score of the favourable outcome, in the model's own float type, or the decision itself, bool; (n,).
    labels
        The labels of a model that names no classes; None of any other.
    """

    given: Array
    labels: LabelsSeen | None = None


def interpreted(outputs: Outputs, decision: Decision, model: Model) -> Interpreted:
    """What a model's outputs mean as the plan's `decision` reads them.

    Decisions where the model gives labels alone or `output` is "class", else scores. Raises ModelError for outputs that
    cannot be read so.
    """
    kind = reading(decision, model)
    if kind == "class":
        return _decided(outputs, decision, model)
    if outputs.scores is None:
        raise ModelError(
            f"The model gives labels and no scores, so there is no {kind} to read. Take its answer as it is.",
            in_plan='output = "class" under [decision]',
        )
    scores = _columns(outputs.scores)
    _refuse_not_finite(scores)
    probabilities = _from_logits(scores) if kind == "logit" else _checked(scores)
    return Interpreted(_favourable(probabilities, decision, model))


def favourable_scores(outputs: Outputs, decision: Decision, model: Model) -> Array:
    """What `interpreted` gives for each row, shape (n,)."""
    return interpreted(outputs, decision, model).given


def _columns(scores: Array) -> Array:
    """Scores as shape (n, k)."""
    if scores.ndim == 1:
        return scores[:, None]
    if scores.ndim == 2 and scores.shape[1] > 0:
        return scores
    sizes = " by ".join(map(str, scores.shape))
    raise ModelError(
        f"The model gives results of shape {sizes}; Plumbline needs one number, or one number per class, for each row."
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
        if is_far_from_logits(scores):
            raise no_logits(scores)
        raise ModelError(
            f"The model gives numbers from {low:.4g} to {high:.4g}, which are no probabilities. If they are logits "
            "(scores before a sigmoid or softmax), say that the model gives raw scores; if they are labels, that it "
            f"gives answers. {INTO_COLUMN}",
            in_plan='output = "logit" or output = "class" under [decision]',
        )
    return np.clip(scores, 0, 1) if low < 0 or high > 1 else scores


def _from_logits(scores: Array) -> Array:
    """Sigmoid of one column, softmax over several, in the scores' own float type."""
    if is_far_from_logits(scores):
        raise no_logits(scores)
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


def _decided(outputs: Outputs, decision: Decision, model: Model) -> Interpreted:
    if outputs.labels is None:
        return _decided_by_numbers(outputs.scores, decision, model)
    labels = outputs.labels.reshape(len(outputs.labels), -1)
    if labels.shape[1] != 1:
        raise ModelError(
            f"The model gives {labels.shape[1]} labels for each row; Plumbline needs one. Export a model with one "
            "outcome."
        )
    numbered = labels.dtype == np.bool_ and model.classes is None
    return _is_favourable(labels[:, 0].astype(np.int64) if numbered else labels[:, 0], decision, model)


def _is_favourable(labels: Array, decision: Decision, model: Model) -> Interpreted:
    """Which labels, shape (n,), are those of the favourable classes."""
    distinct, places = np.unique(labels, return_inverse=True)
    names, seen = [class_name(label) for label in distinct.tolist()], None
    if model.classes is None:
        seen = LabelsSeen.of(decision, distinct.tolist())
        wanted: Iterable[str] = seen.wanted
    else:
        wanted = [class_name(model.classes[i]) for i in favourable_indices(decision, model.classes, len(model.classes))]
        stranger = next((name for name in names if name not in set(map(class_name, model.classes))), None)
        if stranger is not None:
            raise ModelError(
                f'The model gave the answer "{stranger}", which is none of its classes'
                f" ({', '.join(map(class_name, model.classes))}). Decide by its scores, or export it again.",
                in_plan='output = "probability" under [decision]',
            )
    return Interpreted(np.isin(names, list(wanted))[places], seen)


def _decided_by_numbers(scores: Array | None, decision: Decision, model: Model) -> Interpreted:
    """Labels given as numbers: whole numbers in one column, or the largest of several columns."""
    columns = _columns(np.zeros((0, 0)) if scores is None else scores)
    _refuse_not_finite(columns)
    if columns.shape[1] > 1:
        wanted = favourable_indices(decision, model.classes, columns.shape[1])
        return Interpreted(np.isin(columns.argmax(axis=1), wanted))
    whole = np.rint(columns[:, 0])
    if not np.array_equal(whole, columns[:, 0]):
        raise ModelError(
            "The model gives numbers between the classes, not labels. Say that it gives probabilities or raw scores.",
            in_plan='output = "probability" or output = "logit" under [decision]',
        )
    return _is_favourable(whole.astype(np.int64), decision, model)
