"""The recipe: how a table becomes a model's matrix, as an engineer embedded it in the file (`plumbline.json`).

    {"columns": [{"name": "age", "kind": "number", "mean": 38.6, "scale": 13.6, "fill": 37},
                 {"name": "job", "kind": "category", "categories": ["clerk", "nurse"]}]}

A number becomes one column, (cell - mean) / scale, with `fill` for a missing cell; a category becomes one column of 0
and 1 for each category named.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.data.dataset import Batch
from core.errors import ModelError
from core.models.inputs.booleans import numeric_cells
from core.plan.values import key

FILE_NAME = "plumbline.json"
MOST_COLUMNS = 100_000

Kind = Literal["number", "text"]


@dataclass(frozen=True)
class NumberColumn:
    """A column of numbers, centred and scaled; `fill` stands for missing cells, NaN to pass them on."""

    name: str
    mean: float = 0.0
    scale: float = 1.0
    fill: float = math.nan

    kind: ClassVar[Kind] = "number"
    width: ClassVar[int] = 1

    def matrix(self, batch: Batch) -> npt.NDArray[np.float64]:
        """The scaled numbers, shape (n, 1)."""
        cells = numeric_cells(batch, self.name)
        return ((np.where(np.isnan(cells), self.fill, cells) - self.mean) / self.scale)[:, None]


@dataclass(frozen=True)
class CategoryColumn:
    """A column of texts, one column of 0 and 1 per category; a text outside the categories is all zeros."""

    name: str
    categories: tuple[str, ...]

    kind: ClassVar[Kind] = "text"

    @property
    def width(self) -> int:
        """Columns that this one becomes."""
        return len(self.categories)

    def matrix(self, batch: Batch) -> npt.NDArray[np.float64]:
        """Ones where the cell equals the category, shape (n, categories)."""
        positions, decimal = {key(category): i for i, category in enumerate(self.categories)}, batch.profile.decimal
        found = batch.codes(self.name, lambda text: positions.get(key(text, decimal), -1))
        return np.asarray(found[:, None] == np.arange(self.width), dtype=np.float64)


@dataclass(frozen=True)
class Recipe:
    """The columns a model's matrix is made of, in order."""

    columns: tuple[NumberColumn | CategoryColumn, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The table's columns that the recipe reads."""
        return tuple(column.name for column in self.columns)

    @property
    def width(self) -> int:
        """Columns of the matrix."""
        return sum(column.width for column in self.columns)

    def renamed(self, names: Mapping[str, str]) -> "Recipe":
        """The same recipe over the table's own column names."""
        return Recipe(tuple(replace(column, name=names[column.name]) for column in self.columns))

    def apply(self, batch: Batch) -> npt.NDArray[np.float32]:
        """The model's matrix for a batch of n rows, float32 of shape (n, width)."""
        return np.concatenate([column.matrix(batch) for column in self.columns], axis=1).astype(np.float32)

    def to_json(self) -> str:
        """The recipe as `read_recipe` reads it."""
        return json.dumps({"columns": [_document(column) for column in self.columns]}, ensure_ascii=False)


def read_recipe(text: str | bytes) -> Recipe:
    """The recipe in a `plumbline.json`. Raises ModelError naming the entry that is wrong."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise ModelError(
            f"The model's {FILE_NAME} is not valid JSON: write it again with core.models.export."
        ) from None
    if not isinstance(document, dict) or set(document) != {"columns"} or not isinstance(document["columns"], list):
        raise _wrong('it must be {"columns": [...]} and nothing else')
    if not 0 < len(document["columns"]) <= MOST_COLUMNS:
        raise _wrong(f"it must name between 1 and {MOST_COLUMNS:,} columns")
    columns = tuple(_read_column(i, entry) for i, entry in enumerate(document["columns"], 1))
    if len({column.name for column in columns}) < len(columns):
        raise _wrong("it names a column twice")
    return Recipe(columns)


def _read_column(number: int, entry: object) -> NumberColumn | CategoryColumn:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise _wrong(f"entry {number} has no name")
    if entry.get("kind") == "number":
        return _read_number(number, entry)
    if entry.get("kind") == "category":
        return _read_category(number, entry)
    raise _wrong(f'entry {number} ("{entry["name"]}") must be of the kind "number" or "category"')


def _read_number(number: int, entry: dict[str, Any]) -> NumberColumn:
    _refuse_unknown(number, entry, {"name", "kind", "mean", "scale", "fill"})
    given = {name: entry[name] for name in ("mean", "scale", "fill") if entry.get(name) is not None}
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise _wrong(f'{name} of entry {number} ("{entry["name"]}") is not a number')
    if given.get("scale") == 0:
        raise _wrong(f'scale of entry {number} ("{entry["name"]}") is 0')
    return NumberColumn(entry["name"], **{name: float(value) for name, value in given.items()})


def _read_category(number: int, entry: dict[str, Any]) -> CategoryColumn:
    _refuse_unknown(number, entry, {"name", "kind", "categories"})
    categories = entry.get("categories")
    if not isinstance(categories, list) or not categories or not all(isinstance(c, str) for c in categories):
        raise _wrong(f'categories of entry {number} ("{entry["name"]}") must list at least one text')
    if len({key(category) for category in categories}) < len(categories):
        raise _wrong(f'categories of entry {number} ("{entry["name"]}") name a value twice')
    return CategoryColumn(entry["name"], tuple(categories))


def _refuse_unknown(number: int, entry: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(set(entry) - known)
    if unknown:
        raise _wrong(f'entry {number} ("{entry["name"]}") has unknown keys {unknown}')


def _wrong(what: str) -> ModelError:
    return ModelError(f"The model's {FILE_NAME} cannot be used: {what}. Write it again with core.models.export.")


def _document(column: NumberColumn | CategoryColumn) -> dict[str, Any]:
    if isinstance(column, CategoryColumn):
        return {"name": column.name, "kind": "category", "categories": list(column.categories)}
    fill = None if math.isnan(column.fill) else column.fill
    return {"name": column.name, "kind": "number", "mean": column.mean, "scale": column.scale, "fill": fill}
