"""What is weighed in a text: its words, each taken out wherever it stands, for any model of texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats
from core.explain.explained_model import OpenedModel
from core.explain.features.vocabulary import Piece, Vocabulary, pieces
from core.explain.methods import Explainer
from core.explain.methods.explainable import Explainable
from core.models.model import Array, Features
from core.models.outputs.tensors import favourable_score

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class Spelled(Explainable):
    """Texts whose elements are each row's own words or word pieces.

    `features` counts the elements of one row; over all texts there are `named` features. `places` is the one that
    each element belongs to, int64 of the shape of `inputs`, `named` where it is none. `without` are the inputs with
    every word taken out, and `attended` tells word pieces from padding, both of the shape of `inputs`.
    """

    places: Any = None
    without: Any = None
    named: int = 0
    attended: Any = None

    def baselines(self, draw: int) -> Tensor:
        """Every text without its words: there is nobody else's to put in their place."""
        return self.without  # type: ignore[no-any-return]

    def added(self, attributions: Tensor) -> Floats:
        """Attributions of every element, shape of `inputs`, added up over each feature: shape (n, named)."""
        import torch

        flat = attributions.detach().to(torch.float64)
        total = torch.zeros(len(flat), self.named + 1, dtype=torch.float64, device=flat.device)
        total.scatter_add_(1, self.places.to(flat.device), flat)
        return np.asarray(total[:, :-1].cpu().numpy())

    def picked(self, attributions: Tensor) -> Floats:
        """The same: here an element is a feature of its row."""
        return self.added(attributions)

    def own(self, values: Floats) -> Floats:
        """Values of all features, (n, named), as those of each row's own elements, shape of `inputs`; 0 for none."""
        padded = np.column_stack([values, np.zeros(len(values))])
        return np.take_along_axis(padded, self.places.cpu().numpy(), axis=1)


@dataclass(frozen=True, eq=False)
class TakenWords:
    """Words taken out of the texts, every place of a word at once: for any model."""

    opened: OpenedModel
    vocabulary: Vocabulary

    @property
    def features(self) -> tuple[str, ...]:
        """The words that are named, and the others."""
        return self.vocabulary.features

    def explainable(self, rows: Features, keys: npt.NDArray[np.int64]) -> Spelled:
        """Each text as its number, once for each of its words: below 0, less one, where the word is taken out."""
        import torch

        (name, texts) = _only(rows)
        spelled = [pieces(text) for text in texts]
        slots = [list(dict.fromkeys(self.vocabulary.place(p.word) for p in row)) for row in spelled]
        width, named = max((len(row) for row in slots), default=1) or 1, len(self.features)
        places = np.full((len(texts), width), named, dtype=np.int64)
        for row, features in enumerate(slots):
            places[row, : len(features)] = features
        written = [
            _Written(text, row, own, self.vocabulary) for text, row, own in zip(texts, spelled, slots, strict=True)
        ]

        def forward(index: Tensor) -> Tensor:
            given = index.numpy()
            numbers = np.where(given < 0, -given - 1, given)[:, 0]
            left = [written[number].kept(kept) for number, kept in zip(numbers.tolist(), given >= 0, strict=True)]
            distinct = {text: place for place, text in enumerate(dict.fromkeys(left))}
            scores = self.opened.scores({name: np.array(list(distinct), dtype=object)})
            return torch.from_numpy(scores[[distinct[text] for text in left]])

        own = torch.arange(len(texts))[:, None].expand(-1, width).contiguous()
        nothing = torch.full((1, width), -1)
        mask = torch.arange(width)
        return Spelled(
            forward, own, nothing, mask, width, torch.from_numpy(keys),
            places=torch.from_numpy(places), without=-own - 1, named=named,
        )  # fmt: skip


class _Written:
    """One text, ready to be written without some of its features."""

    def __init__(self, text: str, row: list[Piece], own: list[int], vocabulary: Vocabulary) -> None:
        slot = {place: number for number, place in enumerate(own)}
        self._parts = [(text[piece.begin : piece.end], slot[vocabulary.place(piece.word)]) for piece in row]

    def kept(self, slots: npt.NDArray[np.bool_]) -> str:
        """The text with the features whose slots are kept."""
        return "".join(part for part, slot in self._parts if slots[slot])


@dataclass(frozen=True, eq=False)
class SlopedWords:
    """Word pieces as a network takes them, added up to the words they spell: for models with gradients."""

    opened: OpenedModel
    vocabulary: Vocabulary
    module: Any

    @property
    def features(self) -> tuple[str, ...]:
        """The words that are named, and the others."""
        return self.vocabulary.features

    def by_module(self) -> SlopedWords:
        """The same: the module scores these anyway."""
        return self

    def explainable(self, rows: Features, keys: npt.NDArray[np.int64]) -> Spelled:
        """The texts' word pieces as ids; those of a text without words are all padding, the ends apart."""
        import torch

        opened, device = self.opened, self.opened.model.device
        assert opened.model.tokens is not None
        (_, texts) = _only(rows)
        cut, nothing = opened.model.tokens(texts), opened.model.tokens(np.array([""], dtype=object))
        spelled = (cut.spans[..., 1] > cut.spans[..., 0]) & (cut.mask == 1)
        places = np.full(cut.ids.shape, len(self.features), dtype=np.int64)
        for row, text in enumerate(texts):
            own = pieces(text)
            ends = np.array([piece.end for piece in own], dtype=np.int64)
            words = [self.vocabulary.place(piece.word) for piece in own]
            for at in np.flatnonzero(spelled[row]):
                places[row, at] = words[int(np.searchsorted(ends, cut.spans[row, at, 0], side="right"))]
        ids, attended = (torch.from_numpy(each).to(device) for each in (cut.ids, cut.mask))

        def forward(given: Tensor, mask: Tensor | None = None) -> Tensor:
            mask = torch.ones_like(given) if mask is None else mask
            return favourable_score(self.module(given, mask).logits, opened.decision, opened.model)

        return Spelled(
            forward, ids, torch.from_numpy(nothing.ids).to(device), torch.arange(ids.shape[1]), ids.shape[1],
            torch.from_numpy(keys), self.module, places=torch.from_numpy(places), named=len(self.features),
            without=torch.where(torch.from_numpy(spelled).to(device), cut.padding, ids), attended=attended,
        )  # fmt: skip


def word_units(opened: OpenedModel, vocabulary: Vocabulary, explainer: Explainer) -> TakenWords | SlopedWords:
    """The words, as the method needs them."""
    if explainer.needs == "outputs":
        return TakenWords(opened, vocabulary)
    assert opened.model.module is not None
    return SlopedWords(opened, vocabulary, opened.model.module())


def texts_of(rows: Features) -> list[str]:
    """The texts of rows that hold nothing else."""
    return [str(text) for text in _only(rows)[1]]


def _only(rows: Features) -> tuple[str, Array]:
    assert isinstance(rows, Mapping)
    ((name, texts),) = rows.items()
    return name, texts
