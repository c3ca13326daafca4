"""Fine-tuning of a model from the weights that were uploaded: weighted loss, fairness loss, or neither.

Only weights change, so the result takes what the upload took. What differs from format to format is a subclass that
the format's row names (`core.models.FORMATS`).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.counts.counts import UNKNOWN
from core.errors import ModelError
from core.mitigate.training.rows import TrainingRows
from core.mitigate.training.steps import BALANCED_ROWS, Aim, Balanced, TrainingTensors, gap_loss
from core.models import open_model
from core.models.device import SMALL_MODEL as SMALL_MODEL
from core.models.device import few_threads
from core.models.model import Features
from core.models.outputs import reading
from core.models.outputs.tensors import favourable_logit, only_tensor
from core.plan.plan import Decision

if TYPE_CHECKING:
    import torch
    from torch import Tensor

EPOCHS, PATIENCE = 30, 6
RATE = 1e-3
LEAST_ROWS, MOST_ROWS, STEPS, MOST_STEPS = 32, 512, 16, 400
JUDGED_ROWS = 1 << 13
# Trainings at the same time, and of how many passes' size the steps of all of them may be: their memory is one job's.
MOST_TOGETHER, PASSES_KEPT = 3, 16


@dataclass(frozen=True, eq=False)
class Tuned:
    """What a training gave: the weights by name, the loss that epochs are judged by before and after, the epochs run.

    `kept` is the epoch whose weights these are; 0 is the upload's own.
    """

    weights: Mapping[str, Any]
    first_loss: float
    last_loss: float
    epochs: int
    kept: int


class Tunable(ABC):
    """A model file opened for training. Raises ModelError where it has nothing to train."""

    epochs, patience = EPOCHS, PATIENCE

    def __init__(self, path: Path, name: str, decision: Decision, threshold: float, device: str) -> None:
        """Open the file at `path`, whose outputs are read as `decision` says and meet `threshold`."""
        self._path, self._name, self._device = path, name, device
        self._decision, self._threshold = decision, threshold
        self.model = open_model(path, name, device)
        self._prepare()
        if not any(tensor.is_floating_point() for tensor in self._trainable(self._fresh()).values()):
            raise ModelError(f'"{name}" holds no weights to train. Export it with its weights as parameters.')
        if reading(decision, self.model) == "class":
            raise ModelError(
                f'"{name}" gives labels and no scores, so there is no slope to train along. Export it so that it'
                " returns a probability or a logit."
            )
        if not 0 < threshold < 1:
            raise ModelError(
                f"Fine-tuning needs a threshold between 0 and 1, and the decision is cut at {threshold:g}. Choose"
                " another.",
                in_plan="another threshold under [decision]",
            )

    def tune(
        self, fit: TrainingRows, choose: TrainingRows, aim: Aim, seed: int, progress: Callable[[int, int], None]
    ) -> Tuned:
        """Train on `fit`, and keep the weights of the epoch that does best. The same seed, the same result.

        An epoch is judged by the task's loss on `choose`, and by the gap among everybody in `fit` and `choose`: among
        the few people behind a group's rate in `choose` alone, a gap is mostly chance. Raises ModelError where the
        loss has no slope or is no number.
        """
        with few_threads(self._weights):
            return self._tune(fit, choose, aim, seed, progress)

    def _tune(
        self, fit: TrainingRows, choose: TrainingRows, aim: Aim, seed: int, progress: Callable[[int, int], None]
    ) -> Tuned:
        import torch

        module, draw = self._fresh(), torch.Generator().manual_seed(seed)
        parameters = [p.requires_grad_(True) for p in self._trainable(module).values()]
        optimiser = torch.optim.Adam(parameters, lr=self._rate(sum(p.numel() for p in parameters)))
        data, others = self._tensors(fit), self._tensors(choose)
        sampled = Balanced.of(fit, aim, draw)
        first = self._judge(module, data, others, aim)
        best, kept, weights, epoch = first, 0, self._copy(module), 0
        for epoch in range(1, self.epochs + 1):
            for rows in self._minibatches(len(fit), draw):
                self._step(module, optimiser, data, rows, sampled.rows(), aim)
            reached = self._judge(module, data, others, aim)
            if reached < best:
                best, kept, weights = reached, epoch, self._copy(module)
            progress(epoch, self.epochs)
            if epoch - kept >= self.patience:
                break
        return Tuned(weights, first, best, epoch, kept)

    @property
    def side_by_side(self) -> int:
        """How many trainings to do at the same time.

        With images a step of a small model is long, and takes one core, whatever others there are. Steps with numbers
        are so short that trainings would mostly wait for each other. Large images are trained on one after another:
        each training keeps what a step's rows became in memory.
        """
        import torch

        alone = self.model.picture is None or not self.is_small or self._device != "cpu"
        room = PASSES_KEPT * self._fitting // (MOST_ROWS + BALANCED_ROWS)
        return 1 if alone else max(1, min(MOST_TOGETHER, torch.get_num_threads(), room))

    @property
    def is_small(self) -> bool:
        """Whether it is trained on one core: more would mostly wait for each other."""
        return self._weights < SMALL_MODEL

    @property
    def _is_quick(self) -> bool:
        """Whether a row takes less time than to find out whether it was there before: neither image nor text."""
        return self.model.picture is None and self.model.tokens is None

    @property
    def _weights(self) -> int:
        """How many numbers are trained."""
        return sum(p.numel() for p in self._trainable(self._fresh()).values())

    @abstractmethod
    def save(self, tuned: Tuned, path: Path) -> None:
        """Write a file of the format that came, with these weights in place of its own."""

    @abstractmethod
    def _prepare(self) -> None:
        """Read what the file's inputs take."""

    @property
    @abstractmethod
    def _fitting(self) -> int:
        """How many rows go in at a time by the numbers that each has."""

    @abstractmethod
    def _inputs(self, features: Features) -> list[Tensor]:
        """What the module takes for all rows, on the device."""

    def _rate(self, weights: int) -> float:
        """How far a step goes, for a model of so many weights."""
        return RATE

    def _fresh(self) -> Any:
        """The module with the upload's own weights."""
        make = self.model.learning or self.model.module
        assert make is not None
        return make()

    def _trainable(self, module: Any) -> dict[str, Any]:
        return {name: p for name, p in module.named_parameters() if p.is_floating_point()}

    def _copy(self, module: Any) -> dict[str, Any]:
        return {name: p.detach().clone() for name, p in self._trainable(module).items()}

    def _minibatches(self, rows: int, draw: torch.Generator) -> Iterator[Tensor]:
        """The rows in a new order, some at a time: about `STEPS` times where there are few, at most `MOST_STEPS`."""
        import torch

        least, _ = self.model.rows
        for part in torch.split(torch.randperm(rows, generator=draw), self._size(rows))[:MOST_STEPS]:
            if len(part) >= least:
                yield part

    def _size(self, rows: int) -> int:
        """How many of so many rows go in at a time."""
        _, most = self.model.rows
        return min(MOST_ROWS, max(LEAST_ROWS, rows // STEPS), most or MOST_ROWS, self._fitting)

    def drawn_a_round(self, fit: int) -> int:
        """From how many of so many rows one epoch learns: of very many, some that are drawn anew each time."""
        return min(fit, MOST_STEPS * self._size(fit))

    def rows_a_round(self, fit: int, choose: int, is_priced: bool) -> float:
        """About how many rows go through the model in one epoch; one that is learned from counts three times.

        With a price on the gap each step also draws groups alike, and everybody is judged, not only the choose part.
        """
        steps = min(MOST_STEPS, math.ceil(fit / self._size(fit)))
        learned = self.drawn_a_round(fit) + steps * min(fit, BALANCED_ROWS) * is_priced
        return 3.0 * learned + choose + fit * is_priced

    def _step(
        self, module: Any, optimiser: Any, data: TrainingTensors, rows: Tensor, balanced: Tensor, aim: Aim
    ) -> None:
        import torch

        loss = data.task(rows, self._logits(module, data, rows))
        if aim.strength and len(balanced):
            logits = self._drawn_logits(module, data, balanced)
            gap = gap_loss(logits, data.labels[balanced], data.groups[balanced], aim, self._threshold)
            loss = loss + aim.strength * gap
        if not loss.requires_grad or not bool(loss.isfinite()):
            raise ModelError(
                f'"{self._name}" cannot be trained: its loss has no slope or is not a finite number. Export it so that'
                " it returns a probability or a logit computed with differentiable steps."
            )
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()

    def _drawn_logits(self, module: Any, data: TrainingTensors, drawn: Tensor) -> Tensor:
        """The logits of rows that were drawn with replacement: an image or a text goes through once, however often.

        Of fewer than there are few are drawn twice, and finding them would not pay.
        """
        import torch

        if self._is_quick or len(drawn) < len(data.labels):
            return self._logits(module, data, drawn)
        once, places = torch.unique(drawn, return_inverse=True)
        return self._logits(module, data, once)[places]

    def _judge(self, module: Any, fit: TrainingTensors, choose: TrainingTensors, aim: Aim) -> float:
        """The loss of an epoch's weights."""
        import torch

        with torch.no_grad():
            logits = self._logits(module, choose, choose.every)
            loss = choose.task(choose.every, logits)
            if aim.strength:
                everybody = torch.cat([self._logits(module, fit, fit.every), logits])
                labels, groups = torch.cat([fit.labels, choose.labels]), torch.cat([fit.groups, choose.groups])
                loss = loss + aim.strength * gap_loss(everybody, labels, groups, aim, self._threshold)
        return float(loss)

    def _logits(self, module: Any, data: TrainingTensors, rows: Tensor) -> Tensor:
        """The logit of the good outcome for some rows, as many at once as the model takes; shape (rows,)."""
        import torch

        least, most = self.model.rows
        parts = []
        for part in torch.split(rows, min(JUDGED_ROWS, most or JUDGED_ROWS, self._fitting)):
            filled = torch.cat([part, part[-1:].repeat(max(0, least - len(part)))])
            given = module(*self._taken(data, filled))
            parts.append(favourable_logit(only_tensor(given), self._decision, self.model)[: len(part)])
        return torch.cat(parts)

    def _taken(self, data: TrainingTensors, rows: Tensor) -> list[Tensor]:
        """What the module takes for some rows."""
        return [tensor[rows] for tensor in data.features]

    def _tensors(self, rows: TrainingRows) -> TrainingTensors:
        import torch

        weights = np.where(rows.labels == UNKNOWN, 0.0, rows.weights)
        return TrainingTensors(
            self._inputs(rows.features),
            torch.from_numpy(rows.labels.astype(np.int64)).to(self._device),
            torch.from_numpy(rows.groups).to(self._device),
            torch.from_numpy(weights.astype(np.float32)).to(self._device),
        )
