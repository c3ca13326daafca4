"""A model opened to be explained: what it takes for a batch, cells of several people mixed, scores, and slopes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats
from core.data.profile import Profile
from core.errors import PlanError
from core.explain.nouns import Kind
from core.models.inputs.binding import Binding, bind
from core.models.model import Array, Features, Model
from core.models.opening import open_chosen
from core.models.outputs import reading
from core.models.outputs.classes import settled
from core.models.outputs.tensors import favourable_score, only_tensor
from core.models.scoring import Scorer
from core.plan.plan import Decision, Plan

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class OpenedModel:
    """A model, the columns that feed it, and its scorer."""

    model: Model
    binding: Binding
    scorer: Scorer
    decision: Decision

    @classmethod
    def of(cls, path: Path | None, plan: Plan, profile: Profile) -> OpenedModel:
        """The model that a plan names. Raises PlanError for a plan without one, ModelError where it cannot serve."""
        if plan.decision.model is None or path is None:
            raise PlanError(
                "What is audited is a column of the table, and nothing in it can be asked why. Name a model to explain"
                " it.",
                in_plan="model = the file, under [decision]",
            )
        model = open_chosen(path, plan.decision.model)
        binding = bind(model, profile, plan)
        decision = settled(plan, model)
        return cls(model, binding, Scorer(model, binding, decision, model.device), decision)

    @property
    def columns(self) -> tuple[str, ...]:
        """The source columns that the model reads, each once."""
        return tuple(dict.fromkeys(self.binding.columns_used))

    @property
    def has_slope(self) -> bool:
        """Whether its score can be followed back to one matrix of numbers, to images or to word pieces."""
        is_matrix = self.model.inputs is None and np.issubdtype(np.dtype(self.model.dtype), np.floating)
        takes_one = is_matrix or self.model.tokens is not None
        return self.model.module is not None and takes_one and reading(self.decision, self.model) != "class"

    def scores(self, features: Features) -> Floats:
        """The score of the good outcome, or 0 and 1 for decisions: float64 of shape (n,)."""
        return np.asarray(self.scorer.score_features(features), dtype=np.float64)

    @property
    def kind(self) -> Kind:
        """What the model reads."""
        return "image" if self.binding.images is not None else "text" if self.model.reads_text else "table"

    @property
    def owners(self) -> npt.NDArray[np.int64]:
        """The source column that each column of the matrix comes from, for a model of one matrix; shape (width,)."""
        recipe, places = self.binding.recipe, {column: i for i, column in enumerate(self.columns)}
        widths = [1] * len(self.binding.columns_used) if recipe is None else [c.width for c in recipe.columns]
        own = [places[column] for column in self.binding.columns_used]
        return np.repeat(np.asarray(own, dtype=np.int64), widths)

    def mixture(self, pool: Features) -> Callable[[npt.NDArray[np.int64]], Features]:
        """From which row of a pool each source column is taken, int64 of shape (m, columns), to features of m rows."""
        if isinstance(pool, Mapping):
            place = {column: i for i, column in enumerate(self.columns)}
            wires = [(wire.input, place[wire.column]) for wire in self.binding.wires]
            named: Mapping[str, Array] = pool
            return lambda index: {name: named[name][index[:, at]] for name, at in wires}
        matrix, owners = pool, self.owners
        every = np.arange(matrix.shape[1])
        return lambda index: matrix[index[:, owners], every]


def slope(opened: OpenedModel, module: Any) -> Any:
    """A torch module from the model's one tensor, (n, ...), to the score of the good outcome, (n,), with gradients."""
    import torch

    model, decision = opened.model, opened.decision
    least, most = model.rows

    class Score(torch.nn.Module):
        """Scores as the audit reads them."""

        def __init__(self) -> None:
            super().__init__()
            self.inner = module
            # As layers, so that methods with hooks see them.
            self.sigmoid, self.softmax = torch.nn.Sigmoid(), torch.nn.Softmax(dim=1)

        def forward(self, rows: Tensor) -> Tensor:
            if most is None or len(rows) <= most:
                return self._scored(rows)
            return torch.cat([self._scored(part) for part in torch.split(rows, most)])

        def _scored(self, rows: Tensor) -> Tensor:
            count = len(rows)
            if count < least:  # some exports take two rows or more
                rows = torch.cat([rows, rows[-1:].repeat(least - count, *[1] * (rows.dim() - 1))])
            result = only_tensor(self.inner(rows))
            return favourable_score(result, decision, model, self.sigmoid, self.softmax)[:count]

    return Score().eval()
