"""The model: features in, scores or labels out, and what it says about itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.models.inputs.images import ImageInput
from core.models.inputs.tokens import Tokens
from core.models.recipe import Kind, Recipe

Array = npt.NDArray[Any]
FloatType = Literal["float32", "float64"]
Features = Mapping[str, Array] | Array


@dataclass(frozen=True)
class Input:
    """One named input, one column wide.

    `kind` is None where the file does not say and the table decides. `blank_is_missing` marks a text input that was
    trained with missing values apart from the empty text. `categories` are the texts (or numbers) that the file says
    the model knows, None where it does not say; `refuses_others` says that it fails on any other.
    """

    name: str
    kind: Kind | None
    blank_is_missing: bool = False
    categories: frozenset[str | float] | None = None
    refuses_others: bool = False

    def knows(self, cell: object) -> bool:
        """Whether a cell, as the input takes it, is among the categories; what is missing is nothing unknown."""
        return self.categories is None or cell != cell or cell in self.categories


@dataclass(frozen=True)
class Outputs:
    """What a model gave for n rows: scores of shape (n,) or (n, k), labels of shape (n,), or both."""

    scores: Array | None
    labels: Array | None


@dataclass(frozen=True)
class Model:
    """An opened model file.

    Attributes
    ----------
    run
        Features of n rows to Outputs. Features are one array of shape (n,) per named input (float64 or texts), or one
        matrix of shape (n, width) and of `dtype`. Raises ModelError; MemoryError where n rows are too many at once.
    inputs
        The named inputs; None for a model that takes one matrix.
    width
        Columns of the matrix; None where the file leaves it open.
    columns
        Names of the matrix's columns where the file gives them.
    score_dtype
        Float type of the scores; None for a model that gives labels alone.
    classes
        What the columns of the scores, or the labels, stand for, in the model's own order.
    logits
        Whether the file itself shows that its scores are no probabilities.
    module
        Makes the torch module of a model with gradients, its layers as they were.
    learning
        Makes the same with weights of its own and no layers, quicker in many short steps; None where there is none.
    picture
        What it takes for one image, for a model that reads images: its features have four dimensions.
    tokens
        Cuts n texts into the word pieces that the module takes, ids and mask; None for other models.
    decide
        Gives the labels that the model itself decides on, for a model that gives scores too; None where it does not
        say. `threshold` is the score from which on it does, where the file says so.
    rows
        Fewest and most rows the model takes at once; None for any number.
    """

    format: str
    run: Callable[[Any], Outputs]
    inputs: tuple[Input, ...] | None = None
    width: int | None = None
    columns: tuple[str, ...] | None = None
    dtype: npt.DTypeLike = np.float32
    score_dtype: FloatType | None = "float32"
    classes: tuple[str | int | float, ...] | None = None
    recipe: Recipe | None = None
    device: str = "cpu"
    logits: bool = False
    module: Callable[[], Any] | None = None
    learning: Callable[[], Any] | None = None
    decide: Callable[[Any], Outputs] | None = None
    threshold: float | None = None
    rows: tuple[int, int | None] = (1, None)
    picture: ImageInput | None = None
    tokens: Callable[[Array], Tokens] | None = None
    warnings: tuple[str, ...] = ()

    @property
    def reads_text(self) -> bool:
        """Whether the model takes one text, and nothing else."""
        return self.inputs is not None and [i.kind for i in self.inputs] == ["text"]
