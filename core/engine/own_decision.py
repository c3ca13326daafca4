"""How often a model's own decision, its predict, is another than the plan's threshold makes of its scores."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.data.dataset import BATCH_ROWS, Batch
from core.errors import ModelError
from core.models.inputs.binding import Binding
from core.models.model import Array, Model
from core.models.scoring import Scorer
from core.notes import Note
from core.plan.plan import Decision

# Of the people among the table's first rows, the first so many are asked.
MOST_ROWS, AMONG = 1_000, BATCH_ROWS
_SAME, _OTHER, _NONE = 0, 1, 2


@dataclass(frozen=True, eq=False)
class OwnDecisions:
    """What the model itself decided of the first people.

    Attributes
    ----------
    threshold
        The plan's.
    rows
        Each one's index in the table, rising: int64 of shape (n,), at most MOST_ROWS.
    answers
        Whether its decision is the threshold's, another, or a label that is none of its classes: uint8 of shape (n,).
    """

    threshold: float
    rows: npt.NDArray[np.int64]
    answers: npt.NDArray[np.uint8]

    def __add__(self, other: OwnDecisions) -> OwnDecisions:
        """The first of both."""
        rows = np.concatenate([self.rows, other.rows])
        first = np.argsort(rows, kind="stable")[:MOST_ROWS]
        return replace(self, rows=rows[first], answers=np.concatenate([self.answers, other.answers])[first])

    def notes(self) -> tuple[Note, ...]:
        """A note where the two differ; a model with labels that are none of its classes is asked for scores only."""
        differ = int(np.sum(self.answers == _OTHER))
        if not differ or (self.answers == _NONE).any():
            return ()
        return (Note("own_decision", {"differ": differ, "rows": len(self.rows), "threshold": self.threshold}),)


@dataclass(frozen=True, eq=False)
class OwnDecision:
    """Compares the two; `scorer` asks the model for its own decisions."""

    scorer: Scorer
    threshold: float
    above: bool

    @classmethod
    def of(cls, scorer: Scorer, model: Model, binding: Binding, decision: Decision) -> OwnDecision | None:
        """For what `scorer` gives, as `decision` reads it; None for a model that has no decision of its own."""
        has_both = model.decide is not None and model.classes is not None and not scorer.decides
        if not has_both or model.picture is not None:
            return None
        own = replace(decision, output="class", threshold=None, above=False)
        threshold = 0.5 if decision.threshold is None else decision.threshold
        return cls(Scorer(model, binding, own, model.device), threshold, decision.above)

    def compared(self, batch: Batch, scores: Array) -> OwnDecisions | None:
        """What there is to compare of a batch and its scores; None where it stands behind the first rows."""
        early = int(np.searchsorted(batch.rows, AMONG))
        if not early:
            return None
        few = next(batch.pieces(min(early, MOST_ROWS)))
        limit, given = scores.dtype.type(self.threshold), scores[: len(few)]
        selected = given > limit if self.above else given >= limit
        return OwnDecisions(self.threshold, few.rows, self._answers(few, selected))

    def _answers(self, few: Batch, selected: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
        try:
            return np.where(self.scorer.score(few) != selected, _OTHER, _SAME).astype(np.uint8)
        except ModelError:  # a label that is none of its classes
            if len(few) == 1:
                return np.array([_NONE], dtype=np.uint8)
            pieces = enumerate(few.pieces(1))
            return np.concatenate([self._answers(piece, selected[at : at + 1]) for at, piece in pieces])
