"""Numbers that are neither probabilities nor logits, as regressions give them."""

from __future__ import annotations

from core.errors import ModelError
from core.models.model import Array

# As logits, numbers beyond this are certainties; fewer rows than these can all be certain.
FAR, FEWEST_TO_TELL = 30, 20
INTO_COLUMN = (
    "Numbers on a scale of their own are put into a column of the table and audited as a score, with a threshold on"
    " that scale."
)


def is_far_from_logits(scores: Array) -> bool:
    """Whether numbers in one column, shape (n, 1), are all so far on one side that as logits they would tell nothing.

    The sigmoid of 30 is 1 but for 1 in 10 trillion: nobody would be told apart.
    """
    if scores.shape[1] != 1 or len(scores) < FEWEST_TO_TELL:
        return False
    return bool(scores.min() > FAR or scores.max() < -FAR)


def no_logits(scores: Array) -> ModelError:
    """What to do with a model of quantities, such as credit scores."""
    return ModelError(
        f"The model gives numbers from {float(scores.min()):.4g} to {float(scores.max()):.4g}, which are neither"
        " probabilities nor logits: it looks like a regression, a model of quantities such as credit scores."
        f" {INTO_COLUMN}",
        in_plan='score = "..." and a threshold, under [decision]',
    )
