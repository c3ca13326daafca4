"""A network's outputs as tensors, with gradients: read as `core.models.outputs.interpreted` reads arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.models.model import Model
from core.models.outputs import reading
from core.models.outputs.classes import favourable_indices
from core.plan.plan import Decision

if TYPE_CHECKING:
    from torch import Tensor

# A probability is held so far from 0 and 1 that its logit stays finite.
_EDGE = 1e-7


def only_tensor(given: Any) -> Tensor:
    """The first tensor among what a network gives: one, several in a list, or by name."""
    import torch

    several = given.values() if isinstance(given, dict) else given if isinstance(given, tuple | list) else (given,)
    return next(each for each in several if isinstance(each, torch.Tensor))


def favourable_score(
    result: Tensor, decision: Decision, model: Model, sigmoid: Any = None, softmax: Any = None
) -> Tensor:
    """The score of the good outcome, shape (n,).

    Parameters
    ----------
    result
        What the network gives, shape (n,), (n, 1) or (n, classes).
    decision, model
        How the plan reads it.
    sigmoid, softmax
        Layers to take instead of functions, so that methods with hooks see them.
    """
    columns = result.reshape(len(result), -1)
    if reading(decision, model) == "logit":
        if columns.shape[1] == 1:
            columns = columns.sigmoid() if sigmoid is None else sigmoid(columns)
        else:
            columns = columns.softmax(dim=1) if softmax is None else softmax(columns)
    good = _good(columns, decision, model)
    if columns.shape[1] == 1:
        return columns[:, 0] if good == [1] else 1 - columns[:, 0]
    return columns[:, good].sum(dim=1)


def favourable_logit(result: Tensor, decision: Decision, model: Model) -> Tensor:
    """The logit of that score, shape (n,); of logits without the way through a probability."""
    columns = result.reshape(len(result), -1)
    if reading(decision, model) != "logit":
        return favourable_score(result, decision, model).clamp(_EDGE, 1 - _EDGE).logit()
    good = _good(columns, decision, model)
    if columns.shape[1] == 1:
        return columns[:, 0] if good == [1] else -columns[:, 0]
    others = [i for i in range(columns.shape[1]) if i not in good]
    return columns[:, good].logsumexp(dim=1) - columns[:, others].logsumexp(dim=1)


def _good(columns: Tensor, decision: Decision, model: Model) -> list[int]:
    """The places of the good classes; one column stands for the second of two."""
    count = 2 if columns.shape[1] == 1 else columns.shape[1]
    return list(favourable_indices(decision, model.classes, count))
