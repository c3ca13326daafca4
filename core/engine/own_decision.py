"""How often a model's own decision, its predict, is another than the plan's threshold makes of its scores."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import numpy as np

from core.data.dataset import Batch
from core.errors import ModelError
from core.models.inputs.binding import Binding
from core.models.model import Array, Model
from core.models.scoring import Scorer
from core.notes import Note
from core.plan.plan import Decision

MOST_ROWS = 1_000


class OwnDecision:
    """Compares the two on the first rows of a run; of a model that has no decision of its own there is nothing."""

    def __init__(self, scorer: Scorer, model: Model, binding: Binding, decision: Decision) -> None:
        """Compare what `scorer` gives, as `decision` reads it, with the labels of `model`."""
        has_both = model.decide is not None and model.classes is not None and not scorer.decides
        own = replace(decision, output="class", threshold=None, above=False)
        self._own = Scorer(model, binding, own, model.device) if has_both and model.picture is None else None
        self._threshold = 0.5 if decision.threshold is None else decision.threshold
        self._above = decision.above
        self._rows, self._differ = 0, 0

    def see(self, batch: Batch, scores: Array) -> None:
        """Take in a batch and its scores; only the first counts."""
        if self._own is None or self._rows or not len(batch):
            return
        few = next(batch.pieces(MOST_ROWS))
        limit, given = scores.dtype.type(self._threshold), scores[: len(few)]
        selected = given > limit if self._above else given >= limit
        self._rows = len(few)
        with contextlib.suppress(ModelError):  # labels that are none of its classes: the scores are asked, not they
            self._differ = int(np.sum(self._own.score(few) != selected))

    def notes(self) -> tuple[Note, ...]:
        """A note where the two differ."""
        if not self._differ:
            return ()
        return (Note("own_decision", {"differ": self._differ, "rows": self._rows, "threshold": self._threshold}),)
