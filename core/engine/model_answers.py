"""What a model's answers about some rows show beside the scores and decisions that are counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from core.notes import Note
from core.record import Fed

if TYPE_CHECKING:
    from core.engine.own_decision import OwnDecisions
    from core.models.inputs.fed_columns import FirstFed
    from core.models.outputs.labels_seen import LabelsSeen

Part = TypeVar("Part", "LabelsSeen", "OwnDecisions", "FirstFed")


@dataclass(frozen=True, eq=False)
class ModelAnswers:
    """What to know of a model's answers; `+` joins those of other rows of the same table, in any order.

    Attributes
    ----------
    labels
        The labels of a model that names no classes.
    own
        The model's own decisions beside the threshold's.
    fed
        The first row that it was fed.

    Each is None where there is nothing of the kind, as of columns of the table.
    """

    labels: LabelsSeen | None = None
    own: OwnDecisions | None = None
    fed: FirstFed | None = None

    def __add__(self, other: ModelAnswers) -> ModelAnswers:
        """The answers about the rows of both."""
        return ModelAnswers(_sum(self.labels, other.labels), _sum(self.own, other.own), _sum(self.fed, other.fed))

    def notes(self) -> tuple[str | Note, ...]:
        """What a reader must know. Raises ModelError where nobody got a favourable label, see `LabelsSeen.warnings`."""
        labels = () if self.labels is None else self.labels.warnings()
        return (*labels, *(() if self.own is None else self.own.notes()))

    @property
    def first_fed(self) -> tuple[Fed, ...]:
        """What a model was fed first, place by place."""
        if self.fed is None:
            return ()
        return tuple(
            Fed(place, *each) for place, each in enumerate(zip(self.fed.columns, self.fed.cells, strict=True), 1)
        )


def _sum(one: Part | None, other: Part | None) -> Part | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other
