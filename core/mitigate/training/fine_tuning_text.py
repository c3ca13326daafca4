"""Fine-tuning of Hugging Face folders of texts, saved as the zip that came with other weights in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from core.mitigate.training.fine_tuning import RATE, SMALL_MODEL, Tunable, Tuned
from core.mitigate.training.steps import TrainingTensors
from core.models.huggingface import save_huggingface
from core.models.model import Features

if TYPE_CHECKING:
    from torch import Tensor

# What large networks of texts are usually trained on with (Devlin et al. 2019); a small one would not move.
LARGE_RATE = 5e-5
# Word pieces at once: training keeps much for each.
MOST_PIECES = 1 << 13


class TunableText(Tunable):
    """A zipped Hugging Face folder opened for training. Raises ModelError where it has nothing to train."""

    epochs, patience = 12, 3

    def _prepare(self) -> None:
        """Nothing to read: the module takes the model's own word pieces."""
        self._longest = 1

    def save(self, tuned: Tuned, path: Path) -> None:
        """Write the folder with these weights as a zip; its tokenizer and settings stay as they came."""
        save_huggingface(self._path, self._name, tuned.weights, path)

    @property
    def _fitting(self) -> int:
        """How many texts go in at a time by the length of the longest."""
        return max(1, MOST_PIECES // self._longest)

    def _rate(self, weights: int) -> float:
        """A usual step for a small network, a short one for a large network that has learned much already."""
        return RATE if weights < SMALL_MODEL else LARGE_RATE

    def _inputs(self, features: Features) -> list[Tensor]:
        """The texts' word pieces, and which of them are there."""
        import torch

        assert isinstance(features, Mapping) and self.model.tokens is not None
        (texts,) = features.values()
        cut = self.model.tokens(texts)
        self._longest = max(self._longest, cut.ids.shape[1])
        return [torch.from_numpy(each).to(self._device) for each in (cut.ids, cut.mask)]

    def _taken(self, data: TrainingTensors, rows: Tensor) -> list[Tensor]:
        """The texts as far as the longest of these goes."""
        ids, mask = (tensor[rows] for tensor in data.features)
        longest = int(mask.sum(dim=1).max())
        return [ids[:, :longest], mask[:, :longest]]
